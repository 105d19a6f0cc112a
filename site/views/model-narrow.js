// The model view where it is narrow: the whole grid inside the width, and below it the chosen head
// large enough to read, where bertviz would lay it over the grid.

import { svg, widest } from "./dom.js";

const STEPS = [0.1, 0.3, 0.6]; // lines of a thumbnail in three strengths: a path each, not a line each
const AXIS = 16;
const TILE = 46; // height
const TEXT_SIZE = 13;

export class NarrowModelDrawing {
  constructor(host, attention, { words, on }) {
    Object.assign(this, { host, attention, words, on });
  }

  draw(state) {
    const { attention, host } = this;
    this.part = attention.parts[state.part];
    this.state = state;
    const width = host.clientWidth;
    const tile = (width - AXIS) / attention.heads;
    const parts = [];
    for (let head = 0; head < attention.heads; head++)
      parts.push(svg("text", { class: "axis", x: AXIS + (head + 0.5) * tile, y: 12, "text-anchor": "middle" }, String(head)));
    attention.layerNumbers.forEach((layer, place) => {
      const y = 18 + place * TILE;
      parts.push(svg("text", { class: "axis", x: AXIS / 2, y: y + TILE / 2 + 4, "text-anchor": "middle" }, String(layer)));
      for (let head = 0; head < attention.heads; head++)
        parts.push(...this.tile(layer, head, AXIS + head * tile, y, tile));
    });
    this.grid = 18 + attention.layers * TILE;
    this.svg = svg("svg", { width, "aria-hidden": "true" }, ...parts);
    host.replaceChildren(this.svg);
    this.svg.addEventListener("click", ({ target }) => {
      const { layer, head, query } = target.dataset;
      if (layer != null) this.on.open({ layer: Number(layer), head: Number(head), open: true });
      else if (query != null) this.on.keep({ query: Number(query), key: null });
    });
    this.mark(state);
    this.detail(state);
  }

  tile(layer, head, x, y, width) {
    const { attention, part, state } = this;
    const rows = attention.pattern(layer, head, part);
    const [left, right, top] = [x + 3, x + width - 3, y + 3];
    const step = (TILE - 6) / rows.length;
    const across = (TILE - 6) / rows[0].length;
    const paths = STEPS.map(() => "");
    rows.forEach((row, i) =>
      row.forEach((weight, j) => {
        const strength = STEPS.filter((least) => weight * state.gain >= least).length;
        if (strength) paths[strength - 1] += `M${left.toFixed(1)} ${(top + (i + 0.5) * step).toFixed(1)}L${right.toFixed(1)} ${(top + (j + 0.5) * across).toFixed(1)}`;
      }),
    );
    return [
      svg("rect", { class: "thumbnail", x: x + 1, y: y + 1, width: width - 2, height: TILE - 2, rx: 3, "data-layer": layer, "data-head": head }),
      ...paths.map((d, i) => d && svg("path", { class: "look", d, opacity: [0.25, 0.6, 1][i] })).filter(Boolean),
    ];
  }

  mark({ layer, heads }) {
    this.svg.querySelectorAll(".thumbnail.chosen").forEach((one) => one.classList.remove("chosen"));
    this.svg.querySelector(`.thumbnail[data-layer="${layer}"][data-head="${heads[0]}"]`)?.classList.add("chosen");
  }

  open(state) {
    this.state = { ...this.state, ...state };
    this.mark(state);
    this.detail({ ...state, query: null });
  }

  settle(state) {
    this.open(state);
  }

  point({ query }) {
    this.detail({ ...this.state, query });
  }

  /** The chosen head: words at both sides, the lines of the word pointed at or of all. */
  detail({ layer, heads, query }) {
    const { attention, host, part, svg: sheet } = this;
    sheet.querySelector(".detail")?.remove();
    const row = Math.max(13, Math.min(17, Math.floor(230 / attention.n)));
    const box = Math.min(110, Math.ceil(widest(attention.tokens, TEXT_SIZE, host)) + 10);
    const [left, right, top] = [box, host.clientWidth - box, this.grid + 24];
    const group = svg("g", { class: "detail" });
    group.append(svg("text", { class: "name", x: host.clientWidth / 2, y: top - 6, "text-anchor": "middle" }, `L${layer}H${heads[0]}`));
    attention.pattern(layer, heads[0], part).forEach((weights, i) =>
      weights.forEach((weight, j) => {
        const shown = query == null || part.queries[0] + i === query;
        if (!shown || weight < 0.02) return;
        const [y1, y2] = [top + (i + 0.5) * row, top + (j + 0.5) * row];
        group.append(svg("line", { class: "look", x1: left, y1, x2: right, y2, "stroke-opacity": Math.min(1, weight * this.state.gain) }));
      }),
    );
    const side = (range, x, anchor, asks) =>
      attention.tokens.slice(...range).forEach((token, i) => {
        const chosen = asks && range[0] + i === query;
        if (chosen) group.append(svg("rect", { class: "asks", x: 0, y: top + i * row, width: box - 4, height: row, rx: 3 }));
        group.append(svg("text", { class: "token", x, y: top + (i + 0.5) * row + 4.5, "text-anchor": anchor }, token));
        if (asks) group.append(svg("rect", { class: "target", x: 0, y: top + i * row, width: box, height: row, "data-query": range[0] + i }));
      });
    side(part.queries, left - 7, "end", true);
    side(part.keys, right + 7, "start", false);
    sheet.append(group);
    const rows = Math.max(part.queries[1] - part.queries[0], part.keys[1] - part.keys[0]);
    sheet.setAttribute("height", top + rows * row + 4);
  }
}
