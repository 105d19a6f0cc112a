# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "telescope",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Who has the telescope?
#
# > I saw the man with the telescope.
#
# Was it you who looked through the telescope, or did the man carry it? English leaves both open.
# In this notebook you look at what a Transformer does with such a sentence, measure it, put your
# own finding to the test, and then answer a friend.
#
# About an hour, 12 points. Every `check(...)` cell shows at once what your answer would earn, and
# you may run it as often as you like. A wrong answer never stops the notebook.
#
# **Before you measure anything**, write down three guesses (in the next cell, for yourself):
#
# 1. Who has the telescope?
# 2. Will the word *with* look more at *I* or more at *man*?
# 3. Is there one head, out of 72, that knows?

# %% [markdown] lang="zh"
# # 望远镜在谁手里？
#
# > I saw the man with the telescope.
#
# 这句英文有两种读法：我**用望远镜**看见了那个男人；我看见了那个**带着望远镜的**男人。说中文的人必须选一种，英文却可以两种都留着。这本笔记本里，你要看一看 Transformer 怎样处理这样的句子：先测量，再想办法推翻自己的发现，最后回答一位朋友。
#
# 大约一小时，共 12 分。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分，可以反复运行；答错了也不会让笔记本停下来。
#
# **动手测量之前**，先写下三个猜测（写在下一个单元格里，只给自己看）：
#
# 1. 望远镜在谁手里？
# 2. *with* 这个词会更多地看 *I*，还是 *man*？
# 3. 72 个头里，有没有一个头“知道”答案？

# %% [markdown] lang="en"
# *My guesses:*
#
# 1.
# 2.
# 3.

# %% [markdown] lang="zh"
# *我的猜测：*
#
# 1.
# 2.
# 3.

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture
from grader.heads import previous_token_scores
from grader.plots import plot_grid, plot_heads, plot_pattern, plot_row

# %% [markdown] lang="en"
# ## 0 · Capture the attention
#
# `capture(text)` runs the model on a text and returns its attention. What comes back has
#
# - `.tokens`: what the model read, `[CLS]` and `[SEP]` included;
# - `.weights`: an array with the axes layer, head, query, key. A row belongs to the query, the
#   token that looks; a column to the key, the token looked at. Every row sums to 1.
#
# Your sentence is `session.sentence`, its words are `session.subject`, `session.verb`,
# `session.noun` and `session.preposition`; `session.variant` shows them all. Put the attention on
# your sentence into `attention`.

# %% [markdown] lang="zh"
# ## 0 · 捕获注意力
#
# `capture(text)` 让模型读一段文字，并返回它的注意力。返回的东西里有：
#
# - `.tokens`：模型读到的词元，包括 `[CLS]` 和 `[SEP]`；
# - `.weights`：一个数组，四个轴依次是层、头、查询、键。行属于查询，也就是正在看的词元；列属于键，也就是被看的词元。每一行的和都是 1。
#
# 你的句子是 `session.sentence`，句中的词是 `session.subject`、`session.verb`、`session.noun` 和 `session.preposition`；`session.variant` 可以看到全部。请把你的句子的注意力放进 `attention`。

# %% role="solution" grade_id="array"
attention = None
### BEGIN SOLUTION
attention = capture(session.sentence)
### END SOLUTION

# %% role="check" grade_id="array_check"
check("telescope.array", attention)

# %% [markdown] lang="en"
# Now look around. The first cell draws all heads at once; the second a single head, once as a map
# and once as the row of your preposition. Change the layer and the head and run them again. (They stay empty
# until `attention` is there.)

# %% [markdown] lang="zh"
# 现在四处看看。第一个单元格一次画出所有的头；第二、第三个画一个头：先画注意力图，再画你的介词那一行。换一换层和头，再运行。（`attention` 还是空的时候，什么也不会画。）

# %%
attention and plot_grid(attention)

# %% grade_id="look"
look = HeadId(layer=4, head=5)
attention and plot_pattern(attention, look)

# %%
attention and plot_row(attention, look, session.preposition)

