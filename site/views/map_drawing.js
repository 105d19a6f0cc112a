// The drawing of a long text's maps. All of it is black of some opacity: in the dark it is inverted.

import { legend } from "./legend.js";
import { html } from "./taken.js";

const AROUND = 6; // cells of the loupe on each side of the chosen one
const AROUND_NARROW = 5;
const LABEL = 60; // pixels for the tokens beside the loupe
const [SMALLEST, LARGEST] = [14, 20]; // pixels of the loupe's cells
const LEAST = 44; // pixels of a small map: a thumb's
const GAP = 3; // between two
const PRINTED = 0.01; // weights from which on a cell of the loupe has its per cent

export class MapDrawing {
  constructor(host, text, { words, on, small }) {
    Object.assign(this, { host, text, words, on, small });
    this.map = html("canvas", { width: text.n, height: text.n });
    this.marks = ["row", "column", "frame"].map((name) => html("i", { class: `map__${name}` }));
    const moved = (event) => event.pointerType === "mouse" && on.point(this.under(event));
    this.sheet = html(
      "div",
      { class: "map__sheet", onclick: (event) => on.keep(this.under(event)), onpointermove: moved, onpointerleave: () => on.point(null) },
      this.map,
      ...this.marks,
    );
    this.loupe = html("canvas", { class: "map__loupe", onclick: (event) => this.clicked(event) });
    this.one = html("div", { class: "map__one" }, this.sheet, this.loupe);
    this.all = small && html("div", { class: "map__all" }, ...this.smallMaps());
    host.replaceChildren(...[this.all, this.one].filter(Boolean));
    this.legend = html("p", { class: "map__legend" });
    this.back = small && html("button", { type: "button", tabindex: -1, onclick: () => on.close() }, `← ${words.allHeads}`);
    this.element = html("div", { class: "map" }, host, html("div", { class: "map__under" }, this.back, this.legend));
  }

  /** A button with its small map for each head, cut from the one picture. */
  smallMaps() {
    const { text, small } = this;
    const dots = small.naturalWidth / text.heads;
    return text.layerNumbers.flatMap((layer, row) =>
      Array.from({ length: text.heads }, (_, head) => {
        const canvas = html("canvas", { width: dots, height: dots });
        canvas.getContext("2d").drawImage(small, head * dots, row * dots, dots, dots, 0, 0, dots, dots);
        const name = `L${layer}H${head}`;
        const open = () => this.on.open({ layer, heads: [head] });
        return html("button", { type: "button", tabindex: -1, "data-name": name, onclick: open }, canvas, name);
      }),
    );
  }

  /** The cell of the map under the pointer. */
  under({ clientX, clientY }) {
    const box = this.map.getBoundingClientRect();
    const { n } = this.text;
    const cell = (at, length) => Math.max(0, Math.min(n - 1, Math.floor((n * at) / length)));
    return { query: cell(clientY - box.top, box.height), key: cell(clientX - box.left, box.width) };
  }

  draw({ head, query, layer, heads, open }) {
    const { host, text } = this;
    this.one.hidden = !open;
    this.element.lastChild.hidden = !open;
    if (this.all) {
      const { clientWidth: width } = host;
      const whole = Math.floor((width + GAP) / (text.heads * (LEAST + GAP))); // layers that fit side by side
      this.all.style.setProperty("--columns", whole ? whole * text.heads : Math.ceil(text.heads / 2));
      this.all.hidden = open;
      for (const button of this.all.children)
        button.toggleAttribute("data-chosen", button.dataset.name === `L${layer}H${heads[0]}`);
    }
    if (!open) return;
    if (this.painted !== head) this.paint(head);
    this.painted = this.head = head;
    this.measure();
    this.legend.replaceChildren(...legend(text, this.words, query));
  }

  /** Every weight of a head, a pixel each. */
  paint(head) {
    const { n } = this.text;
    const pen = this.map.getContext("2d");
    const pixels = pen.createImageData(n, n);
    for (let query = 0; query < n; query++) {
      // text.shade of each weight without a logarithm for each: a score is one but for the row's sum
      const { row, end, most } = head.scores(query);
      const even = Math.log(this.text.even(query));
      let sum = 0;
      for (let key = 0; key < end; key++) sum += Math.exp(row[key] - most);
      const none = most + Math.log(sum) - even; // the score of an even share
      for (let key = 0; key < end; key++) pixels.data[4 * (query * n + key) + 3] = (255 * (row[key] - none)) / even;
    }
    pen.putImageData(pixels, 0, 0);
  }

