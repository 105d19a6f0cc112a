// What a figure shows, in the page's address: ?f2=L5H11-8-2 is layer 5, head 11, query 8, key 2 of
// the page's second figure; several heads are L5H0.3.11; a star at the end stands for the other
// sentence of a figure that has two. So what is seen can be sent to others.

const FORM = /^L(\d+)H(\d+(?:\.\d+)*)(?:-(\d*)(?:-(\d+))?)?(\*)?$/;
const WAIT = 300; // ms; browsers refuse an address that changes too often

const number = (text) => (text ? Number(text) : null);

/** The figure's name in the address: f1 is the page's first. */
export function nameOf(element) {
  return `f${[...document.querySelectorAll("figure.attention-view[data-key]")].indexOf(element) + 1}`;
}

/** What the address asks of a figure, or null. */
export function asked(element) {
  const found = FORM.exec(new URLSearchParams(location.search).get(nameOf(element)) || "");
  return (
    found && {
      layer: Number(found[1]),
      heads: found[2].split(".").map(Number),
      query: number(found[3]),
      key: number(found[4]),
      swapped: found[5] != null,
    }
  );
}

export function written({ layer, heads }, { query, key }, swapped = false) {
  const token = query == null && key == null ? "" : `-${query ?? ""}${key == null ? "" : `-${key}`}`;
  return `L${layer}H${heads.join(".")}${token}${swapped ? "*" : ""}`;
}

const waiting = new Map(); // element -> what to write, "" to take it away
let timer;

/** Write what a figure shows, soon; "" where it shows what it did at first. */
export function remember(element, text) {
  waiting.set(element, text);
  clearTimeout(timer);
  timer = setTimeout(write, WAIT);
}

function write() {
  const address = new URL(location.href);
  for (const [element, text] of waiting) {
    if (!element.isConnected) continue; // of a page that has been left
    if (text) address.searchParams.set(nameOf(element), text);
    else address.searchParams.delete(nameOf(element));
  }
  waiting.clear();
  if (address.href === location.href) return;
  try {
    history.replaceState(history.state, "", address);
  } catch {
    // a page opened from disk may not always change its address
  }
}
