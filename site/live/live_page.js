// What the pages have in common that run a model: why one cannot, what went wrong, and that a page
// comes and goes while scripts stay (instant navigation).

import { element } from "./form.js";

/** After these the Worker is of no use; the next press starts another. */
const LOST = ["fetch", "stopped", "broken", "memory", undefined];

export class LivePage {
  /** `able`: whether this browser has what only this page needs. */
  constructor(host, words, model, able = true) {
    this.host = host;
    this.words = words;
    this.turn = 0; // of what was begun
    const obstacle = this.obstacle(model, able);
    if (obstacle) host.replaceChildren(element("p", { class: "own-sentence__note", role: "status" }, words[obstacle]));
    else this.build();
  }

  /** Why nothing can be computed here, or null. */
  obstacle(model, able) {
    if (location.protocol === "file:") return "disk";
    if (!model) return "absent";
    return able && window.Worker && window.ReadableStream && "adoptedStyleSheets" in document ? null : "old";
  }

  /** Begin what takes time. The answer tells whether it is still wanted: nothing was begun or given up
   * since, and the page is still there. */
  begun() {
    const mine = ++this.turn;
    return () => mine === this.turn && this.host.isConnected;
  }

  failed(problem, longest) {
    const { words, form } = this;
    if (LOST.includes(problem.kind)) this.leave();
    if (problem.kind === "long") form.say(words.long(problem.n, longest));
    else form.say(words[problem.kind] || words.broken);
    if (problem.kind === "broken" || !problem.kind) console.error(problem);
  }

  leave() {
    this.computer?.stop();
    this.computer = null;
  }
}

/** Keep a page on its host, whichever document instant navigation shows; heed its address. */
export function mounted(selector, Page, styles, readAddress) {
  let current = null;

  function mount() {
    const host = document.querySelector(selector);
    if (current && current.host !== host) {
      current.leave();
      current = null;
    }
    if (host && !current) current = new Page(host);
  }

  if ("adoptedStyleSheets" in document) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  mount();
  window.document$?.subscribe(mount);
  addEventListener("hashchange", () => {
    const asked = readAddress(location.hash);
    if (!asked || !current?.form) return;
    current.ask(asked);
    if (current.computer) current.submit();
  });
}
