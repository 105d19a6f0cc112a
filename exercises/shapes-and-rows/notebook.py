# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "shapes-and-rows",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Shapes and rows
#
# A Transformer's attention is an array of numbers. Before you ask what it means, be sure which number
# stands where: many wrong findings come from a row that was read as a column.
#
# About 40 minutes, 12 points. Every `check(...)` cell shows at once what your answer would earn; run
# it as often as you like. A wrong answer never stops the notebook.

# %% [markdown] lang="zh"
# # 形状与行
#
# Transformer 的注意力是一个数组。在问它是什么意思之前，先弄清哪个数在哪里：许多错误的发现，都是因为把行读成了列。
#
# 大约 40 分钟，共 12 分。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分，可以反复运行；答错了也不会让笔记本停下来。

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture
from grader.plots import plot_pattern, plot_row

attention = capture(session.sentence)
print(attention.tokens)

# %% [markdown] lang="en"
# ## 1 · The whole array
#
# `attention.weights` holds the weights of all heads on your sentence. **Before you look**, work out its
# shape: this model has 6 layers of 12 heads. Write the sizes in order, as a tuple.

# %% [markdown] lang="zh"
# ## 1 · 整个数组
#
# `attention.weights` 是所有头在这个句子上的权重。**先别看**，自己推一推它的形状：这个模型有 6 层，每层 12 个头。把各个轴的长度按顺序写成一个元组。

# %% role="solution" grade_id="whole"
whole_answer = None
### BEGIN SOLUTION
whole_answer = attention.weights.shape
### END SOLUTION

# %% role="check" grade_id="whole_check"
check("shapes-and-rows.whole", whole_answer)

# %% [markdown] lang="en"
# ## 2 · One row
#
# `attention.pattern(HeadId(layer=5, head=11))` is one head's map: a row for each token that looks, a
# column for each token that is looked at. `attention.position("it")` says where a token stands. Put the
# row of *it* in L5H11 into `row_answer`.

# %% [markdown] lang="zh"
# ## 2 · 一行
#
# `attention.pattern(HeadId(layer=5, head=11))` 是一个头的注意力图：每个在看的词元占一行，每个被看的词元占一列。`attention.position("it")` 告诉你一个词元在第几个位置。请把 L5H11 里 *it* 那一行放进 `row_answer`。

# %% role="solution" grade_id="row"
row_answer = None
### BEGIN SOLUTION
row_answer = attention.pattern(HeadId(layer=5, head=11))[attention.position("it")]
### END SOLUTION

# %% role="check" grade_id="row_check"
check("shapes-and-rows.row", row_answer)

# %%
plot_row(attention, HeadId(layer=5, head=11), "it")

# %% [markdown] lang="en"
# ## 3 · Two directions
#
# What *it* gives to *cat* and what *cat* gives to *it* are two numbers. Write down both for L5H11, with
# three decimals.

# %% [markdown] lang="zh"
# ## 3 · 两个方向
#
# *it* 给 *cat* 的，和 *cat* 给 *it* 的，是两个不同的数。写下它们在 L5H11 里的值，保留三位小数。

# %% role="solution" grade_id="two_ways"
two_ways_answer = {"it_cat": None, "cat_it": None}
### BEGIN SOLUTION
two_ways_answer = {
    "it_cat": attention.between("it", "cat")[5, 11],
    "cat_it": attention.between("cat", "it")[5, 11],
}
### END SOLUTION

# %% role="check" grade_id="two_ways_check"
check("shapes-and-rows.two_ways", two_ways_answer)

# %% [markdown] lang="en"
# ## 4 · What each token receives
#
# Every row sums to 1. Columns do not. For L4H5, work out how much each token receives from all rows
# together: an array with one number for each token.

# %% [markdown] lang="zh"
# ## 4 · 每个词元得到多少
#
# 每一行的和都是 1，列却不是。请算出在 L4H5 里，每个词元从所有的行一共得到多少：每个词元一个数。

# %% role="solution" grade_id="received"
received_answer = None
### BEGIN SOLUTION
received_answer = attention.weights[4, 5].sum(axis=0)
### END SOLUTION

# %% role="check" grade_id="received_check"
check("shapes-and-rows.received", received_answer)

# %%
plot_pattern(attention, HeadId(layer=4, head=5))

# %% [markdown] lang="en"
# ## 5 · A layer's mean map
#
# Take the mean of the twelve maps of layer 2: one map, with queries and keys. Do its rows still sum to 1?

# %% [markdown] lang="zh"
# ## 5 · 一层的平均图
#
# 取第 2 层十二张图的平均，得到一张图，轴是查询和键。它的每一行加起来还是 1 吗？

# %% role="solution" grade_id="mean_map"
mean_map_answer = None
### BEGIN SOLUTION
mean_map_answer = attention.weights[2].mean(axis=0)
### END SOLUTION

# %% role="check" grade_id="mean_map_check"
check("shapes-and-rows.mean_map", mean_map_answer)

# %% [markdown] lang="en"
# ## 6 · A map of your own
#
# Models that write text, one token after the other, may not look ahead. Write such a map for four
# tokens by hand: four rows of four numbers, each row sums to 1, and no token gives anything to a later
# one. Decimals as you like.

# %% [markdown] lang="zh"
# ## 6 · 自己写一张图
#
# 逐个写出词元的模型不许往后看。请亲手为四个词元写这样一张图：四行四列，每一行的和是 1，谁都不给后面的词元权重。数字随你定。

# %% role="solution" grade_id="by_hand"
by_hand_answer = None
### BEGIN SOLUTION
by_hand_answer = [
    [1.0, 0.0, 0.0, 0.0],
    [0.5, 0.5, 0.0, 0.0],
    [0.2, 0.3, 0.5, 0.0],
    [0.1, 0.2, 0.3, 0.4],
]
### END SOLUTION

# %% role="check" grade_id="by_hand_check"
check("shapes-and-rows.by_hand", by_hand_answer)

# %% [markdown] lang="en"
# ## 7 · In your own words
#
# Why do the rows of a map sum to 1, and the columns not? What does it tell you when a column's sum is
# large? A few sentences, with at least one number that you measured.

# %% [markdown] lang="zh"
# ## 7 · 用自己的话说
#
# 为什么注意力图的每一行加起来是 1，列却不是？一列的和很大，说明了什么、没有说明什么？几句话就够，至少用上一个你测到的数。

# %% [markdown] role="written" grade_id="why" lang="en"
# The softmax runs over the keys, so each token that looks shares out exactly one whole. Nobody keeps
# the columns to that: in L4H5 `[CLS]` receives 11.5 from 13 rows. That says where the rows of this
# head look, not that `[CLS]` matters to the sentence.

# %% [markdown] role="written" grade_id="why" lang="zh"
# softmax 是沿着键做的，所以每个在看的词元正好分完一份。列没有这个约束：在 L4H5 里，13 行一共给了 `[CLS]` 11.5。这说明这个头的各行往哪里看，并不说明 `[CLS]` 对这个句子重要。
