// Guesses are tapped before the answer is shown, kept in this browser, and compared at the page's end.
{
  const WORDS = {
    zh: { title: "你的猜测", yours: "你猜的", found: "这一课找到的", none: "还没有猜", again: "忘掉这一页的猜测" },
    en: { title: "Your guesses", yours: "you guessed", found: "the lesson found", none: "not guessed yet", again: "forget this page's guesses" },
  };
  const words = WORDS[document.documentElement.lang.slice(0, 2)] || WORDS.en;
  const KEPT = "seeing-attention-";

  // In a private window nothing may be kept: then a guess lasts as long as the page.
  const keep = (name, value) => {
    try {
      if (value == null) localStorage.removeItem(KEPT + name);
      else localStorage.setItem(KEPT + name, value);
    } catch {
      // nothing is kept
    }
  };
  const kept = (name) => {
    try {
      return localStorage.getItem(KEPT + name);
    } catch {
      return null;
    }
  };
  const element = (tag, name, ...children) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.append(...children);
    return node;
  };

  const chosen = (guess) => guess.querySelector("input:checked");

  function compare(guesses, box) {
    const rows = guesses.map((guess) => {
      const ask = guess.querySelector(".guess__ask").cloneNode(true);
      ask.querySelector(".quiz__label").remove();
      const choice = chosen(guess);
      const yours = choice ? choice.nextElementSibling.cloneNode(true) : words.none;
      return element(
        "li",
        "",
        element("strong", "", ...ask.childNodes),
        element("p", "guess__yours", `${words.yours}: `, yours),
        element("p", "guess__true", `${words.found}: `, ...guess.querySelector(".guess__found p").cloneNode(true).childNodes),
      );
    });
    const forget = element("button", "guess__forget", words.again);
    forget.type = "button";
    forget.addEventListener("click", () => {
      for (const guess of guesses) {
        keep(guess.id, null);
        if (chosen(guess)) chosen(guess).checked = false;
      }
      compare(guesses, box);
      box.focus(); // the button that was pressed is made anew
    });
    box.replaceChildren(element("p", "guess__title", words.title), element("ol", "", ...rows), forget);
  }

  const follow = () => {
    const guesses = [...document.querySelectorAll("fieldset.guess")];
    if (!guesses.length || document.querySelector(".guess-comparison")) return;
    for (const guess of guesses) {
      guess.querySelector(".guess__found").hidden = true;
      const before = guess.querySelector(`input[value="${kept(guess.id)}"]`);
      if (before) before.checked = true;
    }
    // after what the lesson says, before its sources
    const box = element("section", "guess-comparison");
    box.tabIndex = -1;
    const heads = document.querySelectorAll(".md-content h2");
    const last = heads[heads.length - 1];
    if (last && guesses[0].compareDocumentPosition(last) & Node.DOCUMENT_POSITION_FOLLOWING) last.before(box);
    else guesses[0].closest("article")?.append(box);
    compare(guesses, box);
    for (const guess of guesses)
      guess.addEventListener("change", () => {
        keep(guess.id, chosen(guess)?.value);
        compare(guesses, box);
      });
  };
  follow();
  document$.subscribe(follow);
}
