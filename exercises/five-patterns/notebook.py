# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "five-patterns",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Five patterns
#
# Tutorials list five things that attention heads do: look at a neighbour, follow syntax, find what
# a pronoun stands for, join words of related meaning, rest on a delimiter. For each there is a head
# in any model that looks the part in some sentence. So here no head counts by its weight alone: it
# counts by what it gives **above a cheap rival**.
#
# About an hour, 14 points. Every `check(...)` cell shows at once what your answer would earn, and
# you may run it as often as you like. A wrong answer never stops the notebook.
#
# **Before you measure anything**, write down (in the next cell, for yourself): for which of the
# five are you surest that this small model has a head, and for which least?

# %% [markdown] lang="zh"
# # 五种模式
#
# 教程里常列出注意力头做的五件事：看邻居、跟着句法走、替代词找先行词、把意思相关的词连起来、靠在分隔符上。随便哪个模型，总能找到一个头，在某句话上看起来像那么回事。所以这里不凭权重大小算数，要看它**比一个基线多出多少**。
#
# 大约一小时，共 14 分。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分，可以反复运行；答错了也不会让笔记本停下来。
#
# **动手测量之前**，先写下来（写在下一个单元格里，只给自己看）：五种里面，你最有把握这个小模型有的是哪一种？最没把握的呢？

# %% [markdown] lang="en"
# *My guesses:*
#
# - surest:
# - least sure:

# %% [markdown] lang="zh"
# *我的猜测：*
#
# - 最有把握：
# - 最没把握：

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture
from grader.heads import next_token_scores
from grader.plots import plot_heads, plot_row

# %% [markdown] lang="en"
# ## Your sentences
#
# You have one sentence and three that differ from it by one word; `session.variant` shows them with
# their words.
#
# | name | what is different |
# |---|---|
# | `session.sentence` | |
# | `session.short` | the adjective is gone: the object stands one place nearer to the verb |
# | `session.other` | the other pronoun, which stands for the other person |
# | `session.unrelated` | the last word has nothing to do with the adjective |
#
# `attention.between(query, key)` gives, for every head, the weight from one word to another: an
# array with the axes layer and head. Capture the four of them. Layers and heads count from 0; three
# decimals are enough.

# %% [markdown] lang="zh"
# ## 你的句子
#
# 你有一个句子，另外三句各与它相差一个词；`session.variant` 可以看到它们和句中的词。
#
# | 名字 | 哪里不同 |
# |---|---|
# | `session.sentence` | |
# | `session.short` | 去掉了形容词：宾语离动词近了一位 |
# | `session.other` | 换了代词，指的是另一个人 |
# | `session.unrelated` | 最后一个词和形容词毫不相干 |
#
# `attention.between(查询, 键)` 给出每个头从一个词到另一个词的权重：一个数组，两个轴是层和头。先把四句都捕获下来。层和头都从 0 数起；保留三位小数就够了。

# %%
attention = capture(session.sentence)
short = capture(session.short)
other = capture(session.other)
unrelated = capture(session.unrelated)
print(*attention.tokens)

# %% [markdown] lang="en"
# ## A · Local
#
# Find a head that looks at the **next** token: averaged over all tokens of `session.sentence` but
# the last, it gives at least .4 to the one after it (half the points from .2).
# `next_token_scores([attention])` computes that for every head. The rival has no eyes at all: it
# shares its weight out evenly over all tokens.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `next` | its mean weight on the next token |
# | `even` | what every token gets from an even share |

# %% [markdown] lang="zh"
# ## A · 局部
#
# 找一个看**后一个**词元的头：在 `session.sentence` 里，除最后一个以外的所有词元平均下来，给后一个的权重至少 .4（从 .2 起得一半分）。`next_token_scores([attention])` 会算出每个头的这个平均值。基线什么也不看：它把权重平均分给所有词元。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `next` | 它给后一个词元的平均权重 |
# | `even` | 平均分的话，每个词元得多少 |

