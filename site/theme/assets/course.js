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
    for (const { link, here, there } of switches) {
      if (location.href.startsWith(here)) link.href = there + location.href.slice(here.length);
    }
  };

  // What a figure shows is in the address too, and changes without a new page.
  for (const { link } of switches) link.addEventListener("click", followLanguage);

  const loadEngine = () => {
    // A page that was loaded whole asks for it in its head; one that came by instant navigation cannot.
    const asked = window.SeeingAttention || document.querySelector("script[data-course-engine]");
    if (document.querySelector(".attention-view") && !asked) {
      const script = document.createElement("script");
      script.src = engine;
      script.dataset.courseEngine = "";
      script.async = false;
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
      if (document.querySelector("script[data-course-search]")) return;
      const script = document.createElement("script");
      script.src = new URL("../search/box.js", engine).href;
      script.dataset.courseSearch = "";
      document.head.append(script);
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

  // A page that runs a model has a script of its own, which follows document$ by itself. Instant
  // navigation takes the element away, not what has run: so it is remembered here.
  const running = new Set();
  const loadLive = () => {
    for (const [host, folder] of [[".own-sentence", "live"], [".watch-it-write", "write"]]) {
      if (!document.querySelector(host) || running.has(folder)) continue;
      running.add(folder);
      const script = document.createElement("script");
      script.src = new URL(`../${folder}/page.js`, engine).href;
      script.onerror = () => running.delete(folder); // the next page tries again
      document.head.append(script);
    }
  };

  const load = () => {
    loadEngine();
    loadLive();
  };

  load(); // at once: where instant navigation is off for file://, document$ never speaks
  document$.subscribe(() => {
    followLanguage();
    load();
  });
}
