// A long text's queries and keys: a row of a head is worked out when it is looked at.
//
// See site/attention_views/long_pack.py. The high bytes draw; with the low bytes a weight is printed.

import { StillError, inflate, load } from "./taken.js";

export const LONG = 1; // format of its data
const KEPT = 12; // heads that are kept decoded
const NEAR = 8; // a link over more tokens than this is far

/** A head's queries and keys as numbers; `rows` of weights come from them. */
class Head {
  constructor({ n, size, causal }, { steps }, high, low = null) {
    Object.assign(this, { n, size, causal, steps, high, exact: low != null });
    this.about = low ? "" : "≈ "; // stands before a number that is drawn, not printed
    this.numbers = new Float32Array(2 * size * n); // number by number, and in it token by token
    for (let number = 0; number < 2 * size; number++)
      for (let at = number * n; at < (number + 1) * n; at++)
        this.numbers[at] = (256 * (high[at] - 128) + (low ? low[at] - 128 : 0)) * steps[number];
  }

  /** Where `query` looks: `row` by token, and `order`, the keys from the strongest on. */
  look(query) {
    if (this.looked?.query !== query) {
      const row = this.row(query);
      const order = [...row.keys()].sort((a, b) => row[b] - row[a] || a - b);
      this.looked = { query, row, order };
    }
    return this.looked;
  }

  /** A query's products with the keys that it sees: `row` by key, up to `end`, and the largest. */
  scores(query) {
    const { n, size, numbers } = this;
    const end = this.causal ? query + 1 : n;
    const row = new Float64Array(n);
    for (let number = 0; number < size; number++) {
      const asked = numbers[number * n + query];
      const keys = (size + number) * n;
      for (let key = 0; key < end; key++) row[key] += asked * numbers[keys + key];
    }
    let most = -Infinity;
    for (let key = 0; key < end; key++) most = Math.max(most, row[key]);
    return { row, end, most };
  }

  /** Softmax of these: where a query looks. */
  row(query) {
    const { row, end, most } = this.scores(query);
    let sum = 0;
    for (let key = 0; key < end; key++) sum += row[key] = Math.exp(row[key] - most);
    for (let key = 0; key < end; key++) row[key] /= sum;
    return row;
  }
}

export class LongText {
  constructor(key, payload) {
    if (payload.long !== LONG) throw new StillError("data", `a long text of format ${payload.long}, not ${LONG}`);
    const { tokens, shown, gaps, special, causal, layers, shape } = payload;
    Object.assign(this, { key, tokens, shown, gaps, causal, layerNumbers: layers });
    [this.heads, this.n, this.size] = shape;
    this.first = layers[0];
    this.special = new Set(special);
    this.parts = { all: { queries: [0, this.n], keys: [0, this.n] } };
    this.kept = new Map(); // name -> Head, the last one used at the end
  }

  has(layer, head) {
    return this.layerNumbers.includes(layer) && head >= 0 && head < this.heads;
  }

  /** Decode a head: as it draws, or (`exact`) as it prints. */
  async head(layer, head, exact = false) {
    const name = `L${layer}H${head}`;
    const kept = this.kept.get(name);
    if (kept && (kept.exact || !exact)) return this.keep(name, kept);
    const payload = await load(`${this.key}-${name}`);
    const high = kept?.high ?? (await inflate(payload.high));
    const low = exact ? await inflate((await load(`${this.key}-${name}x`)).low) : null;
    if (high.length !== 2 * this.size * this.n) throw new StillError("data", `${high.length} bytes of ${name}`);
    return this.keep(name, new Head(this, payload, high, low));
  }

  keep(name, head) {
    this.kept.delete(name);
    this.kept.set(name, head);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return head;
  }

  /** How many tokens a query shares its attention among: its even share is one of these. */
  even(query) {
    return this.causal ? query + 1 : this.n;
  }

  /** How dark a weight is drawn, 0..1: the logarithm of its multiple of the even share. */
  shade(weight, query) {
    const even = this.even(query);
    return weight * even <= 1 || even < 2 ? 0 : Math.min(1, Math.log(weight * even) / Math.log(even));
  }

  /** Whether no far link leads to a token: it is special, or the first, where all look hardest. */
  apart(key) {
    return this.special.has(key) || (this.causal && key === 0);
  }

  /** The strongest far links of a row: keys, the strongest first. */
  far({ query, row, order }, count) {
    return order.filter((key) => Math.abs(key - query) > NEAR && row[key] > 0 && !this.apart(key)).slice(0, count);
  }

  /** How a row is shared: [weight, even share] of special tokens, up to 2, up to 8 away, farther. */
  shares({ query, row }) {
    const shares = [0, 0, 0, 0].map(() => [0, 0]);
    const even = 1 / this.even(query);
    for (let key = 0; key < (this.causal ? query + 1 : this.n); key++) {
      const away = Math.abs(key - query);
      const kind = this.special.has(key) ? 0 : away <= 2 ? 1 : away <= NEAR ? 2 : 3;
      shares[kind][0] += row[key];
      shares[kind][1] += even;
    }
    return shares;
  }

  /** The whole word that a token is a piece of, as the text has it. */
  word(place) {
    const inside = (at) => at > 0 && at < this.n && this.gaps[at] === "" && this.tokens[at].startsWith("##");
    let [start, end] = [place, place + 1];
    while (inside(start)) start--;
    while (inside(end)) end++;
    return this.shown.slice(start, end).join("");
  }
}
