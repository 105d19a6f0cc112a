// The bar over a drawing (layer, heads, part of a pair); under it the table, the gain, what to take away.

import { html } from "./dom.js";
import { more } from "./load.js";

/** Layer, heads, part of a pair. In the model view the drawing itself chooses layer and head. */
export class Bar {
  constructor(figure) {
    this.figure = figure;
    const { words, attention, view } = figure;
    this.element = html("div", { class: "attention-view__bar" });
    if (view !== "model") {
      this.layer = choice(attention.layerNumbers.map((n) => [n, n]), (value) =>
        figure.change({ layer: Number(value) }),
      );
      this.element.append(html("label", {}, words.layer, this.layer), this.headButtons());
    }
    const parts = Object.keys(attention.parts);
    if (parts.length > 1) {
      this.part = choice(parts.map((name) => [name, words.parts[name]]), (part) => figure.change({ part }));
      this.element.append(html("label", {}, words.part, this.part));
    }
    if (figure.element.dataset.otherKey) this.element.append(figure.more.swapButton?.(figure) ?? "");
    this.element.hidden = !this.element.childElementCount;
  }

  /** Twelve buttons, told apart by number and colour. */
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
    return group;
  }

  /** The head view shows any number of heads but none; the others show one. */
  toggle(head) {
    const { heads } = this.figure.state;
    if (this.figure.view !== "head") this.figure.change({ heads: [head] });
    else if (!heads.includes(head)) this.figure.change({ heads: [...heads, head].sort((a, b) => a - b) });
    else if (heads.length > 1) this.figure.change({ heads: heads.filter((other) => other !== head) });
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
    this.box = html("div", { tabindex: 0, role: "group" }); // opened, it scrolls: keys must reach it
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
    const { attention, state, view, words } = this.figure;
    const part = attention.parts[state.part];
    const weights = attention.pattern(state.layer, this.head, part);
    this.box.replaceChildren(this.numbers(weights, part));
    if (view !== "neuron") return;
    const scores = weights.map((row, i) =>
      row.map((_, j) => attention.score(state.layer, this.head, part.queries[0] + i, part.keys[0] + j)),
    );
    this.box.append(html("p", {}, words.scores), this.numbers(scores, part));
  }

  numbers(rows, part) {
    const { attention, words } = this.figure;
    const corner = html("th", { scope: "col" }, `${words.query} \\ ${words.key}`);
    const top = attention.tokens.slice(...part.keys).map((token) => html("th", { scope: "col" }, token));
    const body = rows.map((row, i) =>
      html(
        "tr",
        {},
        html("th", { scope: "row" }, attention.tokens[part.queries[0] + i]),
        ...row.map((number) => html("td", {}, html("data", { value: number.toFixed(6) }, number.toFixed(2)))),
      ),
    );
    const head = html("thead", {}, html("tr", {}, corner, ...top));
    return html("table", { class: "attention-view__numbers" }, head, html("tbody", {}, ...body));
  }
}

/** What goes along: the drawing as a file, and the sentence to the page where it can be changed. */
export class Takeaway {
  constructor(figure) {
    this.figure = figure;
    const { words, element } = figure;
    const button = (kind) =>
      html(
        "button",
        {
          type: "button",
          "aria-label": words.save(kind.toUpperCase()),
          title: words.save(kind.toUpperCase()),
          onclick: () => this.save(kind),
        },
        kind.toUpperCase(),
      );
    this.page = document.querySelector("meta[name=course-own-sentence]")?.content;
    const { text, live, model } = element.dataset;
    if (this.page && text && live == null && !model)
      this.link = html("a", { title: words.ownHint }, words.own);
    const present = html("button", { type: "button", onclick: () => more().then(({ present }) => present(figure)) }, words.present);
    this.element = html("div", { class: "attention-view__takeaway" }, this.link, present, button("svg"), button("png"));
  }

  show({ layer, heads }) {
    if (!this.link) return;
    const { dataset } = this.figure.element;
    const about = new URLSearchParams({ text: this.figure.text });
    if (dataset.pair) about.set("pair", dataset.pair);
    about.set("view", this.figure.view);
    about.set("head", `L${layer}H${heads[0]}`);
    if (dataset.query) about.set("query", dataset.query);
    this.link.href = `${this.page}#${about}`;
  }

  async save(kind) {
    const { host, view, shownName, attention, words } = this.figure;
    const title = `${words.drawing[view]}${shownName}: ${attention.tokens.join(" ")}`;
    const { pair, model = "all-MiniLM-L6-v2" } = this.figure.element.dataset;
    const { text } = this.figure;
    const sentence = text ? [text, pair].filter(Boolean).join(" [SEP] ") : attention.tokens.join(" ");
    const lines = [sentence, `${shownName} · ${model}`];
    const { save } = await more();
    save(host.querySelector("svg"), { lines, name: `attention-${view}-${shownName}`, title, kind });
  }
}

function choice(options, onchange) {
  const select = html("select", {}, ...options.map(([value, name]) => html("option", { value }, String(name))));
  select.addEventListener("change", () => onchange(select.value));
  return select;
}
