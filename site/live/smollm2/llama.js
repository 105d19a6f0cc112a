// The forward pass of a Llama, one token after the other, with its key-value cache: read it beside
// the lessons. Matrices are multiplied by kernel.wat; all else is here.
//
// A layer: norm; queries, keys and values; each key is kept with those of the tokens before, and each
// query looks at all that are kept; the mixed values are added to the token; norm, and a small network
// is added too. A query never sees what comes after it, so what was once computed stays as it is.

import { HALF } from "./gguf.js";

const BYTES = { F32: [4, 1], Q4_1: [24, 32], Q8_0: [36, 32] }; // of a block in memory, and weights in it
const PAGE = 65536;
const EARLY = 2; // layers that decide which tokens become the place where nothing is: see quantise
const TOWERING = 0.25; // of the sum of a row's squares; above, one number towers over the rest

export class Llama {
  /**
   * Put the model into memory.
   *
   * `buffer`: the GGUF file, `head`: what readGguf found in it, `kernel`: bytes of the assembled
   * kernel.wat, `longest`: how many tokens it can hold.
   */
  static async open(buffer, { fields, tensors }, kernel, longest) {
    const model = new Llama();
    const field = (name) => fields[`llama.${name}`];
    Object.assign(model, {
      longest,
      layers: field("block_count"),
      heads: field("attention.head_count"),
      groups: field("attention.head_count_kv"), // queries of several heads share a key and a value
      width: field("embedding_length"),
      inner: field("feed_forward_length"),
      epsilon: field("attention.layer_norm_rms_epsilon"),
      words: tensors["token_embd.weight"].shape[0],
    });
    model.size = model.width / model.heads;
    model.shared = model.groups * model.size; // numbers of a token's keys
    model.reserve(tensors);
    const { exports } = (await WebAssembly.instantiate(kernel, { env: { memory: model.memory } })).instance;
    model.kernel = exports;
    for (const [name, tensor] of Object.entries(tensors)) model.store(new Uint8Array(buffer), tensor, model.at[name]);
    model.turns(field("rope.freq_base"));
    model.forget();
    return model;
  }

  /** One memory for weights and for what is computed; `at`: name -> byte. */
  reserve(tensors) {
    let end = 0;
    const place = (bytes) => {
      const start = end;
      end += Math.ceil(bytes / 16) * 16;
      return start;
    };
    const { longest: n, width, inner, shared } = this;
    this.at = {};
    for (const [name, { shape, stored }] of Object.entries(tensors)) {
      const [bytes, weights] = BYTES[stored.name];
      this.at[name] = place((shape.reduce((a, b) => a * b) / weights) * bytes);
    }
    const floats = { tokens: width, normed: width, queries: width, keys: shared, values: shared, mixed: width, added: width, gate: inner, up: inner };
    for (const [name, each] of Object.entries(floats)) this.at[name] = place(4 * n * each);
    for (const name of ["keptKeys", "keptValues"]) this.at[name] = place(4 * this.layers * n * shared);
    this.at.logits = place(4 * this.words);
    this.at.numbers = place(2 * n * inner); // quantised: see kernel.wat
    this.at.scales = place((4 * n * inner) / 32);
    this.at.sums = place((4 * n * inner) / 32);
    // the same once more, for what is lost of a row with one number that towers over the rest
    this.at.rest = { numbers: place(2 * inner), scales: place((4 * inner) / 32), sums: place((4 * inner) / 32), product: place(4 * inner) };
    const pages = Math.ceil(end / PAGE);
    this.memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.floats = new Float32Array(this.memory.buffer);
  }

  /** Copy a tensor, 16-bit scales as 32-bit ones. */
  store(file, { shape, stored, start }, to) {
    const bytes = new Uint8Array(this.memory.buffer);
    const view = new DataView(this.memory.buffer);
    const count = shape.reduce((a, b) => a * b);
    if (stored.name === "F32") {
      bytes.set(file.subarray(start, start + 4 * count), to);
      return;
    }
    const scales = stored.name === "Q4_1" ? 2 : 1; // scale and least, or scale alone
    const half = (at) => HALF[file[at] | (file[at + 1] << 8)];
    for (let i = 0; i < count / stored.weights; i++, start += stored.bytes) {
      for (let s = 0; s < scales; s++, to += 4) view.setFloat32(to, half(start + 2 * s), true);
      const numbers = stored.bytes - 2 * scales;
      bytes.set(file.subarray(start + 2 * scales, start + stored.bytes), to);
      to += numbers;
    }
  }

  /** Rotary positions: how far pair i of a vector is turned at each place. */
  turns(base) {
    const half = this.size / 2;
    this.cos = new Float32Array(this.longest * half);
    this.sin = new Float32Array(this.longest * half);
    for (let place = 0; place < this.longest; place++)
      for (let i = 0; i < half; i++) {
        const angle = place / base ** (i / half);
        this.cos[place * half + i] = Math.cos(angle);
        this.sin[place * half + i] = Math.sin(angle);
      }
  }

