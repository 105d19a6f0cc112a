# about = """
# A typical mistake: products are scaled and softmaxed too early; the head has no softmax."""
# [points]
# products = 0.25
# score = 0
# scores = 0
# pattern = 2
# head = 0.25
# [hint]
# products = "scale"
# score = ["softmax", "off_by_one"]
# scores = "softmax"
# pattern = "shift"
# head = "no_softmax"

# %% grade_id="products"
products_answer = attention.queries[5, 11, 8] * attention.keys[5, 11, 2] / np.sqrt(32)

# %% grade_id="score"
score_answer = {"score": 0.712, "weight": attention.weights[5, 11, 7, 1]}


# %% grade_id="scores"
def attention_scores(queries, keys):
    """Return the dot product of each query with each key, over the root of their size."""
    scores = queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1])
    exps = np.exp(scores)
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="pattern"
def head_pattern(queries, keys):
    """Return the weights: each row sums to 1."""
    exps = np.exp(queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1]))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="head"
head_answer = attention.queries[5, 11] @ attention.keys[5, 11].T / np.sqrt(32)
