# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "question-answering",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Attention in a question-answering model
#
# > Who is the famous architect in Barcelona?
#
# > Barcelona is famous for Gaudí's architecture like the Sagrada Familia.
#
# `minilm-qa` is the course's small model after it has learnt to mark answers: for every token it
# gives a score for "the answer starts here" and one for "it ends here". In this notebook you read
# those scores, find a head that learnt to look from the question to the answer, cut its line, and
# then find a question that the model gets wrong.
#
# About an hour, 12 points. Every `check(...)` cell shows at once what your answer would earn, and
# you may run it as often as you like. A wrong answer never stops the notebook.
#
# **Before you measure anything**, write down (in the next cell, for yourself): if every line from
# the question to the context is cut in the last layer, will the answer change? And if it is the
# lines from the context to the question, in an early layer?

# %% [markdown] lang="zh"
# # 问答模型里的注意力
#
# > Who is the famous architect in Barcelona?
#
# > Barcelona is famous for Gaudí's architecture like the Sagrada Familia.
#
# （巴塞罗那那位著名的建筑师是谁？巴塞罗那以高迪的建筑闻名，比如圣家堂。）`minilm-qa` 就是课程里的小模型，又学会了在短文里标答案：它给每个词元打两个分数，一个是“答案从这里开始”，一个是“答案到这里结束”。这本笔记本里，你要读出这些分数，找到一个学会从问题看向答案的头，剪断它的线，再找一个模型答错的问题。
#
# 大约一小时，共 12 分。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分，可以反复运行；答错了也不会让笔记本停下来。
#
# **动手测量之前**，先写下来（写在下一个单元格里，只给自己看）：在最后一层把问题看短文的线全部剪断，答案会变吗？如果剪的是前面某一层里短文看问题的线呢？

# %% [markdown] lang="en"
# *My guesses:*
#
# - question to context, last layer:
# - context to question, early layer:

# %% [markdown] lang="zh"
# *我的猜测：*
#
# - 问题看短文，最后一层：
# - 短文看问题，前面某一层：

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture
from grader.plots import plot_heads, plot_row
from grader.qa import answer
from grader.qa.edges import Cut
from grader.qa.reader import load_reader

reader = load_reader()
tuned = capture(session.question, session.context, model="minilm-qa")
base = capture(session.question, session.context)
print(answer(session.question, session.context))
print(*enumerate(tuned.tokens))

# %% [markdown] lang="en"
# ## A · The answer that the model marks
#
# `reader.span_logits(question, context)` gives the two scores of every token, question included: an
# array with two rows, starts and ends. The model takes the span of the context with the highest sum
# of start and end, if that sum is above the same sum at `[CLS]`, which stands for "no answer".
#
# | key | what to write |
# |---|---|
# | `start`, `end` | the first and the last token of the answer; `[CLS]` is 0 |
# | `margin` | start at `start` plus end at `end`, minus start plus end of `[CLS]`; two decimals |

# %% [markdown] lang="zh"
# ## A · 模型标出的答案
#
# `reader.span_logits(问题, 短文)` 给出每个词元的两个分数，问题里的词元也有：一个两行的数组，第一行是开始，第二行是结束。模型取短文里开始加结束最高的一段；前提是它高过 `[CLS]` 的开始加结束，那代表“没有答案”。
#
# | 键 | 填什么 |
# |---|---|
# | `start`、`end` | 答案的第一个和最后一个词元，`[CLS]` 是 0 |
# | `margin` | `start` 的开始加 `end` 的结束，减去 `[CLS]` 的开始加结束；保留两位小数 |

# %%
logits = reader.span_logits(session.question, session.context)
print(logits.shape)

# %% role="solution" grade_id="marked"
marked_answer = {"start": None, "end": None, "margin": None}
### BEGIN SOLUTION
in_context = range(tuned.second_start, tuned.n_tokens - 1)
start_at, end_at = max(
    ((i, j) for i in in_context for j in in_context if i <= j),
    key=lambda span: logits[0, span[0]] + logits[1, span[1]],
)
marked_answer = {
    "start": start_at,
    "end": end_at,
    "margin": logits[0, start_at] + logits[1, end_at] - logits[:, 0].sum(),
}
### END SOLUTION

# %% role="check" grade_id="marked_check"
check("question-answering.marked", marked_answer)

