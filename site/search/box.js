// The search box: loaded, with the index, when search is first opened. The look is Material's.

import { excerpt } from "./excerpt.js";
import { Index } from "./rank.js";

const SOON = 80; // ms after the last key
const MOST_PAGES = 10;
const MOST_SECTIONS = 2;

const WORDS = {
  zh: {
    ask: "键入要找的词",
    none: "没有找到",
    found: (n) => `找到 ${n} 页`,
    broken: "搜索索引没有载入；请重新打开本页再试。",
  },
  en: {
    ask: "Type what to find",
    none: "Nothing found",
    found: (n) => `${n} ${n === 1 ? "page" : "pages"} found`,
    broken: "The search index did not load; open this page again to retry.",
  },
};

const form = document.querySelector("form[data-index]");
const box = form.closest(".md-search");
const input = form.querySelector("input");
const meta = box.querySelector(".md-search-result__meta");
const list = box.querySelector(".md-search-result__list");
const toggle = document.getElementById("__search");
const words = WORDS[document.documentElement.lang.slice(0, 2)] || WORDS.en;
const LENGTH = words === WORDS.zh ? 72 : 150;
let index = null;
let first = null;

function element(tag, name, ...children) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.append(...children);
  return node;
}

const marked = (parts) => parts.map(([text, hit]) => (hit ? element("mark", "", text) : text));

function result({ location, title, text }, matchers, main) {
  const article = element("article", "md-search-result__article md-typeset");
  if (main) article.append(element("div", "md-search-result__icon md-icon"));
  article.append(element(main ? "h1" : "h2", "", ...marked(excerpt(title, matchers, 200))));
  if (text) article.append(element("p", "", ...marked(excerpt(text, matchers, LENGTH))));
  const link = element("a", "md-search-result__link", article);
  link.href = new URL(location, new URL("../", form.dataset.index)).href;
  return link;
}

function show() {
  const query = input.value.trim();
  if (!index || !query) {
    first = null;
    list.replaceChildren();
    meta.textContent = index ? words.ask : meta.textContent;
    return;
  }
  const pages = index.search(query);
  meta.textContent = pages.length ? words.found(pages.length) : words.none;
  list.replaceChildren(
    ...pages.slice(0, MOST_PAGES).map((page) => {
      // the page first; what it says before its first heading belongs to it, the rest stands below
      const head = page.sections.find(({ location }) => location === page.location);
      const below = page.sections.filter((section) => section !== head).slice(0, MOST_SECTIONS);
      return element(
        "li",
        "md-search-result__item",
        result({ ...page, text: head?.text || page.about }, page.matchers, true),
        ...below.map((section) => result(section, page.matchers, false)),
      );
    }),
  );
  first = list.querySelector("a");
}

/** Move among the field and the results. */
function step(event, by) {
  const stops = [input, ...list.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  stops[(at + by + stops.length) % stops.length].focus();
  event.preventDefault();
}

let timer;
input.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, SOON);
});
form.addEventListener("reset", () => setTimeout(() => (show(), input.focus())));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  show();
  first?.click();
});
box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") step(event, 1);
  else if (event.key === "ArrowUp") step(event, -1);
  else if (event.key === "Escape") {
    toggle.checked = false;
    input.blur();
  }
});
list.addEventListener("click", (event) => {
  if (event.target.closest("a")) toggle.checked = false;
});

window.CourseSearch = {
  index(data) {
    index = new Index(data);
    show();
  },
};
const script = document.createElement("script"); // pages opened from disk may load scripts, not data
script.src = form.dataset.index;
script.addEventListener("error", () => (meta.textContent = words.broken));
document.head.append(script);
