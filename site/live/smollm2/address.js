// What stands after # in the address of "Watch it write": the beginning, how much is written, what is cut.

import { LONGEST_TEXT } from "../address.js";

/** Read "#text=...&write=20&silent=L23H4,L20H0&hidden=3&blind=5"; null where no text is named. */
export function readAddress(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const text = given.get("text")?.slice(0, LONGEST_TEXT);
  if (text == null) return null;
  const list = (name) => [...new Set((given.get(name) || "").split(","))];
  const places = (name) => list(name).filter((one) => /^\d{1,3}$/.test(one)).map(Number);
  return {
    text,
    count: /^\d{1,2}$/.test(given.get("write") || "") ? Number(given.get("write")) : null,
    silent: list("silent").flatMap((name) => {
      const found = /^L(\d{1,2})H(\d{1,2})$/i.exec(name);
      return found ? [[Number(found[1]), Number(found[2])]] : [];
    }),
    hidden: places("hidden"),
    blind: places("blind"),
  };
}

/** Write what readAddress reads. */
export function writeAddress({ text, count, silent, hidden, blind }) {
  const given = new URLSearchParams({ text, write: count });
  if (silent.length) given.set("silent", silent.map(([layer, head]) => `L${layer}H${head}`).join(","));
  if (hidden.length) given.set("hidden", hidden.join(","));
  if (blind.length) given.set("blind", blind.join(","));
  return `#${given}`;
}
