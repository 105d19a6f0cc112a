# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "pronouns",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Pronouns and the decoy
#
# > The cat sat on the mat because it was tired.
#
# There is a head in this model that looks from *it* straight at *cat*. Does it understand what *it*
# stands for? A single sentence cannot tell. In this notebook you change the sentence so that the
# right answer changes, see which head goes along and which does not, and then write a sentence
# that fools the one that does not.
#
# About 50 minutes, 12 points. Every `check(...)` cell shows at once what your answer would earn,
# and you may run it as often as you like. A wrong answer never stops the notebook.
#
# **Before you measure anything**, write down two guesses (in the next cell, for yourself):
#
# 1. If the last word changes so that *it* stands for the thing, will the head that looks at the
#    living one turn?
# 2. If there is more than one of the living, so that *it* can no longer mean them, will it turn then?

# %% [markdown] lang="zh"
# # 代词与诱饵
#
# > The cat sat on the mat because it was tired.
#
# （猫坐在垫子上，因为它累了。）这个模型里有一个头，从 *it* 直直地看向 *cat*。它懂得 *it* 指谁吗？单凭一个句子，说不准。这本笔记本里，你要把句子改得连答案也跟着变，看看哪个头会跟着变、哪个头不会，再自己写一句话，让那个不会变的头上当。
#
# 大约 50 分钟，共 12 分。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分，可以反复运行；答错了也不会让笔记本停下来。
#
# **动手测量之前**，先写下两个猜测（写在下一个单元格里，只给自己看）：
#
# 1. 只换最后一个词，让 *it* 改指那样东西，原来看活物的那个头会跟着转过去吗？
# 2. 把活的那个变成复数，*it* 就不可能指它们了，这时它会转吗？

# %% [markdown] lang="en"
# *My guesses:*
#
# 1.
# 2.

# %% [markdown] lang="zh"
# *我的猜测：*
#
# 1.
# 2.

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture
from grader.plots import plot_heads, plot_row

# %% [markdown] lang="en"
# ## A · Whom does *it* look at, on average?
#
# You have four sentences; `session.variant` shows them all.
#
# | name | what it is | what the pronoun stands for |
# |---|---|---|
# | `session.sentence` | the sentence | `session.living` |
# | `session.turned` | the same, with another last word | `session.thing` |
# | `session.it_sentence` | more than one of the living, *it* | `session.thing`: *it* is singular |
# | `session.they_sentence` | more than one of the living, *they* | `session.livings` |
#
# `attention.between("it", session.living)` gives, for every head, the weight from the word *it* to
# your living one: an array with the axes layer and head. Capture `session.sentence` and write down
# the mean over all heads of the weight from *it* to your `living`, and to your `thing`. Three
# decimals are enough, here and below.

# %% [markdown] lang="zh"
# ## A · 平均来看，*it* 看谁
#
# 你有四个句子，`session.variant` 可以看到全部。
#
# | 名字 | 是哪一句 | 代词指谁 |
# |---|---|---|
# | `session.sentence` | 原句 | `session.living` |
# | `session.turned` | 只换了最后一个词 | `session.thing` |
# | `session.it_sentence` | 活的那个变成复数，代词是 *it* | `session.thing`：*it* 是单数 |
# | `session.they_sentence` | 活的那个变成复数，代词是 *they* | `session.livings` |
#
# `attention.between("it", session.living)` 给出每个头从 *it* 到你那个活物的权重：一个数组，两个轴是层和头。请捕获 `session.sentence`，写下从 *it* 到你的 `living` 和到你的 `thing` 的权重在所有头上的平均值。这里和后面都保留三位小数就够了。

# %% role="solution" grade_id="means"
attention = None
means_answer = {"living": None, "thing": None}
### BEGIN SOLUTION
attention = capture(session.sentence)
to_living = attention.between("it", session.living)
to_thing = attention.between("it", session.thing)
means_answer = {"living": to_living.mean(), "thing": to_thing.mean()}
### END SOLUTION

# %% role="check" grade_id="means_check"
check("pronouns.means", means_answer)

# %% [markdown] lang="en"
# ## B · The head that seems to understand
#
# Find the head with the largest `living` minus `thing` in the row of *it* (one that reaches 90 % of
# the best counts too). Layers and heads count from 0.
#
# Then test it on `session.turned`. Only the last word is different, and now *it* stands for the
# thing. Is **at least half** of the head's preference for the living one still there?
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `living`, `thing` | its two weights from *it*, in `session.sentence` |
# | `survives` | `True` if at least half of the difference is left in `session.turned` |
# | `living_turned`, `thing_turned` | its two weights from *it* there |

