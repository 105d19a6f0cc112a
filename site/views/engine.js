// Draws the attention figures of a page when they come into sight. The one global is
// SeeingAttention: data files call SeeingAttention.data(key, payload).

import styles from "styles/engine.css";
import { Figure } from "./figure.js";
import { receive } from "./load.js";

const EARLY = "300px"; // draw what is this close to being seen

function start() {
  // Not a <style> in the head: instant navigation takes away what the next page's head lacks.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const figures = new WeakSet();
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries)
        if (isIntersecting) {
          seen.unobserve(target);
          new Figure(target).mount();
        }
    },
    { rootMargin: EARLY },
  );
  const scan = () => {
    for (const figure of document.querySelectorAll("figure.attention-view[data-key]"))
      if (!figures.has(figure)) {
        figures.add(figure);
        seen.observe(figure);
      }
  };
  scan();
  // the theme's stream of pages: one arrives at every instant navigation
  window.document$?.subscribe(scan);
}

if (!window.SeeingAttention) {
  window.SeeingAttention = { data: receive };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}
