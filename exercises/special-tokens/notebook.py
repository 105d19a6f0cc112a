# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "special-tokens",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Special tokens and word pieces
#
# You wrote words. The model reads something else: pieces of words, and tokens that nobody wrote. If you
# do not know which, a picture of attention will mislead you in its first row.
#
# About 35 minutes, 12 points. Every `check(...)` cell shows at once what your answer would earn.

# %% [markdown] lang="zh"
# # 特殊词元与词片
#
# 你写的是词，模型读的是另一些东西：切开的词片，还有谁都没写过的词元。弄不清这一点，注意力图的第一行就会骗到你。
#
# 大约 35 分钟，共 12 分。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分。

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture
from grader.heads import delimiter_scores
from grader.plots import plot_heads, plot_row

attention = capture(session.sentence)

# %% [markdown] lang="en"
# ## 1 · Tokens that nobody wrote
#
# `attention.tokens` is what the model read of your sentence, `session.sentence`. Which of these tokens
# stand for no part of it? A list of texts.

# %% [markdown] lang="zh"
# ## 1 · 谁都没写过的词元
#
# `attention.tokens` 是模型从 `session.sentence` 读到的东西。其中哪些词元不代表句子里的任何一部分？写成文字的列表。

# %% role="solution" grade_id="special"
special_answer = None
### BEGIN SOLUTION
special_answer = ["[CLS]", "[SEP]"]
### END SOLUTION

# %% role="check" grade_id="special_check"
check("special-tokens.special", special_answer)

# %% [markdown] lang="en"
# ## 2 · A word in pieces
#
# `session.rare` is a word of the sentence. Into which pieces does the model cut it? A list of tokens, as
# they stand in `attention.tokens`.

# %% [markdown] lang="zh"
# ## 2 · 切开的词
#
# `session.rare` 是句中的一个词。模型把它切成了哪些片？写成词元的列表，和 `attention.tokens` 里的一样。

# %% role="solution" grade_id="pieces"
pieces_answer = None
### BEGIN SOLUTION
word = attention.words.index(session.rare)
pieces_answer = [t for t, w in zip(attention.tokens, attention.word_of, strict=True) if w == word]
### END SOLUTION

# %% role="check" grade_id="pieces_check"
check("special-tokens.pieces", pieces_answer)

# %% [markdown] lang="en"
# ## 3 · Counting
#
# How many tokens does the model read in all, and how many of them are pieces of `session.rare`?

# %% [markdown] lang="zh"
# ## 3 · 数一数
#
# 模型一共读到几个词元？其中几个是 `session.rare` 的词片？

# %% role="solution" grade_id="counts"
counts_answer = {"tokens": None, "pieces": None}
### BEGIN SOLUTION
counts_answer = {"tokens": attention.n_tokens, "pieces": len(pieces_answer)}
### END SOLUTION

# %% role="check" grade_id="counts_check"
check("special-tokens.counts", counts_answer)

# %% [markdown] lang="en"
# ## 4 · The weight on a word in pieces
#
# A word in pieces gets weight through every piece. By a common rule the weight **on** it is the sum over
# its pieces (and the weight **from** it the mean). How much does `session.pronoun` give to all of
# `session.rare` in L3H1?

# %% [markdown] lang="zh"
# ## 4 · 到一个被切开的词
#
# 被切开的词，每一片都会分到权重。通行的做法是：**到**它的权重取各片之和（**从**它出发的取各片的平均）。在 L3H1 里，`session.pronoun` 一共给了 `session.rare` 多少？

# %% role="solution" grade_id="merged"
merged_answer = {"to_rare": None}
### BEGIN SOLUTION
merged_answer = {"to_rare": attention.between(session.pronoun, session.rare)[3, 1]}
### END SOLUTION

# %% role="check" grade_id="merged_check"
check("special-tokens.merged", merged_answer)

# %%
plot_row(attention, HeadId(layer=3, head=1), session.pronoun)

