// The drawing by keyboard: arrows choose tokens, "L5H11" typed anywhere in the figure goes there.

const NAME = /L(\d+)H(\d+)$/;
const FORGET = 1500; // ms after which a name begun is forgotten

export class Keys {
  constructor(figure) {
    this.figure = figure;
    this.typed = "";
    figure.body.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.nodeName === "SELECT") return;
      if (this.type(event.key) || (event.target === figure.host && this.press(event.key))) {
        event.preventDefault();
        event.stopPropagation(); // the theme has keys of its own
      }
    });
  }

  /** Letters and digits gather to a head's name. */
  type(key) {
    if (!/^[lh\d]$/i.test(key)) return false;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.typed = ""), FORGET);
    this.typed += key.toUpperCase();
    const name = NAME.exec(this.typed);
    if (name) this.figure.goTo(+name[1], +name[2]);
    return true;
  }

  press(key) {
    const { figure } = this;
    const { state, attention } = figure;
    if (key === "Escape") {
      if (state.open) figure.change({ open: false });
      if (figure.kept.query != null || figure.kept.key != null) figure.keep(figure.kept);
      return true;
    }
    if (key === "PageUp" || key === "PageDown") {
      const layer = state.layer + (key === "PageUp" ? -1 : 1);
      if (attention.has(layer, 0)) figure.change({ layer });
      return true;
    }
    if (figure.view === "model" && !state.open) return this.pressGrid(key);
    return this.pressTokens(key);
  }

  /** The model view's grid: arrows choose a head, Enter opens it. */
  pressGrid(key) {
    const { figure } = this;
    const { layer, heads } = figure.state;
    if (key === "Enter" || key === " ") {
      figure.change({ open: true });
      return true;
    }
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
    if (!step) return false;
    const next = [layer + step[0], heads[0] + step[1]];
    if (!figure.attention.has(...next)) return step[0] !== 0 && figure.roving.leave(step[0]);
    figure.change({ layer: next[0], heads: [next[1]] });
    figure.line.textContent = `L${figure.state.layer}H${figure.state.heads[0]}`;
    return true;
  }

  /** Up and down choose the query, left and right the key; in the head view right steps over to
   * the keys, where up and down choose among them. Beyond the first and last lie the controls. */
  pressTokens(key) {
    const { figure } = this;
    const part = figure.attention.parts[figure.state.part];
    const kept = { ...figure.kept };
    const columns = figure.view === "head";
    const move = (name, by) => {
      const [start, end] = part[name === "query" ? "queries" : "keys"];
      const now = kept[name];
      if (now == null && Number.isFinite(by)) kept[name] = by < 0 ? end - 1 : start;
      else kept[name] = Math.min(end - 1, Math.max(start, (now ?? start) + by));
    };
    const vertical = columns && kept.key != null ? "key" : "query";
    const [start, end] = part[vertical === "query" ? "queries" : "keys"];
    if (key === "ArrowUp" && (kept[vertical] ?? start) === start) return figure.roving.leave(-1);
    if (key === "ArrowDown" && kept[vertical] === end - 1) return figure.roving.leave(1);
    if (key === "ArrowUp") move(vertical, -1);
    else if (key === "ArrowDown") move(vertical, 1);
    else if (key === "Home") move(vertical, -Infinity);
    else if (key === "End") move(vertical, Infinity);
    else if (key === "ArrowLeft" && columns) kept.key = null;
    else if (key === "ArrowRight" && columns) kept.key ??= this.strongest(kept.query ?? part.queries[0]);
    else if (key === "ArrowLeft") move("key", -1);
    else if (key === "ArrowRight") move("key", 1);
    else if ((key === "Enter" || key === " ") && figure.view === "model") figure.change({ open: false });
    else return false;
    if (columns) kept.query ??= part.queries[0];
    if (kept.query !== figure.kept.query || kept.key !== figure.kept.key) figure.keep(kept);
    return true;
  }

  /** The key that `query` looks at most in the first head that is on. */
  strongest(query) {
    const { state, attention } = this.figure;
    const [start, end] = attention.parts[state.part].keys;
    let best = start;
    for (let key = start; key < end; key++)
      if (attention.weight(state.layer, state.heads[0], query, key) > attention.weight(state.layer, state.heads[0], query, best))
        best = key;
    return best;
  }
}
