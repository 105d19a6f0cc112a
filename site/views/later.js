// A figure whose view has a script of its own, fetched when the first such figure comes near.

import { beside } from "./load.js";

let script; // promise

function fetched() {
  script ??= new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = beside("generation.js");
    tag.onload = resolve;
    tag.onerror = () => {
      script = null; // the next figure may try again
      reject(new Error(`${tag.src} did not load`));
    };
    document.head.append(tag);
  });
  return script;
}

/** Stands for the figure until its script is there; `came(figure)` then hears of the real one. */
export function later(element, came) {
  let real; // promise
  const figure = () => {
    real ??= fetched().then(() => {
      const made = new window.SeeingAttention.GenerationFigure(element);
      came(made);
      return made;
    });
    real.catch((error) => {
      real = null;
      console.error(error); // the still picture stays
    });
    return real;
  };
  return {
    mount: () => figure().then((made) => made.mount(), () => {}),
    show: (data) => figure().then((made) => made.show(data), () => {}),
    release() {},
    restore() {},
  };
}
