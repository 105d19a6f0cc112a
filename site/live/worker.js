// Holds the model and computes, so that the page never waits (serve.js). A question is
// {id, text, pair, longest}.

import kernel from "live/linear.wasm";
import { forward, linear } from "./bert.js";
import { faster } from "./faster.js";
import { serve } from "./serve.js";
import { Store } from "./store.js";
import { row, tensors } from "./tensors.js";
import { WordPiece } from "./wordpiece.js";

const LONGEST = 128; // tokens that there are positions for

async function load({ base, key }) {
  const store = new Store(base, key);
  const about = JSON.parse(new TextDecoder().decode(await store.get("model.json", null)));
  const total = about.vocabulary.bytes + about.files.reduce((sum, file) => sum + file.bytes, 0);
  let progress = 0;
  const came = (bytes) => postMessage({ progress: (progress += bytes), total });
  const vocabulary = await store.get("vocab.txt", about.vocabulary.bytes, came);
  const pieces = new TextDecoder().decode(vocabulary).split("\n").slice(0, about.vocabulary.size);
  const parts = [];
  for (const { name, bytes, tensors: places } of about.files)
    parts.push(tensors(await store.get(name, bytes, came), places));
  const fast = await faster(parts, kernel, { longest: LONGEST, widest: about.inner });
  const [start, ...layers] = fast ? fast.parts : parts;
  const multiply = fast ? fast.multiply : linear;
  return { multiply, about, store, start, layers, tokenizer: new WordPiece(pieces, about.tokenizer), shards: new Map() };
}

/** The embedding of each id; shards that are not here yet are fetched side by side. */
async function embed({ about, store, shards }, ids) {
  const numbers = new Set(ids.map((id) => Math.floor(id / about.shard)));
  await Promise.all(
    [...numbers].map(async (number) => {
      if (!shards.has(number)) {
        const name = `words/${String(number).padStart(3, "0")}.bin`;
        const rows = Math.min(about.shard, about.vocabulary.size - number * about.shard);
        shards.set(number, await store.get(name, rows * (4 + 2 * about.width)));
      }
    }),
  );
  return ids.map((id) => row(shards.get(Math.floor(id / about.shard)), id % about.shard, about.width));
}

async function run(model, { text, pair, longest }) {
  const { about, tokenizer, start, layers, multiply, ...rest } = await model;
  const { tokens, ids, types, second } = tokenizer.encode(text, pair);
  const n = tokens.length;
  if (n === (pair == null ? 2 : 3)) return { problem: { kind: "nothing" } };
  if (n > longest) return { problem: { kind: "long", n } };
  const words = await embed({ about, ...rest }, ids);
  const began = performance.now();
  const computed = forward(about, { start, layers }, words, types, multiply);
  return {
    result: {
      tokens,
      second,
      shape: [about.layers, about.heads, n, n],
      features: about.width / about.heads,
      milliseconds: performance.now() - began,
      ...computed,
    },
  };
}

serve({
  load,
  run,
  buffers: ({ result }) => (result ? ["weights", "queries", "keys"].map((name) => result[name].buffer) : []),
});
