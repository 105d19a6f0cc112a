// The drawing of a written text: the text shaded, the heads as a map, the guesses.

import { quoted } from "./generation_words.js";
import { percent } from "./percent.js";
import { html, svg, within } from "./taken.js";

const LABEL = 30; // px for the names of layers
const TOP = 16;
const LONG = 65; // tokens of the whole text from which a token is shaded by its multiple of the even share
const FULL = 0.25; // a row whose largest weight is below is not drawn as dark as could be

export class GenerationDrawing {
  constructor(host, generation, { words, on }) {
    Object.assign(this, { host, generation, words, on });
    this.text = html("p", { class: "generation__text", translate: "no" });
    this.spans = generation.tokens.map((token, place) => this.span(token, place));
    this.text.append(...this.spans);
    this.guesses = html("ol", { class: "generation__guesses" });
    this.heads = html("p", { class: "generation__heads" });
    this.mapName = html("p", { class: "generation__name" });
    this.guessName = html("p", { class: "generation__name" }, words.guesses);
    this.headsName = html("p", { class: "generation__name" });
    this.map = html("div", { class: "generation__map" });
    host.replaceChildren(
      html(
        "div",
        { class: "generation" },
        html("div", {}, this.text, this.guessName, this.guesses),
        html("div", {}, this.mapName, this.map, this.headsName, this.heads),
      ),
    );
  }

  span(token, place) {
    const shown = token.replace(/\n/g, "↵\n");
    return html("span", {
      onclick: () => this.on.token(place),
      onpointerenter: (event) => event.pointerType === "mouse" && this.on.point(place),
      onpointerleave: (event) => event.pointerType === "mouse" && this.on.point(null),
    }, shown);
  }

  draw({ step, key, head, apart }) {
    const { generation, words } = this;
    const query = generation.query(step);
    const row = generation.row(step, head, apart);
    const full = Math.max(FULL, ...row);
    const even = row.length - Number(apart); // the first, set aside, has no share
    const long = generation.tokens.length >= LONG;
    const shade = (weight) => (long ? Math.max(0, Math.log(weight * even) / Math.log(even)) : weight / full);
    this.spans.forEach((span, place) => {
      span.className = [
        place >= generation.prompt && "written",
        place === query && "query",
        place === query + 1 && "now",
        place > query + 1 && "later",
        place === key && "chosen",
        generation.edits?.hidden.includes(place) && "hidden",
        generation.edits?.blind.includes(place) && "blind",
      ].filter(Boolean).join(" ");
      span.style.setProperty("--weight", place <= query ? shade(row[place]).toFixed(3) : 0);
    });
    const { text } = this;
    const { offsetTop } = this.spans[this.step === step ? key : query];
    text.scrollTop = offsetTop - text.offsetTop - text.clientHeight / 2; // a long text scrolls in its box
    this.step = step;
    this.guesses.replaceChildren(
      ...generation.guesses[step].map(([token, share], place) =>
        html(
          "li",
          { class: place === 0 ? "written" : null, style: `--share:${share.toFixed(3)}` },
          html("b", { translate: "no" }, quoted(token)),
          html("i", {}, percent(share)),
        ),
      ),
    );
    const name = quoted(generation.tokens[key]);
    this.mapName.textContent = words.map(name);
    this.headsName.textContent = words.hardest(name);
    const held = this.heads.contains(document.activeElement);
    this.heads.replaceChildren(
      ...generation.hardest(step, key, 5).map((one) =>
        html(
          "button",
          { type: "button", tabindex: -1, "aria-pressed": Boolean(head && head.layer === one.layer && head.head === one.head), onclick: () => this.on.head(one) },
          `L${one.layer}H${one.head} ${one.weight.toFixed(2)}`,
        ),
      ),
    );
    if (held) this.host.focus({ preventScroll: true }); // the button that was pressed is gone
    this.drawMap({ step, key, head });
  }

  drawMap({ step, key, head }) {
    const { generation } = this;
    const { layers, heads } = generation;
    const width = this.map.clientWidth || 240;
    const cell = Math.floor((width - LABEL) / heads);
    // on a phone the text, the guesses and thirty layers share one screen
    const tall = matchMedia("(max-width: 44.9em)").matches ? 8 : Math.min(15, Math.max(12, Math.round(cell * 0.6)));
    const silent = new Set((generation.edits?.silent || []).map(([layer, one]) => layer * heads + one));
    const cells = svg("g", { class: "cells" });
    const marks = svg("g", { class: "silent" });
    for (let layer = 0; layer < layers; layer++)
      for (let one = 0; one < heads; one++) {
        const number = layer * heads + one;
        const [x, y] = [LABEL + one * cell, TOP + layer * tall];
        const weight = generation.weight(step, number, key);
        cells.append(svg("rect", { x: x + 0.5, y: y + 0.5, width: cell - 1, height: tall - 1, "fill-opacity": weight.toFixed(3) }));
        if (silent.has(number)) marks.append(svg("path", { d: `M${x + 3} ${y + 2}L${x + cell - 3} ${y + tall - 2}M${x + cell - 3} ${y + 2}L${x + 3} ${y + tall - 2}` }));
      }
    const labels = svg("g", { class: "axis" });
    for (let layer = 0; layer < layers; layer += 5)
      labels.append(svg("text", { x: LABEL - 6, y: TOP + (layer + 0.5) * tall + 4, "text-anchor": "end" }, `L${layer}`));
    for (let one = 0; one < heads; one++)
      labels.append(svg("text", { x: LABEL + (one + 0.5) * cell, y: TOP - 4, "text-anchor": "middle" }, `H${one}`));
    const frame = svg("rect", { class: "ground", x: LABEL, y: TOP, width: cell * heads, height: tall * layers });
    const spot = svg("rect", { class: "spot", width: cell, height: tall });
    if (head) {
      spot.setAttribute("x", LABEL + head.head * cell);
      spot.setAttribute("y", TOP + head.layer * tall);
    } else spot.style.display = "none";
    const drawing = svg("svg", { width: LABEL + cell * heads + 1, height: TOP + tall * layers + 1, "aria-hidden": "true" }, frame, cells, labels, marks, spot);
    const place = (event) => {
      const [x, y] = within(drawing, event);
      const [one, layer] = [Math.floor((x - LABEL) / cell), Math.floor((y - TOP) / tall)];
      return generation.has(layer, one) ? { layer, head: one } : null;
    };
    drawing.addEventListener("click", (event) => this.on.head(place(event)));
    drawing.addEventListener("pointermove", (event) => this.on.over(place(event)));
    drawing.addEventListener("pointerleave", () => this.on.over(null));
    this.map.replaceChildren(drawing);
  }
}
