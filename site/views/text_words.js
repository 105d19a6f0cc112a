// What the text view of a long text says, beside what its figures share.

export const TEXT_WORDS = {
  zh: {
    title: "长文本，按一个词元的注意力着色：",
    keys: "左右方向键逐个词元移动，上下逐行移动；数字 1 到 5 跳到最强的远处联系，退格键跳回来；PageUp 和 PageDown 换层；键入 L2H9 去那个头；在第一行再按向上、最后一行再按向下，到按钮；Esc 回到开始的样子。",
    kinds: ["特殊词元", "2 个以内", "3 到 8 个", "更远"],
    share: (name, share, even) => `${name} ${share}（均分 ${even}）`,
    far: (causal) => `最强的远处联系（相隔 8 个词元以上${causal ? "，第一个词元除外" : ""}）`,
    later: (n) => `往后 ${n}`,
    earlier: (n) => `往前 ${n}`,
    back: "跳回",
  },
  en: {
    title: "a long text, shaded by the attention of one token: ",
    keys: "Left and right go token by token, up and down line by line; 1 to 5 jump to the strongest far links, Backspace jumps back; Page Up and Page Down change the layer; typing L2H9 goes to that head; up in the first line and down in the last lead to the buttons; Escape goes back to the start.",
    kinds: ["special tokens", "up to 2 away", "3 to 8 away", "farther"],
    share: (name, share, even) => `${name} ${share} (even: ${even})`,
    far: (causal) => `Strongest links to tokens more than 8 away${causal ? ", the first apart" : ""}`,
    later: (n) => `${n} later`,
    earlier: (n) => `${n} earlier`,
    back: "back",
  },
};