# %% [markdown] lang="en"
# ## A · On average
#
# `attention.between(session.preposition, session.noun)` gives, for every head, the weight from
# your preposition to your noun: an array with the axes layer and head.
#
# | key | what to write |
# |---|---|
# | `mean_subject` | the mean over all heads of the weight from your preposition to your subject |
# | `mean_noun` | the same, to your noun |
# | `most_heads_noun` | `True` if more than half of the heads give the noun more than the subject |
# | `larger` | `"subject"` or `"noun"`: which of the two means is larger |
#
# Three decimals are enough, here and below.

# %% [markdown] lang="zh"
# ## A · 平均来看
#
# `attention.between(session.preposition, session.noun)` 给出每个头从你的介词到你的名词的权重：一个数组，两个轴是层和头。
#
# | 键 | 填什么 |
# |---|---|
# | `mean_subject` | 从你的介词到你的主语，权重在所有头上的平均值 |
# | `mean_noun` | 同样，到你的名词 |
# | `most_heads_noun` | 给名词的权重比给主语的大，这样的头是否超过一半：`True` 或 `False` |
# | `larger` | 两个平均值哪个大：`"subject"` 或 `"noun"` |
#
# 这里和后面都保留三位小数就够了。

# %% role="solution" grade_id="means"
means_answer = {
    "mean_subject": None,
    "mean_noun": None,
    "most_heads_noun": None,
    "larger": None,
}
### BEGIN SOLUTION
to_subject = attention.between(session.preposition, session.subject)
to_noun = attention.between(session.preposition, session.noun)
means_answer = {
    "mean_subject": to_subject.mean(),
    "mean_noun": to_noun.mean(),
    "most_heads_noun": (to_noun > to_subject).mean() > 0.5,
    "larger": "noun" if to_noun.mean() > to_subject.mean() else "subject",
}
### END SOLUTION

# %% role="check" grade_id="means_check"
check("telescope.means", means_answer)

# %% [markdown] lang="en"
# ## B · A clear head, and its control
#
# A mean stirs 72 heads together. Find **one** head whose row of your preposition tells subject
# and noun clearly apart: the two weights differ by at least .2 (from .1 on you get half the points). Layers and
# heads count from 0.
#
# Then put it to the test. `session.control` is the same sentence with one word put in between. The
# reading does not change; the positions do. Does your head keep **at least half** of its
# difference? Capture the control sentence and answer with its weights.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `noun`, `subject` | its two weights from your preposition, in your sentence |
# | `survives` | `True` if at least half of the difference is left in the control sentence |
# | `noun_control`, `subject_control` | its two weights in the control sentence |

# %% [markdown] lang="zh"
# ## B · 一个分得清的头，和它的对照
#
# 平均值把 72 个头搅在了一起。请找**一个**头，它的介词那一行把主语和名词分得很清：两个权重至少相差 .2（从 .1 起得一半分）。层和头都从 0 数起。
#
# 然后检验它。`session.control` 是同一个句子，只是中间加了一个词：读法没有变，位置变了。你的头是否保住了**至少一半**的差值？请捕获对照句，用它的权重来回答。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `noun`、`subject` | 在你的句子里，从介词出发的两个权重 |
# | `survives` | 在对照句里是否还剩至少一半的差值：`True` 或 `False` |
# | `noun_control`、`subject_control` | 在对照句里的两个权重 |

# %%
if attention:
    difference = attention.between(session.preposition, session.noun) - attention.between(
        session.preposition, session.subject
    )
    display(plot_heads(difference, title=f"{session.noun} - {session.subject}"))

# %% role="solution" grade_id="clear_head"
clear_head_answer = {
    "layer": None,
    "head": None,
    "noun": None,
    "subject": None,
    "survives": None,
    "noun_control": None,
    "subject_control": None,
}
### BEGIN SOLUTION
apart = np.abs(to_noun - to_subject)
layer, head = np.unravel_index(apart.argmax(), apart.shape)
control = capture(session.control)
noun_control = control.between(session.preposition, session.noun)[layer, head]
subject_control = control.between(session.preposition, session.subject)[layer, head]
before = to_noun[layer, head] - to_subject[layer, head]
clear_head_answer = {
    "layer": layer,
    "head": head,
    "noun": to_noun[layer, head],
    "subject": to_subject[layer, head],
    "survives": (noun_control - subject_control) / before >= 0.5,
    "noun_control": noun_control,
    "subject_control": subject_control,
}
### END SOLUTION

