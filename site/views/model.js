// The model view: bertviz's own grid of thumbnails with its detail.

import { select } from "d3-selection";
import { modelView } from "bertviz/model_view.js";
import { coarse, html, redraw, widest } from "./dom.js";

const LEAST = 0.01; // weights below are not drawn in a thumbnail: a line of 1 % opacity is not seen
const MOST = 20000; // lines in all thumbnails together; more than that make the page slow

const AXIS = 38; // what bertviz keeps for the numbers of the rows

export class ModelDrawing {
  constructor(host, attention, { words, on }) {
    Object.assign(this, { host, attention, words, on });
  }

  draw(state) {
    const { attention, host } = this;
    const part = (this.part = attention.parts[state.part]);
    const columns = attention.heads;
    const least = coarse() ? 44 : 40; // a thumbnail's width
    const width = Math.max(host.clientWidth, AXIS + columns * least, 420);
    const box = Math.min(120, Math.max(56, Math.ceil(widest(attention.tokens, 13, host)) + 6));
    redraw(host, (sheet) =>
      modelView(
        {
          attention: {
            shown: {
              attn: Array.from({ length: attention.layers }, (_, layer) => attention.layer(layer, part)),
              left_text: attention.tokens.slice(...part.queries),
              right_text: attention.tokens.slice(...part.keys),
            },
          },
          default_filter: "shown",
          root: sheet,
          include_layers: [...Array(attention.layers).keys()],
          include_heads: [...Array(columns).keys()],
          total_heads: columns,
          width,
          box_width: box,
          least: (this.least ??= leastDrawn(attention.weights)),
          gain: state.gain,
          stroke_width: width < 700 ? 1.6 : 2.2,
          layer_color: () => "var(--view-look)",
          words: this.words,
        },
        { select },
      ),
    );
    this.svg = host.querySelector("svg");
    this.svg.setAttribute("aria-hidden", "true");
    this.opened = null;
    if (this.least > LEAST) host.append(html("p", { class: "attention-view__note" }, this.words.left(this.least)));
    this.svg.addEventListener("click", (event) => this.clicked(event));
    this.svg.addEventListener("mouseover", (event) => {
      const query = this.row(event.target);
      if (query != null) this.on.point({ query, key: null });
    });
    this.svg.addEventListener("mouseout", (event) => this.row(event.target) != null && this.on.leave());
    this.mark(state);
    if (state.open) this.thumbnail(state.layer, state.heads[0]).dispatchEvent(new MouseEvent("click"));
    if (state.open) this.settle(state);
  }

  thumbnail(layer, head) {
    return this.svg.querySelector(`.thumbnail[data-layer="${layer}"][data-head="${head}"]`);
  }

  /** bertviz has opened or closed the detail by itself; tell the figure. */
  clicked({ target }) {
    const thumbnail = target.closest(".thumbnail");
    if (!thumbnail) return;
    const layer = +thumbnail.dataset.layer;
    const head = +thumbnail.dataset.head;
    this.on.open({ layer, head, open: this.svg.querySelector(".detail") != null });
  }

  /** The query whose row of the detail `node` lies in. */
  row(node) {
    const token = node.closest(".leftText > g");
    return token && this.part.queries[0] + [...token.parentNode.children].indexOf(token);
  }

  /** Open or close the detail as `state` says. */
  open(state) {
    const is = this.svg.querySelector(".detail") != null;
    const here = this.opened && this.opened.layer === state.layer && this.opened.head === state.heads[0];
    if (state.open ? !(is && here) : is) {
      const { layer, head } = state.open ? { layer: state.layer, head: state.heads[0] } : this.opened;
      this.thumbnail(layer, head).dispatchEvent(new MouseEvent("click"));
    }
    this.mark(state);
    this.settle(state);
  }

  /** After the detail has changed: remember whose it is, bring it into sight. */
  settle(state) {
    const frame = this.svg.querySelector(".frame");
    this.opened = frame ? { layer: state.layer, head: state.heads[0] } : null;
    if (!frame) return;
    const left = frame.x.baseVal.value;
    const right = left + frame.width.baseVal.value;
    if (right > this.host.scrollLeft + this.host.clientWidth) this.host.scrollLeft = right - this.host.clientWidth + 8;
    if (left < this.host.scrollLeft) this.host.scrollLeft = Math.max(0, left - 8);
  }

  mark(state) {
    this.svg.querySelectorAll(".chosen").forEach((one) => one.classList.remove("chosen"));
    this.thumbnail(state.layer, state.heads[0])?.classList.add("chosen");
  }

  point({ query }) {
    if (query == null && !this.pointed) return;
    this.pointed?.dispatchEvent(new MouseEvent("mouseleave"));
    this.pointed = query == null ? null : this.svg.querySelectorAll(".leftText > g")[query - this.part.queries[0]];
    this.pointed?.dispatchEvent(new MouseEvent("mouseover"));
  }
}

/** The smallest hundredth from which on no more than MOST weights are left. */
function leastDrawn(weights) {
  const counts = new Array(102).fill(0);
  for (const weight of weights) counts[Math.floor(weight * 100 + 1e-9)]++;
  let left = 0;
  for (let hundredth = 101; hundredth >= 1; hundredth--) {
    left += counts[hundredth];
    if (left > MOST) return (hundredth + 1) / 100;
  }
  return LEAST;
}
