// "Watch it write": a form, the model in a Worker, what it writes untouched and with cuts, and the
// figure in which the cuts are made, drawn by the site's own engine.

import formStyles from "../live.css";
import styles from "./page.css";
import kernel from "smollm2/kernel.wasm";
import { Computer } from "../computer.js";
import { engine } from "../engine.js";
import { element } from "../form.js";
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

const quoted = (token) => `“${token.replace(/\n/g, "↵")}”`;

class WatchItWrite {
  constructor(host) {
    this.host = host;
    this.words = wordsFor(host.dataset.language);
    const obstacle = this.obstacle();
    if (obstacle) {
      host.replaceChildren(element("p", { class: "own-sentence__note", role: "status" }, this.words[obstacle]));
      return;
    }
    this.edits = { ...NO_EDITS };
    this.build();
    this.begin();
  }

  /** Why nothing can be written here, or null. */
  obstacle() {
    if (location.protocol === "file:") return "disk";
    if (!MODEL) return "absent";
    const able = window.Worker && window.ReadableStream && "adoptedStyleSheets" in document;
    // a kernel of instructions that a browser lacks is not valid there
    return able && window.WebAssembly?.validate(kernel) ? null : "old";
  }

  build() {
    const { words } = this;
    this.text = element("textarea", {
      rows: 2,
      maxlength: 1000,
      lang: "en",
      spellcheck: "false",
      autocomplete: "off",
      oninput: () => this.forget(),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.button.click();
      },
    });
    this.count = element("select", { onchange: () => this.forget() }, ...COUNTS.map((n) => element("option", { value: n }, String(n))));
    this.count.value = COUNTS[1];
    this.button = element("button", { class: "md-button md-button--primary", type: "submit" });
    this.cancel = element("button", { class: "md-button", type: "button", hidden: true, onclick: () => this.computer?.stop() }, words.cancel);
    this.progress = element("progress", { max: 1, value: 0, hidden: true, "aria-label": words.loading("", "") });
    this.status = element("p", { class: "own-sentence__status", role: "status" });
    this.about = element("p", { class: "own-sentence__about" }, words.size(Math.round(MODEL.bytes / 1e6)));
    const form = element(
      "form",
      { class: "own-sentence__form", novalidate: true, onsubmit: (event) => (event.preventDefault(), this.submit()) },
      element("label", { class: "own-sentence__text" }, words.beginning, this.text),
      element("div", { class: "own-sentence__choices" }, element("label", {}, words.count, this.count)),
      this.about,
      element("div", { class: "own-sentence__choices" }, this.button, this.cancel, this.progress),
      this.status,
    );
    this.runs = element("div", { class: "writes__runs", hidden: true });
    this.untouched = element("p", { class: "writes__run", translate: "no" });
    this.touched = element("p", { class: "writes__run", translate: "no" });
    this.cuts = element("p", { class: "writes__cuts" });
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
    this.held(false);
  }

  held(yes) {
    this.button.textContent = yes ? this.words.run : this.words.load(Math.round(MODEL.bytes / 1e6));
    if (yes) this.about.textContent = this.words.kept;
  }

  /** Take what the address asks for; write at once if nothing has to be downloaded for it. */
  async begin() {
    const asked = readAddress(location.hash);
    if (asked) this.ask(asked);
    const held = await new Store(near("./"), MODEL.key).holds(MODEL.last);
    this.held(held);
    if (held && asked?.text.trim()) this.submit();
  }

  ask({ text, count, silent, hidden, blind }) {
    this.forget();
    this.text.value = text;
    if (COUNTS.includes(count)) this.count.value = count;
    this.edits = { silent, hidden, blind };
  }

  /** Another beginning: places of tokens mean nothing any more, and the untouched run is another. */
  forget() {
    this.first = null;
    this.seen = null;
    this.edits = { ...this.edits, hidden: [], blind: [] };
  }

  say(sentence) {
    this.status.textContent = sentence;
  }

  busy(yes) {
    this.button.disabled = yes;
    this.cancel.hidden = !yes;
    if (!yes) this.progress.hidden = true;
  }

  came(done, total) {
    this.progress.hidden = done >= total;
    this.progress.value = done / total;
    const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
    this.say(done >= total ? this.words.opening : this.words.loading(megabytes(done), megabytes(total)));
  }

  async submit() {
    const text = this.text.value;
    if (!text.trim()) {
      this.say(this.words.empty);
      this.text.focus();
      return;
    }
    this.busy(true);
    try {
      this.computer ||= new Computer({
        script: near("worker.js"),
        base: near("./"),
        key: MODEL.key,
        came: (done, total) => this.came(done, total),
      });
      await this.computer.ready;
      this.held(true);
      const wanted = { text, count: Number(this.count.value), longest: LONGEST };
      this.runs.hidden = false;
      this.showCuts();
      this.first ||= await this.write(wanted, NO_EDITS, this.untouched);
      this.last = this.isCut() ? await this.write(wanted, this.edits, this.touched) : this.first;
      await engine(near("../views/engine.js"));
      history.replaceState(history.state, "", writeAddress({ ...wanted, ...this.edits }));
      this.show();
    } catch (problem) {
      this.failed(problem);
    }
    this.busy(false);
  }

  isCut() {
    return Object.values(this.edits).some((list) => list.length);
  }

  /** One run, shown in `line` while it comes. */
  async write(wanted, edits, line) {
    const steps = [];
    const written = element("b", {});
    line.replaceChildren(wanted.text, written);
    const result = await this.computer.ask({ ...wanted, ...edits }, (step) => {
      steps.push(step);
      written.append(step.shown);
      this.say(this.words.writing(steps.length));
    });
    return { ...result, steps };
  }

  failed(problem) {
    const { words } = this;
    // the Worker is of no use after these; the next press starts another
    if (["fetch", "stopped", "broken", "memory", undefined].includes(problem.kind)) {
      this.computer?.stop();
      this.computer = null;
    }
    if (problem.kind === "long") this.say(words.long(problem.n, LONGEST));
    else this.say(words[problem.kind] || words.broken);
    if (problem.kind === "broken" || !problem.kind) console.error(problem);
  }

  /** The figure of the run with cuts, or of the only one, where it stood before. */
  show() {
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
      element("figcaption", {}, this.isCut() ? words.touched : words.untouched),
    );
    this.figures.replaceChildren(figure);
    window.SeeingAttention.show(figure, {
      tokens,
      prompt,
      shape,
      edits: this.edits,
      rows: steps.map(({ row }) => row),
      guesses: steps.map(({ guesses }) => guesses.map(({ shown, probability }) => [shown, probability])),
    });
    const time = Math.round(milliseconds);
    this.say(words.done(steps.length, time, Math.round(milliseconds / steps.length)));
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
    if (!this.isCut()) this.touched.replaceChildren(element("i", {}, words.nowhere));
    else if (parting === one.length && one.length === other.length) this.touched.replaceChildren(...line(other), element("i", {}, ` ${words.same}`));
    else this.touched.replaceChildren(...line(other));
  }

  /** A button for each cut, to undo it. */
  showCuts() {
    const { words, edits } = this;
    const token = (place) => quoted(this.first?.tokens[place] ?? String(place));
    const chips = [
      ...edits.silent.map((one) => [words.edits.silent(`L${one[0]}H${one[1]}`), { silent: one }]),
      ...edits.hidden.map((place) => [words.edits.hidden(token(place)), { hidden: place }]),
      ...edits.blind.map((place) => [words.edits.blind(token(place)), { blind: place }]),
    ].map(([what, edit]) =>
      element("button", { type: "button", "aria-label": words.edits.undo(what), onclick: () => this.edit(edit) }, `${what} ×`),
    );
    if (chips.length > 1) chips.push(element("button", { type: "button", onclick: () => this.edit(null) }, words.reset));
    this.cuts.replaceChildren(...chips);
  }

  /** Cut what was whole, mend what was cut, and write again; null mends everything. */
  edit(edit) {
    if (this.button.disabled) return;
    if (edit == null) this.edits = { ...NO_EDITS };
    else {
      const [[kind, what]] = Object.entries(edit);
      const same = (one) => String(one) === String(what);
      const list = this.edits[kind];
      this.edits = { ...this.edits, [kind]: list.some(same) ? list.filter((one) => !same(one)) : [...list, what] };
    }
    this.submit();
  }

  leave() {
    this.computer?.stop();
  }
}

let current = null;

function mount() {
  const host = document.querySelector(".watch-it-write");
  if (current && current.host !== host) {
    current.leave();
    current = null;
  }
  if (host && !current) current = new WatchItWrite(host);
}

if ("adoptedStyleSheets" in document) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(formStyles + styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
mount();
window.document$?.subscribe(mount);
addEventListener("hashchange", () => {
  const asked = readAddress(location.hash);
  if (!asked || !current?.text) return;
  current.ask(asked);
  if (current.computer) current.submit();
});
