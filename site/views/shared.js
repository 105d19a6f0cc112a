// What a view with a script of its own takes from the engine; see taken.js.

import { nameOf, remember } from "./address.js";
import { StillError, inflate } from "./attention.js";
import { html, svg, within } from "./dom.js";
import { Figure } from "./figure.js";
import { Keys } from "./keyboard.js";
import { Roving } from "./roving.js";

export const shared = { Figure, Keys, Roving, StillError, html, inflate, nameOf, remember, svg, within };
