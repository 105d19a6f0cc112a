// A long text as text: one word's row shades it; and the ways along its far links.

import styles from "styles/long.css";
import { LongDrawing } from "./long_drawing.js";
import { LongFigure, LongKeys, offer } from "./long_figure.js";
import { html } from "./taken.js";
import { TEXT_WORDS } from "./text_words.js";

class TextFigure extends LongFigure {
  constructor(element) {
    super(element, TEXT_WORDS);
  }

  makeDrawing() {
    this.way = []; // words that were left by a jump
    this.host.classList.add("long__scroll");
    const back = { type: "button", tabindex: -1, onclick: () => this.goBack() };
    this.back = html("button", back, html("b", { "aria-hidden": "true" }, "←"), html("span", {}, this.said.back));
    return new LongDrawing(this.host, this.attention, {
      words: this.said,
      back: this.back,
      on: { keep: (place) => this.look(place), jump: (place) => this.jump(place) },
    });
  }

  makeKeys() {
    return new TextKeys(this);
  }

  jump(place) {
    this.way.push(this.kept.query);
    this.look(place);
  }

  goBack() {
    const place = this.way.pop();
    if (place == null) return;
    this.look(place);
    this.host.focus({ preventScroll: true });
  }

  reset() {
    this.way = [];
    super.reset();
  }

  refresh() {
    this.back.disabled = !this.way.length;
    super.refresh();
  }
}

/** Arrows walk over the text, 1 to 5 along the far links; the rest as in every view. */
class TextKeys extends LongKeys {
  /** A digit is a link unless a head's name was begun. */
  type(key) {
    return !(/\d/.test(key) && !this.typed) && super.type(key);
  }

  press(key) {
    const { figure } = this;
    const { kept, attention: text, drawing } = figure;
    const last = text.n - 1;
    const sideways = { ArrowLeft: kept.query - 1, ArrowRight: kept.query + 1, Home: 0, End: last }[key];
    if (sideways != null) figure.look(Math.max(0, Math.min(last, sideways)));
    else if (key === "ArrowUp" || key === "ArrowDown") {
      const by = key === "ArrowUp" ? -1 : 1;
      const next = drawing.overLine(kept.query, by);
      if (next == null) return figure.roving.leave(by);
      figure.look(next);
    } else if (/^[1-5]$/.test(key)) {
      const link = drawing.far[key - 1];
      if (link != null) figure.jump(link);
    } else if (key === "Backspace") figure.goBack();
    else return super.press(key);
    return true;
  }
}

offer("long", TextFigure, styles);
