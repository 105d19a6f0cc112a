// A text that a model wrote, step by step: what the last token looked at when the next was written.
//
// Step k writes tokens[prompt + k]; the token before it, the query, looks at all up to itself.

import { StillError, inflate } from "./taken.js";
import { asSteps } from "./triangle.js";

export const GENERATION = 1; // format of its data

export class Generation {
  /** `rows`: for each step its weights, layer by layer, head by head, over the keys; `guesses`: for
   * each step the likeliest tokens, [text, probability]; `edits`: what was changed, see edits.js. */
  constructor({ tokens, prompt, shape, rows, guesses, edits = null }) {
    Object.assign(this, { tokens, prompt, rows, guesses, edits });
    [this.layers, this.heads] = shape;
    this.first = 0;
    this.steps = rows.length;
  }

  /** Decode the payload of a data file. */
  static async read(payload) {
    const { generation, shape, prompt, tokens } = payload;
    if (generation !== GENERATION) throw new StillError("data", `generation of format ${generation}, not ${GENERATION}`);
    const bytes = await inflate(payload.weights);
    const rows = asSteps(bytes, shape[0] * shape[1], prompt, tokens.length);
    return new Generation({ ...payload, rows });
  }

  /** The place of the token that looks at `step`; it sees the tokens 0 to here. */
  query(step) {
    return this.prompt + step - 1;
  }

  number({ layer, head }) {
    return layer * this.heads + head;
  }

  has(layer, head) {
    return layer >= 0 && layer < this.layers && head >= 0 && head < this.heads;
  }

  weight(step, number, key) {
    return this.rows[step][number * (this.query(step) + 1) + key];
  }

  /** How much is looked at each token: in one head, or the mean of all (null). With `apart`, the
   * first token is set aside and the rest is made to sum to 1. */
  row(step, head, apart) {
    const n = this.query(step) + 1;
    const numbers = head ? [this.number(head)] : [...Array(this.layers * this.heads).keys()];
    const row = Array(n).fill(0);
    for (const number of numbers)
      for (let key = 0; key < n; key++) row[key] += this.weight(step, number, key) / numbers.length;
    if (!apart || n < 2) return row;
    const rest = row.reduce((sum, weight) => sum + weight, 0) - row[0];
    return row.map((weight, key) => (key && rest > 0 ? weight / rest : 0));
  }

  /** The heads that look hardest at `key`: [{layer, head, weight}]. */
  hardest(step, key, count) {
    return Array.from({ length: this.layers * this.heads }, (_, number) => ({
      layer: Math.floor(number / this.heads),
      head: number % this.heads,
      weight: this.weight(step, number, key),
    }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, count);
  }
}