# %%
display(plot_heads(next_token_scores([attention]), title="next token"))

# %% role="solution" grade_id="local"
local_answer = {"layer": None, "head": None, "next": None, "even": None}
### BEGIN SOLUTION
scores = next_token_scores([attention])
layer, head = np.unravel_index(scores.argmax(), scores.shape)
local_answer = {
    "layer": layer,
    "head": head,
    "next": scores[layer, head],
    "even": 1 / attention.n_tokens,
}
### END SOLUTION

# %% role="check" grade_id="local_check"
check("five-patterns.local", local_answer)

# %% [markdown] lang="en"
# ## B · Syntactic
#
# Find a head whose row of the **verb** looks at the **object**. The rival is "always so many words
# on": in `session.short` the object stands two words after the verb, in `session.sentence` three.
# So in the short sentence three words on is *because*, and in the long one two words on is the
# adjective. Your head should give the object at least .2 more than *because* in the short sentence
# (half the points from .1). Then look at the long one: is **at least half** of that difference
# there, between the object and the adjective?
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `object_near`, `rival_near` | in `session.short`, from the verb to the object and to *because* |
# | `survives` | `True` if object minus adjective in `session.sentence` is at least half of object minus *because* in `session.short` |
# | `object_far`, `rival_far` | in `session.sentence`, from the verb to the object and to the adjective |

# %% [markdown] lang="zh"
# ## B · 句法
#
# 找一个头，**动词**那一行看的是**宾语**。基线是“永远看后面第几个词”：`session.short` 里宾语在动词后面第二个，`session.sentence` 里在第三个。也就是说，短句里后面第三个词是 *because*，长句里后面第二个词是形容词。你的头在短句里给宾语的，要比给 *because* 的至少多 .2（从 .1 起得一半分）。再看长句：宾语与形容词之间的差值，是否**至少有一半**那么大？
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `object_near`、`rival_near` | 在 `session.short` 里，从动词到宾语、到 *because* |
# | `survives` | `session.sentence` 里宾语减形容词，是否至少是 `session.short` 里宾语减 *because* 的一半：`True` 或 `False` |
# | `object_far`、`rival_far` | 在 `session.sentence` 里，从动词到宾语、到形容词 |

# %% role="solution" grade_id="syntactic"
syntactic_answer = {
    "layer": None,
    "head": None,
    "object_near": None,
    "rival_near": None,
    "survives": None,
    "object_far": None,
    "rival_far": None,
}
### BEGIN SOLUTION


def best(claim, control):
    """The head that does best in the worse of two sentences."""
    worse = np.minimum(claim, control)
    return np.unravel_index(worse.argmax(), worse.shape)


