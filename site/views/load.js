// Fetching a view's numbers. They come as scripts beside the engine: pages opened from disk may
// load scripts but not fetch files, and no page has to know where the root of the site is.

import { Attention, StillError } from "./attention.js";

const here = document.currentScript?.src || document.querySelector('script[src*="views/engine.js"]')?.src;

const waiting = new Map(); // key -> what to call when its script has run
const loaded = new Map(); // key -> promise of an Attention

/** What a data file calls. */
export function receive(key, payload) {
  waiting.get(key)?.(payload);
}

/** The attention named `key`, fetched once for all figures that draw it. */
export function load(key) {
  if (!loaded.has(key)) {
    if (!("DecompressionStream" in window)) return Promise.reject(new StillError("old", "no DecompressionStream"));
    const reading = fetchScript(key)
      .then((payload) => (payload.version ? Attention.read(payload) : payload)) // others read their own
      .catch((error) => {
        throw new StillError("data", `${key}: ${error.message}`);
      });
    reading.catch(() => loaded.delete(key)); // the next page may try again
    loaded.set(key, reading);
  }
  return loaded.get(key);
}

let coming = null;

/** What few readers need (more.js), fetched once: {model, neuron, save}. */
export function more() {
  coming ||= new Promise((resolve, reject) => {
    window.SeeingAttention.more = resolve;
    run("more.js").catch(reject);
  });
  coming.catch(() => (coming = null)); // the next who needs it may try again
  return coming;
}

/** Run a script beside the engine; done when it has run. */
export function run(name) {
  const script = document.createElement("script");
  const ran = new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = () => reject(new StillError("data", `${script.src} did not load`));
  });
  script.src = new URL(name, here);
  document.head.append(script);
  return ran.finally(() => script.remove());
}

function fetchScript(key) {
  return new Promise((resolve, reject) => {
    waiting.set(key, resolve);
    run(`data/${key}.js`)
      .then(() => {
        throw new StillError("data", "holds other data"); // too late to matter when the data has come
      })
      .catch(reject)
      .finally(() => waiting.delete(key));
  });
}
