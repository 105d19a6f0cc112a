# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "one-way",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # One way
#
# A model that writes reads one way: a token looks at itself and at what came before it. In this
# notebook you find out which rows of it can know how a sentence ends, and where its weight lies when
# there is nothing to look for.
#
# About 45 minutes, 12 points. The model is SmolLM2, 30 layers of 9 heads; fetch it once with
# `grader model smollm2` (93 MB). Every `check(...)` cell shows at once what your answer would earn,
# and you may run it as often as you like. A wrong answer never stops the notebook.

# %% [markdown] lang="zh"
# # 只往回看
#
# 会写字的模型只朝一个方向读：一个词元只看得到自己和它前面的词。这本笔记本里，你要找出哪些行能够知道句子怎么结尾，以及在没有什么可找的时候，权重放到了哪里。
#
# 大约 45 分钟，共 12 分。模型是 SmolLM2，30 层，每层 9 个头；先用 `grader model smollm2` 取一次（93 MB）。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分，可以反复运行；答错了也不会让笔记本停下来。

# %%
import numpy as np

from grader.capture import capture, load_model
from grader.network import BlindToken

model = "smollm2"
one, other = (capture(text, model=model) for text in (session.sentence, session.other))
for at, pair in enumerate(zip(one.tokens, other.tokens, strict=False)):
    print(at, *map(repr, pair))

# %% [markdown] lang="en"
# ## A · Which row can know the ending
#
# Your two sentences begin alike and end otherwise. Compare their weights row by row, for all heads,
# as far as both sentences go.
#
# | key | what to write |
# |---|---|
# | `first` | the position of the first token whose row differs in any head; positions count from 0 |
# | `before` | the largest difference of any weight in the rows before it |
# | `at` | the largest difference of any weight in its own row; three decimals |

# %% [markdown] lang="zh"
# ## A · 哪一行能知道结尾
#
# 你的两句话开头一样，结尾不同。一行一行地比较它们的权重，所有头都比，比到短的那句为止。
#
# | 键 | 填什么 |
# |---|---|
# | `first` | 第一个在某个头里不同的行，是哪个位置的词元；位置从 0 数起 |
# | `before` | 它之前各行里，任何权重的最大差别 |
# | `at` | 它自己那一行里，任何权重的最大差别；保留三位小数 |

# %%
n = min(one.n_tokens, other.n_tokens)
differences = np.abs(one.weights[:, :, :n, :n] - other.weights[:, :, :n, :n])
print(differences.shape)

# %% role="solution" grade_id="ahead"
ahead_answer = {"first": None, "before": None, "at": None}
### BEGIN SOLUTION
rows = differences.max(axis=(0, 1, 3))
first = int(np.flatnonzero(rows > 1e-3)[0])
ahead_answer = {"first": first, "before": rows[:first].max(), "at": rows[first]}
### END SOLUTION

# %% role="check" grade_id="ahead_check"
check("one-way.ahead", ahead_answer)

# %% [markdown] lang="en"
# ## B · The sink in a sentence of your own
#
# Write an English sentence of your own of 8 to 32 tokens. All shares below are means over all
# layers and heads and over some queries.
#
# | key | what to write |
# |---|---|
# | `text` | your sentence |
# | `share` | the share of the first token (column 0), over the queries from position 4 on |
# | `front` | one word that you put in front, with a space between: `front + " " + text` |
# | `front_share` | there, the share of column 0, over the same words' queries: if `front` has k tokens, from position 4 + k on |
# | `left` | there, the share of your old first token (column k), over the same queries |
# | `token` | in your sentence without the word in front: a position from 2 on, at least two tokens before the last |
# | `plain` | the share of that column, over the queries behind it |
# | `blind` | the same when that token sees nothing but itself |
#
# `load_model(model).trace(text, edits=[BlindToken(place)]).pattern` gives the weights with a token made
# blind. **Before you run it, guess**: what will the others do with a token that knows nothing?

# %% [markdown] lang="zh"
# ## B · 自己的句子里的水池
#
# 写一句自己的英语，8 到 32 个词元。下面的份额都是对所有层、所有头和一部分查询取的平均。
#
# | 键 | 填什么 |
# |---|---|
# | `text` | 你的句子 |
# | `share` | 第一个词元（第 0 列）的份额，查询从位置 4 开始 |
# | `front` | 加在句前的一个词，中间空一格：`front + " " + text` |
# | `front_share` | 加了以后第 0 列的份额，查询还是那些词：`front` 有 k 个词元，就从位置 4 + k 开始 |
# | `left` | 加了以后，原来第一个词元（第 k 列）的份额，查询同上 |
# | `token` | 在不加词的句子里选一个位置：从 2 起，后面至少还有两个词元 |
# | `plain` | 那一列的份额，查询从它后面一个开始 |
# | `blind` | 让那个词元只看得见自己以后，同样的份额 |
#
# `load_model(model).trace(text, edits=[BlindToken(place)]).pattern` 给出某个词元看不见前文时的权重。**运行之前先猜一猜**：对一个什么都不知道的词元，别的词会怎么办？

