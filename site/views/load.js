// Fetching a view's numbers. They come as scripts beside the engine: pages opened from disk may
// load scripts but not fetch files, and no page has to know where the root of the site is.

import { Attention, StillError } from "./attention.js";

const here = document.currentScript?.src || document.querySelector('script[src*="views/engine.js"]')?.src;

/** The address of a file beside the engine. */
export const beside = (name) => new URL(name, here).href;

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
      .then((payload) => (payload.generation ? payload : Attention.read(payload)))
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
    const script = document.createElement("script");
    window.SeeingAttention.more = resolve;
    script.src = new URL("more.js", here);
    script.onerror = () => {
      coming = null; // the next who needs it may try again
      reject(new StillError("data", "more.js"));
    };
    document.head.append(script);
  });
  return coming;
}

function fetchScript(key) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = (what) => reject(new StillError("data", `${script.src} ${what}`));
    waiting.set(key, resolve);
    script.src = new URL(`data/${key}.js`, here);
    script.onerror = () => fail("did not load");
    script.onload = () => {
      fail("holds other data"); // too late to matter when the data has come
      waiting.delete(key);
      script.remove();
    };
    document.head.append(script);
  });
}
