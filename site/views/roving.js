// One tab stop a figure: Tab reaches it once, arrows move inside, Tab leaves it.
// Up from the drawing lead to the controls above it, down to those below; Escape leads back.

export class Roving {
  constructor(figure) {
    this.figure = figure;
    this.current = figure.host;
    figure.body.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !this.press(event)) return;
      event.preventDefault();
      event.stopPropagation();
    });
    figure.body.addEventListener("focusin", ({ target }) => {
      if (!this.all().includes(target)) return;
      this.current = target;
      this.settle();
    });
    this.settle();
  }

  within(box) {
    return [...box.querySelectorAll("select, button, summary, input, a[href]")].filter((item) => item.offsetParent); // what is folded away takes no focus
  }

  all() {
    const { bar, host, foot } = this.figure;
    return [...this.within(bar.element), host, ...this.within(foot)];
  }

  settle() {
    if (!this.current.offsetParent) this.current = this.figure.host; // folded away
    for (const item of this.all()) item.tabIndex = item === this.current ? 0 : -1;
  }

  go(item) {
    item?.focus();
    return item != null;
  }

  /** From the drawing to the controls above (-1) or below (1). */
  leave(direction) {
    const { bar, foot } = this.figure;
    const items = this.within(direction < 0 ? bar.element : foot);
    return this.go(items.find((item) => item.getAttribute("aria-pressed") === "true") || items[0]);
  }

  press({ key, target }) {
    const { bar, host, foot } = this.figure;
    const above = bar.element.contains(target);
    const items = this.within(above ? bar.element : foot);
    const at = items.indexOf(target);
    if (at < 0) return false;
    if (key === "Escape") return this.go(host);
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[key];
    // a slider has its own arrows sideways, a list of choices its own up and down
    if (sideways && target.type !== "range") return this.go(items[(at + sideways + items.length) % items.length]);
    if (target.nodeName === "SELECT") return false;
    if (key === "ArrowDown") return above ? this.go(host) : this.go(items[(at + 1) % items.length]);
    if (key === "ArrowUp") return above || this.go(host);
    return false;
  }
}
