// The figure of a written text: which step, which token, which head; and the controls for them.

import styles from "styles/generation.css";
import { Generation } from "./generation.js";
import { GenerationDrawing } from "./generation_drawing.js";
import { generationWords, quoted } from "./generation_words.js";
import { Figure, Keys, Roving, html, nameOf, remember } from "./taken.js";

const PACE = 700; // ms a step while it plays
const ASKED = /^S(\d+)(?:T(\d+))?(?:L(\d+)H(\d+))?(-)?$/; // step, token, head, without the first

class GenerationFigure extends Figure {
  constructor(element) {
    super(element);
    this.said = generationWords(element.dataset.language);
    this.asked = this.lives ? ASKED.exec(new URLSearchParams(location.search).get(nameOf(element)) || "") : null;
  }

  read(payload) {
    return Generation.read(payload);
  }

  show(data) {
    super.show(new Generation(data));
  }

  build() {
    const { element, said, attention: generation } = this;
    this.stop();
    this.view = "generation";
    this.first = this.startState(element.dataset);
    this.state = this.asked ? this.fromAddress(this.asked) : { ...this.first };
    this.host = html("div", {
      class: "attention-view__drawing",
      tabindex: 0,
      role: "application",
      "aria-label": said.title + generation.tokens.join(""),
      "aria-description": said.keys,
    });
    this.bar = { element: this.makeBar() };
    this.line = html("p", { class: "attention-view__line", "aria-live": "polite" });
    this.foot = html("div", { class: "attention-view__foot" }, this.edits(), this.makeTable(), this.link());
    this.body = html("div", {}, this.bar.element, this.line, this.host, this.foot);
    this.slot.replaceChildren(this.body);
    this.slot.hidden = false;
    this.slot.style.minHeight = "";
    this.drawing = new GenerationDrawing(this.host, generation, {
      words: said,
      on: {
        token: (key) => key <= generation.query(this.state.step) && this.change({ key }),
        point: (place) => this.say(place),
        head: (head) => head && this.change({ head: same(head, this.state.head) ? null : { layer: head.layer, head: head.head } }),
        over: (head) => this.say(null, head),
      },
    });
    this.roving = new Roving(this);
    this.keys = new GenerationKeys(this);
    this.settled = false;
    this.draw();
    this.settled = true;
    this.still.hidden = true;
    element.dataset.state = "drawn";
    element.dispatchEvent(new CustomEvent("attention-view:drawn", { bubbles: true }));
    this.followWidth();
  }

  startState({ step, token, layer, heads }) {
    const { attention: generation } = this;
    const first = Math.min(generation.steps - 1, Math.max(0, Number(step) || 0));
    const head = layer != null && heads ? { layer: Number(layer), head: JSON.parse(heads)[0] } : null;
    return {
      step: first,
      key: token == null || token === "" ? this.mostSeen(first) : Math.min(Number(token), generation.query(first)),
      head: head && generation.has(head.layer, head.head) ? head : null,
      apart: false,
    };
  }

  fromAddress([, step, token, layer, head, apart]) {
    const named = layer == null ? {} : { layer, heads: `[${head}]` };
    return { ...this.startState({ step, token, ...named }), apart: apart != null };
  }

  /** The token that the mean looks at most, the first apart: it would always be the first. */
  mostSeen(step) {
    const row = this.attention.row(step, null, true);
    return row.indexOf(Math.max(...row));
  }

  makeBar() {
    const { said, attention: generation } = this;
    const button = (text, name, onclick, more = {}) =>
      html("button", { type: "button", "aria-label": name, title: name, onclick, ...more }, text);
    this.slider = html("input", {
      type: "range",
      min: 0,
      max: generation.steps - 1,
      "aria-label": said.step,
      oninput: () => this.change({ step: Number(this.slider.value) }),
    });
    this.counter = html("output");
    this.player = button("▶", said.play, () => this.play());
    this.headName = html("output", { class: "generation__head" });
    this.toMean = html(
      "button",
      { type: "button", class: "wide", title: said.meanHint, onclick: () => this.change({ head: null }) },
      said.mean(generation.layers * generation.heads),
    );
    this.toMap = html(
      "button",
      { type: "button", class: "generation__turn", "aria-pressed": "false", onclick: () => this.turn() },
      said.turn,
    );
    this.apart = html("input", { type: "checkbox", onchange: () => this.change({ apart: this.apart.checked }) });
    return html(
      "div",
      { class: "attention-view__bar generation__bar" },
      html("div", { class: "generation__steps", role: "group", "aria-label": said.step }, button("‹", said.back, () => this.move(-1)), this.slider, button("›", said.on, () => this.move(1)), this.counter, this.player),
      html("div", { class: "generation__which" }, this.toMean, button("‹", said.before, () => this.nextHead(-1)), this.headName, button("›", said.after, () => this.nextHead(1))),
      html("label", { title: said.apartHint }, this.apart, said.apart),
      this.toMap,
    );
  }

