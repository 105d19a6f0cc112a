// node assemble.mjs KERNEL.wat KERNEL.wasm: the text of a WebAssembly module to its bytes, by npm's wabt.

import fs from "node:fs";
import path from "node:path";
import wabt from "wabt";

const [source, target] = process.argv.slice(2);
const { parseWat } = await wabt();
const module = parseWat(path.basename(source), fs.readFileSync(source, "utf8"), { simd: true });
module.validate();
fs.writeFileSync(target, module.toBinary({}).buffer);