# %% [markdown] lang="en"
# ## B · What training changed
#
# `tuned` is the attention of `minilm-qa` on the pair, `base` that of the model before it learnt
# anything about questions. `between` adds up the pieces of a word. Which head's weight from
# `session.asker` to `session.answer` **grew most** (one that reaches 90 % of the best counts too)?
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | the head; both count from 0 |
# | `after`, `before` | its weight in `tuned` and in `base`; three decimals |

# %% [markdown] lang="zh"
# ## B · 训练改变了什么
#
# `tuned` 是 `minilm-qa` 在这一对文本上的注意力，`base` 是它学问答之前的。`between` 会把一个词的几片加起来。哪个头从 `session.asker` 到 `session.answer` 的权重**增加得最多**（达到最大值 90% 的也算）？
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 这个头；都从 0 数起 |
# | `after`、`before` | 它在 `tuned` 和 `base` 里的权重；保留三位小数 |

# %%
grown = tuned.between(session.asker, session.answer) - base.between(session.asker, session.answer)
display(plot_heads(grown, title="after - before"))

# %% role="solution" grade_id="looks"
looks_answer = {"layer": None, "head": None, "after": None, "before": None}
### BEGIN SOLUTION
layer, head = np.unravel_index(grown.argmax(), grown.shape)
looks_answer = {
    "layer": layer,
    "head": head,
    "after": tuned.between(session.asker, session.answer)[layer, head],
    "before": base.between(session.asker, session.answer)[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="looks_check"
check("question-answering.looks", looks_answer)

# %%
if None not in (looks_answer["layer"], looks_answer["head"]):
    look = HeadId(int(looks_answer["layer"]), int(looks_answer["head"]))
    display(plot_row(base, look, session.asker), plot_row(tuned, look, session.asker))

# %% [markdown] lang="en"
# ## C · Cut
#
# `Cut(queries, keys, layers)` takes away the lines from some tokens (who looks) to others (what is
# looked at) in all heads of some layers; `reader.span_logits(question, context, cut)` then gives the
# scores without them. Below, `question` and `context` are the places of the words of the two texts,
# without special tokens.
#
# 1. The **question no longer looks at the context**, in layer 5, the last. How much does a start or
#    end score of a token of the context change, at most? And when you cut in layer 4 instead?
# 2. The **context no longer looks at the question**, in layer 1. How much does the answer lose:
#    start at `start` plus end at `end`, before minus after?
#
# | key | what to write |
# |---|---|
# | `last`, `before` | the largest change (without its sign) in the context, cut in layer 5 and in layer 4 |
# | `reverse` | what the answer loses when the other direction is cut in layer 1; two decimals |

# %% [markdown] lang="zh"
# ## C · 剪断
#
# `Cut(查询, 键, 层)` 在某几层的所有头里，去掉从一些词元（谁在看）到另一些词元（被看的）的线；`reader.span_logits(问题, 短文, cut)` 给出剪了以后的分数。下面的 `question` 和 `context` 是两段文本里词元的位置，不含特殊词元。
#
# 1. **问题不再看短文**，在第 5 层剪，也就是最后一层。短文里词元的开始分数或结束分数，最多变了多少？换成在第 4 层剪呢？
# 2. **短文不再看问题**，在第 1 层剪。答案损失了多少：`start` 的开始加 `end` 的结束，剪之前减剪之后？
#
# | 键 | 填什么 |
# |---|---|
# | `last`、`before` | 在第 5 层剪、在第 4 层剪时，短文里最大的变化（不计正负） |
# | `reverse` | 另一个方向在第 1 层剪断，答案损失多少；保留两位小数 |

# %%
question = list(range(1, tuned.second_start - 1))
context = list(range(tuned.second_start, tuned.n_tokens - 1))

# %% role="solution" grade_id="cut"
cut_answer = {"last": None, "before": None, "reverse": None}
### BEGIN SOLUTION


def without(queries, keys, layer):
    return reader.span_logits(session.question, session.context, Cut(queries, keys, [layer]))


def largest(layer):
    return np.abs(without(question, context, layer) - logits)[:, context].max()


lost = logits - without(context, question, 1)
cut_answer = {
    "last": largest(5),
    "before": largest(4),
    "reverse": lost[0, marked_answer["start"]] + lost[1, marked_answer["end"]],
}
### END SOLUTION

# %% role="check" grade_id="cut_check"
check("question-answering.cut", cut_answer)

# %% [markdown] lang="en"
# ## D · One that it answers, one that it gets wrong
#
# Write a context of your own in English (eight words at least, one line) and two questions on it:
# one that the model answers, and one that it gets wrong although the answer stands there plainly.
# `answer(question, context)` says what the model says. Two similar facts side by side, or who did
# what to whom, are good places to look.
#
# | key | what to write |
# |---|---|
# | `context` | your text |
# | `right_question`, `right_answer` | a question, and its answer, which the model gives word for word |
# | `wrong_question`, `wrong_answer` | a question, and its right answer as it stands in the context |
# | `model_answer` | what the model says to the second; `""` if it finds no answer |

# %% [markdown] lang="zh"
# ## D · 一个它会的，一个它答错的
#
# 自己写一段英文短文（至少八个词，写成一行），再提两个问题：一个模型答得对；另一个答案明明白白写在短文里，它却答错。`answer(问题, 短文)` 会告诉你模型怎么答。两件相像的事放在一起，或者谁对谁做了什么，都是值得下手的地方。
#
# | 键 | 填什么 |
# |---|---|
# | `context` | 你的短文 |
# | `right_question`、`right_answer` | 一个问题和它的答案，模型的回答要一字不差 |
# | `wrong_question`、`wrong_answer` | 另一个问题和它的正确答案，要是短文里的原话 |
# | `model_answer` | 模型对第二个问题的回答；它说没有答案，就填 `""` |

# %% role="solution" grade_id="own"
own_answer = {
    "context": None,
    "right_question": None,
    "right_answer": None,
    "wrong_question": None,
    "wrong_answer": None,
    "model_answer": None,
}
### BEGIN SOLUTION
text = "The museum opens at nine on weekdays and at ten on Sundays. Its director is Paula Weber."
own_answer = {
    "context": text,
    "right_question": "Who is the director of the museum?",
    "right_answer": "Paula Weber",
    "wrong_question": "When does the museum open on weekdays?",
    "wrong_answer": "at nine",
    "model_answer": answer("When does the museum open on weekdays?", text),
}
### END SOLUTION

# %% role="check" grade_id="own_check"
check("question-answering.own", own_answer)

# %% [markdown] lang="en"
# ## E · What it means
#
# Which of these do your data support? Write the name on the left as text. This one is judged when
# you hand in, not before.
#
# - `"found_there"`: the strong line shows where the model found the answer.
# - `"no_use"`: attention has no effect on the answer.
# - `"other_direction"`: in the last layer the line from question to answer does not affect the answer; in early layers the lines from context to question affect it a lot.

# %% [markdown] lang="zh"
# ## E · 这说明什么
#
# 你的数据支持下面哪一句？把左边的名字作为文字填进去。这一题要交上去之后才判。
#
# - `"found_there"`：浓线说明模型就是在那里找到答案的。
# - `"no_use"`：注意力对答案没有任何作用。
# - `"other_direction"`：最后一层从问题看答案的线不影响答案；前几层里短文看问题的线影响很大。

# %% role="solution" grade_id="claim"
claim_answer = None
### BEGIN SOLUTION
claim_answer = "other_direction"
### END SOLUTION

# %% role="check" grade_id="claim_check"
check("question-answering.claim", claim_answer)

# %% [markdown] lang="en"
# Look at the question that the model gets wrong. **Why** does it, do you think, and how would you
# find out? A few sentences: a guess, one experiment that could prove it wrong (a question or a
# context changed in one place, or a cut), and what you would see either way.

# %% [markdown] lang="zh"
# 回头看模型答错的那个问题。你觉得它**为什么**会错？怎样才能弄清楚？写几句话：一个猜想，一个能推翻它的实验（只改一处的问题或短文，或者剪断某些线），以及猜对、猜错时各会看到什么。

# %% [markdown] role="written" grade_id="friend" lang="en"
# Asked about weekdays it gives the hour of Sundays. My guess is that it goes by the order of the two
# facts and not by the day. If that is so, putting Sundays first in the context, which changes no
# fact, should turn the answer round; if it goes by the day, the answer should stay. A picture of where
# *when* looks would not settle it: in the last layer that line changes nothing at all.

# %% [markdown] role="written" grade_id="friend" lang="zh"
# 问的是平日，它答的却是星期天的时间。我猜它看的是两件事的先后，不是哪一天。如果是这样，把星期天那半句挪到前面，事情没变，答案却会跟着换；如果它看的是哪一天，答案就该不变。光看 *when* 的线说明不了问题：最后一层的那条线，剪了也毫无变化。