# %% [markdown] lang="zh"
# ## B · 看起来懂代词的头
#
# 在 *it* 那一行，找出 `living` 减 `thing` 最大的头（达到最大值 90% 的也算）。层和头都从 0 数起。
#
# 然后用 `session.turned` 检验它。这一句只换了最后一个词，*it* 指的却变成了那样东西。这个头对活的那个的偏向，是否还剩**至少一半**？
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `living`、`thing` | 在 `session.sentence` 里，从 *it* 出发的两个权重 |
# | `survives` | 在 `session.turned` 里是否还剩至少一半的差值：`True` 或 `False` |
# | `living_turned`、`thing_turned` | 在那一句里，从 *it* 出发的两个权重 |

# %%
if attention:
    difference = attention.between("it", session.living) - attention.between("it", session.thing)
    display(plot_heads(difference, title=f"{session.living} - {session.thing}"))

# %% role="solution" grade_id="decoy"
decoy_answer = {
    "layer": None,
    "head": None,
    "living": None,
    "thing": None,
    "survives": None,
    "living_turned": None,
    "thing_turned": None,
}
### BEGIN SOLUTION
turned = capture(session.turned)
lean = to_living - to_thing
layer, head = np.unravel_index(lean.argmax(), lean.shape)
living_turned = turned.between("it", session.living)[layer, head]
thing_turned = turned.between("it", session.thing)[layer, head]
decoy_answer = {
    "layer": layer,
    "head": head,
    "living": to_living[layer, head],
    "thing": to_thing[layer, head],
    "survives": (living_turned - thing_turned) / lean[layer, head] >= 0.5,
    "living_turned": living_turned,
    "thing_turned": thing_turned,
}
### END SOLUTION

# %% role="check" grade_id="decoy_check"
check("pronouns.decoy", decoy_answer)

# %% [markdown] lang="en"
# Look at its row in each of the four sentences. (Nothing is drawn as long as the head is missing.)

# %% [markdown] lang="zh"
# 看看它在四个句子里的那一行。（还没有填头的时候，什么也不会画。）

# %%
if None not in (decoy_answer["layer"], decoy_answer["head"]):
    look = HeadId(int(decoy_answer["layer"]), int(decoy_answer["head"]))
    for text in (session.sentence, session.turned, session.it_sentence):
        display(plot_row(capture(text), look, "it"))
    display(plot_row(capture(session.they_sentence), look, "they"))

# %% [markdown] lang="en"
# ## C · A head that tells singular from plural
#
# In `session.it_sentence` grammar alone decides: *it* is singular. Find a head that gives the
# `thing` at least .2 more than the `livings` in the row of *it* (from .1 on you get half the
# points).
#
# A cheap rival does the same: "always the nearer noun". So test your head on
# `session.they_sentence`, where the right noun is the other one. Is its preference for the right
# noun there **at least half** as large?
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `it_thing`, `it_livings` | its two weights from *it*, in `session.it_sentence` |
# | `survives` | `True` if `livings` minus `thing` in the row of *they* is at least half of `thing` minus `livings` in the row of *it* |
# | `they_livings`, `they_thing` | its two weights from *they*, in `session.they_sentence` |

# %% [markdown] lang="zh"
# ## C · 分得清单复数的头
#
# 在 `session.it_sentence` 里，语法一锤定音：*it* 是单数。请找一个头，在 *it* 那一行，它给 `thing` 的权重比给 `livings` 的至少多 .2（从 .1 起得一半分）。
#
# 有条基线也做得到：“永远选近的那个名词”。所以再用 `session.they_sentence` 检验，那里该看的是另一个名词。它在那里对正确名词的偏向，是否**至少有一半**那么大？
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `it_thing`、`it_livings` | 在 `session.it_sentence` 里，从 *it* 出发的两个权重 |
# | `survives` | *they* 那一行的 `livings` 减 `thing`，是否至少是 *it* 那一行 `thing` 减 `livings` 的一半：`True` 或 `False` |
# | `they_livings`、`they_thing` | 在 `session.they_sentence` 里，从 *they* 出发的两个权重 |

