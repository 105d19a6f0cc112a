// One figure: it keeps what is shown (layer, heads, what is pointed at) and lets a drawing draw it.

import { asked, remember, written } from "./address.js";
import { StillError } from "./attention.js";
import { Bar, Gain, NumberTable, Takeaway } from "./controls.js";
import { coarse, html, narrow } from "./dom.js";
import { HeadDrawing } from "./head.js";
import { HeatmapDrawing } from "./heatmap.js";
import { Keys } from "./keyboard.js";
import { liveLine } from "./line.js";
import { load, more } from "./load.js";
import { ModelDrawing } from "./model.js";
import { NeuronDrawing } from "./neuron.js";
import { Roving } from "./roving.js";
import { wordsFor } from "./words.js";

const DRAWINGS = { head: HeadDrawing, model: ModelDrawing, heatmap: HeatmapDrawing, neuron: NeuronDrawing };
let ours = {}; // drawings for narrow places, once they have come
const NOTHING = { query: null, key: null };

export class Figure {
  constructor(element) {
    this.element = element;
    this.slot = element.querySelector(".attention-view__slot");
    this.still = element.querySelector(".attention-view__still");
    this.words = wordsFor(element.dataset.language);
    // what lives in the address; a figure that a script fills has an address of the script's
    this.swapped = false; // whether the other sentence is drawn
    this.lives = element.dataset.key != null && element.dataset.live == null;
    this.asked = this.lives ? asked(element) : null;
  }

  /** Load and draw; on any failure the still picture stays and one sentence says why. */
  async mount() {
    if (this.element.dataset.state === "released") this.restore();
    if (this.element.dataset.state || !this.element.dataset.key) return;
    this.element.dataset.state = "loading";
    try {
      const { otherKey } = this.element.dataset;
      if (small() || otherKey) ours = await more();
      this.swapped = Boolean(otherKey && this.asked?.swapped);
      this.attention = await this.load(this.keyOf(this.swapped));
      await turn();
      if (!this.element.isConnected) return;
      const before = this.element.getBoundingClientRect();
      this.build();
      keepPlace(this.element, before);
    } catch (error) {
      this.keepStill(error);
    }
  }

  /** What is drawn, of what was loaded; another view may have more to decode. */
  read(loaded) {
    return loaded;
  }

  /** Draw these numbers, whatever was drawn before. */
  show(attention) {
    try {
      this.attention = attention;
      this.element.querySelector(".attention-view__note")?.remove();
      this.build();
    } catch (error) {
      this.keepStill(error);
    }
  }

  /** Far from sight: drop the drawing, keep its room and all that was chosen. */
  release() {
    const { element, slot } = this;
    if (element.dataset.state !== "drawn" || slot.contains(document.activeElement)) return;
    slot.style.minHeight = `${slot.offsetHeight}px`;
    this.host.replaceChildren();
    element.dataset.state = "released";
  }

  /** Draw again what was dropped. */
  restore() {
    const { element, slot } = this;
    if (element.dataset.state !== "released") return;
    this.draw();
    slot.style.minHeight = "";
    element.dataset.state = "drawn";
  }

  build() {
    const { element, words } = this;
    this.view = element.dataset.view;
    const { attention } = this;
    if (this.view === "neuron" && !attention.vectors) throw new StillError("data", "no queries and keys");
    this.first = this.startState(element.dataset);
    this.firstKept = { ...NOTHING, query: numberOr(element.dataset.query, null) };
    this.state = structuredCloned(this.first);
    this.kept = this.firstKept;
    if (this.asked && attention.has(this.asked.layer, this.asked.heads[0])) {
      const { layer, heads, query, key } = this.asked;
      this.state = this.startState({ layer, heads: JSON.stringify(heads) });
      this.kept = { query, key };
    }
    this.pointed = null;
    this.host = html("div", {
      class: "attention-view__drawing",
      tabindex: 0,
      role: "application",
      "aria-description": words.keys,
    });
    this.label();
    this.bar = new Bar(this);
    this.line = html("p", { class: "attention-view__line", "aria-live": "polite" });
    this.table = new NumberTable(this);
    this.gain = new Gain(this);
    this.takeaway = new Takeaway(this);
    this.foot = html(
      "div",
      { class: "attention-view__foot" },
      this.table.element,
      this.takeaway.element,
      this.view !== "neuron" && this.gain.element,
    );
    this.body = html("div", { class: "attention-view__body" }, this.bar.element, this.line, this.host, this.foot);
    this.sheet = null;
    this.fold();
    this.slot.replaceChildren(this.body);
    this.slot.hidden = false;
    this.slot.style.minHeight = "";
    this.drawing = null;
    this.roving = new Roving(this);
    this.keys = new Keys(this);
    this.settled = false; // nothing that is drawn first goes into the address
    this.draw();
    this.settled = true;
    this.still.hidden = true;
    element.dataset.state = "drawn";
    element.dispatchEvent(new CustomEvent("attention-view:drawn", { bubbles: true }));
    this.followWidth();
  }

  /** Say which sentence is drawn. */
  label() {
    this.host.setAttribute("aria-label", this.words.drawing[this.view] + this.attention.tokens.join(" "));
  }