  /** On a phone: show the map of heads in place of the text, or the text again. */
  turn() {
    this.toMap.setAttribute("aria-pressed", this.host.toggleAttribute("data-map"));
    this.draw(); // what was not to be seen had no width
  }

  /** A row for each step. */
  makeTable() {
    const { said, attention: generation } = this;
    const box = html("div", { tabindex: 0, role: "group", "aria-label": said.table });
    const fill = () => {
      if (!details.open || box.childElementCount) return;
      const rows = generation.rows.map((_, step) => {
        const [[written, share], second] = generation.guesses[step];
        const row = generation.row(step, null, false);
        const most = this.mostSeen(step);
        const cells = [quoted(written), share.toFixed(2), second ? `${quoted(second[0])} ${second[1].toFixed(2)}` : "", `${quoted(generation.tokens[most])} ${row[most].toFixed(2)}`, row[0].toFixed(2)];
        return html("tr", {}, html("th", { scope: "row" }, String(step + 1)), ...cells.map((cell) => html("td", {}, cell)));
      });
      const head = html("tr", {}, ...said.columns.map((name) => html("th", { scope: "col" }, name)));
      box.append(html("table", { class: "attention-view__numbers" }, html("thead", {}, head), html("tbody", {}, ...rows)));
    };
    const details = html("details", { class: "attention-view__table", ontoggle: fill }, html("summary", {}, said.table), box);
    return details;
  }

  /** To the page that runs the model, where this site has one. */
  link() {
    const page = document.querySelector("meta[name=course-watch-it-write]")?.content;
    const { text, live } = this.element.dataset;
    if (!page || !text || live != null) return null;
    return html("div", { class: "attention-view__takeaway" }, html("a", { href: `${page}#${new URLSearchParams({ text })}` }, this.said.live));
  }

  /** Buttons that ask whoever runs the model for another run; none in a lesson. */
  edits() {
    if (!this.attention.edits) return null;
    const button = (edit) => {
      const ask = () => this.element.dispatchEvent(new CustomEvent("attention-view:edit", { bubbles: true, detail: edit(this.state) }));
      return html("button", { type: "button", onclick: ask });
    };
    this.scissors = {
      silent: button(({ head }) => ({ silent: [head.layer, head.head] })),
      hidden: button(({ key }) => ({ hidden: key })),
      blind: button(({ key }) => ({ blind: key })),
    };
    return html("div", { class: "generation__edits" }, ...Object.values(this.scissors));
  }

  showEdits() {
    const { said, scissors, state, attention } = this;
    const { edits } = attention;
    if (!edits) return;
    const name = state.head && `L${state.head.layer}H${state.head.head}`;
    const silent = state.head && edits.silent.some(([layer, head]) => same({ layer, head }, state.head));
    const token = quoted(attention.tokens[state.key]);
    const mine = state.key < attention.prompt; // what was written may be something else in the next run
    scissors.silent.hidden = !name;
    if (name) scissors.silent.textContent = `✂ ${silent ? said.voice(name) : said.silence(name)}`;
    scissors.hidden.hidden = scissors.blind.hidden = !mine;
    scissors.hidden.textContent = `✂ ${edits.hidden.includes(state.key) ? said.show(token) : said.hide(token)}`;
    scissors.blind.textContent = `✂ ${edits.blind.includes(state.key) ? said.sight(token) : said.blind(token)}`;
    scissors.blind.hidden ||= state.key === 0; // it never sees more
  }

  change(change) {
    Object.assign(this.state, change);
    this.state.key = Math.min(this.state.key, this.attention.query(this.state.step));
    this.draw();
  }

  move(by) {
    const step = Math.min(this.attention.steps - 1, Math.max(0, this.state.step + by));
    if (step !== this.state.step) this.change({ step });
    return true;
  }

  nextHead(by) {
    const { layers, heads } = this.attention;
    const { head } = this.state;
    const all = layers * heads;
    const now = head ? this.attention.number(head) + by : by > 0 ? 0 : all - 1;
    const number = (now + all) % all;
    this.change({ head: { layer: Math.floor(number / heads), head: number % heads } });
  }

