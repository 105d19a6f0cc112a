// A drawing as a file of its own: every colour and font written out, nothing that cannot be seen.

const TAKEN = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "paint-order", "stroke-linejoin", "stroke-linecap"];
const LEFT_OUT = ["class", "style", "tabindex", "aria-hidden"];
const SCALE = 2; // of the PNG

const MARGIN = 20;
const LINE = 20; // of the text below

/** The drawing as SVG text, with a margin and below it what it shows, in `lines`; `title` names it for
 * those who do not see it. */
export function asSvg(drawing, title, lines = []) {
  const copy = written(drawing);
  const box = drawing.getBoundingClientRect();
  const width = Math.max(box.width, ...lines.map((line) => 7 * line.length)) + 2 * MARGIN;
  const height = box.height + 2 * MARGIN + LINE * lines.length;
  const set = (name, value) => copy.setAttribute(name, value);
  set("xmlns", "http://www.w3.org/2000/svg");
  set("width", width);
  set("height", height);
  set("viewBox", `${-MARGIN} ${-MARGIN} ${width} ${height}`);
  const ground = copy.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: -MARGIN, y: -MARGIN, width, height, fill: groundOf(drawing) })) ground.setAttribute(name, value);
  const name = copy.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "title");
  name.textContent = title;
  copy.prepend(name, ground);
  lines.forEach((line, place) => {
    const text = copy.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "text");
    const at = { x: 0, y: box.height + LINE * (place + 0.8), fill: plain(getComputedStyle(drawing).color), "font-size": 13, "font-family": "sans-serif" };
    for (const [key, value] of Object.entries(at)) text.setAttribute(key, value);
    text.textContent = line;
    copy.append(text);
  });
  return new XMLSerializer().serializeToString(copy);
}

/** A copy of `node` in which nothing depends on the page; null where it is not seen. */
function written(node) {
  const style = getComputedStyle(node);
  const hidden = style.visibility === "hidden" && !node.firstElementChild; // children may be seen all the same
  if (hidden || style.display === "none" || style.opacity === "0") return null;
  const copy = node.cloneNode(false);
  for (const name of LEFT_OUT) copy.removeAttribute(name);
  // A group's colour comes from the page's variables; each of its children has it written out.
  for (const { name, value } of [...copy.attributes]) if (value.includes("var(")) copy.removeAttribute(name);
  const takes = node.nodeName === "g" || node.nodeName === "svg" ? ["opacity"] : TAKEN;
  for (const name of takes) {
    const value = style.getPropertyValue(name);
    if (value && !(name === "opacity" && value === "1")) copy.setAttribute(name, plain(value));
  }
  for (const child of node.childNodes) {
    const part = child.nodeType === Node.ELEMENT_NODE ? written(child) : child.cloneNode();
    if (part) copy.append(part);
  }
  return copy;
}

/** A mixed colour as every program reads it; anything else as it is. */
function plain(value) {
  if (!value.startsWith("color")) return value;
  const pen = document.createElement("canvas").getContext("2d");
  pen.fillStyle = value;
  pen.fillRect(0, 0, 1, 1);
  return `rgb(${pen.getImageData(0, 0, 1, 1).data.slice(0, 3).join(", ")})`;
}

function groundOf(drawing) {
  for (let node = drawing; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor;
    if (colour !== "rgba(0, 0, 0, 0)" && colour !== "transparent") return plain(colour);
  }
  return "#fff";
}

/** The same as a PNG, two dots a pixel. */
async function asPng(text) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = SCALE * picture.width;
  canvas.height = SCALE * picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Hand the drawing over as a download; `kind` is svg or png. */
export async function save(drawing, { name, title, lines, kind }) {
  const text = asSvg(drawing, title, lines);
  const blob = kind === "png" ? await asPng(text) : new Blob([text], { type: "image/svg+xml" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