  /** What the page asks for in its data attributes, as far as the model has it. */
  startState({ layer, heads }) {
    const { attention } = this;
    let asked = heads === "all" ? [...Array(attention.heads).keys()] : JSON.parse(heads || "[0]");
    const first = numberOr(layer, attention.first);
    asked = asked.filter((head) => attention.has(first, head));
    const known = attention.has(first, 0) && asked.length > 0;
    return {
      layer: known ? first : attention.first,
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
    const outside = (index, [start, end]) => index != null && !(index >= start && index < end);
    if (outside(this.kept.query, shown.queries) || outside(this.kept.key, shown.keys)) this.kept = NOTHING;
    this.drawn = this.host.clientWidth;
    this.suit();
    this.drawing.draw({ ...this.state, ...this.kept });
    this.refresh();
  }

  /** The drawing that suits the room: bertviz's own, or on a phone ours. */
  suit() {
    const Drawing = (narrow(this.host) && ours[this.view]) || DRAWINGS[this.view];
    // the page has become narrow: what it needs then comes, else it stays as it was
    if (small() && !ours.save) more().then((come) => ((ours = come), this.fold(), this.draw()), () => {});
    if (this.drawing instanceof Drawing) return;
    const { words } = this;
    this.drawing = new Drawing(this.host, this.attention, {
      words,
      on: {
        point: (place) => this.point(place),
        leave: () => this.point(null),
        keep: (place) => this.keep(place),
        open: (change) => this.opened(change),
      },
    });
  }

  /** The name of the numbers of the first sentence, or of the other one. */
  keyOf(swapped) {
    const { key, otherKey } = this.element.dataset;
    return swapped ? otherKey : key;
  }

  async load(key) {
    return this.read(await load(key));
  }

  /** What has come of what few readers need (more.js). */
  get more() {
    return ours;
  }

  /** Put the controls into a sheet, where it has come. */
  fold() {
    if (this.sheet || !ours.Sheet || !small()) return;
    this.sheet = new ours.Sheet(this, this.bar.element, this.foot);
    this.body.prepend(this.sheet.row, this.sheet.element);
  }

  refresh() {
    this.sheet?.show(this.state);
    this.bar.show(this.state);
    this.gain.show(this.state);
    this.table.show(this.state);
    this.takeaway.show(this.state);
    this.say();
    this.remember();
  }

  /** Let the address say what is shown, so that it can be sent to others. */
  remember() {
    if (!this.settled) return;
    const detail = { ...this.state, ...this.kept };
    this.element.dispatchEvent(new CustomEvent("attention-view:changed", { bubbles: true, detail }));
    if (!this.lives) return;
    const now = written(this.state, this.kept, this.swapped);
    remember(this.element, now === written(this.first, this.firstKept) ? "" : now);
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
    this.remember();
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
    const { attention, words } = this;
    if (!attention.has(layer, head)) {
      const other = attention.layers === 1 && layer !== attention.first && head < attention.heads;
      this.line.textContent = other ? words.oneLayer(attention.first) : words.noHead(`L${layer}H${head}`);
      return;
    }
    this.change({ layer, heads: [head], ...(this.view === "model" && { open: true }) });
  }

  /** The sentence that is drawn. */
  get text() {
    const { text, otherText } = this.element.dataset;
    return this.swapped ? otherText : text;
  }

  reset() {
    this.state = structuredCloned(this.first);
    this.kept = this.firstKept;
    this.draw();
  }

  /** The name of what is shown, for a file: L5H11, or the layer alone. */
  get shownName() {
    const { layer, heads } = this.state;
    const all = this.view === "model" && !this.state.open;
    return all ? "model" : heads.length > 1 ? `L${layer}` : `L${layer}H${heads[0]}`;
  }

  say() {
    const idle = this.view === "model" ? "idleModel" : "idle";
    const touch = coarse() ? "Touch" : this.view === "model" ? "" : "Mouse";
    const said = liveLine(this.attention, this.state, this.pointed || this.kept, this.view, this.words);
    this.line.textContent = said || this.words[idle + touch];
    this.line.toggleAttribute("data-idle", !said); // a class would have the theme restyle the drawing
  }

  /** Draw again when the figure has become wider or narrower. */
  followWidth() {
    let soon;
    const { host } = this; // the next drawing has another
    new ResizeObserver(() => {
      clearTimeout(soon);
      if (!host.clientWidth || Math.abs(host.clientWidth - this.drawn) < 4) return;
      soon = setTimeout(() => {
        if (!host.isConnected || this.element.dataset.state !== "drawn") return;
        this.draw();
        this.roving.settle(); // what has the tab stop may have been folded away
      }, 120);
    }).observe(host);
  }
}

/** What is read may not be pushed away by what is drawn above it. Others than Safari see to it themselves. */
function keepPlace(element, { top, height }) {
  if (top >= 0 || CSS.supports("overflow-anchor", "auto")) return;
  scrollBy({ top: element.getBoundingClientRect().height - height, behavior: "instant" });
}

let last = Promise.resolve();

/** One drawing a frame, so that the first is seen before the second is begun. */
function turn() {
  const mine = last;
  // a page that is not looked at has no frames
  last = last.then(() => new Promise((seen) => (document.hidden ? seen() : requestAnimationFrame(() => setTimeout(seen)))));
  return mine;
}

/** Whether the page is as narrow as on a phone. */
const small = () => matchMedia("(max-width: 44.9em)").matches;

const numberOr = (text, otherwise) => (text == null || text === "" ? otherwise : Number(text));
const structuredCloned = (state) => ({ ...state, heads: [...state.heads] });
