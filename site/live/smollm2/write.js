// Writing: read a beginning, then again and again take the likeliest token and read it too.

import { guesses } from "./llama.js";

/** Which pairs of tokens are cut: {blind: places that see themselves alone, hidden: places that no
 * later one sees, cuts: [query, key] pairs}. Returns hidden(query, key), or null where all is seen. */
export function sight({ blind = [], hidden = [], cuts = [] }) {
  if (!blind.length && !hidden.length && !cuts.length) return null;
  return (query, key) =>
    query !== key &&
    (blind.includes(query) || hidden.includes(key) || cuts.some(([q, k]) => q === query && k === key));
}

/** What there is of what is to be cut: heads of the model, places of a beginning of `length` tokens. */
export function fitting({ layers, heads }, length, { silent = [], hidden = [], blind = [] }) {
  return {
    silent: silent.filter(([layer, head]) => layer < layers && head < heads),
    hidden: hidden.filter((place) => place < length),
    blind: blind.filter((place) => place < length),
  };
}

/**
 * Yield what was read, {tokens, ids}, then a step for each of `count` tokens: {id, shown, guesses, row},
 * where `row` is what the last token before it looked at (layer, head, key) and `guesses` are the
 * likeliest next tokens. Ends early where the model ends its text.
 */
export function* write(model, tokenizer, ids, { count, silent = [], ...about }) {
  model.forget({ silent: new Set(silent.map(([layer, head]) => layer * model.heads + head)), hidden: sight(about) });
  let row = model.read(ids).pop();
  for (let step = 0; step < count; step++) {
    const best = guesses(model.logits());
    const [{ id }] = best;
    const shown = best.map((guess) => ({ ...guess, shown: tokenizer.shown(guess.id) }));
    yield { id, shown: tokenizer.shown(id), guesses: shown, row };
    if (tokenizer.ends(id)) return;
    if (step + 1 < count) row = model.read([id])[0];
  }
}
