# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "copying",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Copying
#
# How does a model that writes repeat a word that it has never seen before? In this notebook you find
# a head that looks one step back and a head that looks behind the last time, watch a name stand or
# fall when a head is silenced, and break the copying of a name that you invent.
#
# About an hour, 14 points. The model is SmolLM2, 30 layers of 9 heads; fetch it once with
# `grader model smollm2` (93 MB). Every `check(...)` cell shows at once what your answer would earn,
# and you may run it as often as you like. A wrong answer never stops the notebook.

# %% [markdown] lang="zh"
# # 照抄
#
# 会写字的模型怎么重复一个从没见过的词？这本笔记本里，你要找到一个总看前一个词元的头和一个看“上次后面那个词元”的头，看看关掉一个头以后一个名字是站住还是倒下，再让一个你编造的名字抄不下去。
#
# 大约一小时，共 14 分。模型是 SmolLM2，30 层，每层 9 个头；先用 `grader model smollm2` 取一次（93 MB）。每个 `check(...)` 单元格会马上告诉你这份作答能得多少分，可以反复运行；答错了也不会让笔记本停下来。

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture, load_model
from grader.heads import previous_token_scores
from grader.network import ZeroHead

model = "smollm2"
writer = load_model(model)
sentences = [
    "A small river runs behind our school, and in spring it floods the football field.",
    "Nobody expected the old bridge to survive the storm, but it did.",
    "The committee will meet again on Thursday to discuss the new timetable.",
    "Three children were playing chess under the apple tree while it rained.",
]
print(session.list)

# %% [markdown] lang="en"
# ## A · A head that looks one step back
#
# Over the four `sentences`: a head that gives the token before at least .5 (half the points from .3),
# the first token left out, as `previous_token_scores` does it. Then the same head in `session.list`,
# where the words have nothing to do with each other.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head; both count from 0 |
# | `previous` | its mean over the four sentences |
# | `survives` | `True` if at least half of it is left in `session.list` |
# | `scrambled` | its score there |

# %% [markdown] lang="zh"
# ## A · 总看前一个词元的头
#
# 在四句 `sentences` 里：找一个给前一个词元至少 .5 的头（从 .3 起得一半分），第一个词元不算，算法同 `previous_token_scores`。再看这个头在 `session.list` 里怎么样，那里的词互不相干。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头；都从 0 数起 |
# | `previous` | 它在四句话里的平均 |
# | `survives` | 在 `session.list` 里是否还剩至少一半：`True` 或 `False` |
# | `scrambled` | 它在那里的得分 |

# %%
scores = previous_token_scores([capture(text, model=model) for text in sentences])
scrambled = previous_token_scores([capture(session.list, model=model)])

