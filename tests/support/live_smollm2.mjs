// Runs the site's SmolLM2 in Node: `node live_smollm2.mjs FOLDER KERNEL < inputs.json > results.json`.
// An input is {text, attention?, write?, silent?, hidden?, blind?}; without the first two only its ids
// are wanted.
import fs from "node:fs";
import path from "node:path";

const live = new URL("../../site/live/smollm2/", import.meta.url);
const { readGguf } = await import(new URL("gguf.js", live));
const { Bpe } = await import(new URL("bpe.js", live));
const { Llama } = await import(new URL("llama.js", live));
const { sight, write } = await import(new URL("write.js", live));

const [folder, kernel] = process.argv.slice(2);
const about = JSON.parse(fs.readFileSync(path.join(folder, "model.json"), "utf8"));
const file = new Uint8Array(about.bytes);
let at = 0;
for (const { name, bytes } of about.parts) {
  file.set(fs.readFileSync(path.join(folder, name)), at);
  at += bytes;
}
const head = readGguf(file.buffer);
const tokenizer = new Bpe(head.fields, about.tables);

let model;
const base64 = (numbers) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString("base64");
const results = [];
for (const input of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const ids = tokenizer.encode(input.text);
  const result = { ids, shown: ids.map((id) => tokenizer.shown(id)) };
  if (input.attention || input.write) model ??= await Llama.open(file.buffer, head, fs.readFileSync(kernel), 256);
  if (input.attention) {
    const silent = new Set((input.silent || []).map(([layer, head]) => layer * model.heads + head));
    model.forget({ silent, hidden: sight(input) });
    result.rows = model.read(ids).map(base64);
    result.logits = base64(model.logits());
  }
  if (input.write) {
    const steps = [...write(model, tokenizer, ids, { ...input, count: input.write })];
    result.written = steps.map(({ id }) => id);
  }
  results.push(result);
}
process.stdout.write(JSON.stringify(results));
