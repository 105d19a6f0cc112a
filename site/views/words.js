// What the views say, in the language of the page. Layer and head count from 0; the row is the
// query, the column is the key.

const WORDS = {
  zh: {
    layer: "层",
    head: "头",
    heads: "头",
    all: "全部",
    allHint: "显示这一层的全部头",
    start: "还原",
    startHint: "回到这幅图开始的样子",
    gain: "增强",
    gainHint: "把所有线条或格子按同一倍数加浓，权重不变",
    part: "部分",
    parts: { all: "整个输入", 11: "第一句 → 第一句", 22: "第二句 → 第二句", 12: "第一句 → 第二句", 21: "第二句 → 第一句" },
    query: "查询",
    key: "键",
    table: (head) => `${head} 的数值表：一行一个查询，每行之和为 1`,
    idleMouse: "指向一个词元看它的权重，点一下固定。键盘：方向键，或键入 L5H11。",
    idleTouch: "点一个词元，看它的权重。",
    idleModel: "点一个头看细节。键盘：方向键和回车，或键入 L5H11。",
    idleModelTouch: "点一个头看细节。",
    drawing: { head: "头视图：", model: "模型视图：", heatmap: "注意力图：" },
    noHead: (name) => `没有 ${name}：层和头都从 0 数起`,
    still: {
      old: "这个浏览器没有互动图需要的 DecompressionStream，这里显示静态图。",
      data: "互动图的数据没有载入，这里显示静态图；重新打开本页可以再试。",
      broken: "互动图没有画出来，这里显示静态图。",
    },
  },
  en: {
    layer: "layer",
    head: "head",
    heads: "heads",
    all: "all",
    allHint: "show all heads of this layer",
    start: "reset",
    startHint: "as the figure was at first",
    gain: "boost",
    gainHint: "draw all lines or cells stronger by one factor; the weights stay the same",
    part: "part",
    parts: { all: "whole input", 11: "first → first", 22: "second → second", 12: "first → second", 21: "second → first" },
    query: "query",
    key: "key",
    table: (head) => `Numbers of ${head}: one row for each query, each row sums to 1`,
    idleMouse: "Point at a token; a click keeps it. Keyboard: arrows, or type L5H11.",
    idleTouch: "Tap a token to see its weights.",
    idleModel: "Click a head to open it. Keyboard: arrows and Enter, or type L5H11.",
    idleModelTouch: "Tap a head to open it.",
    drawing: { head: "head view: ", model: "model view: ", heatmap: "attention map: " },
    noHead: (name) => `there is no ${name}: layers and heads count from 0`,
    still: {
      old: "This browser lacks DecompressionStream, which the interactive view needs, so the still picture is shown.",
      data: "The data of the interactive view did not load, so the still picture is shown; open the page again to retry.",
      broken: "The interactive view could not be drawn, so the still picture is shown.",
    },
  },
};

export function wordsFor(language) {
  return WORDS[(language || "zh").slice(0, 2)] || WORDS.en;
}
