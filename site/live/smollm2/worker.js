// Holds SmolLM2 and writes with it, so that the page never waits (serve.js). A question is
// {id, text, count, longest, silent, hidden, blind}; for each token goes {id, part: step}, and at the
// end {id, result: {tokens, prompt, shape, edits, milliseconds}}, where `edits` is what was really cut.

import kernel from "smollm2/kernel.wasm";
import { serve } from "../serve.js";
import { Store } from "../store.js";
import { Bpe } from "./bpe.js";
import { readGguf } from "./gguf.js";
import { Llama } from "./llama.js";
import { fitting, write } from "./write.js";

const LONGEST = 192; // tokens; what the model keeps of each takes 46 kB

let newest = -1; // the question that is to be answered; an older one is given up

async function load({ base, key }) {
  const store = new Store(base, key);
  const about = JSON.parse(new TextDecoder().decode(await store.get("model.json", null)));
  let progress = 0;
  const came = (bytes) => postMessage({ progress: (progress += bytes), total: about.bytes });
  const file = new Uint8Array(about.bytes);
  let at = 0;
  for (const { name, bytes, sha256 } of about.parts) {
    file.set(new Uint8Array(await store.get(name, bytes, came, sha256)), at);
    at += bytes;
  }
  const head = readGguf(file.buffer);
  const llama = await Llama.open(file.buffer, head, kernel, LONGEST);
  file.buffer.transfer?.(0); // gives 98 MB back now, not when memory is next collected
  return { llama, tokenizer: new Bpe(head.fields, about.tables) };
}

/** Let messages come in between two tokens; setTimeout would wait 4 ms. */
const pause = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

async function run(model, { id, text, count, longest, ...asked }) {
  newest = id;
  const { llama, tokenizer } = await model;
  const ids = tokenizer.encode(text);
  if (!ids.length) return { problem: { kind: "nothing" } };
  if (ids.length > longest) return { problem: { kind: "long", n: ids.length } };
  const edits = fitting(llama, ids.length, asked);
  const tokens = ids.map((one) => tokenizer.shown(one));
  const began = performance.now();
  for (const step of write(llama, tokenizer, ids, { count, ...edits })) {
    tokens.push(step.shown);
    postMessage({ id, part: step }, [step.row.buffer]);
    await pause();
    if (newest !== id) return { problem: { kind: "stopped" } };
  }
  const milliseconds = performance.now() - began;
  return { result: { tokens, prompt: ids.length, shape: [llama.layers, llama.heads], edits, milliseconds } };
}

serve({ load, run });
