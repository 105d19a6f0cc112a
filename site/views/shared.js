// What a view with a script of its own takes from the engine; see taken.js.

import { nameOf, remember } from "./address.js";
import { StillError, inflate } from "./attention.js";
import { Bar } from "./controls.js";
import { html, svg, within } from "./dom.js";
import { Figure } from "./figure.js";
import { Keys } from "./keyboard.js";
import { load } from "./load.js";
import { Roving } from "./roving.js";

export const shared = { Bar, Figure, Keys, Roving, StillError, html, inflate, load, nameOf, remember, svg, within };
