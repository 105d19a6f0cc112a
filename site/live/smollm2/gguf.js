// A GGUF file's head: its fields, and where each tensor lies. Format: version 3 of
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; all numbers little-endian.

const STRING = 8;
const ARRAY = 9;
const NUMBERS = {
  0: [1, "getUint8"],
  1: [1, "getInt8"],
  2: [2, "getUint16"],
  3: [2, "getInt16"],
  4: [4, "getUint32"],
  5: [4, "getInt32"],
  6: [4, "getFloat32"],
  7: [1, "getUint8"], // a boolean
  10: [8, "getBigUint64"],
  11: [8, "getBigInt64"],
  12: [8, "getFloat64"],
};
const ALIGNED = 32; // bytes; where the tensors begin

/** How tensors are stored, by the file's number for it: bytes of a block and weights in it. */
export const STORED = {
  0: { name: "F32", bytes: 4, weights: 1 },
  3: { name: "Q4_1", bytes: 20, weights: 32 },
  8: { name: "Q8_0", bytes: 34, weights: 32 },
};

/** Read the head: `fields` by name, `tensors`: name -> {shape (rows, columns), stored, start}. */
export function readGguf(buffer) {
  const view = new DataView(buffer);
  const text = new TextDecoder();
  let at = 0;
  const number = (kind) => {
    const [size, get] = NUMBERS[kind];
    const found = view[get](at, true);
    at += size;
    return Number(found);
  };
  const string = () => {
    const length = number(10);
    at += length;
    return text.decode(new Uint8Array(buffer, at - length, length));
  };
  const value = (kind) => {
    if (kind === STRING) return string();
    if (kind !== ARRAY) return number(kind);
    const inner = number(4);
    return Array.from({ length: number(10) }, () => value(inner));
  };

  if (number(4) !== 0x46554747 || number(4) !== 3) throw new Error("not a GGUF file of version 3");
  const counts = { tensors: number(10), fields: number(10) };
  const fields = {};
  for (let i = 0; i < counts.fields; i++) {
    const name = string();
    fields[name] = value(number(4));
  }
  const tensors = {};
  for (let i = 0; i < counts.tensors; i++) {
    const name = string();
    const shape = Array.from({ length: number(4) }, () => number(10)).reverse(); // there: columns first
    tensors[name] = { shape, stored: STORED[number(4)], start: number(10) };
  }
  const data = Math.ceil(at / ALIGNED) * ALIGNED;
  for (const tensor of Object.values(tensors)) tensor.start += data;
  return { fields, tensors };
}

/** 16-bit real numbers as 32-bit ones, by their 16 bits. */
export const HALF = Float32Array.from({ length: 65536 }, (_, bits) => {
  const exponent = (bits >> 10) & 31;
  const rest = bits & 1023;
  const size = exponent ? (1 + rest / 1024) * 2 ** (exponent - 15) : rest * 2 ** -24;
  return (bits & 0x8000 ? -1 : 1) * (exponent === 31 ? (rest ? NaN : Infinity) : size);
});
