// One head as a map: a row for each query, a column for each key, as dark as the weight.

import { svg, widest } from "./dom.js";

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
    const narrow = host.clientWidth < 480;
    const left = label + 26;
    const top = (narrow ? label : 0.71 * label) + 34;
    const overhang = narrow ? 2 : 0.71 * label;
    const room = (host.clientWidth - left - overhang) / columns.length;
    const cell = (this.cell = Math.floor(Math.min(38, Math.max(narrow ? 20 : 22, room))));
    Object.assign(this, { left, top, rows: rows.length, columns: columns.length });
    const width = left + cell * columns.length + Math.ceil(overhang);
    const height = top + cell * rows.length + 2;
    const color = `var(--head-${state.heads[0] % 12})`;

    const cells = svg("g", { class: "cells", fill: color });
    const numbers = svg("g", { class: "numbers", "text-anchor": "middle" });
    const pattern = attention.pattern(state.layer, state.heads[0], part);
    pattern.forEach((row, i) =>
      row.forEach((weight, j) => {
        const x = left + j * cell;
        const y = top + i * cell;
        const shade = Math.min(1, weight * state.gain);
        cells.append(
          svg("rect", { x: x + 0.5, y: y + 0.5, width: cell - 1, height: cell - 1, "fill-opacity": shade }),
        );
        if (attention.exact && cell >= 30 && weight >= 0.05)
          numbers.append(
            svg(
              "text",
              { x: x + cell / 2, y: y + cell / 2 + 4, class: shade > 0.55 ? "on-dark" : "" },
              weight.toFixed(2).replace(/^0/, ""),
            ),
          );
      }),
    );
    this.queries = rows.map((token, i) =>
      svg("text", { x: left - 8, y: top + (i + 0.5) * cell + 5, "text-anchor": "end" }, token),
    );
    this.keys = columns.map((token, j) => {
      const x = left + (j + 0.5) * cell + (narrow ? 5 : 3);
      return svg("text", { x, y: top - 8, transform: `rotate(${narrow ? -90 : -45} ${x} ${top - 8})` }, token);
    });
    this.cross = [svg("rect", { class: "cross" }), svg("rect", { class: "cross" }), svg("rect", { class: "spot" })];
    this.svg = svg(
      "svg",
      { width, height, "aria-hidden": "true", "font-size": TEXT_SIZE },
      svg("rect", { class: "ground", x: left, y: top, width: cell * columns.length, height: cell * rows.length }),
      cells,
      numbers,
      ...this.queries,
      ...this.keys,
      ...this.cross,
      svg("text", { class: "axis", x: left - 8, y: top - 10, "text-anchor": "end" }, `${words.query} ↓`),
      svg("text", { class: "axis", x: left, y: 14 }, `${words.key} →`),
    );
    host.replaceChildren(this.svg);
    this.svg.addEventListener("pointermove", (event) => this.on.point(this.place(event)));
    this.svg.addEventListener("pointerleave", () => this.on.leave());
    this.svg.addEventListener("click", (event) => this.on.keep(this.place(event)));
    this.point(state);
  }

  /** What lies under the pointer: a cell, a whole row (at its label) or a whole column. */
  place(event) {
    const box = this.svg.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - this.left) / this.cell);
    const row = Math.floor((event.clientY - box.top - this.top) / this.cell);
    const within = (index, length) => index >= 0 && index < length;
    return {
      query: within(row, this.rows) && column < this.columns ? this.part.queries[0] + row : null,
      key: within(column, this.columns) && row < this.rows ? this.part.keys[0] + column : null,
    };
  }

  point({ query, key }) {
    const { left, top, cell } = this;
    const row = query == null ? null : query - this.part.queries[0];
    const column = key == null ? null : key - this.part.keys[0];
    const [across, down, spot] = this.cross;
    put(across, row != null && { x: left, y: top + row * cell, width: cell * this.columns, height: cell });
    put(down, column != null && { x: left + column * cell, y: top, width: cell, height: cell * this.rows });
    put(
      spot,
      row != null && column != null && { x: left + column * cell, y: top + row * cell, width: cell, height: cell },
    );
    this.queries.forEach((text, i) => text.classList.toggle("chosen", i === row));
    this.keys.forEach((text, j) => text.classList.toggle("chosen", j === column));
  }
}

function put(rect, box) {
  rect.style.display = box ? "" : "none";
  for (const [name, value] of Object.entries(box || {})) rect.setAttribute(name, value);
}
