// What the figures of a long text share: which head, which token looks; the line and the table.

import { LongText } from "./long.js";
import { longWords } from "./long_words.js";
import { percent } from "./percent.js";
import { Bar, Figure, Keys, Roving, html } from "./taken.js";

const STAYED = 400; // ms at a head or a word after which its numbers are printed
const ROWS = 20; // of the table: the largest weights

export class LongFigure extends Figure {
  /** `own`: words of the view. */
  constructor(element, own) {
    super(element);
    this.said = longWords(element.dataset.language, own);
  }

  /** The text, and the head that is drawn first. */
  async read(payload) {
    const text = new LongText(this.element.dataset.key, payload);
    this.attention = text;
    this.head = await this.headOf(this.begin());
    return text;
  }

  /** The head that a state shows; null where it shows none. */
  headOf({ layer, heads }) {
    return this.attention.head(layer, heads[0]);
  }

  /** What is shown at first: what the address asks for, else what the page does. */
  begin() {
    const { layer, heads } = this.asked || {};
    const known = this.asked && this.attention.has(layer, heads[0]);
    return this.startState(known ? { layer, heads: JSON.stringify(heads.slice(0, 1)) } : this.element.dataset);
  }

  build() {
    const { element, said, attention: text } = this;
    this.view = element.dataset.view;
    this.first = this.startState(element.dataset);
    this.state = this.wanted = this.begin();
    const query = Math.min(Number(element.dataset.query) || 0, text.n - 1);
    this.firstKept = { query, key: null };
    const { query: asked, key } = this.asked || {};
    this.kept = asked < text.n ? { query: asked, key: key < text.n ? key : null } : this.firstKept;
    this.host = html("div", {
      class: "attention-view__drawing",
      tabindex: 0,
      role: "application",
      "aria-label": said.title + text.shown.slice(0, 12).join(" "),
      "aria-description": said.keys,
    });
    this.bar = new Bar(this);
    this.line = html("p", { class: "attention-view__line", "aria-live": "polite" });
    this.foot = html("div", { class: "attention-view__foot" }, this.makeTable());
    this.drawing = this.makeDrawing();
    this.body = html("div", { class: "attention-view__body" }, this.bar.element, this.line, this.drawing.element, this.foot);
    this.sheet = null;
    this.fold();
    this.slot.replaceChildren(this.body);
    this.slot.hidden = false;
    this.roving = new Roving(this);
    this.keys = this.makeKeys();
    this.settled = false;
    this.draw(true);
    this.settled = true;
    this.still.hidden = true;
    element.dataset.state = "drawn";
    element.dispatchEvent(new CustomEvent("attention-view:drawn", { bubbles: true }));
    this.followWidth();
  }

  makeTable() {
    this.summary = html("summary");
    this.box = html("div", { tabindex: 0, role: "group" });
    this.table = html("details", { class: "attention-view__table", ontoggle: () => this.fillTable() }, this.summary, this.box);
    return this.table;
  }

  /** The largest weights of the row, and what is left for the others. */
  fillTable() {
    const { attention: text, said, head } = this;
    if (!this.table.open || !head) return;
    if (!head.exact) return this.box.replaceChildren(); // those of the last head are not its
    const { row, order } = head.look(this.kept.query);
    const top = order.slice(0, ROWS);
    const rest = order.slice(ROWS).reduce((sum, key) => sum + row[key], 0);
    const line = (...cells) => html("tr", {}, ...cells.map((cell) => html("td", {}, cell)));
    const number = (weight) => html("data", { value: weight.toFixed(6) }, weight.toFixed(4));
    const rows = top.map((key) => line(String(key), text.tokens[key], number(row[key]), (row[key] * text.even(this.kept.query)).toFixed(1)));
    if (order.length > ROWS) rows.push(line("", said.rest(order.length - ROWS), number(rest), ""));
    const names = html("tr", {}, ...said.columns.map((name) => html("th", { scope: "col" }, name)));
    this.box.replaceChildren(html("table", { class: "attention-view__numbers" }, html("thead", {}, names), html("tbody", {}, ...rows)));
  }

  /** Another head: fetched first, and drawn unless another was asked for meanwhile. */
  async change(change) {
    const wanted = (this.wanted = { ...this.wanted, ...change });
    this.missing = null;
    const head = await this.headOf(wanted).catch(() => undefined);
    if (this.wanted !== wanted) return;
    if (head !== undefined) {
      Object.assign(this, { head, state: wanted });
      this.draw();
      return;
    }
    this.wanted = this.state;
    this.missing = `L${wanted.layer}H${wanted.heads[0]}`;
    this.bar.show(this.state);
    this.say();
  }

  /** Another query, or a query and a key. */
  look(query, key = null) {
    this.missing = null;
    this.kept = { query, key };
    this.draw(true);
  }

  reset() {
    this.kept = this.firstKept;
    this.change({ ...this.first });
  }

  goTo(layer, head) {
    if (this.attention.has(layer, head)) this.change({ layer, heads: [head], open: true });
    else this.line.textContent = this.said.noHead(`L${layer}H${head}`);
  }

  draw(moved = false) {
    this.drawn = this.host.clientWidth;
    this.drawing.draw({ ...this.state, ...this.kept, head: this.head, moved });
    this.refresh();
    this.printSoon();
  }

  refresh() {
    this.sheet?.show(this.state);
    this.bar.show(this.state);
    this.summary.textContent = this.said.table(this.shownName);
    this.box.setAttribute("aria-label", this.summary.textContent);
    this.fillTable();
    this.say();
    this.remember();
  }

  /** The low bytes of a head that is stayed with: then its numbers are exact. */
  printSoon() {
    clearTimeout(this.timer);
    if (!this.head || this.head.exact) return;
    const { layer, heads } = this.state;
    this.timer = setTimeout(async () => {
      const head = await this.attention.head(layer, heads[0], true).catch(() => null);
      if (!head || this.state.layer !== layer || this.state.heads[0] !== heads[0]) return;
      this.head = head;
      this.draw();
    }, STAYED);
  }

  say() {
    // what did not load stays said when the numbers of another head come
    const now = this.missing ? this.said.failed(this.missing) : this.seen();
    if (this.line.textContent !== now) this.line.textContent = now; // what is the same is not read out again
  }

  /** What is seen, in words: where the chosen token looks. */
  seen() {
    const { attention: text, said, head, kept } = this;
    const { row, order } = head.look(kept.query);
    const looks = order.slice(0, 3).map((key) => `${text.word(key)} ${head.about}${percent(row[key])}`).join(said.comma);
    return `${this.shownName}: ${text.word(kept.query)} (${said.at(kept.query, text.n)}) ${said.looks} ${looks}`;
  }

  get shownName() {
    return `L${this.state.layer}H${this.state.heads[0]}`;
  }

  release() {} // some hundred words, or a map; what is drawn stays
}

/** Keys that all of them have. */
export class LongKeys extends Keys {
  press(key) {
    const { figure } = this;
    if (key === "Escape") figure.reset();
    else if (key === "PageUp" || key === "PageDown") {
      const { layerNumbers: layers } = figure.attention;
      const layer = layers[layers.indexOf(figure.wanted.layer) + (key === "PageUp" ? -1 : 1)];
      if (layer != null) figure.change({ layer });
    } else return false;
    return true;
  }
}

/** Let the engine know a view, and its styles. */
export function offer(view, Figure, styles) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  window.SeeingAttention[view] = Figure;
}
