// Which pages a query means: BM25 over sections and over whole pages, Chinese and English.
//
// An index holds each section's title and text and, for Chinese, the words that jieba found there
// (the course's terms among them). A query in Chinese has no spaces: it is cut into these words.

const K = 1.2; // BM25: how soon more of the same word adds no more
const B = 0.4; // BM25: how much a long text counts less
const TITLE = 5; // a word in a title counts as so many in the text
const PAGE = 12; // and in the title of a page
const PREFIX = 0.6; // "weight" in "weighted" counts less than in "weight"
const MOST_SECTIONS = 3;
const LATIN = /[a-z0-9]+(?:[._'\u2019-][a-z0-9]+)*|[\u3400-\u9fff]+/g;

const WEAK = 0.7; // what the course calls a word counts less than the word itself
const PHRASE = 0.8; // neighbours in the query, found as neighbours

const STOP = new Set(
  ("a an all am once and any are as at be by can did do does for from get gets got had has have how i if in into is it its me most must my not of on one or " +
    "our out should so than that the their them there these they this to use used using was we were what when where which who why will with would you your " +
    "的 了 是 在 有 和 与 或 吗 呢 吧 把 被 给 让 从 到 对 我 你 它 他 们 我们 这 那 个 一个 这个 那个 什么 怎么 怎样 如何 为什么 哪 哪些 哪个 哪里 " +
    "可以 能 会 要 不 也 都 就 还 再 才 该 是什么 是不是 有没有 意思 请问 怎么办 关于 之间 时候 多少 之前 之后 所有 一次").split(" "),
);

const fold = (text) => text.normalize("NFKC").toLowerCase();

/** The part of an English word that its forms share: "queries" and "query" have "quer". */
export function stem(word) {
  if (/[._0-9]/.test(word)) return word;
  const bare = word.replace(/['\u2019]s$/, "");
  for (const [ending, least] of [["ies", 5], ["ing", 6], ["ed", 5], ["y", 5]])
    if (bare.endsWith(ending) && bare.length >= least) return bare.slice(0, -ending.length);
  if (/(?:s|x|z|ch|sh)es$/.test(bare)) return bare.slice(0, -2);
  return /[^su]s$/.test(bare) && bare.length > 3 ? bare.slice(0, -1) : bare;
}

/** Cut a run of Chinese characters into its likeliest words; `words` knows each word's rank. */
export function segment(run, words) {
  const letters = [...run];
  const unknown = Math.log(words.size + 2) + 1; // a lone character is less likely than any word
  const best = [{ cost: 0, piece: "", from: 0 }];
  for (let end = 1; end <= letters.length; end++) {
    best[end] = { cost: Infinity };
    for (let from = Math.max(0, end - 8); from < end; from++) {
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

const HAN = /[\u3400-\u9fff]/;
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const AROUND = 6; // characters on either side that decide where a Chinese word begins and ends

/** Whether the Chinese `word` at `at` is one there, and not the end of one and the start of another. */
function stands(text, at, word, words) {
  let from = at;
  while (from > 0 && at - from < AROUND && HAN.test(text[from - 1])) from -= 1;
  let to = at + word.length;
  while (to < text.length && to - at - word.length < AROUND && HAN.test(text[to])) to += 1;
  const cuts = new Set([0]);
  let end = 0;
  for (const piece of segment(text.slice(from, to), words)) cuts.add((end += piece.length));
  return cuts.has(at - from) && cuts.has(at - from + word.length);
}

/** How a word is looked for: Chinese as a whole word, English at the start of words. */
function matcher(word, words) {
  if (HAN.test(word)) {
    const pattern = new RegExp(escaped(word), "g");
    const whole = words.has(word) && word.length > 1;
    const count = (text) => {
      let sum = 0;
      for (const { index } of text.matchAll(pattern)) if (!whole || stands(text, index, word, words)) sum += 1;
      return sum;
    };
    return { word, pattern, count };
  }
  const root = stem(word);
  const pattern = new RegExp(`(?:^|[^a-z0-9])(${escaped(root)}[a-z]*)`, "g");
  const count = (text) => {
    let sum = 0;
    for (const [, found] of text.matchAll(pattern)) sum += found === word || stem(found) === root ? 1 : PREFIX;
    return sum;
  };
  return { word, pattern, count };
}

const letter = (character) => character !== undefined && /[a-z0-9]/.test(character);

/** Whether `part` stands in `text`, an English one as whole words. */
function says(text, part) {
  const at = part ? text.indexOf(part) : -1;
  if (at < 0 || HAN.test(part)) return at >= 0;
  return !letter(text[at - 1]) && !letter(text[at + part.length]);
}

/** Learners' pages come before those for authors, operators and measurers. */
const share = (location) => (/^guide\/(authors|benchmarks|clusters)/.test(location) ? 0.4 : /^guide\/(instructors|teaching)/.test(location) ? 0.6 : 1);

/** How many letters are wrong, missing, too many or exchanged with their neighbour; at most `most`. */
export function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most || a[0] !== b[0]) return most + 1;
  let before = [];
  let last = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] !== b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length];
}

export class Index {
  /**
   * `entries`: [location, title, text] of each section; a page's first has no # in its location.
   * `words`: Chinese words, frequent ones first. `also`: [what one types, what the course calls it] pairs.
   */
  constructor({ entries, words, also }) {
    const typed = also.map(([name]) => name).filter((name) => HAN.test(name));
    this.words = new Map([...words.split(" "), ...typed].map((word, rank) => [word, rank]));
    this.also = also;
    this.latin = new Map(); // English words of the index -> how often they stand in it
    const pages = new Map();
    for (const [location, title, text] of entries) {
      const address = location.split("#")[0];
      if (!pages.has(address)) pages.set(address, { location, title, sections: [], length: 0 });
      const page = pages.get(address);
      page.sections.push({ location, title, text, folded: fold(text), foldedTitle: fold(title) });
      page.length += text.length;
      for (const [word] of fold(`${title} ${text}`).matchAll(LATIN))
        if (!HAN.test(word)) this.latin.set(word, (this.latin.get(word) || 0) + 1);
    }
    this.pages = [...pages.values()];
    for (const page of this.pages) {
      page.folded = fold(page.title);
      page.name = page.folded.split(/[:\uff1a]/)[0].replace(/[?\uff1f!\uff01.\u3002]/g, "").trim();
    }
    const length = this.pages.reduce((sum, page) => sum + page.length, 0);
    this.usual = length / entries.length;
    this.usualPage = length / this.pages.length;
  }

  /** The words that a query asks for; what every text has is left out unless there is nothing else. */
  terms(query) {
    const all = [...fold(query).matchAll(LATIN)].flatMap(([run]) => (HAN.test(run) ? this.cut(run) : [this.spelt(run)]));
    const kept = all.filter((word) => !STOP.has(word));
    return [...new Set(kept.length ? kept : all)];
  }

  /** The words of a run of Chinese. What is left of a word that no page has says nothing by itself:
   * single characters are left out, unless the run is nothing else; then it is looked for whole. */
  cut(run) {
    if (run.length === 1) return [run];
    const pieces = segment(run, this.words);
    const words = pieces.filter((piece) => piece.length > 1 || STOP.has(piece));
    return words.some((piece) => !STOP.has(piece)) ? words : [pieces.filter((piece) => !STOP.has(piece)).join("") || run];
  }

  /** The word itself, or where no page has it or a form of it, the nearest that one has. */
  spelt(word) {
    if (word.length < 4 || /[^a-z]/.test(word) || this.also.some(([typed]) => says(typed, word))) return word;
    const root = stem(word);
    for (const known of this.latin.keys()) if (known.startsWith(root)) return word;
    let [best, least] = [word, word.length < 8 ? 2 : 3]; // one slip in a short word, two in a long one
    for (const [known, often] of this.latin) {
      const slips = distance(word, known, least);
      if (slips < least || (slips === least && best !== word && often > this.latin.get(best))) [best, least] = [known, slips];
    }
    return best;
  }

  /** What to look for, each with its weight: the query's words, neighbours among them, other names. */
  wanted(query) {
    const asked = fold(query).trim();
    const terms = this.terms(query);
    const found = terms.map((word) => ({ ...matcher(word, this.words), weight: 1, own: true }));
    const neighbours = (phrase, weight) => found.push({ count: (text) => text.split(phrase).length - 1, weight });
    for (let i = 0; i + 1 < terms.length; i++) {
      const start = asked.indexOf(terms[i]);
      const end = asked.indexOf(terms[i + 1], start) + terms[i + 1].length;
      if (start >= 0 && end - start > terms[i].length) neighbours(asked.slice(start, end), PHRASE);
    }
    const others = this.also.filter(([typed]) => says(asked, typed)).map(([, called]) => fold(called));
    for (const word of new Set(others.flatMap((called) => this.terms(called))))
      if (!terms.includes(word)) found.push({ ...matcher(word, this.words), weight: WEAK });
    for (const called of others) if (this.terms(called)[0] !== called) neighbours(called, PHRASE);
    return found;
  }

  /** Pages, best first: {location, title, sections: [{location, title, text}], matchers}. */
  search(query) {
    const wanted = this.wanted(query);
    const asked = fold(query).trim();
    const counted = this.pages.map((page) => ({
      page,
      title: wanted.map(({ count }) => count(page.folded)),
      sections: page.sections.map(({ folded, foldedTitle }) =>
        wanted.map(({ count }) => ({ title: count(foldedTitle), text: count(folded) })),
      ),
    }));
    const having = wanted.map((_, i) => counted.filter(({ sections }) => sections.some((each) => each[i].title || each[i].text)).length);
    const rarity = having.map((n) => Math.log(1 + this.pages.length / (n + 1)));
    const whole = rarity.reduce((sum, one, i) => sum + (wanted[i].own && having[i] ? one : 0), 0);

    /** BM25 of counts; for the query's own words, times the share of them that is there. */
    const score = (counts) => {
      let own = 0;
      let other = 0;
      let there = 0;
      counts.forEach((count, i) => {
        if (!count) return;
        const gain = (wanted[i].weight * rarity[i] * count * (K + 1)) / (count + K);
        if (wanted[i].own) {
          own += gain;
          there += rarity[i];
        } else other += gain;
      });
      return other + (whole && own * (there / whole) ** 2);
    };
    const shorter = (length, usual) => 1 - B + (B * length) / usual;

    const scored = counted.map(({ page, title, sections }) => {
      const inPage = wanted.map((_, i) => {
        const text = sections.reduce((sum, each) => sum + each[i].text + TITLE * each[i].title, 0);
        return text / shorter(page.length, this.usualPage) + PAGE * title[i];
      });
      const found = page.sections
        .map((section, place) => {
          const counts = sections[place].map(({ title, text }) => TITLE * title + text / shorter(section.text.length, this.usual));
          return { ...section, score: score(counts) };
        })
        .filter((section) => section.score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, MOST_SECTIONS);
      const named = says(asked, page.name) ? 2 * whole : 0;
      return { ...page, sections: found, score: (score(inPage) + (found[0]?.score || 0) + named) * share(page.location) };
    });
    const matchers = wanted.filter(({ pattern }) => pattern);
    return scored
      .filter((page) => page.score > 0)
      .sort((a, b) => b.score - a.score)
      .map((page) => ({ ...page, matchers }));
  }
}

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
