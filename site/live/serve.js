// A Worker's side of the talk with a page. Messages in: {base, key} first, then questions with an
// id. Out: {progress, total}, {ready}, then {id, result} or {id, problem}.

import { FetchError } from "./store.js";

function problemOf(error) {
  if (error instanceof FetchError) return { kind: "fetch" };
  if (error instanceof RangeError) return { kind: "memory" }; // no room for the model and what is made of it
  return { kind: "broken", detail: String(error?.stack || error) };
}

/** Answer by `run(model, question)`; `buffers` names what of an answer is handed over uncopied. */
export function serve({ load, run, buffers = () => [] }) {
  let model; // promise
  addEventListener("message", async ({ data }) => {
    if (data.base) {
      model = load(data);
      model.then(
        () => postMessage({ ready: true }),
        (error) => postMessage({ problem: problemOf(error) }),
      );
      return;
    }
    try {
      const answer = await run(model, data);
      postMessage({ id: data.id, ...answer }, buffers(answer));
    } catch (error) {
      postMessage({ id: data.id, problem: problemOf(error) });
    }
  });
}
