// The page's side of the Worker: start it, ask it, stop it.

/** What the Worker could not do; `kind` names the sentence to show (words.js). */
export class Problem extends Error {
  constructor({ kind, n, detail }) {
    super(detail || kind);
    this.kind = kind;
    this.n = n;
  }
}

export class Computer {
  /** `script`: the Worker's address; `base`, `key`: the model's. `came(done, total)` hears of progress. */
  constructor({ script, base, key, came }) {
    this.waiting = new Map(); // id -> {resolve, reject}
    this.next = 0;
    this.stopped = false;
    this.worker = new Worker(script);
    this.ready = new Promise((resolve, reject) => this.waiting.set("model", { resolve, reject }));
    this.ready.catch(() => {}); // whoever asks hears of it
    this.worker.addEventListener("message", ({ data }) => {
      if (data.progress != null) came(data.progress, data.total);
      else if (data.part) this.waiting.get(data.id)?.part?.(data.part);
      else this.settle(data.id ?? "model", data);
    });
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      for (const id of [...this.waiting.keys()]) this.settle(id, { problem: { kind: "broken", detail: event.message } });
    });
    this.worker.postMessage({ base, key });
  }

  settle(id, { result, problem }) {
    const { resolve, reject } = this.waiting.get(id) || {};
    this.waiting.delete(id);
    if (problem) reject?.(new Problem(problem));
    else resolve?.(result);
  }

  /** The attention on a text or on two parts of one input. */
  attend(text, pair, longest) {
    return this.ask({ text, pair, longest });
  }

  /** Send a question; `part(found)` hears of what comes before the answer is whole. */
  async ask(question, part = null) {
    await this.ready;
    if (this.stopped) throw new Problem({ kind: "stopped" });
    const id = this.next++;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject, part }));
    this.worker.postMessage({ id, ...question });
    return answer;
  }

  /** Stop at once, whatever it does; it answers no more. */
  stop() {
    this.stopped = true;
    this.worker.terminate();
    for (const { reject } of this.waiting.values()) reject(new Problem({ kind: "stopped" }));
    this.waiting.clear();
  }
}
