// A figure whose view has a script of its own, fetched when the first such figure comes near.

import { nameOf } from "./address.js";
import { Figure } from "./figure.js";
import { run } from "./load.js";

const scripts = {}; // view -> promise

function fetched(view) {
  scripts[view] ??= run(`${view}.js`);
  scripts[view].catch(() => delete scripts[view]); // the next figure may try again
  return scripts[view];
}

/** Whether a figure's view has a script of its own, of the view's name. */
export const comesLater = ({ dataset }) => /^(generation|long|map)$/.test(dataset.view);

/** Stands for the figure until its script is there; `came(figure)` then hears of the real one. */
export function later(element, came) {
  let real; // promise
  const figure = () => {
    const { view } = element.dataset;
    real ??= fetched(view).then(() => {
      const made = new window.SeeingAttention[view](element);
      came(made);
      return made;
    });
    real.catch((error) => {
      real = null;
      new Figure(element).keepStill(error);
    });
    return real;
  };
  return {
    asked: new URLSearchParams(location.search).has(nameOf(element)), // whether the address speaks of it
    mount: () => figure().then((made) => made.mount(), () => {}), // the figure tells its reader
    show: (data) => figure().then((made) => made.show(data)),
    release() {},
    restore() {},
  };
}