# %% role="solution" grade_id="sink"
sink_answer = {
    "text": None,
    "share": None,
    "front": None,
    "front_share": None,
    "left": None,
    "token": None,
    "plain": None,
    "blind": None,
}
### BEGIN SOLUTION
text, front, place = "The tall lighthouse keeper waters his tomatoes at midnight.", "Yesterday", 4
plain = capture(text, model=model).weights
moved = capture(f"{front} {text}", model=model).weights
k = capture(front, model=model).n_tokens
blinded = load_model(model).trace(text, edits=[BlindToken(place)]).pattern
sink_answer = {
    "text": text,
    "share": plain[:, :, 4:, 0].mean(),
    "front": front,
    "front_share": moved[:, :, 4 + k :, 0].mean(),
    "left": moved[:, :, 4 + k :, k].mean(),
    "token": place,
    "plain": plain[:, :, place + 1 :, place].mean(),
    "blind": blinded[:, :, place + 1 :, place].mean(),
}
### END SOLUTION

# %% role="check" grade_id="sink_check"
check("one-way.sink", sink_answer)

# %% [markdown] lang="en"
# ## C · How to read the picture
#
# A figure of this model shows thick lines from every word to the first one. Which sentence stands?
# Write `"important"`, `"place"` or `"broken"`.
#
# - `important`: the first word matters most to the model, so all look at it.
# - `place`: weight lies on the first place because a row must sum to 1 and the value there is short;
#   whoever stands there gets it.
# - `broken`: the model is broken; its attention says nothing.

# %% [markdown] lang="zh"
# ## C · 怎么读这张图
#
# 这个模型的一张图上，每个词都有一条粗线指向第一个词。哪种说法站得住？填 `"important"`、`"place"` 或 `"broken"`。
#
# - `important`：第一个词对模型最重要，所以大家都看它。
# - `place`：权重落在第一个位置，是因为一行总要加到 1，而那里的值很短；换谁站在那里都一样。
# - `broken`：这个模型坏了，它的注意力什么也不说明。

# %% role="solution" grade_id="meaning"
meaning_answer = None
### BEGIN SOLUTION
meaning_answer = "place"
### END SOLUTION

# %% role="check" grade_id="meaning_check"
check("one-way.meaning", meaning_answer)

# %% [markdown] lang="en"
# ## D · To somebody who reads a picture
#
# A blog shows this model's row of *with* in "I saw the man with the telescope". The thickest line
# goes to *I*, so, it says, the model knows that I have the telescope. Answer in five or six
# sentences: what could that row know, why does the line go to *I*, and what would you draw or test
# instead? Use your own numbers from A and B.

# %% [markdown] lang="zh"
# ## D · 写给看图的人
#
# 有篇博客画了这个模型在 "I saw the man with the telescope" 里 *with* 那一行，最粗的线指向 *I*，于是说：模型知道望远镜在我手里。用五六句话回答：这一行可能知道什么？线为什么指向 *I*？换了你会怎么画、怎么检验？要用上你在 A 和 B 里测到的数。

# %% [markdown] role="written" grade_id="finding" lang="en"
# The row of *with* is written before *telescope* is read, so it cannot know how the sentence ends: in A
# all rows before the first different word were the same up to noise. The line goes to *I* because *I*
# comes first: in B the first token of my sentence got more than half of all weight, with "Yesterday"
# in front it kept almost nothing, and a token that saw nothing became a second such place. I would
# leave the first column out, read the row of the last noun instead, and compare two endings and a
# control with *and*. All this is about one small model and my sentences.

# %% [markdown] role="written" grade_id="finding" lang="zh"
# *with* 那一行是在读到 *telescope* 之前写下的，不可能知道句子怎么结束：A 里第一个不同的词之前，各行只差一点浮点误差。线指向 *I*，是因为 *I* 站在最前面：B 里我那句话的第一个词元得到了一半以上的权重，前面加上 Yesterday 以后它几乎什么也没有了；让一个词元看不见前文，它就成了第二个这样的地方。我会去掉第一列，改看最后一个名词的那一行，比较两种结尾，再用 *and* 作对照。这些只是这一个小模型、我这几句话里的事。
