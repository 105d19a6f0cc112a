// One head as a map: a row for each query, a column for each key, as strong as the weight.

import { narrow as isNarrow, rowHeight, svg, widest, within } from "./dom.js";

const TEXT_SIZE = 14;

export class HeatmapDrawing {
  constructor(host, attention, { words, on }) {
    Object.assign(this, { host, attention, words, on });
  }

  draw(state) {
    const { attention, host, words } = this;
    const part = (this.part = attention.parts[state.part]);
    const rows = attention.tokens.slice(...part.queries);
    const columns = attention.tokens.slice(...part.keys);
    const label = Math.min(130, Math.ceil(widest(attention.tokens, TEXT_SIZE, host)));
    const narrow = isNarrow(host);
    const left = label + (narrow ? 12 : 26);
    const top = (narrow ? 0.79 * label : 0.71 * label) + (narrow ? 12 : 34);
    const overhang = narrow ? 14 : 0.71 * label;
    const room = (host.clientWidth - left - overhang) / columns.length;
    const cell = (this.cell = narrow ? Math.max(12, room) : Math.floor(Math.min(38, Math.max(22, room))));
    const high = (this.high = narrow ? rowHeight(host, rows.length) : cell);
    Object.assign(this, { left, top, rows: rows.length, columns: columns.length });
    const width = left + cell * columns.length + Math.ceil(overhang);
    const height = top + high * rows.length + 2;
    const cells = svg("g", { class: "cells" });
    const numbers = svg("g", { class: "numbers", "text-anchor": "middle" });
    const pattern = attention.pattern(state.layer, state.heads[0], part);
    pattern.forEach((row, i) =>
      row.forEach((weight, j) => {
        const x = left + j * cell;
        const y = top + i * high;
        const shade = Math.min(1, weight * state.gain);
        cells.append(
          svg("rect", { x: x + 0.5, y: y + 0.5, width: cell - 1, height: high - 1, fill: ramp(shade), "fill-opacity": shade }),
        );
        if (attention.exact && cell >= 30 && weight >= 0.05)
          numbers.append(
            svg(
              "text",
              { x: x + cell / 2, y: y + high / 2 + 4, class: shade > 0.795 ? "on-deep" : shade > 0.62 ? "on-middle" : "" },
              weight.toFixed(2).replace(/^0/, ""),
            ),
          );
      }),
    );
    this.queries = rows.map((token, i) =>
      svg("text", { x: left - 8, y: top + (i + 0.5) * high + 5, "text-anchor": "end" }, token),
    );
    this.keys = columns.map((token, j) => {
      const x = left + (j + 0.5) * cell + 3;
      return svg("text", { x, y: top - 8, transform: `rotate(${narrow ? -52 : -45} ${x} ${top - 8})` }, token);
    });
    this.cross = [svg("rect", { class: "cross" }), svg("rect", { class: "cross" }), svg("rect", { class: "spot" })];
    this.svg = svg(
      "svg",
      { width, height, "aria-hidden": "true", "font-size": TEXT_SIZE },
      svg("rect", { class: "ground", x: left, y: top, width: cell * columns.length, height: high * rows.length }),
      cells,
      numbers,
      ...this.queries,
      ...this.keys,
      ...this.cross,
      !narrow && svg("text", { class: "axis", x: left - 8, y: top - 10, "text-anchor": "end" }, `${words.query} ↓`),
      !narrow && svg("text", { class: "axis", x: left, y: 14 }, `${words.key} →`),
    );
    host.replaceChildren(this.svg);
    this.svg.addEventListener("pointermove", (event) => this.on.point(this.place(event)));
    this.svg.addEventListener("pointerleave", () => this.on.leave());
    this.svg.addEventListener("click", (event) => this.on.keep(this.place(event)));
    this.point(state);
  }

  /** What lies under the pointer: a cell, a whole row (at its label) or a whole column. */
  place(event) {
    const [x, y] = within(this.svg, event);
    const column = Math.floor((x - this.left) / this.cell);
    const row = Math.floor((y - this.top) / this.high);
    const is = (index, length) => index >= 0 && index < length;
    return {
      query: is(row, this.rows) && column < this.columns ? this.part.queries[0] + row : null,
      key: is(column, this.columns) && row < this.rows ? this.part.keys[0] + column : null,
    };
  }

  point({ query, key }) {
    const { left, top, cell, high } = this;
    const row = query == null ? null : query - this.part.queries[0];
    const column = key == null ? null : key - this.part.keys[0];
    const [across, down, spot] = this.cross;
    put(across, row != null && { x: left, y: top + row * high, width: cell * this.columns, height: high });
    put(down, column != null && { x: left + column * cell, y: top, width: cell, height: high * this.rows });
    put(
      spot,
      row != null && column != null && { x: left + column * cell, y: top + row * high, width: cell, height: high },
    );
    this.queries.forEach((text, i) => text.classList.toggle("chosen", i === row));
    this.keys.forEach((text, j) => text.classList.toggle("chosen", j === column));
  }
}

/** One ramp for all maps: clear blue up to .35, then deeper; how strong it stands is its opacity.
    A share of more than 100 % would be no colour. */
const ramp = (weight) => `color-mix(in srgb, var(--view-deep) ${Math.max(0, weight - 0.35) * 153.8}%, var(--view-clear))`;

function put(rect, box) {
  rect.style.display = box ? "" : "none";
  for (const [name, value] of Object.entries(box || {})) rect.setAttribute(name, value);
}
