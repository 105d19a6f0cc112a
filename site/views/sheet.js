// On a narrow screen one row stands over the drawing, and all other controls lie in a sheet that folds
// out over it, so that nothing below moves. Where it becomes wide again, CSS dissolves both (engine.css).

import { arrow, html } from "./dom.js";
import { swapButton } from "./swap.js";

const WORDS = {
  zh: {
    controls: "层、头、数表和保存",
    before: "上一个头",
    after: "下一个头",
    everyHead: ({ layers, heads }) => `全部 ${layers * heads} 个头`,
  },
  en: {
    controls: "layer, head, numbers, saving",
    before: "previous head",
    after: "next head",
    everyHead: ({ layers, heads }) => `all ${layers * heads} heads`,
  },
};

export class Sheet {
  constructor(figure, ...controls) {
    const words = (this.words = WORDS[(figure.element.dataset.language || "zh").slice(0, 2)] || WORDS.en);
    this.figure = figure;
    this.label = html("span");
    this.swatch = html("i", { "aria-hidden": "true" });
    this.name = html(
      "button",
      { type: "button", class: "name", "aria-expanded": "false", "aria-label": words.controls, onclick: () => this.toggle() },
      this.swatch,
      this.label,
      arrow("m6 9 6 6 6-6"),
    );
    const step = (by, label, path) =>
      html("button", { type: "button", "aria-label": label, onclick: () => goBy(figure, by) }, arrow(path));
    this.row = html(
      "div",
      { class: "attention-view__row" },
      step(-1, words.before, "m15 5-7 7 7 7"),
      this.name,
      step(1, words.after, "m9 5 7 7-7 7"),
    );
    if (figure.element.dataset.otherKey) this.row.append(swapButton(figure));
    this.element = html("div", { class: "attention-view__sheet" }, ...controls);
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.open) return;
      event.stopPropagation();
      this.toggle(false);
      this.name.focus();
    });
  }

  get open() {
    return this.element.hasAttribute("data-open");
  }

  toggle(on = !this.open) {
    this.element.toggleAttribute("data-open", on);
    this.name.setAttribute("aria-expanded", on);
    this.figure.roving.settle();
  }

  show({ heads }) {
    const { figure } = this;
    const all = figure.view === "model" && !figure.state.open;
    this.label.textContent = all ? this.words.everyHead(figure.attention) : figure.shownName;
    this.name.setAttribute("aria-label", `${this.label.textContent}: ${this.words.controls}`);
    // blue alone, its own where several lie over each other
    this.swatch.style.background = heads.length > 1 ? `var(--head-${heads[0] % 12})` : "var(--view-look)";
  }
}

/** Go to the head before (-1) or after (1), across the layers. */
function goBy(figure, by) {
  const { attention, state } = figure;
  const { heads, layerNumbers: layers } = attention;
  const count = layers.length * heads;
  const next = (layers.indexOf(state.layer) * heads + state.heads[0] + by + count) % count;
  figure.goTo(layers[Math.floor(next / heads)], next % heads);
}