# %% role="solution" grade_id="number_head"
number_head_answer = {
    "layer": None,
    "head": None,
    "it_thing": None,
    "it_livings": None,
    "survives": None,
    "they_livings": None,
    "they_thing": None,
}
### BEGIN SOLUTION
with_it, with_they = capture(session.it_sentence), capture(session.they_sentence)
it_thing = with_it.between("it", session.thing)
it_livings = with_it.between("it", session.livings)
they_livings = with_they.between("they", session.livings)
they_thing = with_they.between("they", session.thing)
both = np.minimum(it_thing - it_livings, they_livings - they_thing)
layer, head = np.unravel_index(both.argmax(), both.shape)
after = they_livings[layer, head] - they_thing[layer, head]
number_head_answer = {
    "layer": layer,
    "head": head,
    "it_thing": it_thing[layer, head],
    "it_livings": it_livings[layer, head],
    "survives": after / (it_thing[layer, head] - it_livings[layer, head]) >= 0.5,
    "they_livings": they_livings[layer, head],
    "they_thing": they_thing[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="number_head_check"
check("pronouns.number_head", number_head_answer)

# %% [markdown] lang="en"
# ## D · A counterexample of your own
#
# Now fool the decoy, the head of B. Write a sentence in which **number decides** what the pronoun
# stands for: with *it*, the right noun is singular and the wrong one plural; with *they*, the other
# way round. Pronoun and nouns stand there once each, the nouns first. The head should give the
# wrong noun at least .1 more than the right one.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | the decoy |
# | `text` | your sentence |
# | `pronoun` | `"it"` or `"they"` |
# | `right`, `wrong` | the noun that it stands for, and the other one |
# | `weight_right`, `weight_wrong` | the head's weights from the pronoun to each |

# %% [markdown] lang="zh"
# ## D · 你自己的反例
#
# 现在来骗一骗诱饵，也就是 B 里的那个头。写一句话，**靠单复数**定死代词指谁：代词是 *it*，对的名词就是单数、错的是复数；代词是 *they*，就反过来。代词和两个名词各出现一次，名词在前。要让这个头给错的名词的权重，比给对的至少多 .1。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 诱饵头 |
# | `text` | 你的句子 |
# | `pronoun` | `"it"` 或 `"they"` |
# | `right`、`wrong` | 代词真正指的名词，和另一个名词 |
# | `weight_right`、`weight_wrong` | 这个头从代词给它们的权重 |

# %% role="solution" grade_id="counterexample"
counterexample_answer = {
    "layer": None,
    "head": None,
    "text": None,
    "pronoun": None,
    "right": None,
    "wrong": None,
    "weight_right": None,
    "weight_wrong": None,
}
### BEGIN SOLUTION
text = "The dogs slept in the house because it was warm."
own = capture(text)
layer, head = decoy_answer["layer"], decoy_answer["head"]
counterexample_answer = {
    "layer": layer,
    "head": head,
    "text": text,
    "pronoun": "it",
    "right": "house",
    "wrong": "dogs",
    "weight_right": own.between("it", "house")[layer, head],
    "weight_wrong": own.between("it", "dogs")[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="counterexample_check"
check("pronouns.counterexample", counterexample_answer)

# %% [markdown] lang="en"
# Which of these do your data support? Write the name on the left as text. This one is judged when
# you hand in, not before.
#
# - `"understands"`: this head understands what *it* stands for.
# - `"nothing"`: no head of this model can tell what a pronoun stands for.
# - `"habit"`: this head likes the living; when it is right, the answer happens to agree with its taste.

# %% [markdown] lang="zh"
# 你的数据支持下面哪一句？把左边的名字作为文字填进去。这一题要交上去之后才判。
#
# - `"understands"`：这个头懂得 *it* 指谁。
# - `"nothing"`：模型里没有任何头能分清代词指谁。
# - `"habit"`：这个头偏爱活的东西；猜对的时候，只是碰巧和它的偏好一致。

# %% role="solution" grade_id="claim"
claim_answer = None
### BEGIN SOLUTION
claim_answer = "habit"
### END SOLUTION

# %% role="check" grade_id="claim_check"
check("pronouns.claim", claim_answer)

# %% [markdown] lang="en"
# ## E · Answer your friend
#
# A friend shows you the picture of B and says: **"Look, this head knows what *it* stands for!"**
# What do you answer? Half a page at most. Use at least one pair of numbers that you measured, say
# what a test of a head needs, and look back at your guesses.

# %% [markdown] lang="zh"
# ## E · 回答朋友
#
# 朋友拿着 B 的图对你说：**“看，这个头知道 *it* 指谁！”** 你怎么回答？最多半页。至少用上一对你测到的数，说说检验一个头需要什么，并回头看看你的猜测。

# %% [markdown] role="written" grade_id="friend" lang="en"
# It looks at the cat, that much is true: .71 against .10 for the mat. But I changed one word, *tired*
# to *soft*, and it still gave the cat .68. I made the cats several, so that *it* cannot mean them,
# and it looked at them all the same. So it likes the living one, whoever is meant; on the first
# sentence taste and truth happened to agree. L3H1 goes along with number, so the model is not blind
# to form. A test of a head needs sentences in which the answer changes, and a cheap rival such as
# "the nearer noun". I had guessed that it would turn in the second case. It did not.

# %% [markdown] role="written" grade_id="friend" lang="zh"
# 它看猫，这一点不假：猫 .71，垫子 .10。可是我只把 *tired* 换成 *soft*，它还是给猫 .68；把猫换成好几只，*it* 在语法上已经不能指它们，它照样看它们。可见它偏爱活的东西，不管指的是谁；第一句里只是偏好和答案碰巧一致。L3H1 倒是会跟着单复数走，所以不能说模型什么都分不清。检验一个头，要有答案会变的句子，还要有“选近的名词”这样基线。我原来猜第二种改法它会转，结果没有。
