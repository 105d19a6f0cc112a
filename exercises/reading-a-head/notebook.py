# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "reading-a-head",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Reading a head
#
# One head, three questions: who looks at whom; does it look by meaning or by position; and does what you
# say about it hold for sentences that you did not choose it on?
#
# About 45 minutes, 12.5 points. Every `check(...)` cell shows at once what your answer would earn.

# %% [markdown] lang="zh"
# # 读懂一个头
#
# 一个头，三个问题：谁在看谁？它看的是意思，还是位置？你对它下的结论，换了句子还成立吗？
#
# 大约 45 分钟，共 12.5 分。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分。

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture
from grader.heads import next_token_scores, previous_token_scores
from grader.plots import plot_heads, plot_row

attention = capture(session.sentence)

# %% [markdown] lang="en"
# ## 1 · Who looks at whom
#
# In L3H1, write down the weight that *it* gives to *cat* and the weight that *cat* gives to *it*. `reads`
# is the larger one: `"it_cat"` or `"cat_it"`.

# %% [markdown] lang="zh"
# ## 1 · 谁看谁
#
# 写下在 L3H1 里 *it* 给 *cat* 的权重，和 *cat* 给 *it* 的权重。`reads` 填较大的那个：`"it_cat"` 或 `"cat_it"`。

# %% role="solution" grade_id="direction"
direction_answer = {"it_cat": None, "cat_it": None, "reads": None}
### BEGIN SOLUTION
it_cat = attention.between("it", "cat")[3, 1]
cat_it = attention.between("cat", "it")[3, 1]
direction_answer = {
    "it_cat": it_cat,
    "cat_it": cat_it,
    "reads": "it_cat" if it_cat > cat_it else "cat_it",
}
### END SOLUTION

# %% role="check" grade_id="direction_check"
check("reading-a-head.direction", direction_answer)

# %% [markdown] lang="en"
# ## 2 · The row of *it*
#
# Which tokens get .08 or more from *it* in L5H11? A list of tokens.

# %% [markdown] lang="zh"
# ## 2 · it 那一行
#
# 在 L5H11 里，*it* 给哪些词元的权重不小于 .08？写成词元的列表。

# %%
plot_row(attention, HeadId(layer=5, head=11), "it")

# %% role="solution" grade_id="row_of_it"
row_of_it_answer = None
### BEGIN SOLUTION
row = attention.weights[5, 11, attention.position("it")]
row_of_it_answer = [t for t, w in zip(attention.tokens, row, strict=True) if w >= 0.08]
### END SOLUTION

# %% role="check" grade_id="row_of_it_check"
check("reading-a-head.row_of_it", row_of_it_answer)

# %% [markdown] lang="en"
# ## 3 · The token before
#
# `previous_token_scores(...)` takes a list of captures and returns, for every head, the mean weight that
# a token gives to the one before it. Use the sentences `session.texts("previous")` and find the head with
# the highest score. `previous` is its score; `even` is what an even share would give: 1 / number of
# tokens, averaged over the same sentences.

# %% [markdown] lang="zh"
# ## 3 · 前一个词元
#
# `previous_token_scores(...)` 接收一组捕获的结果，返回每个头给前一个词元的平均权重。用 `session.texts("previous")` 里的句子，找出得分最高的头。`previous` 填它的得分；`even` 填均分时的数：词元数的倒数，在同样的句子上取平均。

# %%
seen = [capture(text) for text in session.texts("previous")]
plot_heads(previous_token_scores(seen), title="previous token")

# %% role="solution" grade_id="previous_head"
previous_head_answer = {"layer": None, "head": None, "previous": None, "even": None}
### BEGIN SOLUTION
scores = previous_token_scores(seen)
layer, head = np.unravel_index(scores.argmax(), scores.shape)
previous_head_answer = {
    "layer": layer,
    "head": head,
    "previous": scores[layer, head],
    "even": np.mean([1 / one.n_tokens for one in seen]),
}
### END SOLUTION

# %% role="check" grade_id="previous_head_check"
check("reading-a-head.previous_head", previous_head_answer)

# %% [markdown] lang="en"
# ## 4 · One word in between
#
# In L0H2, *sat* gives *cat* a great deal. Does this head find the subject of a verb? Put a word in
# between: `session.longer` has *quietly* before *sat*. `sat_cat` and `sat_cat_longer` are the two weights;
# `grammar` is `True` if it still gives *cat* more than .5.

# %% [markdown] lang="zh"
# ## 4 · 中间加一个词
#
# 在 L0H2 里，*sat* 给了 *cat* 很多。这个头会找动词的主语吗？在中间加一个词试试：`session.longer` 里，*sat* 前面多了 *quietly*。`sat_cat` 和 `sat_cat_longer` 填两个权重；如果它给 *cat* 的仍然超过 .5，`grammar` 填 `True`。

