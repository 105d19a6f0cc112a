// What not every reader needs, fetched by those who do (load.js): phones, saving, a room's wall.

import styles from "styles/more.css";
import { NarrowModelDrawing } from "./model-narrow.js";
import { NarrowNeuronDrawing } from "./neuron-narrow.js";
import { save } from "./save.js";
import { Sheet } from "./sheet.js";
import { swapButton } from "./swap.js";

const sheet = new CSSStyleSheet();
sheet.replaceSync(styles);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

/** Show a figure alone, large, for a room; the same button or Escape brings the page back. */
function present(figure) {
  const { element } = figure;
  const on = element.toggleAttribute("data-projector");
  figure.sheet?.toggle(false);
  figure.draw();
  if (!on) return element.scrollIntoView({ block: "center" });
  figure.host.focus();
  const leave = (event) => {
    if (event.key !== "Escape") return;
    removeEventListener("keydown", leave, true);
    if (!element.isConnected || !element.hasAttribute("data-projector")) return;
    event.stopPropagation(); // the drawing has an Escape of its own
    present(figure);
  };
  addEventListener("keydown", leave, true);
}

window.SeeingAttention.more({ model: NarrowModelDrawing, neuron: NarrowNeuronDrawing, Sheet, save, present, swapButton });