object_near = short.between(session.verb, session.object)
rival_near = short.between(session.verb, "because")
object_far = attention.between(session.verb, session.object)
rival_far = attention.between(session.verb, session.adjective)
near, far = object_near - rival_near, object_far - rival_far
layer, head = best(near, far)
syntactic_answer = {
    "layer": layer,
    "head": head,
    "object_near": object_near[layer, head],
    "rival_near": rival_near[layer, head],
    "survives": far[layer, head] >= near[layer, head] / 2,
    "object_far": object_far[layer, head],
    "rival_far": rival_far[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="syntactic_check"
check("five-patterns.syntactic", syntactic_answer)

# %% [markdown] lang="en"
# ## C · Anaphoric
#
# Find a head whose row of the **pronoun** gives the person it stands for (your object) at least .2
# more than the other one (your subject; half the points from .1). The rival is "always the nearer
# person". So look at `session.other`, where the pronoun stands for the subject: is the preference
# for the right one there **at least half** as large?
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `antecedent`, `distractor` | in `session.sentence`, from the pronoun to the object and to the subject |
# | `survives` | `True` if subject minus object in `session.other` is at least half of object minus subject in `session.sentence` |
# | `antecedent_other`, `distractor_other` | in `session.other`, from the other pronoun to the subject and to the object |

# %% [markdown] lang="zh"
# ## C · 回指
#
# 找一个头，**代词**那一行给它所指的人（你的宾语）的，比给另一个人（你的主语）的至少多 .2（从 .1 起得一半分）。基线是“永远选近的那个人”。所以再看 `session.other`，那里代词指的是主语：对正确的人的偏向，是否**至少有一半**那么大？
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `antecedent`、`distractor` | 在 `session.sentence` 里，从代词到宾语、到主语 |
# | `survives` | `session.other` 里主语减宾语，是否至少是 `session.sentence` 里宾语减主语的一半：`True` 或 `False` |
# | `antecedent_other`、`distractor_other` | 在 `session.other` 里，从另一个代词到主语、到宾语 |

# %% role="solution" grade_id="anaphoric"
anaphoric_answer = {
    "layer": None,
    "head": None,
    "antecedent": None,
    "distractor": None,
    "survives": None,
    "antecedent_other": None,
    "distractor_other": None,
}
### BEGIN SOLUTION
antecedent = attention.between(session.pronoun, session.object)
distractor = attention.between(session.pronoun, session.subject)
antecedent_other = other.between(session.other_pronoun, session.subject)
distractor_other = other.between(session.other_pronoun, session.object)
ours, theirs = antecedent - distractor, antecedent_other - distractor_other
layer, head = best(ours, theirs)
anaphoric_answer = {
    "layer": layer,
    "head": head,
    "antecedent": antecedent[layer, head],
    "distractor": distractor[layer, head],
    "survives": theirs[layer, head] >= ours[layer, head] / 2,
    "antecedent_other": antecedent_other[layer, head],
    "distractor_other": distractor_other[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="anaphoric_check"
check("five-patterns.anaphoric", anaphoric_answer)

# %% [markdown] lang="en"
# ## D · Semantic
#
# Find a head whose row of the **adjective** gives the related last word at least .15 more than the
# unrelated word that stands in its place in `session.unrelated` (half the points from .075). The
# rival is "always the last word": to it, both are the same.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `related` | in `session.sentence`, from the adjective to the last word |
# | `unrelated` | in `session.unrelated`, from the adjective to the last word |

# %% [markdown] lang="zh"
# ## D · 语义
#
# 找一个头，**形容词**那一行给句末那个相关词的，比在 `session.unrelated` 里给同一位置上不相干的词的至少多 .15（从 .075 起得一半分）。基线是“永远看最后一个词”：对它来说，两个词一样。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `related` | 在 `session.sentence` 里，从形容词到最后一个词 |
# | `unrelated` | 在 `session.unrelated` 里，从形容词到最后一个词 |

# %% role="solution" grade_id="semantic"
semantic_answer = {"layer": None, "head": None, "related": None, "unrelated": None}
### BEGIN SOLUTION
to_related = attention.between(session.adjective, session.related_word)
to_unrelated = unrelated.between(session.adjective, session.unrelated_word)
more = to_related - to_unrelated
layer, head = np.unravel_index(more.argmax(), more.shape)
semantic_answer = {
    "layer": layer,
    "head": head,
    "related": to_related[layer, head],
    "unrelated": to_unrelated[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="semantic_check"
check("five-patterns.semantic", semantic_answer)

# %% [markdown] lang="en"
# ## E · Delimiter
#
# Find a head that gives `[CLS]` at least .6 in the row of the **verb** (half the points from .4).
# The rival is the even share once more.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `cls` | in `session.sentence`, its weight from the verb to `[CLS]` |
# | `even` | what every token gets from an even share |

# %% [markdown] lang="zh"
# ## E · 分隔符
#
# 找一个头，**动词**那一行给 `[CLS]` 的权重至少是 .6（从 .4 起得一半分）。基线还是平均分。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `cls` | 在 `session.sentence` 里，从动词到 `[CLS]` 的权重 |
# | `even` | 平均分的话，每个词元得多少 |

# %% role="solution" grade_id="delimiter"
delimiter_answer = {"layer": None, "head": None, "cls": None, "even": None}
### BEGIN SOLUTION
to_cls = attention.between(session.verb, "[CLS]")
layer, head = np.unravel_index(to_cls.argmax(), to_cls.shape)
delimiter_answer = {
    "layer": layer,
    "head": head,
    "cls": to_cls[layer, head],
    "even": 1 / attention.n_tokens,
}
### END SOLUTION

# %% role="check" grade_id="delimiter_check"
check("five-patterns.delimiter", delimiter_answer)

# %% [markdown] lang="en"
# Draw the rows of the heads you found, to see what else they look at. (Nothing is drawn as long as
# a head is missing.)

# %% [markdown] lang="zh"
# 把你找到的头的那一行画出来，看看它们还在看什么。（还没有填头的时候，什么也不会画。）

# %%
for found, word in (
    (syntactic_answer, session.verb),
    (anaphoric_answer, session.pronoun),
    (semantic_answer, session.adjective),
    (delimiter_answer, session.verb),
):
    if found["layer"] is not None and found["head"] is not None:
        look = HeadId(int(found["layer"]), int(found["head"]))
        display(plot_row(attention, look, word))

# %% [markdown] lang="en"
# ## F · How to put it
#
# Which of these stands? Write the name on the left as text. This one is judged when you hand in,
# not before.
#
# - `"is_the"`: I have found the syntactic head, the anaphoric head and the semantic head.
# - `"beats_rival"`: on my sentences these heads beat their rivals; on others they have to be tried again.
# - `"five"`: the model has divided its work among five kinds of heads, one for each job.

# %% [markdown] lang="zh"
# ## F · 该怎么说
#
# 下面哪一句站得住？把左边的名字作为文字填进去。这一题要交上去之后才判。
#
# - `"is_the"`：我找到了句法头、回指头和语义头。
# - `"beats_rival"`：在我的句子上，这几个头胜过各自的基线；换一批句子还要再试。
# - `"five"`：模型把工作分给了五种头，每种管一样。

# %% role="solution" grade_id="claim"
claim_answer = None
### BEGIN SOLUTION
claim_answer = "beats_rival"
### END SOLUTION

# %% role="check" grade_id="claim_check"
check("five-patterns.claim", claim_answer)

# %% [markdown] lang="en"
# A fellow student wants to write in a report: "the model has syntactic heads". Take the pattern that
# you find the most convincing, or the least, and write a note of a few sentences: what did your head
# give, what did its rival give, what does the control rule out, and how far does your evidence
# reach?

# %% [markdown] lang="zh"
# 一位同学想在报告里写：“这个模型有句法头。”请挑一种你觉得最可信或者最不可信的模式，写几句话给他：你的头给了多少，基线给了多少，对照排除了什么，你的证据又能说到哪里为止？

# %% [markdown] role="written" grade_id="friend" lang="en"
# Take the syntactic one. My head gives the object far more than *because* in the short sentence, and
# when the adjective moves the object one place away it still finds it, where "two words on" would
# have stopped at the adjective. So a fixed place is ruled out. But that is one verb and one object,
# the best of 72 heads, and the same head may do other jobs. I would write: "on this sentence and its
# control, one head looks from verb to object more than a fixed place explains". Semantic convinces
# me least: the gain is small, and it may be a taste for similar words.

# %% [markdown] role="written" grade_id="friend" lang="zh"
# 就说句法这一种。我的头在短句里给宾语的比给 *because* 的多得多；加上形容词、宾语退后一位，它仍然找得到，而“永远看后面第二个词”这时会停在形容词上。所以固定位置这个解释可以排除。不过这只是一个动词、一个宾语，又是 72 个头里挑出来的，同一个头也可能还做别的事。我会写：“在这句话和它的对照里，有一个头从动词看宾语，超出了固定位置能解释的程度。”最没把握的是语义：多出来的不多，也可能只是偏爱相近的词。
