// "Watch it write": a form, the model in a Worker, what it writes untouched and with cuts, and the
// figure in which the cuts are made, drawn by the site's own engine.

import formStyles from "../live.css";
import styles from "./page.css";
import kernel from "smollm2/kernel.wasm";
import { Computer } from "../computer.js";
import { engine } from "../engine.js";
import { Running, element } from "../form.js";
import { LivePage, mounted } from "../live_page.js";
import { Store } from "../store.js";
import { readAddress, writeAddress } from "./address.js";
import { wordsFor } from "./words.js";

const LONGEST = 96; // tokens of a beginning; more are too many to look at
const COUNTS = [10, 20, 40];
const NO_EDITS = { silent: [], hidden: [], blind: [] };

/* MODEL is set when the site is built: {key, bytes, last} of the parts, or null. */
const MODEL = __MODEL__;
const here = document.currentScript.src;
const near = (name) => new URL(name, here).href;

const isCut = (edits) => Object.values(edits).some((list) => list.length);
const quoted = (token) => `“${token.replace(/\n/g, "↵")}”`;

class WatchItWrite extends LivePage {
  constructor(host) {
    // a kernel of instructions that a browser lacks is not valid there
    super(host, wordsFor(host.dataset.language), MODEL, window.WebAssembly?.validate(kernel));
  }

  build() {
    const { words } = this;
    this.edits = { ...NO_EDITS };
    this.writing = false;
    this.form = new Running(words, Math.round(MODEL.bytes / 1e6), () => this.leave());
    this.text = this.form.field({ oninput: () => this.forget() });
    this.count = element("select", { onchange: () => this.drop() }, ...COUNTS.map((n) => element("option", { value: n }, String(n))));
    this.count.value = COUNTS[1];
    const form = this.form.around(
      () => this.submit(),
      element("label", { class: "own-sentence__text" }, words.beginning, this.text),
      element("div", { class: "own-sentence__choices" }, element("label", {}, words.count, this.count)),
    );
    this.runs = element("div", { class: "writes__runs", hidden: true });
    this.untouched = element("p", { class: "writes__run", translate: "no" });
    this.touched = element("p", { class: "writes__run", translate: "no" });
    this.cuts = element("p", { class: "writes__cuts", tabindex: -1 });
    this.runs.append(
      element("h3", {}, words.untouched),
      this.untouched,
      element("h3", {}, words.touched),
      this.touched,
      this.cuts,
    );
    this.figures = element("div", { class: "own-sentence__figures" });
    this.figures.addEventListener("attention-view:edit", ({ detail }) => this.edit(detail));
    this.figures.addEventListener("attention-view:changed", ({ detail }) => (this.seen = detail));
    this.host.replaceChildren(form, this.runs, this.figures);
    this.begin();
  }

  /** Take what the address asks for; write at once if nothing has to be downloaded for it. */
  async begin() {
    const asked = readAddress(location.hash);
    if (asked) this.ask(asked);
    const held = await new Store(near("./"), MODEL.key).holds(MODEL.last);
    this.form.held(held);
    if (held && asked?.text.trim() && this.host.isConnected) this.submit();
  }

  ask({ text, count, silent, hidden, blind }) {
    this.forget();
    this.text.value = text;
    if (COUNTS.includes(count)) this.count.value = count;
    this.edits = { silent, hidden, blind };
  }

  /** Another run is wanted: what is being written is not, and the untouched run is another. */
  drop() {
    this.first = null;
    if (!this.writing) return; // a model that comes is wanted for the next text too
    this.writing = false;
    this.turn++;
    this.form.busy(false);
    this.form.say("");
  }

  /** Another beginning: places of tokens mean nothing any more, and nothing of the old one is left. */
  forget() {
    this.drop();
    this.tokens = null;
    this.seen = null;
    this.edits = { ...this.edits, hidden: [], blind: [] };
    this.runs.hidden = true;
    this.figures.replaceChildren();
  }

  async submit() {
    if (!this.text.value.trim()) {
      this.form.say(this.words.empty);
      this.text.focus();
      return;
    }
    const newest = this.begun();
    this.form.busy(true);
    try {
      const computer = (this.computer ||= new Computer({
        script: near("worker.js"),
        base: near("./"),
        key: MODEL.key,
        came: (done, total) => this.form.came(done, total),
      }));
      await computer.ready;
      if (!newest()) return;
      this.form.held(true);
      // as they stand now: the text may have changed while the model came
      const wanted = { text: this.text.value, count: Number(this.count.value), longest: LONGEST };
      const { edits } = this;
      this.writing = true;
      this.runs.hidden = false;
      this.showCuts();
      this.form.say(this.words.writing(""));
      const write = (cuts, line) => this.write(computer, { ...wanted, ...cuts }, line, newest);
      const first = this.first || (await write(NO_EDITS, this.untouched));
      if (!newest()) return;
      this.first = first;
      this.tokens = first.tokens;
      const last = isCut(edits) ? await write(edits, this.touched) : first;
      await engine(near("../views/engine.js"));
      if (!newest()) return;
      this.last = last;
      this.edits = last.edits; // what the model does not have was not cut
      history.replaceState(history.state, "", writeAddress({ ...wanted, ...this.edits }));
      await this.show();
    } catch (problem) {
      if (!newest()) return;
      this.failed(problem, LONGEST);
    }
    if (!newest()) return;
    this.writing = false;
    this.form.busy(false);
  }

