// The part of a text that is shown below a result.

import { fold } from "./words.js";

/** Whether a cut at `at` would go through a word of Latin letters; Chinese may be cut anywhere. */
function cutsWord(text, at) {
  return at > 0 && /^[\p{Script=Latin}\p{N}_]{2}$/u.test(text.slice(at - 1, at + 1));
}

/** The part of a text where most matches lie, as [[text, matched], ...]. */
export function excerpt(text, matchers, length) {
  const spots = [];
  const folded = fold(text);
  // NFKC seldom changes a length; where it did, nothing is marked rather than the wrong thing
  if (folded.length === text.length)
    for (const { pattern } of matchers)
      for (const found of folded.matchAll(pattern)) {
        const end = found.index + found[0].length;
        spots.push([end - (found[1] ?? found[0]).length, end]);
      }
  spots.sort((a, b) => a[0] - b[0]);
  let [from, most] = [0, 0];
  for (const [start] of spots) {
    const inside = spots.filter(([a, b]) => a >= start && b <= start + length).length;
    if (inside > most) [from, most] = [start, inside];
  }
  const match = from;
  from = Math.max(0, from - Math.round(length / 5));
  let to = Math.min(text.length, from + length);
  while (from < match && cutsWord(text, from)) from += 1;
  while (to > from + length / 2 && cutsWord(text, to)) to -= 1;
  const parts = from ? [["… ", false]] : [];
  let at = from;
  for (const [start, end] of spots) {
    if (start < at || end > to) continue;
    parts.push([text.slice(at, start), false], [text.slice(start, end), true]);
    at = end;
  }
  parts.push([text.slice(at, to), false]);
  if (to < text.length) parts.push([" …", false]);
  return parts.filter(([part]) => part);
}
