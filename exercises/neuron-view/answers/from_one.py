# about = """
# A typical mistake: layers and heads from 1; the softmax over the queries, without the shift."""
# [points]
# products = 0.25
# score = 0
# scores = 1.5
# pattern = 0
# head = 0.5
# [hint]
# products = "counted_from_one"
# score = "counted_from_one"
# scores = "raised"
# pattern = ["axis", "not_finite"]
# head = "counted_from_one"

# %% grade_id="products"
products_answer = attention.queries[4, 10, 8] * attention.keys[4, 10, 2]

# %% grade_id="score"
score_answer = {
    "score": products_answer.sum() / np.sqrt(32),
    "weight": attention.weights[4, 10, 8, 2],
}


# %% grade_id="scores"
def attention_scores(queries, keys):
    """Return the dot product of each query with each key, over the root of their size."""
    return queries @ keys.T / np.sqrt(queries.shape[-1])


# %% grade_id="pattern"
def head_pattern(queries, keys):
    """Return the weights: each row sums to 1."""
    scores = queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1])
    exps = np.exp(scores)
    return exps / exps.sum(axis=-2, keepdims=True)


# %% grade_id="head"
head_answer = attention.weights[4, 10]
