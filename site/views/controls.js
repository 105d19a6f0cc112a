// The bar over a drawing (layer, heads, part of a pair), the gain and the table under it.

import { html } from "./dom.js";

/** Layer, heads, part of a pair. In the model view the drawing itself chooses layer and head. */
export class Bar {
  constructor(figure) {
    this.figure = figure;
    const { words, attention, view } = figure;
    this.element = html("div", { class: "attention-view__bar" });
    if (view !== "model") {
      this.layer = choice([...Array(attention.layers).keys()].map((n) => [n, n]), (value) =>
        figure.change({ layer: Number(value) }),
      );
      this.element.append(html("label", {}, words.layer, this.layer), this.headButtons());
    }
    const parts = Object.keys(attention.parts);
    if (parts.length > 1) {
      this.part = choice(parts.map((name) => [name, words.parts[name]]), (part) => figure.change({ part }));
      this.element.append(html("label", {}, words.part, this.part));
    }
    this.element.hidden = !this.element.childElementCount;
  }

  /** Twelve buttons, told apart by number and colour; one tab stop, arrows inside. */
  headButtons() {
    const { figure } = this;
    const { words, attention } = figure;
    this.heads = [...Array(attention.heads).keys()].map((head) =>
      html(
        "button",
        {
          type: "button",
          style: `--color:var(--head-${head % 12})`,
          "aria-label": `${words.head} ${head}`,
          onclick: () => this.toggle(head),
          ondblclick: () => figure.change({ heads: [head] }),
        },
        String(head),
      ),
    );
    const group = html("div", { class: "attention-view__heads", role: "group", "aria-label": words.heads }, ...this.heads);
    group.addEventListener("keydown", (event) => this.rove(event, [...group.querySelectorAll("button")]));
    group.prepend(html("span", { "aria-hidden": "true" }, words.head));
    if (figure.view === "head")
      group.append(
        html(
          "button",
          {
            type: "button",
            class: "wide",
            title: words.allHint,
            onclick: () => figure.change({ heads: [...Array(attention.heads).keys()] }),
          },
          words.all,
        ),
      );
    group.append(
      html("button", { type: "button", class: "wide", title: words.startHint, onclick: () => figure.reset() }, words.start),
    );
    this.rove({}, [...group.querySelectorAll("button")], 0);
    return group;
  }

  /** The head view shows any number of heads but none; the map shows one. */
  toggle(head) {
    const { heads } = this.figure.state;
    if (this.figure.view === "heatmap") this.figure.change({ heads: [head] });
    else if (!heads.includes(head)) this.figure.change({ heads: [...heads, head].sort((a, b) => a - b) });
    else if (heads.length > 1) this.figure.change({ heads: heads.filter((other) => other !== head) });
  }

  rove(event, buttons, to) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step) to = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    if (to === undefined) return;
    buttons.forEach((button, i) => (button.tabIndex = i === to ? 0 : -1));
    if (!step) return;
    buttons[to].focus();
    event.preventDefault();
  }

  show({ layer, heads, part }) {
    if (this.layer) this.layer.value = layer;
    if (this.part) this.part.value = part;
    this.heads?.forEach((button, head) => button.setAttribute("aria-pressed", heads.includes(head)));
  }
}

/** One factor for all lines or cells, so that weak ones can be seen. */
export class Gain {
  constructor(figure) {
    const { words } = figure;
    this.input = html("input", {
      type: "range",
      min: 1,
      max: 8,
      step: 1,
      oninput: () => figure.change({ gain: Number(this.input.value) }),
    });
    this.factor = html("output");
    this.element = html("label", { class: "attention-view__gain", title: words.gainHint }, words.gain, this.input, this.factor);
  }

  show({ gain }) {
    this.input.value = gain;
    this.factor.textContent = `×${gain}`;
  }
}

/** The numbers of the shown head, written when first opened. */
export class NumberTable {
  constructor(figure) {
    this.figure = figure;
    this.summary = html("summary");
    this.box = html("div", { tabindex: 0, role: "group" });
    this.element = html("details", { class: "attention-view__table" }, this.summary, this.box);
    this.element.hidden = !figure.attention.exact;
    this.element.addEventListener("toggle", () => this.fill());
  }

  show({ heads }) {
    this.head = heads[0];
    const name = `L${this.figure.state.layer}H${this.head}`;
    this.summary.textContent = this.figure.words.table(name);
    this.box.setAttribute("aria-label", name);
    this.fill();
  }

  fill() {
    if (!this.element.open || !this.figure.attention.exact) return;
    const { attention, state, words } = this.figure;
    const part = attention.parts[state.part];
    const cells = attention.pattern(state.layer, this.head, part);
    const corner = html("th", { scope: "col" }, `${words.query} \\ ${words.key}`);
    const top = attention.tokens.slice(...part.keys).map((token) => html("th", { scope: "col" }, token));
    const rows = cells.map((row, i) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, attention.tokens[part.queries[0] + i]),
        ...row.map((weight) => html("td", {}, html("data", { value: weight.toFixed(6) }, weight.toFixed(2)))),
      ),
    );
    this.box.replaceChildren(
      html("table", { class: "attention-view__numbers" }, html("thead", {}, html("tr", {}, corner, ...top)), html("tbody", {}, ...rows)),
    );
  }
}

function choice(options, onchange) {
  const select = html("select", {}, ...options.map(([value, name]) => html("option", { value }, String(name))));
  select.addEventListener("change", () => onchange(select.value));
  return select;
}
