// A long text as maps: all heads small, and one head with a loupe over the chosen cell.

import styles from "styles/map.css";
import { LongFigure, LongKeys, offer } from "./long_figure.js";
import { MapDrawing } from "./map_drawing.js";
import { MAP_WORDS } from "./map_words.js";
import { percent } from "./percent.js";

class MapFigure extends LongFigure {
  constructor(element) {
    super(element, MAP_WORDS);
    this.small = element.querySelector(".attention-view__still img"); // of a figure that shows all heads
  }

  startState(data) {
    return { ...super.startState(data), open: !this.small || data.heads != null };
  }

  async read(payload) {
    await this.small?.decode(); // the small maps are cut from it
    return super.read(payload);
  }

  /** A head is fetched when it is opened. */
  async headOf(state) {
    return state.open ? super.headOf(state) : null;
  }

  makeDrawing() {
    return new MapDrawing(this.host, this.attention, {
      words: this.said,
      small: this.small,
      on: {
        point: (place) => this.point(place),
        keep: ({ query, key }) => this.look(query, key),
        open: (change) => this.change({ ...change, open: true }),
        close: () => this.change({ open: false }).then(() => this.host.focus({ preventScroll: true })),
      },
    });
  }

  makeKeys() {
    return new MapKeys(this);
  }

  /** The cell in question: under the pointer, or chosen; without a key the row's strongest far link. */
  get place() {
    const { query, key } = this.pointed || this.kept;
    if (key != null) return { query, key };
    const looked = this.head.look(query);
    return { query, key: this.attention.far(looked, 1)[0] ?? looked.order[0] };
  }

  point(place) {
    if (!this.head) return; // the map was closed under the pointer
    this.pointed = place;
    this.drawing.point(this.place);
    this.say();
  }

  look(query, key) {
    this.pointed = null;
    super.look(query, key);
  }

  refresh() {
    const { open } = this.state;
    this.bar.element.hidden = this.foot.hidden = !open;
    if (this.sheet) this.sheet.row.hidden = !open;
    if (open) this.drawing.point(this.place);
    else this.pointed = null;
    super.refresh();
  }

  seen() {
    const { attention: text, said, head } = this;
    if (!this.state.open) return said.choose(this.shownName);
    const { query, key } = this.place;
    const weight = head.look(query).row[key];
    const end = (place) => `${text.word(place)} (${place})`;
    const times = weight * text.even(query);
    return `${this.shownName}: ${end(query)} → ${end(key)}: ${head.about}${percent(weight)}${said.comma}${said.times(times.toFixed(times < 10 ? 1 : 0))}`;
  }
}

/** Arrows go by cells, with Shift by ten; among the small maps by heads. */
class MapKeys extends LongKeys {
  constructor(figure) {
    super(figure);
    figure.body.addEventListener("keydown", ({ shiftKey }) => (this.step = shiftKey ? 10 : 1), true);
  }

  press(key) {
    const { figure, step } = this;
    const across = { ArrowLeft: -1, ArrowRight: 1 }[key] || 0;
    const down = { ArrowUp: -1, ArrowDown: 1 }[key] || 0;
    if (!figure.state.open) return this.pressSmall(key, across, down);
    if (key === "Escape" && figure.small) figure.change({ open: false });
    else if (across || down || key === "Home" || key === "End") {
      const last = figure.attention.n - 1;
      const { query, key: now } = figure.place;
      if (down && query === (down < 0 ? 0 : last)) return figure.roving.leave(down);
      const inside = (place) => Math.max(0, Math.min(last, place));
      const wanted = { Home: 0, End: last }[key] ?? now + step * across;
      figure.look(inside(query + step * down), inside(wanted));
    } else return super.press(key);
    return true;
  }

  pressSmall(key, across, down) {
    const { figure } = this;
    const { layerNumbers: layers, heads } = figure.attention;
    const [layer, head] = [layers.indexOf(figure.wanted.layer) + down, figure.wanted.heads[0] + across];
    if (key === "Enter" || key === " ") figure.change({ open: true });
    else if (!(across || down)) return super.press(key);
    else if (layer in layers && head >= 0 && head < heads) figure.change({ layer: layers[layer], heads: [head] });
    return true;
  }
}

offer("map", MapFigure, styles);
