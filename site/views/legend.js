// What the shades of a long text mean: some multiples of the even share, each in its shade.

import { html } from "./taken.js";

/** The legend of a query's row, to be put into a paragraph. */
export function legend(text, words, query) {
  const even = text.even(query);
  const steps = [1, 4, 16, 64, 256].filter((times) => times < even);
  return [
    words.legend(even),
    ...steps.map((times) => html("span", { style: `--shade:${text.shade(times / even, query).toFixed(3)}` }, `${times}×`)),
  ];
}
