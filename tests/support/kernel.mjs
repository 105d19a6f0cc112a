// Multiplies random matrices with the kernel and with plain arithmetic on the same numbers:
// `node kernel.mjs KERNEL` prints how far they are apart, as a part of the largest result.
import fs from "node:fs";

const memory = new WebAssembly.Memory({ initial: 64 });
const { exports: kernel } = (await WebAssembly.instantiate(fs.readFileSync(process.argv[2]), { env: { memory } })).instance;
const [rows, inputs, n] = [37, 160, 6];
const blocks = inputs / 32;
let seed = 1;
const random = () => ((seed = (seed * 48271) % 2147483647) / 2147483647) * 2 - 1;
const view = new DataView(memory.buffer);
const floats = new Float32Array(memory.buffer);

// where things lie, in bytes
const at = { x: 0, numbers: 65536, scales: 131072, sums: 196608, weights: 262144, y: 524288 };
const x = Float32Array.from({ length: n * inputs }, (_, i) => (i < 32 ? 0 : 3 * random())); // a block of zeros too
floats.set(x, at.x / 4);
kernel.quantise(at.x, n * inputs, at.numbers, at.scales, at.sums);

function fill(bits) {
  const matrix = new Float64Array(rows * inputs);
  let place = at.weights;
  for (let block = 0; block < rows * blocks; block++) {
    const scale = Math.fround(0.1 * random());
    const least = bits === 4 ? Math.fround(random()) : 0;
    view.setFloat32(place, scale, true);
    if (bits === 4) view.setFloat32(place + 4, least, true);
    place += bits === 4 ? 8 : 4;
    for (let i = 0; i < (bits === 4 ? 16 : 32); i++) {
      const byte = Math.floor((random() + 1) * 127.99);
      view.setUint8(place++, byte);
      if (bits === 8) matrix[block * 32 + i] = scale * ((byte << 24) >> 24);
      else [matrix[block * 32 + i], matrix[block * 32 + 16 + i]] = [scale * (byte & 15) + least, scale * (byte >> 4) + least];
    }
  }
  return matrix;
}

function apart(matrix, tokens) {
  let worst = 0;
  let largest = 0;
  for (let t = 0; t < tokens; t++)
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += matrix[row * inputs + i] * x[t * inputs + i];
      worst = Math.max(worst, Math.abs(sum - floats[at.y / 4 + t * rows + row]));
      largest = Math.max(largest, Math.abs(sum));
    }
  return worst / largest;
}

const found = {};
const four = fill(4);
for (let t = 0; t < n; t++)
  kernel.q4(at.weights, rows, blocks, at.numbers + 2 * t * inputs, at.scales + 4 * t * blocks, at.sums + 4 * t * blocks, at.y + 4 * t * rows);
found.q4 = apart(four, n);
floats.fill(0, at.y / 4, at.y / 4 + n * rows);
kernel.q4x4(at.weights, rows, blocks, at.numbers, at.scales, at.sums, at.y);
found.q4x4 = apart(four, 4);
const eight = fill(8);
kernel.q8(at.weights, rows, blocks, at.numbers, at.scales, at.y);
found.q8 = apart(eight, 1);
process.stdout.write(JSON.stringify(found));
