// The forward pass of BERT, as far as the attentions need it: read it beside the lesson.
//
// Activations are rows of floats, one row a token. Numbers per layer: queries, keys and values by
// three matrices; softmax of query times key over sqrt(features); the mixed values and a small
// network, each added to what came in and normed.

/** y = x W' + b for `n` rows. Four rows and two outputs at a time: each number read is used often. */
export function linear(x, n, weight, bias, inputs, outputs) {
  const y = new Float32Array(n * outputs);
  for (let o = 0; o < outputs; o += 2) {
    const w0 = o * inputs;
    const w1 = w0 + inputs;
    let t = 0;
    for (; t + 3 < n; t += 4) {
      const x0 = t * inputs;
      const x1 = x0 + inputs;
      const x2 = x1 + inputs;
      const x3 = x2 + inputs;
      let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
      for (let i = 0; i < inputs; i++) {
        const v = weight[w0 + i];
        const w = weight[w1 + i];
        const p = x[x0 + i];
        const q = x[x1 + i];
        const r = x[x2 + i];
        const s = x[x3 + i];
        a0 += v * p; a1 += v * q; a2 += v * r; a3 += v * s;
        b0 += w * p; b1 += w * q; b2 += w * r; b3 += w * s;
      }
      const at = t * outputs + o;
      y[at] = a0 + bias[o];
      y[at + outputs] = a1 + bias[o];
      y[at + 2 * outputs] = a2 + bias[o];
      y[at + 3 * outputs] = a3 + bias[o];
      y[at + 1] = b0 + bias[o + 1];
      y[at + outputs + 1] = b1 + bias[o + 1];
      y[at + 2 * outputs + 1] = b2 + bias[o + 1];
      y[at + 3 * outputs + 1] = b3 + bias[o + 1];
    }
    for (; t < n; t++) {
      let a = 0;
      let b = 0;
      for (let i = 0; i < inputs; i++) {
        a += weight[w0 + i] * x[t * inputs + i];
        b += weight[w1 + i] * x[t * inputs + i];
      }
      y[t * outputs + o] = a + bias[o];
      y[t * outputs + o + 1] = b + bias[o + 1];
    }
  }
  return y;
}

/** Norm each row in place: mean 0, variance 1, then a learned scale and shift. */
export function norm(x, width, weight, bias, epsilon) {
  for (let start = 0; start < x.length; start += width) {
    let mean = 0;
    let variance = 0;
    for (let i = 0; i < width; i++) mean += x[start + i];
    mean /= width;
    for (let i = 0; i < width; i++) variance += (x[start + i] - mean) ** 2;
    const factor = 1 / Math.sqrt(variance / width + epsilon);
    for (let i = 0; i < width; i++) x[start + i] = (x[start + i] - mean) * factor * weight[i] + bias[i];
  }
  return x;
}

/** The error function to 1.5e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
export function erf(x) {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}

/** x * P(a standard normal number is below x), in place. */
export function gelu(x) {
  for (let i = 0; i < x.length; i++) x[i] *= 0.5 * (1 + erf(x[i] * Math.SQRT1_2));
  return x;
}

/** softmax(q k' / sqrt(features)) of every head: head, query, key. */
export function attend(queries, keys, n, heads, features) {
  const width = heads * features;
  const weights = new Float32Array(heads * n * n);
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < n; query++) {
      const row = (head * n + query) * n;
      const q = query * width + head * features;
      let most = -Infinity;
      for (let key = 0; key < n; key++) {
        const k = key * width + head * features;
        let score = 0;
        for (let i = 0; i < features; i++) score += queries[q + i] * keys[k + i];
        weights[row + key] = score / Math.sqrt(features);
        most = Math.max(most, weights[row + key]);
      }
      let sum = 0;
      for (let key = 0; key < n; key++) sum += weights[row + key] = Math.exp(weights[row + key] - most);
      for (let key = 0; key < n; key++) weights[row + key] /= sum;
    }
  return weights;
}

/** Each token's values, mixed by its weights, head beside head. */
function mix(weights, values, n, heads, features) {
  const width = heads * features;
  const mixed = new Float32Array(n * width);
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < n; query++)
      for (let key = 0; key < n; key++) {
        const weight = weights[(head * n + query) * n + key];
        const from = key * width + head * features;
        const to = query * width + head * features;
        for (let i = 0; i < features; i++) mixed[to + i] += weight * values[from + i];
      }
  return mixed;
}

function add(x, y) {
  for (let i = 0; i < x.length; i++) x[i] += y[i];
  return x;
}

/** [token, head, feature] to [head, token, feature], as Python's arrays have it. */
function byHead(x, n, heads, features) {
  const turned = new Float32Array(x.length);
  for (let token = 0; token < n; token++)
    for (let head = 0; head < heads; head++) {
      const from = (token * heads + head) * features;
      turned.set(x.subarray(from, from + features), (head * n + token) * features);
    }
  return turned;
}

/**
 * Run the model on word embeddings.
 *
 * `model`: sizes (model.json), `start` and `layers`: tensors by name. `words`: a row of each token.
 * `multiply`: what multiplies matrices, see faster.js.
 * Returns weights (layer, head, query, key), queries and keys (layer, head, token, feature).
 */
export function forward(model, { start, layers }, words, types, multiply = linear) {
  const { width, inner, heads, epsilon } = model;
  const n = words.length;
  const features = width / heads;
  let x = new Float32Array(n * width);
  for (let token = 0; token < n; token++)
    for (let i = 0; i < width; i++)
      x[token * width + i] =
        words[token][i] + start.position[token * width + i] + start.type[types[token] * width + i];
  norm(x, width, start["norm.weight"], start["norm.bias"], epsilon);

  const result = {
    weights: new Float32Array(layers.length * heads * n * n),
    queries: new Float32Array(layers.length * n * width),
    keys: new Float32Array(layers.length * n * width),
  };
  layers.forEach((layer, number) => {
    const project = (name, y, from, to) => multiply(y, n, layer[`${name}.weight`], layer[`${name}.bias`], from, to);
    const normed = (name, y) => norm(y, width, layer[`${name}.weight`], layer[`${name}.bias`], epsilon);
    const queries = project("query", x, width, width);
    const keys = project("key", x, width, width);
    const weights = attend(queries, keys, n, heads, features);
    result.weights.set(weights, number * weights.length);
    result.queries.set(byHead(queries, n, heads, features), number * n * width);
    result.keys.set(byHead(keys, n, heads, features), number * n * width);
    if (number === layers.length - 1) return; // nothing looks at what the last layer passes on
    const values = project("value", x, width, width);
    const mixed = project("mixed", mix(weights, values, n, heads, features), width, width);
    x = normed("norm1", add(mixed, x));
    const wide = gelu(project("wide", x, width, inner));
    x = normed("norm2", add(project("narrow", wide, inner, width), x));
  });
  return result;
}
