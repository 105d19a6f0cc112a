// Making elements. Text goes in as text only, so a token can never become markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

export function html(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** A small drawing of one stroke, for a button. */
export const arrow = (d) => svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d }));

/** Where the pointer is in a drawing, in the drawing's own pixels: a figure for a room is magnified. */
export function within(drawing, { clientX, clientY }) {
  const box = drawing.getBoundingClientRect();
  const scale = box.width / drawing.width.baseVal.value;
  return [(clientX - box.left) / scale, (clientY - box.top) / scale];
}

const widths = new WeakMap(); // texts -> their width; measured once, drawn often

/** The width in pixels of the widest of `texts`, in the font of `host` at `size` pixels. */
export function widest(texts, size, host) {
  if (!widths.has(texts)) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `100px ${getComputedStyle(host).fontFamily}`;
    widths.set(texts, Math.max(...texts.map((text) => pen.measureText(text).width)) / 100);
  }
  return widths.get(texts) * size;
}

/** Put into `host` what `draw` draws on a sheet outside of the page: one change of it, not thousands. */
export function redraw(host, draw) {
  const sheet = html("div");
  draw(sheet);
  host.replaceChildren(...sheet.childNodes);
}

/** Whether a drawing has as little room as on a phone: then its layout is ours. */
export const narrow = (host) => host.clientWidth > 0 && host.clientWidth < 480;

/** The height of a row of words: a thumb's where they are few, less where they are many. */
export const rowHeight = (host, count, wide) =>
  narrow(host) ? Math.max(18, Math.min(28, Math.floor(560 / count))) : coarse() ? 28 : wide;

/** Whether the main pointer is a finger. */
export const coarse = () => matchMedia("(pointer: coarse)").matches;
