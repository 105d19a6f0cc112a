// The neuron view: bertviz's own drawing of how a row of weights comes out of queries and keys.

import { select } from "d3-selection";
import { neuronView } from "bertviz/neuron_view.js";
import { redraw, rowHeight, svg, widest } from "./dom.js";

const TEXT_SIZE = 14;
const MARGIN = 42; // for the weights at the right
const LEAST_CELL = 3; // px a number of a vector
const COLORS = {
  pos: "var(--view-positive)",
  neg: "var(--view-negative)",
  text: "currentColor",
  selected_text: "currentColor",
  text_highlight_left: "var(--view-asks)",
  text_highlight_right: "var(--view-weight)",
  vector_border: "var(--view-rule)",
};

export class NeuronDrawing {
  constructor(host, attention, { words, on }) {
    Object.assign(this, { host, attention, words, on });
  }

  draw(state) {
    const { attention, host } = this;
    const part = (this.part = attention.parts[state.part]);
    const [head] = state.heads;
    const { size } = attention.vectors;
    const box = Math.min(120, Math.max(48, Math.ceil(widest(attention.tokens, TEXT_SIZE, host)) + 14));
    const height = rowHeight(host, part.keys[1] - part.keys[0], 26);
    const free = (gap) => host.clientWidth - 2 * box - 5.5 * gap - height - MARGIN - 2;
    const padding = free(22) < 3 * LEAST_CELL * size ? 16 : 22; // long words leave less between
    const room = free(padding);
    redraw(host, (sheet) =>
      neuronView(
        {
          attention: {
            shown: {
              attn: [[attention.pattern(state.layer, head, part)]],
              left_text: attention.tokens.slice(...part.queries),
              right_text: attention.tokens.slice(...part.keys),
              queries: [[attention.vectorsOf("queries", state.layer, head, part.queries)]],
              keys: [[attention.vectorsOf("keys", state.layer, head, part.keys)]],
            },
          },
          default_filter: "shown",
          root: sheet,
          text_size: TEXT_SIZE,
          box_width: box,
          box_height: height,
          matrix_width: Math.min(7 * size, Math.max(LEAST_CELL * size, Math.floor(room / 3))),
          padding,
          margin: MARGIN,
          color: { ...COLORS, connector: "var(--view-look)" },
          words: this.words.neuron(size),
        },
        { select },
      ),
    );
    this.state = state;
    this.svg = host.querySelector("svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.numbers = this.tokens("right").map((token) => {
      const { x, y, dy } = place(token.querySelector("text"));
      return svg("text", { x: x + box + MARGIN - 12, y, dy, "text-anchor": "end", class: "value" });
    });
    this.svg.append(...this.numbers);
    this.tokens("left").forEach((token, index) => {
      const query = part.queries[0] + index;
      token.addEventListener("mouseover", () => this.busy || this.on.point({ query, key: null }));
      token.addEventListener("mouseleave", () => this.busy || this.on.leave());
      token.addEventListener("click", () => this.on.keep({ query, key: null }));
    });
    this.tokens("right").forEach((token, index) => {
      const here = () => ({ query: this.query, key: part.keys[0] + index });
      token.addEventListener("mouseover", () => this.query != null && this.on.point(here()));
      token.addEventListener("mouseleave", () => this.on.leave());
      token.addEventListener("click", () => this.query != null && this.on.keep(here()));
    });
    this.point(state);
  }

  tokens(side) {
    return [...this.svg.querySelectorAll(`.${side}Text > g`)];
  }

  /** Unfold the row of a query by asking bertviz's own handlers; mark a key in it. */
  point({ query, key }) {
    const { attention, part, state } = this;
    this.busy = true;
    const left = this.tokens("left");
    left[0].dispatchEvent(new MouseEvent("mouseleave"));
    if (query != null) left[query - part.queries[0]].dispatchEvent(new MouseEvent("mouseover"));
    this.busy = false;
    this.query = query;
    this.numbers.forEach((text, index) => {
      const weight = query == null ? null : attention.weight(state.layer, state.heads[0], query, part.keys[0] + index);
      text.textContent = weight == null || !attention.exact ? "" : weight.toFixed(2);
    });
    const column = key == null ? null : key - part.keys[0];
    const mark = (texts, chosen) => texts.forEach((text, i) => text.classList.toggle("chosen", i === chosen));
    mark(this.numbers, column);
    mark(this.tokens("right").map((token) => token.querySelector("text")), column);
    mark([...this.svg.querySelectorAll(".product .vectorborder")], column);
  }
}

function place(text) {
  const [x, y, dy] = ["x", "y", "dy"].map((name) => Number(text.getAttribute(name)));
  return { x, y, dy };
}
