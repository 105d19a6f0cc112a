// The drawing of a long text: the words themselves, shaded; arcs to the far links that are in sight;
// a small map of the whole; the far links as buttons; how the row is shared.

import { legend } from "./legend.js";
import { percent } from "./percent.js";
import { html, svg } from "./taken.js";

const LINKS = 5;
const LEAST = 0.08; // fainter shades, of less than 1.7 times the even share, are not painted

export class LongDrawing {
  constructor(host, text, { words, on, back }) {
    Object.assign(this, { host, text, words, on, back });
    this.spans = text.shown.map((shown, place) =>
      html("span", { class: text.special.has(place) ? "special" : null, onclick: () => on.keep(place) }, shown),
    );
    this.page = html("p", { class: "long__text", translate: "no" });
    this.spans.forEach((word, place) => this.page.append(text.gaps[place], word));
    this.arcs = svg("svg", { class: "long__arcs", "aria-hidden": "true" });
    this.sheet = html("div", { class: "long__sheet" }, this.page, this.arcs);
    host.replaceChildren(this.sheet);
    this.mini = html("canvas", { class: "long__mini", "aria-hidden": "true", onclick: (event) => this.scrollTo(event) });
    this.shares = html("p", { class: "long__shares" });
    this.strip = html("div", { class: "long__strip", "aria-hidden": "true" }, ...words.kinds.map(() => html("i")));
    this.links = html("ol", { class: "long__links", "aria-label": words.far(text.causal) });
    this.legend = html("p", { class: "long__legend" });
    this.element = html(
      "div",
      { class: "long" },
      html("div", { class: "long__read" }, host, this.mini),
      html("div", { class: "long__side" }, this.strip, this.shares, html("p", { class: "long__name" }, words.far(text.causal)), this.links),
      this.legend,
    );
    this.shown = []; // of each word its shade, as it is painted
    this.marked = []; // words that are marked
    host.addEventListener("scroll", () => this.drawSoon());
  }

  /** Where each word stands in the sheet: [left, top, width, height], and the line it is in. */
  measure() {
    this.measured = this.host.clientWidth;
    const origin = this.sheet.getBoundingClientRect();
    this.boxes = this.spans.map((word) => {
      const box = word.getClientRects()[0] || word.getBoundingClientRect();
      return [box.left - origin.left, box.top - origin.top, box.width, box.height];
    });
    this.lines = [];
    let top = -Infinity;
    for (const box of this.boxes) {
      if (box[1] > top + box[3] / 2) ((top = box[1]), this.lines.push(top));
      box.push(this.lines.length - 1);
    }
    const dpr = devicePixelRatio || 1;
    this.mini.width = this.mini.clientWidth * dpr;
    this.mini.height = this.mini.clientHeight * dpr;
    const [width, height] = [this.sheet.clientWidth, this.sheet.clientHeight];
    this.arcs.setAttribute("width", width);
    this.arcs.setAttribute("height", height);
    this.scale = [this.mini.width / width, this.mini.height / Math.max(height, 1)];
  }

  /** The token a line above (-1) or below (1), nearest in place; null beyond the ends. */
  overLine(place, by) {
    const [left, , width, , line] = this.boxes[place];
    const middle = left + width / 2;
    let best = null;
    this.boxes.forEach((box, at) => {
      if (box[4] !== line + by) return;
      const away = Math.abs(box[0] + box[2] / 2 - middle);
      if (best == null || away < best[1]) best = [at, away];
    });
    return best && best[0];
  }

