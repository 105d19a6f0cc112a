# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "scaled-dot-product",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # Scaled dot-product attention
#
# The formula fits on a line: softmax of q k over the square root of d. In code, four things go wrong: the
# axis, the scale, very large numbers, and what may not be looked at. Here you write it **yourself**; numpy
# is all you need.
#
# About 60 minutes, 13.5 points. `check(...)` calls your functions with a few inputs at once; when you hand
# in, it calls them with others, of more kinds. So think of cases that you do not see here.

# %% [markdown] lang="zh"
# # 缩放点积注意力
#
# 公式只有一行：softmax(q·k / √d)。写成代码，有四处最容易出错：轴、缩放、很大的数，还有不许看的位置。这里请你**自己写**，numpy 就够用。
#
# 大约 60 分钟，共 13.5 分。`check(...)` 会马上用几个输入调用你的函数；交上去之后，还会用别的、种类更多的输入来调用。所以请想一想这里没有出现的情形。

# %%
import numpy as np

# %% [markdown] lang="en"
# ## 1 · Softmax
#
# Turn scores into weights: exponentials, divided by their sum along the **last** axis. There may be more
# axes in front (heads, sentences). And the scores may be as large as a thousand.

# %% [markdown] lang="zh"
# ## 1 · softmax
#
# 把分数变成权重：先取指数，再除以沿**最后一个轴**的总和。前面可能还有别的轴（头、句子）；分数也可能大到一千。


# %% role="solution" grade_id="softmax"
def softmax(scores):
    """Return scores as weights: each row, along the last axis, sums to 1."""
    ### BEGIN SOLUTION
    shifted = scores - scores.max(axis=-1, keepdims=True)
    exps = np.exp(shifted)
    return exps / exps.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% role="check" grade_id="softmax_check"
check("scaled-dot-product.softmax", softmax)

# %% [markdown] lang="en"
# ## 2 · From queries and keys to weights
#
# `queries` has the axes query and size, `keys` has key and size; there may be more axes in front. Return
# the weights, with the axes query and key.

# %% [markdown] lang="zh"
# ## 2 · 从查询和键到权重
#
# `queries` 的轴是查询和向量长度，`keys` 的轴是键和向量长度，前面可能还有别的轴。返回权重，轴是查询和键。


# %% role="solution" grade_id="pattern"
def attention_pattern(queries, keys):
    """Return the weights that each query gives to each key: softmax(q k / sqrt(size))."""
    ### BEGIN SOLUTION
    scores = queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1])
    return softmax(scores)
    ### END SOLUTION


# %% role="check" grade_id="pattern_check"
check("scaled-dot-product.pattern", attention_pattern)

# %% [markdown] lang="en"
# ## 3 · The mask
#
# `mask` has the axes query and key; True means that this query **may** look at this key. A query that may
# look nowhere gets a row of zeros, not NaN.

# %% [markdown] lang="zh"
# ## 3 · 遮罩
#
# `mask` 的轴是查询和键；True 表示这个查询**可以**看这个键。什么都不许看的查询，那一行应当全是 0，而不是 NaN。


# %% role="solution" grade_id="masked"
def masked_pattern(queries, keys, mask):
    """Return the same; a query may look only where `mask` is True."""
    ### BEGIN SOLUTION
    scores = queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1])
    scores = np.where(mask, scores, -np.inf)
    highest = scores.max(axis=-1, keepdims=True)
    exps = np.exp(scores - np.where(np.isfinite(highest), highest, 0))
    total = exps.sum(axis=-1, keepdims=True)
    return exps / np.where(total == 0, 1, total)
    ### END SOLUTION


# %% role="check" grade_id="masked_check"
check("scaled-dot-product.masked", masked_pattern)

# %% [markdown] lang="en"
# ## 4 · Three large scores
#
# What weight does the last of the scores 1000, 1001, 1002 get? Three decimals.

# %% [markdown] lang="zh"
# ## 4 · 三个很大的分数
#
# 分数是 1000、1001、1002，最后一个得到多少权重？保留三位小数。

# %% role="solution" grade_id="overflow"
overflow_answer = {"last": None}
### BEGIN SOLUTION
overflow_answer = {"last": softmax(np.array([[1000.0, 1001.0, 1002.0]]))[0, 2]}
### END SOLUTION

# %% role="check" grade_id="overflow_check"
check("scaled-dot-product.overflow", overflow_answer)

# %% [markdown] lang="en"
# ## 5 · Where NaN comes from
#
# A colleague's model has been training for a day when somebody sees that the loss is NaN. Where may it
# have come from in attention, why did no error stop it, and which check would have found it on the first
# day? A few sentences.

# %% [markdown] lang="zh"
# ## 5 · NaN 从哪里来
#
# 同事的模型训练了一整天，才有人发现损失变成了 NaN。在注意力里，它可能从哪里来？为什么没有任何报错拦住它？什么样的检查第一天就能发现？几句话就够。

# %% [markdown] role="written" grade_id="nan" lang="en"
# Exponentials of large scores overflow to infinity, and infinity over infinity is NaN: subtract each
# row's maximum. A row in which all is masked is minus infinity throughout, and minus infinity less itself
# is NaN: make such rows 0. NaN raises nothing, spreads through every sum, and compares as False with
# everything, so a test like `loss > 10` stays silent. `np.isfinite(weights).all()` would have found it, or
# the sums of the rows.

# %% [markdown] role="written" grade_id="nan" lang="zh"
# 大分数取指数会溢出成无穷大，无穷除以无穷就是 NaN，所以要先减去每一行的最大值。整行都被遮住时，全是负无穷，负无穷减负无穷也是 NaN，这样的行应当设为 0。NaN 不报错，会随着每一次求和传开，与任何数比较都是假，所以 `loss > 10` 这样的检查不会响。`np.isfinite(weights).all()` 或者检查行的和，第一天就能发现。