  /** How large the loupe's cells are. */
  measure() {
    const { loupe, text } = this;
    const around = this.host.clientWidth < 480 ? AROUND_NARROW : AROUND;
    this.count = Math.min(text.n, 2 * around + 1);
    this.around = around;
    const beside = this.one.clientWidth - this.sheet.offsetWidth - 16;
    const room = beside < LABEL + 11 * SMALLEST ? this.one.clientWidth : beside; // else it stands below
    this.cell = Math.max(SMALLEST, Math.min(LARGEST, Math.floor((room - LABEL) / this.count)));
    const side = LABEL + this.cell * this.count;
    this.dpr = devicePixelRatio || 1;
    loupe.width = loupe.height = side * this.dpr;
    loupe.style.width = loupe.style.height = `${side}px`;
    this.font = getComputedStyle(this.element).fontFamily;
  }

  /** The first row and column that the loupe shows. */
  corner({ query, key }) {
    const first = (place) => Math.max(0, Math.min(this.text.n - this.count, place - this.around));
    return [first(query), first(key)];
  }

  /** Show where a cell is, and what lies around it. */
  point(place) {
    const { count } = this;
    const { n } = this.text;
    const share = (part) => `${(100 * part) / n}%`;
    const [top, left] = this.corner(place);
    const [row, column, frame] = this.marks.map((mark) => mark.style);
    row.top = share(place.query);
    column.left = share(place.key);
    row.height = column.width = share(1);
    [frame.top, frame.left, frame.width, frame.height] = [top, left, count, count].map(share);
    this.shown = place;
    this.magnify(place, top, left);
  }

  magnify({ query, key }, top, left) {
    const { loupe, text, head, cell, count, dpr, font } = this;
    const pen = loupe.getContext("2d");
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.clearRect(0, 0, loupe.width, loupe.height);
    pen.textBaseline = "middle";
    const label = (token, chosen) => {
      pen.font = `${chosen ? "700 " : ""}12px ${font}`;
      pen.fillText(text.tokens[token], -4, 0, LABEL - 6);
    };
    pen.textAlign = "end";
    for (let at = 0; at < count; at++) {
      pen.setTransform(dpr, 0, 0, dpr, LABEL * dpr, (LABEL + (at + 0.5) * cell) * dpr);
      label(top + at, top + at === query);
      // turned by a quarter: a token reads upwards, its end at the cells
      pen.setTransform(0, dpr, -dpr, 0, (LABEL + (at + 0.5) * cell) * dpr, LABEL * dpr);
      label(left + at, left + at === key);
    }
    pen.setTransform(dpr, 0, 0, dpr, LABEL * dpr, LABEL * dpr);
    pen.textAlign = "center";
    pen.font = `${Math.min(11, 0.6 * cell)}px ${font}`;
    for (let i = 0; i < count; i++) {
      const row = head.row(top + i);
      for (let j = 0; j < count; j++) {
        const weight = row[left + j];
        const shade = text.shade(weight, top + i);
        const [x, y] = [j * cell, i * cell];
        pen.fillStyle = `rgb(0 0 0 / ${0.04 + 0.96 * shade})`;
        pen.fillRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
        if (weight < PRINTED) continue;
        pen.fillStyle = shade > 0.5 ? "#fff" : "#000";
        pen.fillText(String(Math.round(100 * weight)), x + cell / 2, y + cell / 2 + 0.5);
      }
    }
    pen.fillStyle = "#000";
    pen.lineWidth = 2;
    pen.strokeRect((key - left) * cell, (query - top) * cell, cell, cell);
  }

  clicked({ offsetX, offsetY }) {
    const [top, left] = this.corner(this.shown);
    const at = (offset) => Math.max(0, Math.min(this.count - 1, Math.floor((offset - LABEL) / this.cell)));
    this.on.keep({ query: top + at(offsetY), key: left + at(offsetX) });
  }
}
