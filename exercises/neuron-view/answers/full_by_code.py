# about = """
# Full marks in plain numpy."""
# [points]
# products = 1.5
# score = 1.5
# scores = 2.5
# pattern = 2.5
# head = 1.5

# %% grade_id="products"
it, cat = (attention.tokens.index(word) for word in ("it", "cat"))
products_answer = attention.queries[5, 11, it] * attention.keys[5, 11, cat]

# %% grade_id="score"
score_answer = {
    "score": products_answer.sum() / 32**0.5,
    "weight": attention.weights[5, 11, it, cat],
}


# %% grade_id="scores"
def attention_scores(queries, keys):
    """Return the dot product of each query with each key, over the root of their size."""
    return np.einsum("...qd,...kd->...qk", queries, keys) / queries.shape[-1] ** 0.5


# %% grade_id="pattern"
def head_pattern(queries, keys):
    """Return the weights: each row sums to 1."""
    scores = attention_scores(queries, keys)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="head"
head_answer = head_pattern(attention.queries, attention.keys)[5, 11]

# %% [markdown] grade_id="why"
# The score 4.81 needs two vectors, the weight .71 the whole row.
