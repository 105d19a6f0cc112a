// Words of a query and of a text: letters folded, stop words, stems, misspellings.

export const WORD = /[a-z0-9]+(?:[._'\u2019-][a-z0-9]+)*|[\u3400-\u9fff]+/g;
export const HAN = /[\u3400-\u9fff]/;

export const STOP = new Set(
  ("a an all am once and any are as at be by can could did do does for from get gets got had has have how i if in into is it its me most must my not of on " +
    "one or our out please should so than that the their them there these they this to us use used using want was we were what what's when where which who " +
    "why will with would you your " +
    "的 了 是 在 有 和 与 或 吗 呢 吧 把 被 给 让 从 到 对 我 你 它 他 们 我们 大家 这 那 个 一个 这个 那个 什么 啥 怎么 咋 怎样 如何 为什么 为啥 哪 哪些 哪个 哪里 哪儿 " +
    "可以 能 能不能 会 会不会 要 想 不 也 都 就 还 再 才 该 一下 怎么样 是什么 是不是 有没有 意思 请问 怎么办 关于 之间 时候 多少 之前 之后 所有 一次").split(" "),
);

export const fold = (text) => text.normalize("NFKC").toLowerCase();

const ENDINGS = [["ies", 5], ["ation", 8], ["ing", 6], ["ed", 5], ["y", 5], ["e", 5]];

/** The part of an English word that its forms share: "queries" and "query" have "quer". */
export function stem(word) {
  if (/[._0-9]/.test(word)) return word;
  const bare = word.replace(/['\u2019]s$/, "").replace(/i[sz]ations?$/, ""); // tokenization, token
  for (const [ending, least] of ENDINGS) {
    if (!bare.endsWith(ending) || bare.length < least) continue;
    const root = bare.slice(0, -ending.length);
    if (ending === "ation") return `${root}at`; // ablation, ablate
    return /^(?:ing|ed)$/.test(ending) ? root.replace(/([bdgmnprt])\1$/, "$1") : root; // cutting, cut
  }
  if (/(?:s|x|z|ch|sh)es$/.test(bare)) return bare.slice(0, -2);
  const one = /[^su]s$/.test(bare) && bare.length > 3 ? bare.slice(0, -1) : bare;
  return one.length < bare.length ? stem(one) : one;
}

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

const letter = (character) => character !== undefined && /[a-z0-9]/.test(character);

/** Whether `part` stands in `text`, an English one as whole words. */
export function says(text, part) {
  const at = part ? text.indexOf(part) : -1;
  if (at < 0 || HAN.test(part)) return at >= 0;
  return !letter(text[at - 1]) && !letter(text[at + part.length]);
}
