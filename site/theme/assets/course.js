// What every page of the course needs: a language link that follows instant navigation, and the
// view engine on pages that hold a view. Material's document$ tells of every new page.
{
  const absolute = (path) => new URL(path, location.href).href;

  // Resolved now: the header stays while the address changes.
  const switches = [...document.querySelectorAll("a[data-there]")].map((link) => ({
    link,
    here: absolute(link.dataset.here),
    there: absolute(link.dataset.there),
  }));
  const engine = absolute(document.querySelector("meta[name=course-engine]").content);

  const followLanguage = () => {
    const address = location.href.split("#")[0]; // a section has another name in the other language
    for (const { link, here, there } of switches) {
      if (address.startsWith(here)) link.href = there + address.slice(here.length);
    }
  };

  // Both languages have the same headings in the same order: the switch stays in its section.
  const SECTION = "course-section";
  const headings = () => [...document.querySelectorAll(".md-content :is(h2, h3)")];
  const keepSection = () => {
    const place = headings().filter((heading) => heading.getBoundingClientRect().top < innerHeight / 3).length;
    try {
      sessionStorage.setItem(SECTION, place);
    } catch {
      // where nothing may be kept, the page opens at its top
    }
  };
  const takeSection = () => {
    try {
      const place = Number(sessionStorage.getItem(SECTION));
      sessionStorage.removeItem(SECTION);
      if (place > 0) headings()[place - 1]?.scrollIntoView();
    } catch {
      // see keepSection
    }
  };

  // What a figure shows is in the address too, and changes without a new page.
  for (const { link } of switches)
    link.addEventListener("click", () => {
      followLanguage();
      keepSection();
    });

  // Remembered here, not in the page: instant navigation takes away what the next page's head lacks,
  // and a script that ran twice would listen twice.
  const loaded = new Set();
  const loadOnce = (address) => {
    if (loaded.has(address)) return;
    loaded.add(address);
    const script = document.createElement("script");
    script.src = address;
    script.onerror = () => loaded.delete(address); // the next page tries again
    document.head.append(script);
  };

  const loadEngine = () => {
    // A page that was loaded whole asks for it in its head; one that came by instant navigation cannot.
    const asked = window.SeeingAttention || document.querySelector("script[data-course-engine]");
    if (document.querySelector(".attention-view") && !asked) {
      const script = document.createElement("script");
      script.src = engine;
      script.dataset.courseEngine = "";
      script.async = false;
      script.onerror = () => script.remove(); // the next page tries again
      document.head.append(script);
    }
  };

  // The search and its index come when search is first opened: by the field, its button on a
  // phone, or the keys that Material's readers know.
  const form = document.querySelector("form[data-index]");
  if (form) {
    form.dataset.index = absolute(form.dataset.index);
    const toggle = document.getElementById("__search");
    const field = form.querySelector("input");
    field.addEventListener("focus", () => {
      toggle.checked = true;
      loadOnce(new URL("../search/box.js", engine).href);
    });
    // The theme closes search 125 ms after a page has arrived. Who is in the field by then keeps it;
    // who closes it by hand has left the field first.
    toggle.addEventListener("change", () => {
      if (toggle.checked) field.focus();
      else toggle.checked = document.activeElement === field;
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest?.("input, textarea, select, [contenteditable], [role=application]");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || !["/", "f", "s"].includes(event.key)) return;
      event.preventDefault();
      field.focus();
    });
  }

  // A page that runs a model has a script of its own, which follows document$ by itself.
  const loadLive = () => {
    for (const [host, folder] of [[".own-sentence", "live"], [".watch-it-write", "write"]])
      if (document.querySelector(host)) loadOnce(new URL(`../${folder}/page.js`, engine).href);
  };

  const load = () => {
    loadEngine();
    loadLive();
  };

  takeSection();
  load(); // at once: where instant navigation is off for file://, document$ never speaks
  document$.subscribe(() => {
    followLanguage();
    load();
  });
}

// The wall of heads on the first page: the tile under the pointer, or with the focus, stands enlarged
// beside it. Its words are the link's own name; without scripts the chosen head stays there.
for (const kind of ["pointerover", "focusin"])
  document.addEventListener(kind, ({ target }) => {
    const tile = target.closest?.(".home-wall a");
    const loupe = tile && document.querySelector(".home-loupe");
    if (!loupe) return;
    const [name, ...said] = tile.getAttribute("aria-label").split(/[:：]\s*/);
    loupe.querySelector("i").style.cssText = tile.getAttribute("style");
    loupe.querySelector("b").textContent = name;
    loupe.querySelector("span span").textContent = said.join(": ");
  });