# %% [markdown] lang="en"
# ## 5 · Where heads rest
#
# Some heads put nearly all their weight on `[CLS]`, `[SEP]` and punctuation, whatever the sentence says.
# `delimiter_scores(...)` measures it: the weight that words give to these tokens together, averaged over
# sentences. Use the sentences `session.texts("delimiter")`. Find a head with .85 or more.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `delimiter` | its score |
# | `even` | for comparison: what one token would get if rows were shared out evenly, 1 / number of tokens, averaged over the same sentences |

# %% [markdown] lang="zh"
# ## 5 · 头歇在哪里
#
# 有些头无论句子说什么，都把几乎所有权重放在 `[CLS]`、`[SEP]` 和标点上。`delimiter_scores(...)` 可以量出来：单词一共给了这些词元多少，在几个句子上取平均。请用 `session.texts("delimiter")` 里的句子，找一个达到 .85 的头。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `delimiter` | 它的得分 |
# | `even` | 用来比较：如果一行平均分给所有词元，每个得多少，也就是词元数的倒数，在同样的句子上取平均 |

# %%
seen = [capture(text) for text in session.texts("delimiter")]
plot_heads(delimiter_scores(seen), title="delimiters")

# %% role="solution" grade_id="resting"
resting_answer = {"layer": None, "head": None, "delimiter": None, "even": None}
### BEGIN SOLUTION
scores = delimiter_scores(seen)
layer, head = np.unravel_index(scores.argmax(), scores.shape)
resting_answer = {
    "layer": layer,
    "head": head,
    "delimiter": scores[layer, head],
    "even": np.mean([1 / one.n_tokens for one in seen]),
}
### END SOLUTION

# %% role="check" grade_id="resting_check"
check("special-tokens.resting", resting_answer)

# %% [markdown] lang="en"
# ## 6 · A word of your own
#
# Find a word that the model cuts into **four pieces or more**, and put it into a sentence of your own.
# `pieces` lists the pieces in order.

# %% [markdown] lang="zh"
# ## 6 · 你自己的词
#
# 找一个会被模型切成**至少四片**的词，放进你自己写的一个英文句子里。`pieces` 按顺序写出各片。

# %% role="solution" grade_id="own_word"
own_word_answer = {"text": None, "word": None, "pieces": None}
### BEGIN SOLUTION
own_word_answer = {
    "text": "Nobody likes antidisestablishmentarianism here.",
    "word": "antidisestablishmentarianism",
    "pieces": list(capture("antidisestablishmentarianism").tokens[1:-1]),
}
### END SOLUTION

# %% role="check" grade_id="own_word_check"
check("special-tokens.own_word", own_word_answer)

# %% [markdown] lang="en"
# ## 7 · A friend's table
#
# A friend adds up the weights of all heads on a page of text and prints a table. In the first place
# stands `[CLS]`, in the second `[SEP]`, then the full stop. "So these are what the model finds most
# important." What do you answer, and what should the friend do instead? A few sentences, with a number
# that you measured.

# %% [markdown] lang="zh"
# ## 7 · 朋友的排行榜
#
# 朋友把一页文字上所有头的权重加起来，排了个榜：第一名 `[CLS]`，第二名 `[SEP]`，然后是句号。“看来模型觉得它们最重要。”你怎么回答？朋友应该怎样做才对？几句话就够，用上一个你测到的数。

# %% [markdown] role="written" grade_id="first_place" lang="en"
# A row has to sum to 1, so a head with nothing to look for must leave its weight somewhere. L4H5 leaves
# more than nine tenths on delimiters in any sentence. That says that it rests there, not that they
# matter. I would merge pieces into words, leave special tokens out, compare with an even share, and look
# at how long the values are.

# %% [markdown] role="written" grade_id="first_place" lang="zh"
# 每一行加起来必须是 1，所以没有东西可找的头，也得把权重放在某处。L4H5 在任何句子里都有九成以上放在这些词元上，这只说明它歇在那里，不说明它们重要。应当先把词片合并成词，去掉特殊词元，与均分相比，再看看值有多长。
