# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "attention-is-a-hypothesis",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Attention is a hypothesis
#
# A large weight may carry a small value, it may be there for a cheap reason, and it may arrive
# nowhere. In this notebook you measure one case of each, and then put a measure of importance
# beside real influence, together with a rival that knows nothing about attention.
#
# About an hour, 13 points. Every `check(...)` cell shows at once what your answer would earn, and
# you may run it as often as you like. A wrong answer never stops the notebook.
#
# **Before you measure anything**, write down (in the next cell, for yourself): in an ordinary
# sentence, which orders words more like their real influence, the attention they receive or the
# length of their embeddings?

# %% [markdown] lang="zh"
# # 注意力只是假设
#
# 权重很大，里面装的值可能很小；它出现在那里，可能只是因为一个便宜的原因；它也可能哪儿也到不了。这本笔记本里，每一种你都要量一个例子，然后把一个“重要性”指标和真实的影响放在一起比，旁边还站着一个跟注意力毫无关系的基线。
#
# 大约一小时，共 13 分。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分，可以反复运行；答错了也不会让笔记本停下来。
#
# **动手测量之前**，先写下来（写在下一个单元格里，只给自己看）：在一个普通的句子里，按得到的注意力排，和按词嵌入的长度排，哪一个更接近每个词真实的影响？

# %% [markdown] lang="en"
# *My guess:*

# %% [markdown] lang="zh"
# *我的猜测：*

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture, load_model
from grader.importance import leave_one_out, rank_correlation, value_norms
from grader.plots import plot_heads, plot_row
from grader.qa.edges import Cut
from grader.qa.reader import load_reader

attention = capture(session.sentence)
inserted = capture(session.inserted)
print(*enumerate(attention.tokens))

# %% [markdown] lang="en"
# ## A · A large weight, a small value
#
# `value_norms(text)` gives, for every cell of every head, the length of what is really mixed in:
# weight times the length of the value. Divide a row by its sum, and you have each token's **share**.
#
# Find a head that gives `[CLS]` at least .6 in the row of `session.query` (half the points from
# .4), while the share of `[CLS]` in the lengths of that row is at least .4 smaller.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head; both count from 0 |
# | `weight` | its weight from `session.query` to `[CLS]` |
# | `norm_share` | the share of `[CLS]` in the lengths of the same row; three decimals |

# %% [markdown] lang="zh"
# ## A · 权重大，值很小
#
# `value_norms(text)` 给出每个头的每一格里真正掺进来的长度：权重乘以值的长度。把一行除以它的和，就得到每个词元占的**份额**。
#
# 找一个头，在 `session.query` 那一行给 `[CLS]` 至少 .6（从 .4 起得一半分），而 `[CLS]` 在那一行的长度里占的份额，比权重至少小 .4。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头；都从 0 数起 |
# | `weight` | 它从 `session.query` 到 `[CLS]` 的权重 |
# | `norm_share` | `[CLS]` 在同一行的长度里占的份额；保留三位小数 |

# %%
norms = value_norms(session.sentence)
row = attention.position(session.query)
print(norms.shape, row)

