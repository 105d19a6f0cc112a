// What the maps of a long text say, beside what its figures share.

export const MAP_WORDS = {
  zh: {
    title: "长文本的注意力图：",
    keys: "方向键移动一格，加 Shift 移动十格；Home 和 End 到这一行的两端；PageUp 和 PageDown 换层；键入 L2H9 去那个头；全部头的小图里，方向键选头，回车打开，Esc 回到小图。",
    choose: (head) => `${head}：点小图或按回车打开；方向键选别的头`,
    times: (times) => `均分的 ${times} 倍`,
    allHeads: "全部头",
  },
  en: {
    title: "attention maps of a long text: ",
    keys: "Arrows go by one cell, with Shift by ten; Home and End to the ends of the row; Page Up and Page Down change the layer; typing L2H9 goes to that head; among the small maps of all heads arrows choose one, Enter opens it and Escape comes back.",
    choose: (head) => `${head}: press its small map, or Enter, to open it; arrows choose another`,
    times: (times) => `${times} times the even share`,
    allHeads: "all heads",
  },
};
