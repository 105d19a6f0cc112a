// The switch in a figure that has a second sentence.

import { arrow, html } from "./dom.js";

/** It says which word it puts in. */
export function swapButton(figure) {
  const text = html("span");
  const show = () => {
    text.textContent = JSON.parse(figure.element.dataset.swap)[figure.swapped ? 1 : 0];
    text.lang = /\p{Script=Han}/u.test(text.textContent) ? "zh" : "en"; // words of the page, or of the sentence
  };
  show();
  figure.element.addEventListener("attention-view:swapped", show);
  return html("button", { type: "button", class: "swap", onclick: () => swap(figure) }, text, arrow("M7 4v15M3.5 15.5 7 19l3.5-3.5M17 20V5M13.5 8.5 17 5l3.5 3.5"));
}

/** Draw the other sentence, with the same head; what is pointed at is the same word there. */
async function swap(figure) {
  if (figure.swapping) return;
  figure.swapping = true;
  const to = !figure.swapped;
  const { tokens } = figure.attention;
  try {
    const next = await figure.load(figure.keyOf(to));
    const there = (place) => {
      const found = place == null ? -1 : next.tokens.indexOf(tokens[place]);
      return found < 0 ? null : found;
    };
    figure.kept = { query: there(figure.kept.query), key: there(figure.kept.key) };
    figure.attention = next;
    figure.swapped = to;
    figure.pointed = figure.drawing = null;
    figure.label();
    figure.draw();
    figure.element.dispatchEvent(new CustomEvent("attention-view:swapped"));
  } catch (error) {
    figure.line.textContent = figure.words.still[error.reason || "broken"];
  } finally {
    figure.swapping = false;
  }
}
