// One sentence's weights, decoded: what every drawing reads.

export const FORMAT = 1;

/** A figure cannot be drawn; `reason` names the sentence to show (words.js, `still`). */
export class StillError extends Error {
  constructor(reason, detail) {
    super(detail);
    this.reason = reason;
  }
}

async function inflate(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export class Attention {
  /** `weights` holds layer, head, query, key in this order, as in Python. */
  constructor({ tokens, shape, second, exact, weights }) {
    Object.assign(this, { tokens, second, exact, weights });
    [this.layers, this.heads] = shape;
    this.n = tokens.length;
  }

  /** Decode the payload of a data file. */
  static async read(payload) {
    const { version, tokens, shape, second, coding, weights } = payload;
    const size = shape.reduce((product, length) => product * length, 1);
    if (version !== FORMAT) throw new StillError("data", `data of format ${version}, not ${FORMAT}`);
    const bytes = await inflate(weights);
    const exact = coding === "u16";
    if (bytes.length !== size * (exact ? 2 : 1) || shape[3] !== tokens.length)
      throw new StillError("data", `${bytes.length} bytes for shape ${shape}`);
    const decoded = new Float64Array(size);
    for (let i = 0; i < size; i++)
      decoded[i] = exact ? ((bytes[i] << 8) | bytes[size + i]) / 65535 : bytes[i] / 255;
    return new Attention({ tokens, shape, second, exact, weights: decoded });
  }

  weight(layer, head, query, key) {
    return this.weights[((layer * this.heads + head) * this.n + query) * this.n + key];
  }

  /** One head's rows, of the given ranges of queries and keys, as nested arrays. */
  pattern(layer, head, { queries, keys }) {
    const start = (layer * this.heads + head) * this.n * this.n;
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

  has(layer, head) {
    return layer >= 0 && layer < this.layers && head >= 0 && head < this.heads;
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
