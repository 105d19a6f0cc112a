// The matrices of bert.js by linear.wat, where the browser has SIMD: the same results, sooner.

const PAGE = 65536;
const FOUR = 4; // rows that the kernel takes at a time

/**
 * Move the tensors of all `parts` ({name: numbers}) into WebAssembly memory.
 *
 * Returns the parts, their tensors views of that memory, and `multiply`, which does what `linear` of
 * bert.js does for up to `longest` rows of up to `widest` numbers; null where this cannot be had.
 */
export async function faster(parts, kernel, { longest, widest }) {
  if (!globalThis.WebAssembly?.validate(kernel)) return null;
  const aligned = (count) => Math.ceil(count / 4) * 4; // 16 bytes
  const scratch = aligned(Math.ceil(longest / FOUR) * FOUR * widest);
  const count = parts.flatMap((part) => Object.values(part)).reduce((sum, tensor) => sum + aligned(tensor.length), 2 * scratch);
  let memory;
  try {
    memory = new WebAssembly.Memory({ initial: Math.ceil((4 * count) / PAGE) });
  } catch {
    return null; // too little memory: bert.js needs none of it
  }
  const { exports } = (await WebAssembly.instantiate(kernel, { env: { memory } })).instance;
  const floats = new Float32Array(memory.buffer);
  let at = 2 * scratch;
  const moved = parts.map((part) =>
    Object.fromEntries(
      Object.entries(part).map(([name, tensor]) => {
        const view = floats.subarray(at, at + tensor.length);
        view.set(tensor);
        at += aligned(tensor.length);
        return [name, view];
      }),
    ),
  );
  const multiply = (x, n, weight, bias, inputs, outputs) => {
    const rows = Math.ceil(n / FOUR) * FOUR; // those too many hold what stood there, and are not read
    floats.set(x, 0);
    exports.linear(0, rows, weight.byteOffset, bias.byteOffset, inputs, outputs, 4 * scratch);
    return floats.slice(scratch, scratch + n * outputs);
  };
  return { parts: moved, multiply };
}