# %% role="check" grade_id="clear_head_check"
check("telescope.clear_head", clear_head_answer)

# %% [markdown] lang="en"
# ## C · Where the readings part
#
# The phrase that begins with your preposition can belong to the verb (what was done, and how) or to
# the noun (which one is meant). It never belongs to the subject. So compare your verb with your noun.
#
# Some heads always look at the token before, whatever it is. They would win for the wrong reason,
# so they do not count. Here is each head's previous-token score, averaged over ten sentences whose
# words have little to do with each other: **a head with .25 or more is positional**.

# %% [markdown] lang="zh"
# ## C · 两种读法在哪里分开
#
# 你那个介词带起的短语可以修饰动词（怎样做的），也可以修饰名词（说的是哪一个）；它从不修饰主语。所以要比较的是你的动词和你的名词。
#
# 有些头总是看前一个词元，不管那是什么词。它们会因为错误的理由胜出，所以不算。下面是每个头的“看前一个词元”得分，在十个句子上取平均，这些句子里的词彼此没什么关系：**.25 或以上就是位置头**。

# %%
positional = previous_token_scores([capture(text) for text in session.texts("positional")])
plot_heads(positional, title="previous token")

# %% [markdown] lang="en"
# Among the other heads, find the one with the largest verb minus noun, and the one with the
# largest noun minus verb. A head that reaches 90 % of the best counts too. Give each head with
# its two weights: `verb` is the weight on your verb, `noun` the weight on your noun.

# %% [markdown] lang="zh"
# 在其余的头里，找出动词减名词最大的头，和名词减动词最大的头。达到最大值 90% 的头也算。每个头都写上它的两个权重：`verb` 是给动词的，`noun` 是给名词的。