  /** Paint a row: `head` as it is decoded, `query` the word that looks. */
  draw({ head, query, moved }) {
    const { text, words } = this;
    if (this.measured !== this.host.clientWidth) this.measure(); // words stand elsewhere
    const looked = head.look(query);
    const { row } = looked;
    const far = text.far(looked, LINKS);
    Object.assign(this, { row, far, query });
    this.spans.forEach((word, place) => {
      const shade = text.shade(row[place], query);
      const shown = shade < LEAST ? "0" : shade.toFixed(3);
      if (this.shown[place] !== shown) word.style.setProperty("--shade", (this.shown[place] = shown)); // most stay white
    });
    this.marked.forEach((word) => (word.classList.remove("query"), delete word.dataset.far));
    far.forEach((place) => (this.spans[place].dataset.far = ""));
    this.spans[query].classList.add("query");
    this.marked = [query, ...far].map((place) => this.spans[place]);
    const shares = text.shares(looked);
    this.shares.replaceChildren(
      ...words.kinds.map((name, kind) => html("span", {}, words.share(name, ...shares[kind].map(percent)))),
    );
    [...this.strip.children].forEach((part, kind) => (part.style.width = `${100 * shares[kind][0]}%`));
    const held = this.links.contains(document.activeElement) && document.activeElement !== this.back;
    this.links.replaceChildren(
      ...far.map((key, at) =>
        html(
          "li",
          {},
          html(
            "button",
            { type: "button", tabindex: -1, onclick: () => this.on.jump(key) },
            html("b", {}, String(at + 1)),
            html("span", { translate: "no" }, text.word(key)),
            html("span", {}, head.about + percent(row[key])),
            html("i", { title: key > query ? words.later(key - query) : words.earlier(query - key) }, key > query ? `↓ ${key - query}` : `↑ ${query - key}`),
          ),
        ),
      ),
      html("li", {}, this.back),
    );
    if (held) this.host.focus({ preventScroll: true }); // the button that was pressed is gone
    this.legend.replaceChildren(...legend(text, words, query));
    if (moved) this.bring(query);
    this.drawSoon();
  }

  /** In the next frame, when all else has been written: reading where things stand costs a layout. */
  drawSoon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => ((this.waiting = false), this.drawInSight()));
  }

  /** Scroll inside the text so that a word stands in its middle, unless it is in sight. */
  bring(place) {
    const [, top, , height] = this.boxes[place];
    const { scrollTop, clientHeight } = this.host;
    if (top < scrollTop + height || top > scrollTop + clientHeight - 2 * height)
      this.host.scrollTop = top - clientHeight / 2;
  }

  scrollTo({ offsetY }) {
    this.host.scrollTop = (offsetY / this.mini.clientHeight) * this.host.scrollHeight - this.host.clientHeight / 2;
  }

  /** What depends on which part of the text is in sight: the arcs, the frame in the small map. */
  drawInSight() {
    if (this.row) this.drawArcs(), this.drawMini();
  }

  drawArcs() {
    const { boxes, far, query, row, host } = this;
    const seen = (place) => boxes[place][1] >= host.scrollTop && boxes[place][1] + boxes[place][3] <= host.scrollTop + host.clientHeight;
    const middle = (place) => boxes[place][0] + boxes[place][2] / 2;
    const ends = seen(query) ? far.filter(seen) : [];
    const numbers = far.map((key, at) => svg("text", { x: boxes[key][0], y: boxes[key][1] - 1 }, String(at + 1)));
    this.arcs.replaceChildren(
      ...numbers,
      ...ends.map((key, at) => {
        const [x, y] = [middle(query), boxes[query][1]];
        const [u, v] = [middle(key), boxes[key][1]];
        const bend = Math.min(60, 16 + Math.abs(v - y) / 4) * (at % 2 ? -1 : 1);
        const [over, under] = Math.abs(v - y) < 8 ? [(x + u) / 2, y - 26] : [(x + u) / 2 + bend, (y + v) / 2];
        return svg("path", { d: `M${x} ${y}Q${over} ${under} ${u} ${v}`, "stroke-width": (1 + 4 * Math.sqrt(row[key])).toFixed(1) });
      }),
    );
  }

  drawMini() {
    const { mini, boxes, scale, row, query, text, host } = this;
    const pen = mini.getContext("2d");
    const style = getComputedStyle(host);
    const colours = ["--view-look", "--view-muted", "--view-mark", "--view-text"];
    const [ink, rule, asks, edge] = colours.map((name) => style.getPropertyValue(name));
    pen.clearRect(0, 0, mini.width, mini.height);
    boxes.forEach(([left, top, width, height], place) => {
      const shade = text.shade(row[place], query);
      pen.globalAlpha = shade < LEAST ? 0.18 : Math.max(0.25, shade);
      pen.fillStyle = place === query ? asks : shade < LEAST ? rule : ink;
      if (place === query) pen.globalAlpha = 1;
      pen.fillRect(left * scale[0], top * scale[1], Math.max(1, width * scale[0] - 1), Math.max(2, height * scale[1] - 1));
    });
    pen.globalAlpha = 1;
    pen.strokeStyle = edge;
    pen.lineWidth = devicePixelRatio || 1;
    pen.strokeRect(0.5, host.scrollTop * scale[1] + 0.5, mini.width - 1, Math.min(mini.height, host.clientHeight * scale[1]) - 1);
  }
}
