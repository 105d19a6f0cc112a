// The numbers of the model's files: 16-bit whole numbers with a scale for each row, as export_model.py wrote them.

/** Rows of a matrix of `rows` by `columns` that starts at byte `start`, as float32. */
export function matrix(buffer, start, rows, columns) {
  const scales = new Float32Array(buffer, start, rows);
  const numbers = new Int16Array(buffer, start + 4 * rows, rows * columns);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const scale = scales[row];
    const end = (row + 1) * columns;
    for (let i = row * columns; i < end; i++) values[i] = numbers[i] * scale;
  }
  return values;
}

/** All tensors of one file by name; `places` is name -> [start, rows, columns] or [start, length]. */
export function tensors(buffer, places) {
  const found = {};
  for (const [name, [start, rows, columns]] of Object.entries(places))
    found[name] = columns ? matrix(buffer, start, rows, columns) : new Float32Array(buffer, start, rows).slice();
  return found;
}

/** Row `row` of a shard of word embeddings. */
export function row(buffer, row, columns) {
  const rows = buffer.byteLength / (4 + 2 * columns);
  const scale = new Float32Array(buffer, 4 * row, 1)[0];
  const numbers = new Int16Array(buffer, 4 * rows + 2 * columns * row, columns);
  return Float32Array.from(numbers, (number) => number * scale);
}
