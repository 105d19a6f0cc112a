// What the view of a long text says, in the language of the page.

const WORDS = {
  zh: {
    title: { long: "长文本，按一个词元的注意力着色：" },
    keys: {
      long: "左右方向键逐个词元移动，上下逐行移动；数字 1 到 5 跳到最强的远处联系，退格键跳回来；PageUp 和 PageDown 换层；键入 L2H9 去那个头；在第一行再按向上、最后一行再按向下，到按钮；Esc 回到开始的样子。",
    },
    at: (place, n) => `第 ${place} 个，0–${n - 1}`,
    comma: "，",
    looks: "看得最多的是",
    kinds: ["特殊词元", "2 个以内", "3 到 8 个", "更远"],
    share: (name, share, even) => `${name} ${share}（均分 ${even}）`,
    far: (causal) => `最强的远处联系（相隔 8 个词元以上${causal ? "，第一个词元除外" : ""}）`,
    later: (n) => `往后 ${n}`,
    earlier: (n) => `往前 ${n}`,
    back: "跳回",
    legend: (n) => `底色是均分 1/${n} 的几倍（对数）：`,
    table: (head) => `${head} 这一行的数值`,
    columns: ["位置", "词元", "权重", "均分的倍数"],
    rest: (n) => `其余 ${n} 个词元`,
    noHead: (name) => `没有 ${name}：层和头都从 0 数起`,
    failed: (name) => `${name} 的数据没有载入；再选一次可以重试`,
  },
  en: {
    title: { long: "a long text, shaded by the attention of one token: " },
    keys: {
      long: "Left and right go token by token, up and down line by line; 1 to 5 jump to the strongest far links, Backspace jumps back; Page Up and Page Down change the layer; typing L2H9 goes to that head; up in the first line and down in the last lead to the buttons; Escape goes back to the start.",
    },
    at: (place, n) => `token ${place} of 0–${n - 1}`,
    comma: ", ",
    looks: "looks most at",
    kinds: ["special tokens", "up to 2 away", "3 to 8 away", "farther"],
    share: (name, share, even) => `${name} ${share} (even: ${even})`,
    far: (causal) => `Strongest links to tokens more than 8 away${causal ? ", the first apart" : ""}`,
    later: (n) => `${n} later`,
    earlier: (n) => `${n} earlier`,
    back: "back",
    legend: (n) => `times the even share of 1/${n} (logarithmic):`,
    table: (head) => `Numbers of this row of ${head}`,
    columns: ["place", "token", "weight", "times even"],
    rest: (n) => `the other ${n} tokens`,
    noHead: (name) => `there is no ${name}: layers and heads count from 0`,
    failed: (name) => `the data of ${name} did not load; choose it again to retry`,
  },
};

export const longWords = (language) => WORDS[(language || "zh").slice(0, 2)] || WORDS.en;

/** A share of 1 in per cent, with one decimal where it is small. */
export const percent = (share) => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