  /** Begin a new text. `silent`: numbers of heads (layer * heads + head) that add nothing;
   * `hidden(query, key)`: whether a token may not look at another. */
  forget({ silent = new Set(), hidden = null } = {}) {
    this.n = 0;
    Object.assign(this, { silent, hidden });
  }

  part(name, count, from = 0) {
    const start = this.at[name] / 4 + from;
    return this.floats.subarray(start, start + count);
  }

  /** Each row over its root mean square, times the weights of that name. */
  norm(from, n, name, first = 0) {
    const { width } = this;
    const x = this.part(from, n * width, first * width);
    const y = this.part("normed", n * width);
    const weight = this.part(name, width);
    for (let row = 0; row < n * width; row += width) {
      let sum = 0;
      for (let i = row; i < row + width; i++) sum += x[i] * x[i];
      const factor = 1 / Math.sqrt(sum / width + this.epsilon);
      for (let i = 0; i < width; i++) y[row + i] = x[row + i] * factor * weight[i];
    }
  }

  /**
   * Make ready what the next matrices are multiplied with: `n` rows of `inputs` numbers.
   *
   * A few tokens (the first of a text, mostly) hold numbers hundreds of times larger than the others;
   * beside such a one 16 bits say too little of its block. Those rows are kept in twice 16, and all
   * rows of the layers in which it is decided, on a knife's edge, which tokens these are.
   */
  quantise(name, n, inputs) {
    this.kernel.quantise(this.at[name], n * inputs, this.at.numbers, this.at.scales, this.at.sums);
    this.source = name;
    const x = this.part(name, n * inputs);
    this.towering = [];
    for (let row = 0; row < n; row++) {
      let most = 0;
      let sum = 0;
      for (let i = row * inputs; i < (row + 1) * inputs; i++) {
        most = Math.max(most, x[i] * x[i]);
        sum += x[i] * x[i];
      }
      if (this.layer < EARLY || most > TOWERING * sum) this.towering.push(row);
    }
    for (const row of this.towering)
      this.kernel.remain(this.at[name] + 4 * row * inputs, inputs, this.at.numbers + 2 * row * inputs, this.at.scales + (row * inputs) / 8);
  }

  /** `to` = W x for the `n` rows that were quantised last. */
  multiply(name, n, inputs, outputs, to) {
    const { numbers, scales, sums, rest } = this.at;
    const blocks = inputs / 32;
    for (let row = 0; row < n; ) {
      const four = row + 4 <= n;
      const here = 4 * row * blocks;
      this.kernel[four ? "q4x4" : "q4"](
        this.at[name],
        outputs,
        blocks,
        numbers + 2 * row * inputs,
        scales + here,
        sums + here,
        this.at[to] + 4 * row * outputs,
      );
      row += four ? 4 : 1;
    }
    for (const row of this.towering) {
      this.kernel.quantise(this.at[this.source] + 4 * row * inputs, inputs, rest.numbers, rest.scales, rest.sums);
      this.floats.fill(0, rest.sums / 4, rest.sums / 4 + blocks); // the sums of the whole row are counted
      this.kernel.q4(this.at[name], outputs, blocks, rest.numbers, rest.scales, rest.sums, rest.product);
      const more = this.floats.subarray(rest.product / 4, rest.product / 4 + outputs);
      const y = this.part(to, outputs, row * outputs);
      for (let i = 0; i < outputs; i++) y[i] += more[i];
    }
  }

  /** Turn each pair of neighbours by its place. */
  turn(name, n, heads) {
    const { size } = this;
    const half = size / 2;
    const x = this.part(name, n * heads * size);
    for (let t = 0; t < n; t++)
      for (let head = 0; head < heads; head++)
        for (let i = 0; i < half; i++) {
          const at = (t * heads + head) * size + 2 * i;
          const cos = this.cos[(this.n + t) * half + i];
          const sin = this.sin[(this.n + t) * half + i];
          const [a, b] = [x[at], x[at + 1]];
          x[at] = a * cos - b * sin;
          x[at + 1] = a * sin + b * cos;
        }
  }

