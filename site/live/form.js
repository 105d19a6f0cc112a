// The fields of the page: what is asked for, and what is said about it.

import { LONGEST_TEXT, VIEWS } from "./address.js";

export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function select(options, onchange) {
  return element("select", { onchange }, ...options.map(([value, name]) => element("option", { value }, name)));
}

/** What a model is asked with: its button, how far it is, and what is said about it. */
export class Running {
  /** `size`: of the model, in megabytes; `stop`: what ends it. */
  constructor(words, size, stop) {
    this.words = words;
    this.size = size;
    this.button = element("button", { class: "md-button md-button--primary", type: "submit" });
    this.cancel = element("button", { class: "md-button", type: "button", hidden: true, onclick: stop }, words.cancel);
    this.progress = element("progress", { max: 1, value: 0, hidden: true, "aria-label": words.loading("", "") });
    // what changes many times a second is not read out
    this.said = element("span", { role: "status" });
    this.counted = element("span");
    this.status = element("p", { class: "own-sentence__status" }, this.said, this.counted);
    this.about = element("p", { class: "own-sentence__about" }, words.size(size));
    this.held(false);
  }

  /** A text; Enter submits it. */
  field(more = {}) {
    return element("textarea", {
      rows: 2,
      maxlength: LONGEST_TEXT,
      lang: "en",
      spellcheck: "false",
      autocomplete: "off",
      onkeydown: (event) => {
        // Safari's composing is over at the Enter that ends it; its key code is still 229
        if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        this.button.click();
      },
      ...more,
    });
  }

  /** The form of these fields, and below them the button and what is said. */
  around(submit, ...fields) {
    const onsubmit = (event) => {
      event.preventDefault();
      submit();
    };
    const run = element("div", { class: "own-sentence__choices" }, this.button, this.cancel, this.progress);
    return element("form", { class: "own-sentence__form", novalidate: true, onsubmit }, ...fields, this.about, run, this.status);
  }

  /** The model is in the browser, or is to be downloaded. */
  held(yes) {
    this.button.textContent = yes ? this.words.run : this.words.load(this.size);
    if (yes) this.about.textContent = this.words.kept;
  }

  /** Say where something begins, ends or fails. */
  say(sentence) {
    this.said.textContent = sentence;
    this.counted.textContent = "";
  }

  /** Show how far it is. */
  count(sentence) {
    this.said.textContent = "";
    this.counted.textContent = sentence;
  }

  /** While something runs it can be stopped, and not started again; the focus goes along. */
  busy(yes) {
    const [from, to] = yes ? [this.button, this.cancel] : [this.cancel, this.button];
    const held = document.activeElement === from;
    this.button.disabled = yes;
    this.cancel.hidden = !yes;
    if (!yes) this.progress.hidden = true;
    if (held) to.focus();
  }

  came(done, total) {
    const begins = this.progress.hidden;
    this.progress.hidden = done >= total;
    this.progress.value = done / total;
    const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
    if (done >= total) this.say(this.words.opening);
    else this[begins ? "say" : "count"](this.words.loading(megabytes(done), megabytes(total)));
  }
}

export class Form extends Running {
  /** `on`: what to do at submit, stop and when another view is chosen. */
  constructor(words, size, on) {
    super(words, size, () => on.stop());
    this.first = this.field();
    this.second = this.field();
    this.secondName = element("span");
    this.secondLabel = element("label", { class: "own-sentence__text" }, this.secondName, this.second);
    this.mode = select(Object.entries(words.modes), () => this.follow());
    this.view = select(VIEWS.map((name) => [name, words.views[name]]), () => on.view());
    this.element = this.around(
      () => on.submit(),
      element("label", { class: "own-sentence__text" }, words.sentence, this.first),
      this.secondLabel,
      element(
        "div",
        { class: "own-sentence__choices" },
        element("label", {}, words.how, this.mode),
        element("label", {}, words.view, this.view),
      ),
    );
    this.follow();
  }

  /** Show the second field where there are two, under its name. */
  follow() {
    this.secondLabel.hidden = this.mode.value === "one";
    this.secondName.textContent = this.words.second[this.mode.value] || "";
  }

  fill({ text, pair, other, view }) {
    this.first.value = text;
    this.second.value = pair ?? other ?? "";
    this.mode.value = pair != null ? "pair" : other != null ? "other" : "one";
    this.view.value = view;
    this.follow();
  }

  /** What is asked for, or the name of the sentence that says what is missing. */
  read() {
    const text = this.first.value.trim();
    const second = this.second.value.trim();
    const mode = this.mode.value;
    if (!text) return { missing: "empty", field: this.first };
    if (mode !== "one" && !second) return { missing: "emptySecond", field: this.second };
    return {
      text,
      pair: mode === "pair" ? second : null,
      other: mode === "other" ? second : null,
      view: this.view.value,
    };
  }
}