# %% role="solution" grade_id="verb_head"
verb_head_answer = {"layer": None, "head": None, "verb": None, "noun": None}
### BEGIN SOLUTION
to_verb = attention.between(session.preposition, session.verb)
lean = np.where(positional < 0.25, to_verb - to_noun, -1)
layer, head = np.unravel_index(lean.argmax(), lean.shape)
verb_head_answer = {
    "layer": layer,
    "head": head,
    "verb": to_verb[layer, head],
    "noun": to_noun[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="verb_head_check"
check("telescope.verb_head", verb_head_answer)

# %% role="solution" grade_id="noun_head"
noun_head_answer = {"layer": None, "head": None, "verb": None, "noun": None}
### BEGIN SOLUTION
lean = np.where(positional < 0.25, to_noun - to_verb, -1)
layer, head = np.unravel_index(lean.argmax(), lean.shape)
noun_head_answer = {
    "layer": layer,
    "head": head,
    "verb": to_verb[layer, head],
    "noun": to_noun[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="noun_head_check"
check("telescope.noun_head", noun_head_answer)

# %% [markdown] lang="en"
# ## D · Two sentences of your own
#
# One sentence cannot show whether a head follows the meaning. So write two that are **not**
# ambiguous: in the first, the thing is a tool of the one who acts; in the second, it belongs to the
# other. Each has exactly one *with* (or whatever your preposition is). Choose a head, and in each
# sentence the two words you compare: each stands there once, before the preposition. For instance
# `["saw", "man"]`, verb first both times.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | the head that you watch |
# | `first`, `second` | for each sentence: `text`, `words` (two), `weights` (two, in the same order) |
# | `sides` | `"same side"` if the head prefers the same one of the two both times, the first or the second; else `"changes side"` |

# %% [markdown] lang="zh"
# ## D · 你自己的两个句子
#
# 只看一个句子，看不出一个头是不是跟着意思走。所以请写两个**没有**歧义的句子：第一句里，那样东西是做事的人所用的工具；第二句里，它属于另一个人。每句恰好有一个 *with*（或者你的介词）。选一个头，再在每句里选两个要比较的词：各出现一次，都在介词之前。例如 `["saw", "man"]`，两句都把动词放在前面。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你观察的头 |
# | `first`、`second` | 每个句子：`text`（句子）、`words`（两个词）、`weights`（两个权重，顺序相同） |
# | `sides` | 两次都偏向同一个（都是前一个词，或都是后一个词）：`"same side"`；换了边：`"changes side"` |

# %% role="solution" grade_id="own_sentences"
own_sentences_answer = {
    "layer": None,
    "head": None,
    "first": {"text": None, "words": None, "weights": None},
    "second": {"text": None, "words": None, "weights": None},
    "sides": None,
}
### BEGIN SOLUTION
layer, head = 5, 8


def look_at(text, words):
    seen = capture(text)
    weights = [seen.between(session.preposition, word)[layer, head] for word in words]
    return {"text": text, "words": words, "weights": weights}


first = look_at("She saw the boy with her own binoculars.", ["saw", "boy"])
second = look_at("She saw the boy with the red scarf.", ["saw", "boy"])
leans = [sentence["weights"][0] - sentence["weights"][1] for sentence in (first, second)]
own_sentences_answer = {
    "layer": layer,
    "head": head,
    "first": first,
    "second": second,
    "sides": "same side" if leans[0] * leans[1] > 0 else "changes side",
}
### END SOLUTION

# %% role="check" grade_id="own_sentences_check"
check("telescope.own_sentences", own_sentences_answer)

# %% [markdown] lang="en"
# Which of these do your data support? Write the name on the left as text. This one is judged when
# you hand in, not before.
#
# - `"has_noun"`: this head shows that the phrase belongs to the noun.
# - `"has_subject"`: this head shows that the phrase belongs to what the subject did.
# - `"does_not_tell"`: this head alone does not tell what the phrase belongs to.

# %% [markdown] lang="zh"
# 你的数据支持下面哪一句？把左边的名字作为文字填进去。这一题要交上去之后才判。
#
# - `"has_noun"`：这个头说明短语修饰的是名词。
# - `"has_subject"`：这个头说明短语修饰的是主语所做的事。
# - `"does_not_tell"`：单凭这个头，说不出短语修饰谁。

# %% role="solution" grade_id="claim"
claim_answer = None
### BEGIN SOLUTION
claim_answer = "does_not_tell"
### END SOLUTION

# %% role="check" grade_id="claim_check"
check("telescope.claim", claim_answer)

# %% [markdown] lang="en"
# ## E · Answer your friend
#
# A friend reads your sentence and asks, as one would ask who has the telescope: **what does the phrase
# belong to, the verb or the noun?** What do you answer now, and does it fit your intuition? Half a
# page at most. Use at least one number that you measured, and look back at your three guesses.

# %% [markdown] lang="zh"
# ## E · 回答朋友
#
# 朋友读了你的句子，像问“望远镜在谁手里”那样问：**这个短语修饰的是动词，还是名词？** 你现在怎么回答？这符合你的直觉吗？最多半页。至少用上一个你测到的数，并回头看看你的三个猜测。

# %% [markdown] role="written" grade_id="friend" lang="en"
# The sentence does not say, and neither does the attention. My first thought was that I had the
# telescope. On average *with* looks at *man* more than at *I* (.086 against .038), which sounds
# like an answer, but the clearest head gives all its weight to *man* only because *man* stands
# right before it: with one word put in between, nothing is left. On the words that matter the heads
# disagree: L1H2 leans to *saw*, L5H8 to *man*, and L5H8 stays on the noun even where the thing is
# clearly a tool. So I would say: "You cannot know from the sentence. The weights show where the
# model looks; they are worth a guess that one then tests, not an answer to who has it."

# %% [markdown] role="written" grade_id="friend" lang="zh"
# 句子本身没有说，注意力也没有说。我起初以为望远镜在我手里。平均来看，*with* 看 *man* 比看 *I* 多（.086 对 .038），听起来像个答案；可是最“清楚”的那个头把权重全给了 *man*，只是因为 *man* 正好在它前面：中间加一个词，差值就没有了。在真正要紧的两个词上，各个头意见不一：L1H2 偏向 *saw*，L5H8 偏向 *man*，而且在明明是工具的句子里，L5H8 仍然偏向名词。所以我会回答：“光凭这句话没法知道。权重只告诉我们模型往哪里看，可以用来提出猜想再去检验，不能当作望远镜在谁手里的答案。”
