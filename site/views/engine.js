// Draws the attention figures of a page when they come into sight, and lets go of those that are far
// from it. The one global is SeeingAttention: data files call SeeingAttention.data(key, payload), a
// script that has numbers of its own calls SeeingAttention.show(figure, data).

import styles from "styles/engine.css";
import { Attention } from "./attention.js";
import { Figure } from "./figure.js";
import { comesLater, later } from "./later.js";
import { load, receive } from "./load.js";
import { shared } from "./shared.js";

const EARLY = "300px"; // draw what is this close to being seen
const FAR = "3000px"; // let go of what is farther than this

const figures = new WeakMap(); // element -> Figure
let near, far;

function start() {
  // Not a <style> in the head: instant navigation takes away what the next page's head lacks.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) figures.get(target).mount();
    },
    { rootMargin: EARLY },
  );
  far = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) if (!isIntersecting) figures.get(target).release();
    },
    { rootMargin: FAR },
  );
  // While the page still comes, the last figure may be half there: its caption ends it.
  const all = () =>
    [...document.querySelectorAll("figure.attention-view[data-key]")].filter(
      (element) => document.readyState !== "loading" || element.querySelector("figcaption"),
    );
  const scan = () => {
    const fresh = all().filter((element) => !figures.has(element));
    fresh.forEach(follow);
    // one that the address speaks of, unless a part of the page is named
    if (!location.hash) fresh.find((element) => figures.get(element).asked)?.scrollIntoView({ block: "center" });
  };
  // The head asks for the numbers of a view near the top: read them before the theme's script runs.
  const hinted = document.querySelector("link[rel=preload][href*='views/data/']");
  if (hinted) load(hinted.href.match(/([^/]+)\.js$/)[1]).catch(() => {}); // its figure will tell
  scan();
  window.addEventListener("beforeprint", () => all().forEach((element) => figures.get(element)?.restore()));
  // the theme's stream of pages: one arrives at every instant navigation
  const followPages = () => {
    scan();
    window.document$?.subscribe(scan);
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", followPages);
  else followPages();
}

function follow(element) {
  const figure = comesLater(element) ? later(element, (real) => figures.set(element, real)) : new Figure(element);
  figures.set(element, figure);
  near.observe(element);
  far.observe(element);
}

/** Draw `data` in a figure now: see Attention (queries and keys with `features` numbers each), or
 * Generation in one of that view, which is a promise: its script may have to come first. */
function show(element, { queries, keys, features, ...about }) {
  const vectors = queries && { size: features, queries, keys };
  if (!figures.has(element)) follow(element);
  return figures.get(element).show(comesLater(element) ? about : new Attention({ ...about, vectors }));
}

if (!window.SeeingAttention) {
  window.SeeingAttention = { data: receive, show, shared };
  if (document.body) start(); // figures that stand already are drawn while the page still comes
  else document.addEventListener("DOMContentLoaded", start);
}
