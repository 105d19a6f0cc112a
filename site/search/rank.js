// Which pages a query means: BM25 over sections and over whole pages, Chinese and English.
//
// An index holds each section's title and text and, for Chinese, the words that jieba found there
// (the course's terms among them).

import { Vocabulary } from "./vocabulary.js";
import { fold } from "./words.js";

const K = 1.2; // BM25: how soon more of the same word adds no more
const B = 0.4; // BM25: how much a long text counts less
const TITLE = 5; // a word in a title counts as so many in the text
const PAGE = 12; // and in the title of a page
const ABOUT = 3; // in what its author says that a page is about
const LEAST = 0.1; // of the best page's score: what has less says a word of the query by chance
const MOST_SECTIONS = 3;

/** Learners' pages come before those for teachers, authors and operators, lists and measurements last. */
const share = (location) => (/^guide\/(benchmarks|commands)/.test(location) ? 0.5 : /^guide\/(?!students)/.test(location) ? 0.8 : 1);

export class Index {
  /**
   * `entries`: [location, title, text] of each section; a page's first has no # in its location.
   * `words`: Chinese words, frequent ones first. `also`: [what one types, what the course calls it] pairs.
   * `about`: a page's location -> what it is about.
   */
  constructor({ entries, words, also, about }) {
    const pages = new Map();
    for (const [location, title, text] of entries) {
      const address = location.split("#")[0];
      if (!pages.has(address)) pages.set(address, { location, title, about: about[address] ?? "", sections: [], length: 0 });
      const page = pages.get(address);
      page.sections.push({ location, title, text, folded: fold(text), foldedTitle: fold(title) });
      page.length += text.length;
    }
    this.pages = [...pages.values()];
    for (const page of this.pages) {
      page.folded = fold(page.title);
      page.foldedAbout = fold(page.about);
      page.name = page.folded.split(/[:\uff1a]/)[0].replace(/[?\uff1f!\uff01.\u3002]/g, "").trim();
    }
    const often = new Map(); // every lesson has a "Quiz": such a title says nothing of a page
    for (const [, title] of entries) often.set(title, (often.get(title) || 0) + 1);
    for (const page of this.pages)
      for (const section of page.sections) section.worth = often.get(section.title) > this.pages.length / 4 ? 1 : TITLE;
    const sections = this.pages.flatMap((page) => page.sections);
    const texts = sections.flatMap(({ folded, foldedTitle }) => [foldedTitle, folded]);
    this.vocabulary = new Vocabulary([...texts, ...this.pages.map((page) => page.foldedAbout)], words, also);
    const length = this.pages.reduce((sum, page) => sum + page.length, 0);
    this.usual = length / entries.length;
    this.usualPage = length / this.pages.length;
  }

  /** Pages, best first: {location, title, sections: [{location, title, text}], matchers}. */
  search(query) {
    const asked = this.vocabulary.read(query);
    const wanted = this.vocabulary.wanted(asked);
    const counted = this.pages.map((page) => ({
      page,
      title: wanted.map(({ count }) => count(page.folded)),
      about: wanted.map(({ count }) => count(page.foldedAbout)),
      sections: page.sections.map(({ folded, foldedTitle }) =>
        wanted.map(({ count }) => ({ title: count(foldedTitle), text: count(folded) })),
      ),
    }));
    const having = wanted.map((_, i) => counted.filter(({ about, sections }) => about[i] || sections.some((each) => each[i].title || each[i].text)).length);
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

    const scored = counted.map(({ page, title, about, sections }) => {
      const inPage = wanted.map((_, i) => {
        const text = sections.reduce((sum, each, place) => sum + each[i].text + page.sections[place].worth * each[i].title, 0);
        return text / shorter(page.length, this.usualPage) + ABOUT * about[i] + PAGE * title[i];
      });
      const found = page.sections
        .map((section, place) => {
          const counts = sections[place].map(({ title, text }) => section.worth * title + text / shorter(section.text.length, this.usual));
          return { ...section, score: score(counts) };
        })
        .filter((section) => section.score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, MOST_SECTIONS);
      const named = this.vocabulary.named(asked, page.name) ? 2 * whole : 0;
      return { ...page, sections: found, score: (score(inPage) + (found[0]?.score || 0) + named) * share(page.location) };
    });
    const matchers = wanted.filter(({ pattern }) => pattern);
    const best = Math.max(...scored.map((page) => page.score));
    return scored
      .filter((page) => page.score > 0 && page.score >= LEAST * best)
      .sort((a, b) => b.score - a.score)
      .map((page) => ({ ...page, matchers }));
  }
}
