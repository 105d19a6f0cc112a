# about = """
# A typical mistake: the key of the one who looks, the query of what is looked at."""
# [points]
# products = 0.25
# score = 0
# scores = 0
# pattern = 0
# head = 0.25
# [hint]
# products = "transposed"
# score = "transposed"
# scores = "transposed"
# pattern = "transposed"
# head = "columns"

# %% grade_id="products"
products_answer = attention.keys[5, 11, 8] * attention.queries[5, 11, 2]

# %% grade_id="score"
score_answer = {
    "score": products_answer.sum() / np.sqrt(32),
    "weight": attention.between("cat", "it")[5, 11],
}


# %% grade_id="scores"
def attention_scores(queries, keys):
    """Return the dot product of each query with each key, over the root of their size."""
    return keys @ np.swapaxes(queries, -1, -2) / np.sqrt(queries.shape[-1])


# %% grade_id="pattern"
def head_pattern(queries, keys):
    """Return the weights: each row sums to 1."""
    scores = attention_scores(queries, keys)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="head"
head_answer = head_pattern(attention.queries[5, 11], attention.keys[5, 11]).T