  goTo(layer, head) {
    if (this.attention.has(layer, head)) this.change({ head: { layer, head } });
    else this.line.textContent = this.said.noHead(`L${layer}H${head}`);
  }

  reset() {
    this.change({ ...this.first });
  }

  /** Go on by itself, from the start again where it stands at the end. */
  play() {
    if (this.timer) return this.stop();
    if (this.state.step === this.attention.steps - 1) this.change({ step: 0 });
    this.timer = setInterval(() => {
      if (!this.element.isConnected || this.state.step === this.attention.steps - 1) return this.stop();
      this.move(1);
    }, PACE);
    this.showPlayer();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.player) this.showPlayer();
  }

  showPlayer() {
    const name = this.timer ? this.said.pause : this.said.play;
    this.player.textContent = this.timer ? "❚❚" : "▶";
    this.player.setAttribute("aria-label", name);
    this.player.title = name;
    this.line.setAttribute("aria-live", this.timer ? "off" : "polite"); // too fast to be read out
  }

  release() {
    this.stop();
    super.release();
  }

  /** Far from sight and back: the drawing's parts are made anew. */
  restore() {
    if (this.element.dataset.state !== "released") return;
    const { state } = this; // what was chosen stays
    this.build();
    this.change(state);
  }

  draw() {
    this.drawn = this.host.clientWidth;
    this.drawing.draw(this.state);
    this.refresh();
  }

  refresh() {
    const { state, said, attention } = this;
    this.slider.value = state.step;
    this.counter.textContent = said.count(state.step + 1, attention.steps);
    this.slider.setAttribute("aria-valuetext", `${said.count(state.step + 1, attention.steps)}: ${quoted(attention.tokens[attention.query(state.step) + 1])}`);
    this.toMean.setAttribute("aria-pressed", state.head == null);
    this.headName.textContent = state.head ? `L${state.head.layer}H${state.head.head}` : "L–H–";
    this.apart.checked = state.apart;
    this.showEdits();
    this.say();
    this.remember();
  }

  /** What this step does, and how much it looks at a token; `over`: a head of the map pointed at. */
  say(place = null, over = null) {
    const { attention, state, said } = this;
    const { step } = state;
    const query = attention.query(step);
    const key = place == null || place > query ? state.key : place;
    const head = over || state.head;
    const weight = attention.row(step, head, state.apart && !over)[key].toFixed(2);
    const name = head ? `L${head.layer}H${head.head}` : said.meanName;
    const now = said.now(quoted(attention.tokens[query]), quoted(attention.tokens[query + 1]));
    this.line.textContent = `${said.count(step + 1, attention.steps)}: ${now}  ·  ${said.looks(quoted(attention.tokens[key]), weight, name)}`;
  }

  remember() {
    if (!this.settled) return;
    this.element.dispatchEvent(new CustomEvent("attention-view:changed", { bubbles: true, detail: { ...this.state } }));
    if (!this.lives) return;
    const [now, first] = [this.state, this.first].map(written);
    remember(this.element, now === first ? "" : now);
  }

  get shownName() {
    return `step${this.state.step + 1}`;
  }
}

/** Arrows walk over the text, pages over the steps; the rest as in every view. */
class GenerationKeys extends Keys {
  press(key) {
    const { figure } = this;
    const { state, attention } = figure;
    const query = attention.query(state.step);
    const sideways = { ArrowLeft: state.key - 1, ArrowRight: state.key + 1, Home: 0, End: query }[key];
    if (sideways != null) {
      figure.change({ key: Math.max(0, Math.min(query, sideways)) });
      return true;
    }
    if (key === "PageUp" || key === "PageDown") return figure.move(key === "PageUp" ? -1 : 1);
    if (key === "ArrowUp" || key === "ArrowDown") return figure.roving.leave(key === "ArrowUp" ? -1 : 1);
    if (key === "m" || key === "M") figure.change({ head: null });
    else if (key === " ") figure.play();
    else if (key === "Escape") figure.reset();
    else return false;
    return true;
  }
}

const same = (one, other) => one && other && one.layer === other.layer && one.head === other.head;

function written({ step, key, head, apart }) {
  return `S${step}T${key}${head ? `L${head.layer}H${head.head}` : ""}${apart ? "-" : ""}`;
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
window.SeeingAttention.generation = GenerationFigure;
