# about = """
# A typical mistake: the scale is forgotten throughout."""
# [points]
# products = 1.5
# score = 0
# scores = 0
# pattern = 0
# head = 0.5
# [hint]
# score = ["scale", "percent"]
# scores = "scale"
# pattern = "scale"

# %% grade_id="products"
products_answer = attention.queries[5, 11, 8] * attention.keys[5, 11, 2]

# %% grade_id="score"
score_answer = {"score": products_answer.sum(), "weight": 71.2}


# %% grade_id="scores"
def attention_scores(queries, keys):
    """Return the dot product of each query with each key, over the root of their size."""
    return queries @ np.swapaxes(keys, -1, -2)


# %% grade_id="pattern"
def head_pattern(queries, keys):
    """Return the weights: each row sums to 1."""
    scores = attention_scores(queries, keys)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="head"
head_answer = head_pattern(attention.queries[5, 11], attention.keys[5, 11])
