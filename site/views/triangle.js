// Weights of a model that only looks back, packed without the half that is always zero.

/** The lower triangle, head by head, row by row, as full rows: `n` keys each. */
export function asSquare(packed, heads, n) {
  const weights = new Float64Array(heads * n * n);
  let at = 0;
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < n; query++)
      for (let key = 0; key <= query; key++) weights[(head * n + query) * n + key] = packed[at++];
  return weights;
}

/** The rows of a generation, head by head and in a head step by step, as a row of all heads for each
 * step; a byte each, 255 is 1. The last token's row is not in it: nothing was written after it. */
export function asSteps(bytes, heads, prompt, n) {
  const rows = [];
  for (let keys = prompt; keys < n; keys++) rows.push(new Float32Array(heads * keys));
  let at = 0;
  for (let head = 0; head < heads; head++)
    for (let keys = prompt; keys < n; keys++)
      for (let key = 0; key < keys; key++) rows[keys - prompt][head * keys + key] = bytes[at++] / 255;
  if (at !== bytes.length) throw new RangeError(`${bytes.length} bytes, not ${at}`);
  return rows;
}
