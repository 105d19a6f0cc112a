// One figure: it keeps what is shown (layer, heads, what is pointed at) and lets a drawing draw it.

import { StillError } from "./attention.js";
import { Bar, Gain, NumberTable } from "./controls.js";
import { coarse, html } from "./dom.js";
import { HeadDrawing } from "./head.js";
import { HeatmapDrawing } from "./heatmap.js";
import { Keys } from "./keyboard.js";
import { liveLine } from "./line.js";
import { load } from "./load.js";
import { ModelDrawing } from "./model.js";
import { wordsFor } from "./words.js";

const DRAWINGS = { head: HeadDrawing, model: ModelDrawing, heatmap: HeatmapDrawing };
const NOTHING = { query: null, key: null };

export class Figure {
  constructor(element) {
    this.element = element;
    this.slot = element.querySelector(".attention-view__slot");
    this.still = element.querySelector(".attention-view__still");
    this.view = element.dataset.view;
    this.words = wordsFor(element.dataset.language);
  }

  /** Load and draw; on any failure the still picture stays and one sentence says why. */
  async mount() {
    if (this.element.dataset.state) return;
    this.element.dataset.state = "loading";
    try {
      this.attention = await load(this.element.dataset.key);
      if (!this.element.isConnected) return;
      this.build();
    } catch (error) {
      this.keepStill(error);
    }
  }

  build() {
    const { element, words, attention } = this;
    this.first = this.startState();
    this.state = structuredCloned(this.first);
    this.kept = { ...NOTHING, query: numberOr(element.dataset.query, null) };
    this.pointed = null;
    const title = element.dataset.title || words.drawing[this.view] + attention.tokens.join(" ");
    this.host = html("div", {
      class: "attention-view__drawing",
      tabindex: 0,
      role: "application",
      "aria-label": title,
    });
    this.bar = new Bar(this);
    this.line = html("p", { class: "attention-view__line", "aria-live": "polite" });
    this.table = new NumberTable(this);
    this.gain = new Gain(this);
    const foot = html("div", { class: "attention-view__foot" }, this.table.element, this.gain.element);
    this.slot.replaceChildren(this.bar.element, this.line, this.host, foot);
    this.slot.hidden = false;
    this.drawing = new DRAWINGS[this.view](this.host, attention, {
      words,
      on: {
        point: (place) => this.point(place),
        leave: () => this.point(null),
        keep: (place) => this.keep(place),
        open: (change) => this.opened(change),
      },
    });
    this.keys = new Keys(this);
    this.draw();
    this.still.hidden = true;
    element.dataset.state = "drawn";
    element.dispatchEvent(new CustomEvent("attention-view:drawn", { bubbles: true }));
    this.followWidth();
  }

  /** What the page asks for in its data attributes, as far as the model has it. */
  startState() {
    const { layer, heads } = this.element.dataset;
    const { attention } = this;
    let asked = heads === "all" ? [...Array(attention.heads).keys()] : JSON.parse(heads || "[0]");
    const first = numberOr(layer, 0);
    asked = asked.filter((head) => attention.has(first, head));
    const known = attention.has(first, 0) && asked.length > 0;
    return {
      layer: known ? first : 0,
      heads: this.view === "head" ? (known ? asked : [0]) : [known ? asked[0] : 0],
      open: this.view === "model" && known && layer != null && heads != null && heads !== "all",
      gain: 1,
      part: "all",
    };
  }

  keepStill(error) {
    const reason = error instanceof StillError ? error.reason : "broken";
    if (reason === "broken") console.error(error);
    const { element, words } = this;
    element.dataset.state = "still";
    this.slot.hidden = true;
    this.slot.replaceChildren();
    this.still.hidden = false;
    element.querySelector(".attention-view__note")?.remove();
    this.still.before(html("p", { class: "attention-view__note", role: "status" }, words.still[reason]));
  }

  /** Show something else: another layer, other heads, a gain, a part of the pair. */
  change(change) {
    const openOnly = Object.keys(change).every((name) => ["layer", "heads", "open"].includes(name));
    Object.assign(this.state, change);
    if (this.view === "model" && openOnly) {
      this.drawing.open(this.state);
      this.refresh();
    } else this.draw();
  }

  draw() {
    const shown = this.attention.parts[this.state.part];
    const outside = (index, [start, end]) => index != null && (index < start || index >= end);
    if (outside(this.kept.query, shown.queries) || outside(this.kept.key, shown.keys)) this.kept = NOTHING;
    this.drawn = this.host.clientWidth;
    this.drawing.draw({ ...this.state, ...this.kept });
    this.refresh();
  }

  refresh() {
    this.bar.show(this.state);
    this.gain.show(this.state);
    this.table.show(this.state);
    this.say();
  }

  /** The pointer is over `place`, or over nothing (null): then what was kept is shown again. */
  point(place) {
    const on = place && (place.query != null || place.key != null) ? place : null;
    if (on && this.pointed && on.query === this.pointed.query && on.key === this.pointed.key) return;
    this.pointed = on;
    this.drawing.point(on || this.kept);
    this.say();
  }

  /** Keep `place` highlighted until it is kept again, or another is. */
  keep(place) {
    const same = place.query === this.kept.query && place.key === this.kept.key;
    this.kept = same ? NOTHING : place;
    this.pointed = null;
    this.drawing.point(this.kept);
    this.say();
  }

  /** The model view's detail was opened or closed with the mouse. */
  opened({ layer, head, open }) {
    Object.assign(this.state, { layer, heads: [head], open });
    this.kept = NOTHING;
    this.drawing.mark(this.state);
    this.drawing.settle(this.state);
    this.refresh();
  }

  /** Go to a head by its name. */
  goTo(layer, head) {
    if (!this.attention.has(layer, head)) {
      this.line.textContent = this.words.noHead(`L${layer}H${head}`);
      return;
    }
    this.change({ layer, heads: [head], ...(this.view === "model" && { open: true }) });
  }

  reset() {
    this.state = structuredCloned(this.first);
    this.kept = NOTHING;
    this.draw();
  }

  say() {
    const idle = this.view === "model" ? "idleModel" : "idle";
    const touch = coarse() ? "Touch" : this.view === "model" ? "" : "Mouse";
    const said = liveLine(this.attention, this.state, this.pointed || this.kept, this.view);
    this.line.textContent = said || this.words[idle + touch];
    this.line.classList.toggle("idle", !said);
  }

  /** Draw again when the figure has become wider or narrower. */
  followWidth() {
    let soon;
    new ResizeObserver(() => {
      clearTimeout(soon);
      if (!this.host.clientWidth || Math.abs(this.host.clientWidth - this.drawn) < 4) return;
      soon = setTimeout(() => this.host.isConnected && this.draw(), 120);
    }).observe(this.host);
  }
}

const numberOr = (text, otherwise) => (text == null || text === "" ? otherwise : Number(text));
const structuredCloned = (state) => ({ ...state, heads: [...state.heads] });
