// One sentence's weights, decoded: what every drawing reads.

import { asSquare } from "./triangle.js";

export const FORMAT = 2;

/** A figure cannot be drawn; `reason` names the sentence to show (words.js, `still`). */
export class StillError extends Error {
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
  }
}

/** The bytes behind base64 of gzip. */
export async function inflate(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Two planes of bytes, high and low, as numbers from 0 to 65535. */
function wide(bytes, start, size) {
  return Float64Array.from({ length: size }, (_, i) => (bytes[start + i] << 8) | bytes[start + size + i]);
}

const product = (lengths) => lengths.reduce((all, length) => all * length, 1);

export class Attention {
  /** `weights` holds layer, head, query, key in this order, as in Python; `first` is the number of
   * the first layer in it. `vectors` ({size, queries, keys}, each layer, head, token, number) is
   * what the weights come from, where that is known. */
  constructor({ tokens, shape, second = null, exact = true, weights, first = 0, vectors = null }) {
    Object.assign(this, { tokens, second, exact, weights, first, vectors });
    [this.layers, this.heads] = shape;
    this.n = tokens.length;
  }

  /** Decode the payload of a data file. */
  static async read(payload) {
    const { version, tokens, shape, coding, vectors } = payload;
    if (version !== FORMAT) throw new StillError("data", `format ${version}, not ${FORMAT}`);
    const bytes = await inflate(payload.weights);
    const exact = coding === "u16";
    const n = tokens.length;
    const heads = shape[0] * shape[1];
    const size = payload.triangle ? (heads * n * (n + 1)) / 2 : product(shape);
    if (bytes.length !== size * (exact ? 2 : 1) || shape[3] !== n)
      throw new StillError("data", `${bytes.length} bytes`);
    const packed = exact ? wide(bytes, 0, size).map((n) => n / 65535) : Float64Array.from(bytes, (n) => n / 255);
    const weights = payload.triangle ? asSquare(packed, heads, n) : packed;
    return new Attention({ ...payload, exact, weights, vectors: vectors && (await readVectors(vectors, shape)) });
  }

  index(layer, head) {
    return (layer - this.first) * this.heads + head;
  }

  weight(layer, head, query, key) {
    return this.weights[(this.index(layer, head) * this.n + query) * this.n + key];
  }

  /** One head's rows, of the given ranges of queries and keys, as nested arrays. */
  pattern(layer, head, { queries, keys }) {
    const start = this.index(layer, head) * this.n * this.n;
    const rows = [];
    for (let query = queries[0]; query < queries[1]; query++)
      rows.push(
        Array.from(this.weights.subarray(start + query * this.n + keys[0], start + query * this.n + keys[1])),
      );
    return rows;
  }

  /** All heads of a layer. */
  layer(layer, part) {
    return Array.from({ length: this.heads }, (_, head) => this.pattern(layer, head, part));
  }

  /** A head's vectors of a range of tokens; `which` is queries or keys. */
  vectorsOf(which, layer, head, [start, end]) {
    const { size } = this.vectors;
    const from = this.index(layer, head) * this.n;
    return Array.from({ length: end - start }, (_, i) =>
      Array.from(this.vectors[which].subarray((from + start + i) * size, (from + start + i + 1) * size)),
    );
  }

  /** The scaled dot product: what softmax makes a weight of. */
  score(layer, head, query, key) {
    const [q] = this.vectorsOf("queries", layer, head, [query, query + 1]);
    const [k] = this.vectorsOf("keys", layer, head, [key, key + 1]);
    return q.reduce((sum, number, i) => sum + number * k[i], 0) / Math.sqrt(q.length);
  }

  has(layer, head) {
    return this.layerNumbers.includes(layer) && head >= 0 && head < this.heads;
  }

  get layerNumbers() {
    return Array.from({ length: this.layers }, (_, i) => this.first + i);
  }

  /** The parts of a pair: name -> ranges of queries and keys. A single text has only "all". */
  get parts() {
    const all = [0, this.n];
    const parts = { all: { queries: all, keys: all } };
    if (this.second == null) return parts;
    const sides = { 1: [0, this.second], 2: [this.second, this.n] };
    for (const name of ["11", "22", "12", "21"])
      parts[name] = { queries: sides[name[0]], keys: sides[name[1]] };
    return parts;
  }
}

/** Queries, then keys, each two planes of 16-bit steps of its `step` around zero. */
async function readVectors({ size, steps, numbers }, [layers, heads, n]) {
  const bytes = await inflate(numbers);
  const count = product([layers, heads, n, size]);
  if (bytes.length !== 4 * count) throw new StillError("data", `${bytes.length} bytes`);
  const decode = (which) => wide(bytes, which * 2 * count, count).map((word) => (word - 32768) * steps[which]);
  return { size, queries: decode(0), keys: decode(1) };
}