# %% role="solution" grade_id="insertion"
insertion_answer = {"sat_cat": None, "sat_cat_longer": None, "grammar": None}
### BEGIN SOLUTION
longer = capture(session.longer)
insertion_answer = {
    "sat_cat": attention.between("sat", "cat")[0, 2],
    "sat_cat_longer": longer.between("sat", "cat")[0, 2],
    "grammar": longer.between("sat", "cat")[0, 2] > 0.5,
}
### END SOLUTION

# %% role="check" grade_id="insertion_check"
check("reading-a-head.insertion", insertion_answer)

# %% [markdown] lang="en"
# ## 5 · The token after, twice
#
# Find a head that gives .4 or more to the token **after**, on the sentences `session.texts("next")`. Then
# try it on sentences that it was not chosen on, `session.texts("next_again")`.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `next` | its score on the first sentences |
# | `next_again` | its score on the others |
# | `survives` | `True` if at least half of the score is left |

# %% [markdown] lang="zh"
# ## 5 · 后一个词元，量两次
#
# 在 `session.texts("next")` 的句子上，找一个给**后**一个词元至少 .4 的头；再到没有用来挑选它的句子 `session.texts("next_again")` 上量一次。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `next` | 在第一批句子上的得分 |
# | `next_again` | 在另一批句子上的得分 |
# | `survives` | 是否还剩至少一半：`True` 或 `False` |

# %% role="solution" grade_id="next_head"
next_head_answer = {
    "layer": None,
    "head": None,
    "next": None,
    "next_again": None,
    "survives": None,
}
### BEGIN SOLUTION
first = next_token_scores([capture(text) for text in session.texts("next")])
again = next_token_scores([capture(text) for text in session.texts("next_again")])
layer, head = np.unravel_index(first.argmax(), first.shape)
next_head_answer = {
    "layer": layer,
    "head": head,
    "next": first[layer, head],
    "next_again": again[layer, head],
    "survives": again[layer, head] / first[layer, head] >= 0.5,
}
### END SOLUTION

# %% role="check" grade_id="next_head_check"
check("reading-a-head.next_head", next_head_answer)

# %% [markdown] lang="en"
# ## 6 · The exception
#
# L1H8 looks at the token after, most of the time. Write a sentence of your own with two neighbouring
# words, where it does **not**: it gives the second word .2 or less from the first.
#
# | key | what to write |
# |---|---|
# | `text` | your sentence |
# | `word`, `next` | the two words; each stands in it once, `next` right after `word` |
# | `to_next` | the weight from `word` to `next` in L1H8 |
# | `to_first` | the weight from `word` to `[CLS]` in L1H8 |

# %% [markdown] lang="zh"
# ## 6 · 例外
#
# L1H8 多数时候看后一个词元。请自己写一个英文句子，里面有两个相邻的词，它偏偏**不**这样：从前一个词给后一个词的权重不超过 .2。
#
# | 键 | 填什么 |
# |---|---|
# | `text` | 你的句子 |
# | `word`、`next` | 这两个词；在句中各出现一次，`next` 紧跟在 `word` 后面 |
# | `to_next` | 在 L1H8 里从 `word` 到 `next` 的权重 |
# | `to_first` | 在 L1H8 里从 `word` 到 `[CLS]` 的权重 |

# %% role="solution" grade_id="exception"
exception_answer = {
    "text": None,
    "word": None,
    "next": None,
    "to_next": None,
    "to_first": None,
}
### BEGIN SOLUTION
text = "My brother bought an old telescope yesterday."
captured = capture(text)
exception_answer = {
    "text": text,
    "word": "telescope",
    "next": "yesterday",
    "to_next": captured.between("telescope", "yesterday")[1, 8],
    "to_first": captured.between("telescope", "[CLS]")[1, 8],
}
### END SOLUTION

# %% role="check" grade_id="exception_check"
check("reading-a-head.exception", exception_answer)

# %% [markdown] lang="en"
# ## 7 · Does the head understand?
#
# "L0H2 found that the cat is the one who sat." What do you answer, after questions 3 to 6? A few
# sentences, with numbers that you measured.

# %% [markdown] lang="zh"
# ## 7 · 这个头“懂”吗
#
# “L0H2 发现了坐下的是猫。”做完第 3 到第 6 题，你怎么回答？几句话就够，用上你测到的数。

# %% [markdown] role="written" grade_id="claim" lang="en"
# L0H2 gives 1.00 to the token before, in sentences that have nothing to do with cats; *cat* happened to
# stand there. With *quietly* in between nothing is left. So it looks at position. And even a position
# head earns its name only by measuring: L1H8 keeps its score on other sentences, yet I found a word after
# which it rests on `[CLS]`.

# %% [markdown] role="written" grade_id="claim" lang="zh"
# L0H2 把 1.00 的权重给前一个词元，在与猫毫无关系的句子里也一样；*cat* 只是恰好站在那里，中间加了 *quietly* 就什么也不剩。所以它看的是位置。就连“位置头”这个名字也要靠测量：L1H8 在别的句子上保住了得分，可我还是找到了一个词，它在那里歇在 `[CLS]` 上。
