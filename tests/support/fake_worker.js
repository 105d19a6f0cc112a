// In place of a page's Worker: it is asked, and answers when the test says so.
window.workers = [];
window.Worker = class extends EventTarget {
  constructor() {
    super();
    this.asked = [];
    this.ended = false;
    window.workers.push(this);
  }

  postMessage(data) {
    if (!data.base) this.asked.push(data);
    else if (!window.modelIsSlow) this.say({ ready: true });
  }

  say(data) {
    setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data })));
  }

  terminate() {
    this.ended = true;
  }

  /** Answer question `at` as SmolLM2's Worker does: `words` are written one by one. */
  write(at, words) {
    const { id, text, silent, hidden, blind } = this.asked[at];
    const given = text.split(/(?= )/);
    words.forEach((shown, step) =>
      this.say({
        id,
        part: {
          id: step,
          shown,
          guesses: [{ id: step, shown, probability: 0.5 }],
          row: new Float32Array(2 * 3 * (given.length + step)).fill(1 / (given.length + step)),
        },
      }),
    );
    const result = { tokens: [...given, ...words], prompt: given.length, shape: [2, 3], milliseconds: 1 };
    const edits = {
      silent: silent.filter(([layer, head]) => layer < 2 && head < 3),
      hidden: hidden.filter((place) => place < given.length),
      blind: blind.filter((place) => place < given.length),
    };
    this.say({ id, result: { ...result, edits } });
  }

  /** Answer question `at` as the Worker of one's own sentence does. */
  attend(at) {
    const { id, text } = this.asked[at];
    const tokens = ["[CLS]", ...text.split(" "), "[SEP]"];
    const n = tokens.length;
    const numbers = (size) => new Float32Array(6 * 12 * n * size);
    const result = { tokens, second: null, shape: [6, 12, n, n], features: 4, milliseconds: 1 };
    this.say({ id, result: { ...result, weights: numbers(n).fill(1 / n), queries: numbers(4), keys: numbers(4) } });
  }

  /** Answer question `at`: it was given up. */
  giveUp(at) {
    this.say({ id: this.asked[at].id, problem: { kind: "stopped" } });
  }
};
