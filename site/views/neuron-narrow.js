// The neuron view where it is narrow: bertviz's needs three wide columns side by side. Here the query
// stands on top; below it, for each key, its numbers over the products with the query, then the score
// and what softmax makes of it.

import { svg, widest } from "./dom.js";

const TEXT_SIZE = 15;
const TOP = 62; // the query, and the names of the columns
const RIGHT = 118; // score, bar, weight
const STRONG = { key: 2.6, product: 3.4 }; // the numbers that are drawn in full colour

export class NarrowNeuronDrawing {
  constructor(host, attention, { words, on }) {
    Object.assign(this, { host, attention, words, on });
  }

  draw(state) {
    this.state = state;
    this.part = this.attention.parts[state.part];
    this.point(state);
  }

  /** Draw the row of `query`; `key` is marked in it. Without a query the words only wait. */
  point({ query, key }) {
    const { attention, host, part, state, words } = this;
    const { size } = attention.vectors;
    const [head] = state.heads;
    const names = words.neuron(size);
    const tokens = attention.tokens.slice(...part.keys);
    const width = host.clientWidth;
    const left = Math.min(110, Math.max(52, Math.ceil(widest(attention.tokens, TEXT_SIZE, host)) + 14));
    const cell = (width - left - RIGHT) / size;
    const row = (this.row = Math.max(20, Math.min(28, Math.floor(560 / tokens.length))));
    const parts = [];
    const axis = (x, y, text, anchor = "start") => parts.push(svg("text", { class: "axis", x, y, "text-anchor": anchor }, text));
    const numbers = (vector, y, height, strong) =>
      vector.forEach((value, i) =>
        parts.push(
          svg("rect", {
            x: left + i * cell,
            y,
            width: cell * 0.88,
            height,
            fill: value > 0 ? "var(--view-positive)" : "var(--view-negative)",
            "fill-opacity": Math.min(1, (Math.abs(value) / strong) ** 0.8).toFixed(3),
          }),
        ),
      );
    const asked = query == null ? null : attention.vectorsOf("queries", state.layer, head, [query, query + 1])[0];
    if (asked) {
      parts.push(svg("rect", { class: "asks", x: 2, y: 5, width: left - 8, height: 24, rx: 5 }));
      parts.push(svg("text", { class: "token", x: left - 10, y: 22, "text-anchor": "end" }, attention.tokens[query]));
      numbers(asked, 7, 20, STRONG.key);
      axis(width - 4, 21, names.query, "end");
      axis(left, TOP - 7, `${names.key} · q×k`);
      axis(width - 72, TOP - 7, words.score, "end");
      axis(width - 4, TOP - 7, names.weight, "end");
    } else axis(left, 22, names.placeholder);
    const keys = attention.vectorsOf("keys", state.layer, head, part.keys);
    tokens.forEach((token, index) => {
      const y = TOP + index * row;
      const position = part.keys[0] + index;
      const weight = asked && attention.weight(state.layer, head, query, position);
      const chosen = position === key ? " chosen" : "";
      const middle = y + row / 2 + 5;
      parts.push(svg("rect", { class: `line${chosen}`, x: 0, y, width, height: row, "data-key": position }));
      parts.push(svg("text", { class: `token${chosen}`, x: left - 10, y: middle, "text-anchor": "end", "data-query": position }, token));
      if (!asked) return;
      const score = attention.score(state.layer, head, query, position);
      numbers(keys[index], y + 3, row * 0.22, STRONG.key);
      numbers(keys[index].map((value, i) => value * asked[i]), y + 4 + row * 0.26, row * 0.5, STRONG.product);
      parts.push(
        svg("text", { class: `score${chosen}`, x: width - 72, y: middle, "text-anchor": "end", "data-value": score }, score.toFixed(2).replace("-", "−")),
        svg("rect", { class: "bar", x: width - 66, y: y + row * 0.25, width: Math.max(1.2, weight * 32), height: row * 0.5, rx: 2 }),
        svg("text", { class: `value${chosen}`, x: width - 4, y: middle, "text-anchor": "end" }, attention.exact ? weight.toFixed(2) : ""),
      );
    });
    // The word of a row makes it the query; the row itself is a key.
    this.tokens = tokens.map((_, index) =>
      svg("rect", { class: "target", x: 0, y: TOP + index * row, width: left, height: row, "data-query": part.queries[0] + index }),
    );
    this.svg = svg("svg", { width, height: TOP + tokens.length * row + 4, "aria-hidden": "true" }, ...parts, ...this.tokens);
    host.replaceChildren(this.svg);
    this.svg.addEventListener("click", ({ target }) => {
      const { query: word, key: line } = target.dataset;
      if (word != null) this.on.keep({ query: Number(word), key: null });
      else if (line != null && query != null) this.on.keep({ query, key: Number(line) });
    });
  }
}
