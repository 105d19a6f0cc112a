// "Your own sentence": a form, the model in a Worker, the views drawn by the site's own engine.

import styles from "./live.css";
import { readAddress, writeAddress } from "./address.js";
import { Computer } from "./computer.js";
import { engine } from "./engine.js";
import { Form, element } from "./form.js";
import { LivePage, mounted } from "./live_page.js";
import { Store } from "./store.js";
import { wordsFor } from "./words.js";

const LONGEST = 64; // tokens; a model view of more is too small to read
const USUAL = { layer: 5, head: 11 };

/* MODEL is set when the site is built: {key, bytes, last} of the exported model, or null. */
const MODEL = __MODEL__;
const here = document.currentScript.src;
const near = (name) => new URL(name, here).href;

class OwnSentence extends LivePage {
  constructor(host) {
    super(host, wordsFor(host.dataset.language), MODEL);
  }

  build() {
    this.form = new Form(this.words, Math.round(MODEL.bytes / 1e6), {
      submit: () => this.submit(),
      stop: () => this.leave(),
      view: () => this.show(),
    });
    this.figures = element("div", { class: "own-sentence__figures" });
    this.figures.addEventListener("attention-view:changed", (event) => this.follow(event.target, event.detail));
    this.host.replaceChildren(this.form.element, this.figures);
    this.begin();
  }

  /** Take what the address asks for; compute at once if nothing has to be downloaded for it. */
  async begin() {
    const asked = readAddress(location.hash);
    if (asked) this.ask(asked);
    const held = await new Store(near("./"), MODEL.key).holds(MODEL.last);
    this.form.held(held);
    if (held && asked?.text.trim() && this.host.isConnected) this.submit();
  }

  ask(asked) {
    this.asked = asked;
    this.form.fill(asked);
  }

  async submit() {
    const wanted = this.form.read();
    if (wanted.missing) {
      this.form.say(this.words[wanted.missing]);
      wanted.field.focus();
      return;
    }
    const newest = this.begun();
    this.form.busy(true);
    try {
      const computer = (this.computer ||= new Computer({
        script: near("worker.js"),
        base: near("./"),
        key: MODEL.key,
        came: (done, total) => this.form.came(done, total),
      }));
      await computer.ready;
      if (!newest()) return;
      this.form.held(true);
      this.form.say(this.words.computing);
      const results = [await computer.attend(wanted.text, wanted.pair, LONGEST)];
      if (wanted.other != null && newest()) results.push(await computer.attend(wanted.other, null, LONGEST));
      await engine(near("../views/engine.js"));
      if (!newest()) return;
      this.shown = { wanted, results };
      this.show();
    } catch (problem) {
      if (!newest()) return;
      this.failed(problem, LONGEST);
    }
    this.form.busy(false);
  }

  /** Draw what was computed, in the view that is chosen. */
  show() {
    if (!this.shown) return;
    const { wanted, results } = this.shown;
    const { language } = this.host.dataset;
    const view = this.form.view.value;
    const head = this.asked?.head || (view === "model" ? null : USUAL);
    const query = this.asked?.query ?? (view === "neuron" ? 1 : null); // the neuron view draws a row
    this.remember();
    const narrow = view === "head" || view === "heatmap"; // of the others half would be out of sight
    this.figures.classList.toggle("own-sentence__figures--two", narrow && results.length > 1);
    const figures = results.map((result, place) => {
      const caption = element("figcaption", {}, place ? wanted.other : wanted.text);
      if (wanted.pair != null) caption.append(" [SEP] ", wanted.pair);
      return element(
        "figure",
        {
          class: "attention-view",
          "data-live": true,
          "data-view": view,
          "data-language": language,
          "data-layer": head?.layer,
          "data-heads": head && JSON.stringify([head.head]),
          "data-query": query,
        },
        element("div", { class: "attention-view__slot", hidden: true }),
        element("div", { class: "attention-view__still" }),
        caption,
      );
    });
    this.figures.replaceChildren(...figures);
    figures.forEach((figure, place) => window.SeeingAttention.show(figure, this.drawn(place)));
    this.tell(results);
  }

  /** Another head in one figure is another head in both, and in the address. */
  follow(changed, { layer, heads, open, query }) {
    if (heads.length !== 1 || (changed.dataset.view === "model" && !open)) return;
    const [head] = heads;
    this.asked = { ...this.asked, head: { layer, head }, query };
    this.remember();
    [...this.figures.children].forEach((figure, place) => {
      const same = figure.dataset.layer === String(layer) && figure.dataset.heads === `[${head}]`;
      Object.assign(figure.dataset, { layer, heads: `[${head}]` });
      if (figure !== changed && !same) window.SeeingAttention.show(figure, this.drawn(place));
    });
  }

  /** What the engine draws in the figure at `place`. */
  drawn(place) {
    return { exact: true, ...this.shown.results[place] };
  }

  remember() {
    const { head, query } = this.asked || {};
    const address = writeAddress({ ...this.shown.wanted, view: this.form.view.value, head, query });
    history.replaceState(history.state, "", address);
  }

  tell(results) {
    const { words } = this;
    const time = Math.round(results.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
    const n = results.map(({ tokens }) => tokens.length).join(" + ");
    const unknown = results.some(({ tokens }) => tokens.includes("[UNK]"));
    this.form.say(unknown ? `${words.done(n, time)} ${words.unknown}` : words.done(n, time));
  }
}

mounted(".own-sentence", OwnSentence, styles, readAddress);