# %% role="solution" grade_id="previous"
previous_answer = {
    "layer": None,
    "head": None,
    "previous": None,
    "survives": None,
    "scrambled": None,
}
### BEGIN SOLUTION
layer, head = np.unravel_index(scores.argmax(), scores.shape)
previous_answer = {
    "layer": layer,
    "head": head,
    "previous": scores[layer, head],
    "survives": scrambled[layer, head] >= scores[layer, head] / 2,
    "scrambled": scrambled[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="previous_check"
check("copying.previous", previous_answer)

# %% [markdown] lang="en"
# ## B · An induction head
#
# `twice` is your list said twice. At its second time, a head that copies looks from each token to
# what **followed** it the first time. The score of a head is the mean of that weight over the tokens
# of the second time, the first of them left out. Find a head with at least .3 (half the points from
# .15) that is no previous-token head: its `scrambled` score from A is .1 or more below.
#
# | key | what to write |
# |---|---|
# | `layer`, `head` | your head |
# | `induction` | its score |
# | `scrambled` | its previous-token score in `session.list`, as in A |

# %% [markdown] lang="zh"
# ## B · 归纳头
#
# `twice` 是把你的那串词说两遍。说第二遍时，会照抄的头从每个词元看向它上次**后面**的那个词元。一个头的得分，就是第二遍各词元（第一个除外）给那里的权重的平均。找一个至少 .3 的头（从 .15 起得一半分），它还不能是看前一个词元的头：A 里的 `scrambled` 得分至少比它小 .1。
#
# | 键 | 填什么 |
# |---|---|
# | `layer`、`head` | 你选的头 |
# | `induction` | 它的得分 |
# | `scrambled` | 它在 `session.list` 里给前一个词元的得分，同 A |

# %%
twice = capture(f"{session.list} {session.list}", model=model)
n = twice.n_tokens - capture(session.list, model=model).n_tokens  # tokens of the second time
print(twice.n_tokens, n)

# %% role="solution" grade_id="induction"
induction_answer = {"layer": None, "head": None, "induction": None, "scrambled": None}
### BEGIN SOLUTION
queries = np.arange(twice.n_tokens - n + 1, twice.n_tokens)
induction = twice.weights[:, :, queries, queries - n + 1].mean(axis=-1)
layer, head = np.unravel_index(induction.argmax(), induction.shape)
induction_answer = {
    "layer": layer,
    "head": head,
    "induction": induction[layer, head],
    "scrambled": scrambled[layer, head],
}
### END SOLUTION

# %% role="check" grade_id="induction_check"
check("copying.induction", induction_answer)

# %% [markdown] lang="en"
# ## C · The head that looks hardest
#
# Your story breaks off where a name follows. `logit(text, name)` says how well a name fits there, and
# takes heads to silence. Find the head that gives `session.right` most from the last token (.6 at
# least). **Before you silence it, write down**: will the right name fall, or rise?
#
# | key | what to write |
# |---|---|
# | `plain` | logit of `session.right` minus that of `session.wrong`; two decimals |
# | `layer`, `head` | your head |
# | `looks` | its weight from the last token to `session.right` |
# | `without` | the same difference with that head silenced |
# | `direction` | `"up"` or `"down"`: what silencing it does to the difference |

# %% [markdown] lang="zh"
# ## C · 看得最用力的头
#
# 你的故事断在要写名字的地方。`logit(text, name)` 给出一个名字放在那里有多合适，还可以指定要关掉的头。找出从最后一个词元给 `session.right` 权重最大的头（至少 .6）。**关掉它之前先写下来**：对的名字会跌，还是会涨？
#
# | 键 | 填什么 |
# |---|---|
# | `plain` | `session.right` 的 logit 减去 `session.wrong` 的；保留两位小数 |
# | `layer`、`head` | 你选的头 |
# | `looks` | 它从最后一个词元给 `session.right` 的权重 |
# | `without` | 关掉这个头以后，同样的差 |
# | `direction` | 关掉它，差变大填 `"up"`，变小填 `"down"` |


# %%
def logit(text, name, silent=()):
    edits = [ZeroHead(HeadId(*one)) for one in silent]
    return writer.trace(text, edits=edits).logits[-1][writer.encode(" " + name).ids[0]]


story = capture(session.sentence, model=model)
print(session.sentence, "->", session.right, "or", session.wrong)
print(*enumerate(story.tokens))

# %% role="solution" grade_id="looker"
looker_answer = {
    "plain": None,
    "layer": None,
    "head": None,
    "looks": None,
    "without": None,
    "direction": None,
}
### BEGIN SOLUTION
names = session.right, session.wrong
looks = story.weights[:, :, -1, [token.strip() for token in story.tokens].index(names[0])]
layer, head = map(int, np.unravel_index(looks.argmax(), looks.shape))
plain, without = (
    float(np.subtract(*(logit(session.sentence, name, silent) for name in names)))
    for silent in ([], [(layer, head)])
)
looker_answer = {
    "plain": plain,
    "layer": layer,
    "head": head,
    "looks": looks[layer, head],
    "without": without,
    "direction": "up" if without > plain else "down",
}
### END SOLUTION

# %% role="check" grade_id="looker_check"
check("copying.looker", looker_answer)

# %% [markdown] lang="en"
# ## D · A story of your own, an invented name
#
# Write two or three English sentences of your own, at most 64 tokens. Invent a name that no book
# knows, let it stand once in the story and once more at the very end, without a full stop: there it
# must take at least three tokens. `copied(text, name)` tells for each of its tokens at the end whether
# it is the likeliest one; all but the first should be, and without the five heads at most half of
# them.
#
# | key | what to write |
# |---|---|
# | `text`, `name` | your story and the name |
# | `pieces` | how many tokens the name has at the end |
# | `whole` | the share of its tokens but the first that are the likeliest |
# | `broken` | the same without `five` |

# %% [markdown] lang="zh"
# ## D · 自己的故事，编造的名字
#
# 写两三句自己的英语，最多 64 个词元。编一个哪本书里都没有的名字，让它在故事里出现一次，在最末尾再出现一次，后面不加句号；在那里它至少要占三个词元。`copied(text, name)` 对末尾名字的每个词元说出它是不是最可能的那一个：除了第一个都应该是，关掉五个头以后最多一半还是。
#
# | 键 | 填什么 |
# |---|---|
# | `text`、`name` | 你的故事和名字 |
# | `pieces` | 名字在末尾有几个词元 |
# | `whole` | 除第一个以外，它的词元里最可能的占多少 |
# | `broken` | 关掉 `five` 以后，同样的比例 |

# %%
five = [(18, 6), (17, 4), (17, 5), (17, 3), (18, 7)]


def copied(text, name, silent=()):
    ids, likeliest = writer.likeliest(text, silent)
    size = len(writer.encode(" " + name))
    return likeliest[-size - 1 : -1] == ids[-size:]


# %% role="solution" grade_id="story"
story_answer = {"text": None, "name": None, "pieces": None, "whole": None, "broken": None}
### BEGIN SOLUTION
name = "Quorrblim"
text = f"Our new neighbour has a parrot called {name}. It sings at night. Everybody loves {name}"
whole, broken = copied(text, name), copied(text, name, five)
story_answer = {
    "text": text,
    "name": name,
    "pieces": len(whole),
    "whole": whole[1:].mean(),
    "broken": broken[1:].mean(),
}
### END SOLUTION

# %% role="check" grade_id="story_check"
check("copying.story", story_answer)

# %% [markdown] lang="en"
# ## E · Cut against silence
#
# A friend cut one edge in your story, from the last token to the right name in all heads, and the
# right name fell far behind. You silenced the head that looks hardest at it, and saw what you saw in
# C. The friend says that one of you must be wrong. Answer in half a page: what does each change take
# away, why may both be right, and what do C and D show about these heads, with your own numbers?

# %% [markdown] lang="zh"
# ## E · 剪边与关头
#
# 朋友在你的故事里剪了一条边：所有头里，从最后一个词元到那个对的名字。结果对的名字远远落后了。你关掉的是看它最用力的那个头，看到了 C 里的结果。朋友说，你们俩总有一个错了。用半页回答：两种改动各拿走了什么？为什么两个人可以都对？用你自己的数说明，C 和 D 关于这些头说明了什么。

# %% [markdown] role="written" grade_id="finding" lang="en"
# A cut edge takes one look away and sends its weight elsewhere, in every head: nothing can fetch the
# name any more. A silenced head loses its whole output, also what it writes against the name; in C the
# difference rose without L24H4, so in my story that head works against the name that it looks at,
# while others that look elsewhere carry it. Both measurements are right and answer two questions. In D
# the five heads together matter: with them all later pieces of my name came out, without them few
# did. This holds for these heads, my story and this one model.

# %% [markdown] role="written" grade_id="finding" lang="zh"
# 剪掉一条边，拿走的是“看”这一眼，那份权重在每个头里都分给了别处，谁也取不到那个名字了。关掉一个头，拿走的是它的全部输出，连它写下的反对意见也一起拿走：C 里关掉 L24H4，差反而变大，可见在我的故事里，这个头压低了它所看的名字，撑住名字的是看着别处的头。两个测量都对，回答的是两个问题。D 里五个头合在一起才要紧：有它们，名字后面的各片全对；没有它们，只剩很少。这些只对这几个头、我的故事和这一个模型成立。
