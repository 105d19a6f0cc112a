// What scrolls sideways must be reachable by keys: wide code and wide tables become tab stops.
{
  const mark = () => {
    for (const box of document.querySelectorAll(".md-typeset pre > code, .md-typeset__scrollwrap"))
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
  };
  // Material wraps tables a moment after a page has come; a page that changes its width comes again.
  let soon;
  const markSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(mark, 50);
  };
  // What a figure draws has no code and no table of Material's, and is drawn often.
  const ofText = ({ target }) => !target.closest(".attention-view");
  const changes = new MutationObserver((records) => records.some(ofText) && markSoon());
  const follow = () => {
    changes.disconnect();
    const page = document.querySelector(".md-content");
    if (page) changes.observe(page, { childList: true, subtree: true });
    markSoon();
  };
  window.addEventListener("resize", markSoon);
  follow();
  document$.subscribe(follow);
}