  /** One run, shown in `line` while it comes and is the newest. */
  async write(computer, wanted, line, newest) {
    const steps = [];
    const written = element("b", {});
    line.replaceChildren(wanted.text, written);
    const result = await computer.ask(wanted, (step) => {
      steps.push(step);
      if (!newest()) return;
      written.append(step.shown);
      this.form.count(this.words.writing(steps.length));
    });
    return { ...result, steps };
  }

  /** The figure of the run with cuts, or of the only one, where it stood before. */
  async show() {
    const { words, last } = this;
    const { steps, tokens, prompt, shape, milliseconds } = last;
    this.compare();
    this.showCuts();
    const seen = this.seen || { step: 0, key: null, head: null };
    const figure = element(
      "figure",
      {
        class: "attention-view",
        "data-live": true,
        "data-view": "generation",
        "data-language": this.host.dataset.language,
        "data-step": Math.min(seen.step, steps.length - 1),
        "data-token": seen.key,
        "data-layer": seen.head?.layer,
        "data-heads": seen.head && JSON.stringify([seen.head.head]),
      },
      element("div", { class: "attention-view__slot", hidden: true }),
      element("div", { class: "attention-view__still" }),
      element("figcaption", {}, isCut(this.edits) ? words.touched : words.untouched),
    );
    // the scissors that were pressed are drawn anew: the drawing takes their focus
    const held = this.figures.contains(document.activeElement);
    this.figures.replaceChildren(figure);
    await window.SeeingAttention.show(figure, {
      tokens,
      prompt,
      shape,
      edits: this.edits,
      rows: steps.map(({ row }) => row),
      guesses: steps.map(({ guesses }) => guesses.map(({ shown, probability }) => [shown, probability])),
    });
    if (!figure.isConnected) return; // another beginning was typed meanwhile
    if (held && document.activeElement === document.body) figure.querySelector(".attention-view__drawing")?.focus();
    const time = Math.round(milliseconds);
    this.form.say(words.done(steps.length, time, Math.round(milliseconds / steps.length)));
  }

  /** Both texts, the words that are others marked from where they part. */
  compare() {
    const { first, last, words } = this;
    const written = (run) => run.tokens.slice(run.prompt);
    const [one, other] = [written(first), written(last)];
    let parting = 0;
    while (parting < one.length && one[parting] === other[parting]) parting++;
    const given = first.tokens.slice(0, first.prompt).join("");
    const line = (tokens) => [given, element("b", {}, tokens.slice(0, parting).join("")), element("mark", {}, tokens.slice(parting).join(""))];
    this.untouched.replaceChildren(...line(one));
    if (!isCut(this.edits)) this.touched.replaceChildren(element("i", {}, words.nowhere));
    else if (parting === one.length && one.length === other.length) this.touched.replaceChildren(...line(other), element("i", {}, ` ${words.same}`));
    else this.touched.replaceChildren(...line(other));
  }

  /** A button for each cut, to undo it. */
  showCuts() {
    const { words, edits } = this;
    const token = (place) => quoted(this.tokens?.[place] ?? String(place));
    const chips = [
      ...edits.silent.map((one) => [words.edits.silent(`L${one[0]}H${one[1]}`), { silent: one }]),
      ...edits.hidden.map((place) => [words.edits.hidden(token(place)), { hidden: place }]),
      ...edits.blind.map((place) => [words.edits.blind(token(place)), { blind: place }]),
    ].map(([what, edit]) =>
      element("button", { type: "button", "aria-label": words.edits.undo(what), onclick: () => this.edit(edit) }, `${what} ×`),
    );
    if (chips.length > 1) chips.push(element("button", { type: "button", onclick: () => this.edit(null) }, words.reset));
    // the chip that was pressed is gone: the next takes its focus, after the last one their box
    const held = [...this.cuts.children].indexOf(document.activeElement);
    const inside = this.cuts.contains(document.activeElement);
    this.cuts.replaceChildren(...chips);
    if (inside) (chips[held] || this.cuts).focus();
  }

  /** Cut what was whole, mend what was cut, and write again; null mends everything. */
  edit(edit) {
    if (this.form.button.disabled) return;
    if (edit == null) this.edits = { ...NO_EDITS };
    else {
      const [[kind, what]] = Object.entries(edit);
      const same = (one) => String(one) === String(what);
      const list = this.edits[kind];
      this.edits = { ...this.edits, [kind]: list.some(same) ? list.filter((one) => !same(one)) : [...list, what] };
    }
    this.submit();
  }
}

mounted(".watch-it-write", WatchItWrite, formStyles + styles, readAddress);
