// Chinese has no spaces: a run of characters is cut into words by the words that the index knows.

import { HAN, STOP } from "./words.js";

const LONGEST = 8;
const AROUND = 6; // characters on either side that decide where a word begins and ends

/** Cut a run of Chinese characters into its likeliest words; `words` knows each word's rank. */
export function segment(run, words) {
  const letters = [...run];
  const unknown = Math.log(words.size + 2) + 1; // a lone character is less likely than any word
  const best = [{ cost: 0, piece: "", from: 0 }];
  for (let end = 1; end <= letters.length; end++) {
    best[end] = { cost: Infinity };
    for (let from = Math.max(0, end - LONGEST); from < end; from++) {
      const piece = letters.slice(from, end).join("");
      if (end - from > 1 && !words.has(piece)) continue;
      // Zipf: a word's share falls as its rank
      const cost = best[from].cost + (end - from > 1 ? Math.log(words.get(piece) + 2) : unknown);
      if (cost < best[end].cost) best[end] = { cost, piece, from };
    }
  }
  const pieces = [];
  for (let end = letters.length; end > 0; end = best[end].from) pieces.unshift(best[end].piece);
  return pieces;
}

/** Whether the Chinese `word` at `at` is one there, and not the end of one and the start of another. */
export function stands(text, at, word, words) {
  let from = at;
  while (from > 0 && at - from < AROUND && HAN.test(text[from - 1])) from -= 1;
  let to = at + word.length;
  while (to < text.length && to - at - word.length < AROUND && HAN.test(text[to])) to += 1;
  const cuts = new Set([0]);
  let end = 0;
  for (const piece of segment(text.slice(from, to), words)) cuts.add((end += piece.length));
  return cuts.has(at - from) && cuts.has(at - from + word.length);
}

/** The words of a run of Chinese, `known`, and what no page has as a word, `unknown`: two lone
 * characters or more. One alone says nothing, unless the run is nothing else. */
export function cut(run, words) {
  const known = [];
  let unknown = [""];
  for (const piece of segment(run, words)) {
    if (piece.length === 1 && !STOP.has(piece)) {
      unknown[unknown.length - 1] += piece;
      continue;
    }
    known.push(piece);
    unknown.push("");
  }
  unknown = unknown.filter(Boolean);
  const longer = unknown.filter((stretch) => stretch.length > 1);
  const alone = known.every((piece) => STOP.has(piece)) && !longer.length;
  return { known, unknown: alone ? unknown : longer };
}

/** `run` with its slips mended: a part that no text has is taken for the part that texts often have
 * and that differs in one character. Of a short part every character has to be a lone one. */
export function mended(run, words, text) {
  const groups = [[]];
  for (const piece of segment(run, words)) {
    if (STOP.has(piece)) groups.push([piece], []);
    else groups[groups.length - 1].push(piece);
  }
  return groups.map((pieces) => mendedGroup(pieces, text)).join("");
}

function mendedGroup(pieces, text) {
  for (let length = Math.min(pieces.length, LONGEST); length > 0; length--)
    for (let from = 0; from + length <= pieces.length; from++) {
      const part = meant(pieces.slice(from, from + length), text);
      if (part) return pieces.slice(0, from).join("") + part + mendedGroup(pieces.slice(from + length), text);
    }
  return pieces.join("");
}

/** What texts often have instead of these pieces, or null. */
function meant(pieces, text) {
  const part = pieces.join("");
  const least = pieces.length === part.length ? 3 : 4;
  if (part.length < least || part.length > LONGEST || text.includes(part)) return null;
  const often = new Map();
  let at = 0;
  for (const piece of pieces) {
    if (piece.length === 1)
      for (const [found] of text.matchAll(new RegExp(part.slice(0, at) + HAN.source + part.slice(at + 1), "g")))
        often.set(found, (often.get(found) || 0) + 1);
    at += piece.length;
  }
  const [best] = [...often].sort((a, b) => b[1] - a[1]);
  return best?.[1] > 1 ? best[0] : null;
}
