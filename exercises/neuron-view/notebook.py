# %% role="script"
# What the builder's start cell does in a notebook, for running this file as a script.
# ruff: noqa: E501    (a row of a table, and a Chinese paragraph, cannot be broken)
from pathlib import Path

from grader.check import check, start
from grader.questions import encode_public, load_exercise

session = start(
    "neuron-view",
    language="en",
    questions=encode_public(load_exercise(Path(__file__).parent).public()),
)

# %% [markdown] lang="en"
# # The neuron view, by hand
#
# bertviz's neuron view shows how a weight comes about: a query, a key, their products number by number,
# the sum, the softmax. Here you take the numbers out of the model and work a head out **yourself**.
#
# About 50 minutes, 11.5 points. `check(...)` calls your functions with a few inputs at once; when you hand
# in, it calls them with others, of more kinds.

# %% [markdown] lang="zh"
# # 亲手做一遍神经元视图
#
# bertviz 的神经元视图把一个权重的来历摊开给人看：查询、键、逐个相乘、求和、softmax。这里请你从模型里取出这些数，**自己**算出一个头。
#
# 大约 50 分钟，共 11.5 分。`check(...)` 会马上用几个输入调用你的函数；交上去之后，还会用别的、种类更多的输入来调用。

# %%
import numpy as np

from grader.attention import HeadId
from grader.capture import capture
from grader.plots import plot_pattern

attention = capture(session.sentence, queries_keys=True)
print(attention.queries.shape, "layer, head, query, size")
print(attention.keys.shape, "layer, head, key, size")

# %% [markdown] lang="en"
# ## 1 · Thirty-two products
#
# Take L5H11. Multiply the query of *it* with the key of *cat*, number by number: an array of 32 numbers,
# not yet summed.

# %% [markdown] lang="zh"
# ## 1 · 三十二个乘积
#
# 取 L5H11。把 *it* 的查询和 *cat* 的键逐个相乘，得到 32 个数，先不求和。

# %% role="solution" grade_id="products"
products_answer = None
### BEGIN SOLUTION
it, cat = attention.position("it"), attention.position("cat")
products_answer = attention.queries[5, 11, it] * attention.keys[5, 11, cat]
### END SOLUTION

# %% role="check" grade_id="products_check"
check("neuron-view.products", products_answer)

# %% [markdown] lang="en"
# ## 2 · The score and the weight
#
# Add the products up and divide by the square root of their number: the **score** of *cat* for *it*. The
# **weight** is what the softmax makes of it; `attention` holds it.

# %% [markdown] lang="zh"
# ## 2 · 分数和权重
#
# 把这些乘积加起来，再除以个数的平方根，就是 *it* 给 *cat* 的**分数**。**权重**是 softmax 之后的数，`attention` 里就有。

# %% role="solution" grade_id="score"
score_answer = {"score": None, "weight": None}
### BEGIN SOLUTION
score_answer = {
    "score": products_answer.sum() / np.sqrt(32),
    "weight": attention.between("it", "cat")[5, 11],
}
### END SOLUTION

# %% role="check" grade_id="score_check"
check("neuron-view.score", score_answer)

# %% [markdown] lang="en"
# ## 3 · All the scores
#
# Write it for any queries (axes query and size) and keys (key and size); there may be more axes in front.

# %% [markdown] lang="zh"
# ## 3 · 所有的分数
#
# 把它写成函数：查询的轴是查询和向量长度，键的轴是键和向量长度，前面可能还有别的轴。


# %% role="solution" grade_id="scores"
def attention_scores(queries, keys):
    """Return the dot product of each query with each key, over the root of their size."""
    ### BEGIN SOLUTION
    return queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1])
    ### END SOLUTION


# %% role="check" grade_id="scores_check"
check("neuron-view.scores", attention_scores)

# %% [markdown] lang="en"
# ## 4 · A head
#
# From scores to weights. Mind products that are very large.

# %% [markdown] lang="zh"
# ## 4 · 一个头
#
# 从分数到权重。当心点积很大的情形。


# %% role="solution" grade_id="pattern"
def head_pattern(queries, keys):
    """Return the weights: each row sums to 1."""
    ### BEGIN SOLUTION
    scores = attention_scores(queries, keys)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %% role="check" grade_id="pattern_check"
check("neuron-view.pattern", head_pattern)

# %% [markdown] lang="en"
# ## 5 · The model's own head
#
# Work out L5H11 on your sentence with your function, from the model's queries and keys. It should be the
# model's map to five decimals.

# %% [markdown] lang="zh"
# ## 5 · 与模型对上
#
# 用你的函数，从模型的查询和键算出你的句子在 L5H11 里的注意力图。它应当与模型自己的图一致到小数点后五位。

# %% role="solution" grade_id="head"
head_answer = None
### BEGIN SOLUTION
head_answer = head_pattern(attention.queries[5, 11], attention.keys[5, 11])
### END SOLUTION

# %% role="check" grade_id="head_check"
check("neuron-view.head", head_answer)

# %%
plot_pattern(attention, HeadId(layer=5, head=11))

# %% [markdown] lang="en"
# ## 6 · Making sense of a number
#
# What does *it* have to know of the other words to give *cat* its score, and what to give it its weight?
# Does the neuron with the largest product "find the cat"? A few sentences, with numbers that you worked
# out.

# %% [markdown] lang="zh"
# ## 6 · 看懂一个数
#
# *it* 要给 *cat* 打分，需要知道别的词的什么？要给出权重呢？乘积最大的那个神经元，是“找到了猫”吗？几句话就够，用上你算出的数。

# %% [markdown] role="written" grade_id="why" lang="en"
# The score, 4.81, comes from two vectors alone: the query of *it* and the key of *cat*. The weight, .71,
# depends on every other key of the row: were another score higher, *cat* would get less although nothing
# about it changed. The largest product is about 3.1 of a sum of 27; more than a dozen others are above 1.
# No neuron finds the cat by itself, and one sentence would not show it if one did.

# %% [markdown] role="written" grade_id="why" lang="zh"
# 分数 4.81 只由两个向量决定：*it* 的查询和 *cat* 的键。权重 .71 还取决于这一行所有别的键：别的分数高一点，*cat* 的就会变小，尽管它自己什么也没变。最大的乘积约 3.1，而总和约 27，还有十来个都超过 1。没有哪个神经元独自“找到了猫”；就算有，一个句子也说明不了。
