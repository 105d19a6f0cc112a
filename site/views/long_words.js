// What the figures of a long text say, in the language of the page.

const WORDS = {
  zh: {
    at: (place, n) => `第 ${place} 个，0–${n - 1}`,
    comma: "，",
    looks: "看得最多的是",
    legend: (n) => `深浅表示均分 1/${n} 的几倍（对数）：`,
    table: (head) => `${head} 这一行的数值`,
    columns: ["位置", "词元", "权重", "均分的倍数"],
    rest: (n) => `其余 ${n} 个词元`,
    noHead: (name) => `没有 ${name}：层和头都从 0 数起`,
    failed: (name) => `${name} 的数据没有载入；再选一次可以重试`,
  },
  en: {
    at: (place, n) => `token ${place} of 0–${n - 1}`,
    comma: ", ",
    looks: "looks most at",
    legend: (n) => `times the even share of 1/${n} (logarithmic):`,
    table: (head) => `Numbers of this row of ${head}`,
    columns: ["place", "token", "weight", "times even"],
    rest: (n) => `the other ${n} tokens`,
    noHead: (name) => `there is no ${name}: layers and heads count from 0`,
    failed: (name) => `the data of ${name} did not load; choose it again to retry`,
  },
};

/** These words and a view's own, of the page's language. */
export function longWords(language, own) {
  const name = language?.startsWith("en") ? "en" : "zh";
  return { ...WORDS[name], ...own[name] };
}
