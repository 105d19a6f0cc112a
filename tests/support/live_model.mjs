// Runs the site's model in Node: `node live_model.mjs FOLDER [KERNEL] < inputs.json > results.json`.
// An input is {text, pair?, attention?}; without `attention` only its ids are wanted.
import fs from "node:fs";
import path from "node:path";

const live = new URL("../../site/live/", import.meta.url);
const { forward } = await import(new URL("bert.js", live));
const { faster } = await import(new URL("faster.js", live));
const { row, tensors } = await import(new URL("tensors.js", live));
const { WordPiece } = await import(new URL("wordpiece.js", live));

const [folder, kernel] = process.argv.slice(2);
const read = (name) => {
  const bytes = fs.readFileSync(path.join(folder, name));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
};
const about = JSON.parse(fs.readFileSync(path.join(folder, "model.json"), "utf8"));
const pieces = fs.readFileSync(path.join(folder, "vocab.txt"), "utf8").split("\n");
const tokenizer = new WordPiece(pieces.slice(0, about.vocabulary.size), about.tokenizer);

let parts, multiply;
async function attention({ ids, types }) {
  if (!parts) {
    parts = about.files.map((file) => tensors(read(file.name), file.tensors));
    if (kernel) ({ parts, multiply } = await faster(parts, fs.readFileSync(kernel), { longest: 128, widest: about.inner }));
  }
  const words = ids.map((id) => {
    const shard = String(Math.floor(id / about.shard)).padStart(3, "0");
    return row(read(`words/${shard}.bin`), id % about.shard, about.width);
  });
  const result = forward(about, { start: parts[0], layers: parts.slice(1) }, words, types, multiply);
  return Object.fromEntries(
    Object.entries(result).map(([name, all]) => [name, Buffer.from(all.buffer).toString("base64")]),
  );
}

const results = [];
for (const input of JSON.parse(fs.readFileSync(0, "utf8"))) {
  const encoded = tokenizer.encode(input.text, input.pair);
  results.push({ ...encoded, ...(input.attention && (await attention(encoded))) });
}
process.stdout.write(JSON.stringify(results));