  /**
   * Read more tokens. Returns a row for each: its weights, layer by layer, head by head, over all
   * tokens so far (itself the last).
   */
  read(ids) {
    const n = ids.length;
    const all = this.n + n;
    if (all > this.longest) throw new RangeError(`${all} tokens, at most ${this.longest}`);
    const { width, inner, shared } = this;
    ids.forEach((id, t) => this.embed(id, t));
    const rows = ids.map((_, t) => new Float32Array(this.layers * this.heads * (this.n + t + 1)));
    const add = () => {
      const x = this.part("tokens", n * width);
      const more = this.part("added", n * width);
      for (let i = 0; i < n * width; i++) x[i] += more[i];
    };
    for (let layer = 0; layer < this.layers; layer++) {
      this.layer = layer;
      const name = (part) => `blk.${layer}.${part}.weight`;
      this.norm("tokens", n, name("attn_norm"));
      this.quantise("normed", n, width);
      this.multiply(name("attn_q"), n, width, width, "queries");
      this.multiply(name("attn_k"), n, width, shared, "keys");
      this.multiply(name("attn_v"), n, width, shared, "values");
      this.turn("queries", n, this.heads);
      this.turn("keys", n, this.groups);
      const kept = (layer * this.longest + this.n) * shared;
      this.part("keptKeys", n * shared, kept).set(this.part("keys", n * shared));
      this.part("keptValues", n * shared, kept).set(this.part("values", n * shared));
      this.attend(layer, n, rows);
      this.quantise("mixed", n, width);
      this.multiply(name("attn_output"), n, width, width, "added");
      add();
      this.norm("tokens", n, name("ffn_norm"));
      this.quantise("normed", n, width);
      this.multiply(name("ffn_gate"), n, width, inner, "gate");
      this.multiply(name("ffn_up"), n, width, inner, "up");
      const gate = this.part("gate", n * inner);
      const up = this.part("up", n * inner);
      for (let i = 0; i < n * inner; i++) gate[i] = (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
      this.quantise("gate", n, inner);
      this.multiply(name("ffn_down"), n, inner, width, "added");
      add();
    }
    this.n = all;
    this.last = n - 1;
    return rows;
  }

  embed(id, t) {
    const start = this.at["token_embd.weight"] + ((id * this.width) / 32) * 36;
    const view = new DataView(this.memory.buffer);
    const x = this.part("tokens", this.width, t * this.width);
    for (let i = 0; i < this.width; i++) {
      const block = start + (i >> 5) * 36;
      x[i] = view.getInt8(block + 4 + (i & 31)) * view.getFloat32(block, true);
    }
  }

  /** softmax(q k / sqrt(size)) over what is kept, and the values mixed by it. */
  attend(layer, n, rows) {
    const { size, shared, heads } = this;
    const queries = this.part("queries", n * this.width);
    const mixed = this.part("mixed", n * this.width);
    const keys = this.part("keptKeys", this.longest * shared, layer * this.longest * shared);
    const values = this.part("keptValues", this.longest * shared, layer * this.longest * shared);
    const factor = 1 / Math.sqrt(size);
    for (let t = 0; t < n; t++) {
      const seen = this.n + t + 1;
      const blind = this.hidden && Array.from({ length: seen }, (_, key) => this.hidden(seen - 1, key));
      for (let head = 0; head < heads; head++) {
        const number = layer * heads + head;
        const row = rows[t].subarray(number * seen, (number + 1) * seen);
        const group = Math.floor((head * this.groups) / heads) * size;
        const q = t * this.width + head * size;
        let most = -Infinity;
        for (let key = 0; key < seen; key++) {
          const k = key * shared + group;
          let score = 0;
          for (let i = 0; i < size; i++) score += queries[q + i] * keys[k + i];
          row[key] = blind?.[key] ? -Infinity : score * factor;
          if (row[key] > most) most = row[key];
        }
        let sum = 0;
        for (let key = 0; key < seen; key++) sum += row[key] = Math.exp(row[key] - most);
        mixed.fill(0, q, q + size);
        for (let key = 0; key < seen; key++) {
          const weight = (row[key] /= sum);
          if (this.silent.has(number)) continue;
          const v = key * shared + group;
          for (let i = 0; i < size; i++) mixed[q + i] += weight * values[v + i];
        }
      }
    }
  }

  /** The logits of the token that comes after those read: a number for each word. */
  logits() {
    this.norm("tokens", 1, "output_norm.weight", this.last);
    this.quantise("normed", 1, this.width);
    const { numbers, scales } = this.at;
    this.kernel.q8(this.at["token_embd.weight"], this.words, this.width / 32, numbers, scales, this.at.logits);
    return this.part("logits", this.words);
  }
}

/** The `count` likeliest next tokens: [{id, probability}], the likeliest first. */
export function guesses(logits, count = 5) {
  const best = [];
  for (let id = 0; id < logits.length; id++) {
    if (best.length === count && logits[id] <= logits[best[count - 1]]) continue;
    let place = best.length;
    while (place > 0 && logits[id] > logits[best[place - 1]]) place--;
    best.splice(place, 0, id);
    best.length = Math.min(best.length, count);
  }
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - logits[best[0]]);
  return best.map((id) => ({ id, probability: Math.exp(logits[id] - logits[best[0]]) / sum }));
}
