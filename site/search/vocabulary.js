// What the words of a query look for: a word in its forms, a misspelling's nearest word, one word
// for two and two for one, other names for the same.

import { cut, mended, stands } from "./chinese.js";
import { distance, fold, HAN, says, stem, STOP, WORD } from "./words.js";

const PREFIX = 0.6; // "weight" in "weighted" counts less than in "weight"
const WEAK = 0.7; // what the course calls a word counts less than the word itself
const PHRASE = 0.8; // neighbours in the query, found as neighbours
const BEGUN = 4; // letters of a name that tell it from others
const GAP = "[\\u3400-\\u9fff]{0,2}"; // a short form leaves characters out

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const parts = (word) => word.split(/[._'\u2019-]/).filter(Boolean);

/** Neighbours as neighbours: "dot products" is also "dot product", "question answering" question-answering. */
function together(phrase) {
  const pieces = phrase.match(/[a-z0-9]+|[^a-z0-9\s_-]+/g) ?? [];
  const forms = pieces.map((piece) => (/[a-z0-9]/.test(piece) ? `${stem(piece)}[a-z]*` : escaped(piece)));
  return new RegExp(`(?<![a-z0-9])${forms.join("[\\s_-]*")}`, "g");
}

/** The words of a text as their stems. */
const rooted = (text) => text.replace(/[a-z0-9._'\u2019-]+/g, (word) => stem(word));

export class Vocabulary {
  /**
   * `texts`: all that is searched, folded. `words`: Chinese words, frequent ones first.
   * `also`: [what one types, what the course calls it] pairs.
   */
  constructor(texts, words, also) {
    this.also = also.map((pair) => pair.map(fold));
    this.text = texts.join("\n");
    const typed = this.also.map(([name]) => name);
    const all = [...words.split(" "), ...typed, ...STOP].filter((word) => HAN.test(word));
    this.words = new Map([...new Set(all)].map((word, rank) => [word, rank]));
    this.latin = new Map(); // English words of the index -> how often they stand in it
    this.joined = new Map(); // "finetuning" -> "fine-tuning", "huggingface" -> "hugging face"
    for (const text of texts) this.learn(text);
    for (const [word] of typed.join("\n").matchAll(WORD)) if (!this.latin.has(word)) this.latin.set(word, 0);
  }

  learn(text) {
    let last = null;
    for (const { 0: word, index } of text.matchAll(WORD)) {
      if (HAN.test(word)) continue;
      const [first, ...rest] = parts(word);
      for (const part of new Set([word, first, ...rest])) this.latin.set(part, (this.latin.get(part) || 0) + 1);
      if (rest.length) this.joined.set([first, ...rest].join(""), word);
      else if (last && index === last.end + 1 && text[last.end] === " ") this.joined.set(last.word + word, `${last.word} ${word}`);
      last = rest.length ? null : { word, end: index + word.length };
    }
  }

  /** Whether a page has the English word, or one that begins with its stem. */
  has(word) {
    if (this.latin.has(word)) return true;
    const root = stem(word);
    for (const known of this.latin.keys()) if (known.startsWith(root)) return true;
    return false;
  }

  /** What is asked, folded and without misspellings. */
  read(query) {
    const asked = fold(query).trim();
    return asked.replace(WORD, (run) => (HAN.test(run) ? mended(run, this.words, this.text) : this.spelt(run)));
  }

  /** The words that `asked` asks for; what every text has is left out unless there is nothing else. */
  terms(asked) {
    const known = [];
    const unknown = [];
    for (const run of this.paired([...asked.matchAll(WORD)].map(([word]) => word))) {
      const pieces = HAN.test(run) ? cut(run, this.words) : { known: this.split(run), unknown: [] };
      known.push(...pieces.known);
      unknown.push(...pieces.unknown);
    }
    const kept = known.filter((word) => !STOP.has(word));
    const own = kept.length ? kept : unknown.length ? unknown : known;
    return { own: [...new Set(own)], unknown: kept.length ? [...new Set(unknown)] : [] };
  }

  /** Two words that the pages write as one: "soft max". */
  paired(runs) {
    const made = [];
    for (const run of runs) {
      const last = made[made.length - 1] ?? "";
      const both = last + run;
      const lone = !last || STOP.has(last) || STOP.has(run) || this.text.includes(`${last} ${run}`);
      if (!lone && this.latin.has(both)) made[made.length - 1] = both;
      else made.push(run);
    }
    return made;
  }

  /** The word itself, or where no page has it or a form of it, the nearest that one has. */
  spelt(word) {
    if (word.length < 4 || /[^a-z]/.test(word) || this.has(word) || this.joined.has(word)) return word;
    let [best, least] = [word, word.length < 8 ? 2 : 3]; // one slip in a short word, two in a long one
    for (const [known, often] of this.latin) {
      const wrong = distance(word, known, least);
      if (wrong < least || (wrong === least && best !== word && often > this.latin.get(best))) [best, least] = [known, wrong];
    }
    return best;
  }

  /** A name that no page has, such as `bertviz.head_view`, as its parts. */
  split(word) {
    return this.has(word) || this.joined.has(word) ? [word] : parts(word).map((part) => this.spelt(part));
  }

  /** How a word is looked for: Chinese as a whole word, English at the start of words, a letter
   * among other words only as itself. */
  matcher(word, among = true) {
    if (!HAN.test(word)) {
      const root = stem(word);
      const rest = among && root.length === 1 ? "(?![a-z0-9])" : "[a-z]*";
      const pattern = new RegExp(`(?:^|[^a-z0-9])(${escaped(root)}${rest})`, "g");
      const count = (text) => {
        let sum = 0;
        for (const [, found] of text.matchAll(pattern)) sum += found === word || stem(found) === root ? 1 : PREFIX;
        return sum;
      };
      return { pattern, count };
    }
    const whole = this.words.has(word) && word.length > 1;
    const loose = !whole && !this.text.includes(word);
    const pattern = new RegExp(loose ? [...word].join(GAP) : escaped(word), "g");
    const count = (text) => {
      let sum = 0;
      for (const { index } of text.matchAll(pattern)) if (!whole || stands(text, index, word, this.words)) sum += 1;
      return sum;
    };
    return { pattern, count };
  }

  /** What the course may call what is asked, or what is still being typed. */
  names(asked, terms) {
    const begun = asked.length >= BEGUN ? asked : "\n";
    const forms = rooted(asked);
    const called = this.also.filter(([typed]) => typed.startsWith(begun) || says(forms, rooted(typed))).map((pair) => pair[1]);
    const made = terms.flatMap((word) => this.joined.get(word) ?? []);
    return [...new Set([...called, ...made])];
  }

  /** What to look for, each with its weight: the words of `asked`, neighbours among them, other names. */
  wanted(asked) {
    const { own, unknown } = this.terms(asked);
    const found = own.map((word) => ({ ...this.matcher(word, own.length > 1), weight: 1, own: true }));
    const neighbours = (phrase) => {
      const pattern = together(phrase);
      found.push({ count: (text) => text.match(pattern)?.length ?? 0, weight: PHRASE });
    };
    for (let i = 0; i + 1 < own.length; i++) {
      const start = asked.indexOf(own[i]);
      const end = asked.indexOf(own[i + 1], start) + own[i + 1].length;
      if (start >= 0 && end - start > own[i].length) neighbours(asked.slice(start, end));
    }
    const others = this.names(asked, own);
    const weak = others.flatMap((called) => this.terms(called).own);
    for (const word of new Set([...unknown, ...weak])) if (!own.includes(word)) found.push({ ...this.matcher(word), weight: WEAK });
    for (const called of others) if (this.terms(called).own[0] !== called) neighbours(called);
    return found;
  }

  /** Whether the query names a page: as whole words. */
  named(asked, name) {
    if (!name || !HAN.test(name)) return says(asked, name);
    const at = asked.indexOf(name);
    return at >= 0 && stands(asked, at, name, this.words);
  }
}
