// What stands after # in the page's address: the sentence and how it is shown. Nothing of it
// reaches a server, and a copied address shows the same picture to someone else.

export const LONGEST_TEXT = 1000; // characters; no model here reads as much

export const VIEWS = ["head", "model", "neuron", "heatmap"];

const HEAD = /^L(\d{1,2})H(\d{1,2})$/i;

/** Read "#text=...&view=head&head=L5H11"; null where no text is named (an ordinary anchor). */
export function readAddress(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const named = (name) => given.get(name)?.slice(0, LONGEST_TEXT) ?? null; // a link may hold anything
  const text = named("text");
  if (text == null) return null;
  const head = HEAD.exec(given.get("head") || "");
  const view = given.get("view");
  const query = /^\d{1,3}$/.test(given.get("query") || "") ? Number(given.get("query")) : null;
  return {
    text,
    pair: named("pair"),
    other: given.get("pair") == null ? named("other") : null,
    view: VIEWS.includes(view) ? view : "head",
    head: head && { layer: Number(head[1]), head: Number(head[2]) },
    query,
  };
}

/** Write what readAddress reads. */
export function writeAddress({ text, pair, other, view, head, query }) {
  const given = new URLSearchParams({ text });
  if (pair != null) given.set("pair", pair);
  else if (other != null) given.set("other", other);
  given.set("view", view);
  if (head) given.set("head", `L${head.layer}H${head.head}`);
  if (query != null) given.set("query", query);
  return `#${given}`;
}