# %% role="solution" grade_id="parked"
parked_answer = {"layer": None, "head": None, "weight": None, "norm_share": None}
### BEGIN SOLUTION
weight = attention.weights[:, :, row, 0]
share = norms[:, :, row, 0] / norms[:, :, row].sum(axis=-1)
layer, head = np.unravel_index((weight - share).argmax(), weight.shape)
parked_answer = {
    "layer": layer,
    "head": head,
    "weight": weight[layer, head],
    "norm_share": share[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="parked_check"
check("attention-is-a-hypothesis.parked", parked_answer)

# %% [markdown] lang="en"
# ## B · Put a word in between
#
# A tutorial shows a head whose row of `session.query` looks at `session.key` and calls it syntax.
# Choose a head that gives it at least .3 (half the points from .15), **write down what you expect**,
# and then look at `session.inserted`, where one word stands between the two.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `plain` | its weight from `session.query` to `session.key` in the sentence |
# | `survives` | `True` if at least half of it is left in `session.inserted` |
# | `inserted` | its weight there |

# %% [markdown] lang="zh"
# ## B · 插一个词
#
# 有篇教程画了一个头，`session.query` 那一行看的是 `session.key`，说这就是句法。选一个给它至少 .3 的头（从 .15 起得一半分），**先写下你的预期**，再看 `session.inserted`，那里两个词之间多了一个词。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `plain` | 在原句里，它从 `session.query` 到 `session.key` 的权重 |
# | `survives` | 在 `session.inserted` 里是否还剩至少一半：`True` 或 `False` |
# | `inserted` | 它在那里的权重 |

# %%
display(plot_heads(attention.between(session.query, session.key), title="weight"))

# %% role="solution" grade_id="position"
position_answer = {
    "layer": None,
    "head": None,
    "plain": None,
    "survives": None,
    "inserted": None,
}
### BEGIN SOLUTION
before = attention.between(session.query, session.key)
after = inserted.between(session.query, session.key)
layer, head = np.unravel_index(before.argmax(), before.shape)
position_answer = {
    "layer": layer,
    "head": head,
    "plain": before[layer, head],
    "survives": after[layer, head] >= before[layer, head] / 2,
    "inserted": after[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="position_check"
check("attention-is-a-hypothesis.position", position_answer)

# %%
if None not in (position_answer["layer"], position_answer["head"]):
    look = HeadId(int(position_answer["layer"]), int(position_answer["head"]))
    display(plot_row(attention, look, session.query), plot_row(inserted, look, session.query))

# %% [markdown] lang="en"
# ## C · Weight, influence, and a cheap rival
#
# Write an English sentence **of your own** (seven words at least, not more than 24 word pieces).
# `leave_one_out(text)` takes out one token after the other and says how far the sentence's vector
# turns: that is real influence. Which of these two orders tokens more like it?
#
# - the weight that a token **receives**: the mean of its column over all layers, heads and queries;
# - the length of its word **embedding**: `load_model().embedding(text)` has one row for each token.
#
# Leave out `[CLS]` and `[SEP]` (the first and the last), as `leave_one_out` does.
# `rank_correlation(a, b)` is 1 for the same order and -1 for the reverse.
#
# | key | what to write |
# |---|---|
# | `text` | your sentence |
# | `received`, `embedding` | the two rank correlations with `leave_one_out(text)`; two decimals |
# | `better` | `"received"` or `"embedding"`: which is higher |

# %% [markdown] lang="zh"
# ## C · 权重、影响和基线
#
# **自己**写一个英文句子（至少七个词，不超过 24 个词元）。`leave_one_out(text)` 把词元一个一个拿掉，看整句的向量转过多少：这是真实的影响。下面哪一种排法更接近它？
#
# - 一个词元**得到**的权重：它那一列在所有层、头、查询上的平均；
# - 它的词**嵌入**的长度：`load_model().embedding(text)` 每个词元一行。
#
# `[CLS]` 和 `[SEP]`（第一个和最后一个）都不算，`leave_one_out` 也没有算它们。`rank_correlation(a, b)` 是等级相关：次序一样是 1，完全相反是 -1。
#
# | 键 | 填什么 |
# |---|---|
# | `text` | 你的句子 |
# | `received`、`embedding` | 两种排法与 `leave_one_out(text)` 的等级相关；保留两位小数 |
# | `better` | 哪个更高：`"received"` 或 `"embedding"` |

# %% role="solution" grade_id="influence"
influence_answer = {"text": None, "received": None, "embedding": None, "better": None}
### BEGIN SOLUTION
text = "The teacher read a long story about a brave little dog."
effect = leave_one_out(text)
received = capture(text).weights.mean(axis=(0, 1, 2))[1:-1]
lengths = np.linalg.norm(load_model().embedding(text), axis=-1)[1:-1]
orders = {
    "received": rank_correlation(received, effect),
    "embedding": rank_correlation(lengths, effect),
}
influence_answer = {"text": text, **orders, "better": max(orders, key=orders.get)}
### END SOLUTION

# %% role="check" grade_id="influence_check"
check("attention-is-a-hypothesis.influence", influence_answer)

# %% [markdown] lang="en"
# ## D · Exactly zero
#
# `minilm-qa` marks answers by start and end scores of each token of the context.
# `reader.span_logits(question, context)` has two rows, starts and ends;
# `Cut(queries, keys, [layer])` as a third argument takes away the lines from some tokens (who looks)
# to others (what is looked at). `question` and `context` below are places without special tokens.
#
# | key | what to write |
# |---|---|
# | `last`, `before` | the question no longer looks at the context, cut in layer 5 (the last) and in layer 4: the largest change of a score in the context, without its sign |
# | `reverse` | the context no longer looks at the question, cut in layer 3: what the answer loses, start at its first token plus end at its last; two decimals |

# %% [markdown] lang="zh"
# ## D · 正好是零
#
# `minilm-qa` 靠短文里每个词元的开始分数和结束分数来标答案。`reader.span_logits(问题, 短文)` 有两行，开始和结束；第三个参数 `Cut(查询, 键, [层])` 去掉从一些词元（谁在看）到另一些词元（被看的）的线。下面的 `question` 和 `context` 是位置，不含特殊词元。
#
# | 键 | 填什么 |
# |---|---|
# | `last`、`before` | 问题不再看短文，在第 5 层（最后一层）剪、在第 4 层剪：短文里的分数最多变了多少，不计正负 |
# | `reverse` | 短文不再看问题，在第 3 层剪：答案损失了多少，第一个词元的开始加最后一个词元的结束；保留两位小数 |

# %%
reader = load_reader()
pair = capture(session.question, session.context, model="minilm-qa")
question = list(range(1, pair.second_start - 1))
context = list(range(pair.second_start, pair.n_tokens - 1))
logits = reader.span_logits(session.question, session.context)
print(*enumerate(pair.tokens))

# %% role="solution" grade_id="zero"
zero_answer = {"last": None, "before": None, "reverse": None}
### BEGIN SOLUTION


def without(queries, keys, layer):
    return reader.span_logits(session.question, session.context, Cut(queries, keys, [layer]))


def largest(layer):
    return np.abs(without(question, context, layer) - logits)[:, context].max()


first, final = context[0] + logits[:, context].argmax(axis=1)
lost = logits - without(context, question, 3)
zero_answer = {
    "last": largest(5),
    "before": largest(4),
    "reverse": lost[0, first] + lost[1, final],
}
### END SOLUTION

# %% role="check" grade_id="zero_check"
check("attention-is-a-hypothesis.zero", zero_answer)

# %% [markdown] lang="en"
# ## E · From a picture to a sentence
#
# Which of these stands? Write the name on the left as text. This one is judged when you hand in,
# not before.
#
# - `"explanation"`: where the weight is large, there lie the grounds of the model's decision.
# - `"useless"`: it was proved long ago that there is no point in looking at attention.
# - `"hypothesis"`: weights give a guess; changing something and comparing with a cheap rival gives a conclusion.

# %% [markdown] lang="zh"
# ## E · 从图到一句话
#
# 下面哪一句站得住？把左边的名字作为文字填进去。这一题要交上去之后才判。
#
# - `"explanation"`：权重大的地方，就是模型作决定的依据。
# - `"useless"`：早就证明了，看注意力没有意义。
# - `"hypothesis"`：权重给出猜想；改一改、跟基线（最省事的猜法）比一比，才有结论。

# %% role="solution" grade_id="claim"
claim_answer = None
### BEGIN SOLUTION
claim_answer = "hypothesis"
### END SOLUTION

# %% role="check" grade_id="claim_check"
check("attention-is-a-hypothesis.claim", claim_answer)

# %% [markdown] lang="en"
# A friend shows you a picture of B and writes: **"This head proves that the model understands
# subjects."** Which tests does the picture need before it may be a finding, and why? Use your own
# numbers from A to D. Then rewrite the sentence so that it says no more than the evidence does. Half
# a page at most.

# %% [markdown] lang="zh"
# 朋友拿来一张 B 那样的图，写道：**“这个头证明了模型懂得什么是主语。”** 在它成为一个发现之前，还需要哪些检验？为什么？用上你在 A 到 D 里量到的数。然后把这句话改写一遍，证据能说多少就说多少。最多半页。

# %% [markdown] role="written" grade_id="finding" lang="en"
# Put a word in between first: the head in the picture, L0H2, gives the cat all of its weight and
# nothing once *quietly* stands there, so it looks at a place. Then ask what the weight carries (in A a
# head gave [CLS] .93 and took .15 from it) and whether it arrives (in D the last layer's lines changed
# the scores by exactly 0). And compare: in C the length of embeddings ordered my words better than
# attention did. I would write: "In this sentence L0H2 of this model looks from *sat* to the word
# before it; nothing here speaks for subjects."

# %% [markdown] role="written" grade_id="finding" lang="zh"
# 先插一个词：图里的 L0H2 原来把全部权重给了 cat，中间有了 *quietly* 就一点也不给了，可见它看的是位置。再问这份权重里装了什么（A 里有个头给 [CLS] .93，从那里掺进来的只占 .15），到不到得了（D 里最后一层的线剪了，分数的变化正好是 0）。还要跟基线比：C 里按词嵌入的长度排，比按注意力排更接近真实的影响。我会改写成：“在这句话里，这个模型的 L0H2 从 *sat* 看它前面的那个词；这里没有任何东西说明它懂得主语。”
