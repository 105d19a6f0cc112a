// The head view: bertviz's own drawing, with sizes that fit the figure and a pointer that the
// keyboard can move too.

import { select } from "d3-selection";
import { headView } from "bertviz/head_view.js";
import { narrow, redraw, rowHeight, svg, widest } from "./dom.js";

const TEXT_SIZE = 15;

export class HeadDrawing {
  constructor(host, attention, { words, on }) {
    Object.assign(this, { host, attention, words, on });
  }

  draw(state) {
    const { attention, host } = this;
    const part = (this.part = attention.parts[state.part]);
    const box = Math.min(160, Math.max(60, Math.ceil(widest(attention.tokens, TEXT_SIZE, host)) + 16));
    const numbers = narrow(host) && attention.exact ? 34 : 0; // at the right, of the row that is pointed at
    const room = host.clientWidth - 2 * box - 2 - numbers;
    const count = Math.max(part.queries[1] - part.queries[0], part.keys[1] - part.keys[0]);
    const matrix = Math.min(300, Math.max(36, room));
    redraw(host, (sheet) =>
      headView(
        {
          attention: {
            shown: {
              attn: [attention.layer(state.layer, part)],
              left_text: attention.tokens.slice(...part.queries),
              right_text: attention.tokens.slice(...part.keys),
            },
          },
          default_filter: "shown",
          root: sheet,
          include_layers: [state.layer],
          layer: state.layer,
          heads: state.heads,
          gain: state.gain,
          text_size: TEXT_SIZE,
          box_width: box,
          box_height: rowHeight(host, count, 24),
          matrix_width: matrix,
          head_color: (head) => (state.heads.length > 1 ? `var(--head-${head % 12})` : "var(--view-look)"),
        },
        { select },
      ),
    );
    this.svg = host.querySelector("svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.svg.append(
      svg("text", { class: "axis", x: box - 8, y: 18, "text-anchor": "end" }, this.words.query),
      svg("text", { class: "axis", x: box + matrix + 8, y: 18 }, this.words.key),
    );
    this.state = state;
    this.numbers = !numbers
      ? []
      : this.tokens("right").map((token) => {
          const text = token.querySelector("text");
          const [y, dy] = [text.getAttribute("y"), text.getAttribute("dy")];
          return svg("text", { x: 2 * box + matrix + numbers - 2, y, dy, "text-anchor": "end", class: "value" });
        });
    if (numbers) this.svg.setAttribute("width", 2 * box + matrix + numbers);
    this.svg.append(...this.numbers);
    this.listen("left", (index) => ({ query: part.queries[0] + index, key: null }));
    this.listen("right", (index) => ({ query: null, key: part.keys[0] + index }));
    this.point(state);
  }

  tokens(side) {
    return [...this.svg.querySelectorAll(`.${side} > g:last-child > g`)];
  }

  listen(side, place) {
    const tokens = this.tokens(side);
    tokens.forEach((token, index) => {
      token.addEventListener("mouseover", () => this.busy || this.on.point(place(index)));
      token.addEventListener("click", () => this.on.keep(place(index)));
    });
    // after bertviz's own listener, which takes the highlight away
    this.svg.querySelector(`.${side}`).addEventListener("mouseleave", () => this.busy || this.on.leave());
  }

  /** Highlight what `state` points at by asking bertviz's own handlers. */
  point({ query, key }) {
    this.busy = true;
    for (const side of ["left", "right"])
      this.svg.querySelector(`.${side}`).dispatchEvent(new MouseEvent("mouseleave"));
    const row = query == null ? null : query - this.part.queries[0];
    const column = key == null ? null : key - this.part.keys[0];
    const token = row != null ? this.tokens("left")[row] : column != null ? this.tokens("right")[column] : null;
    token?.dispatchEvent(new MouseEvent("mouseover"));
    this.svg.querySelectorAll(".chosen").forEach((line) => line.classList.remove("chosen"));
    if (row != null && column != null) {
      const both = `line[left-token-index="${row}"][right-token-index="${column}"]`;
      this.svg.querySelectorAll(both).forEach((line) => line.classList.add("chosen"));
      this.tokens("right")[column]?.classList.add("chosen");
    }
    this.numbers.forEach((text, index) => {
      const [head] = this.state.heads;
      const weight = query == null ? null : this.attention.weight(this.state.layer, head, query, this.part.keys[0] + index);
      text.textContent = weight?.toFixed(2) ?? "";
    });
    this.busy = false;
  }
}
