# about = """
# A typical mistake: the mask and the roles of queries and keys
# are upside down, and a row of nothing is NaN."""
# [points]
# softmax = 0
# pattern = 0
# masked = 0
# overflow = 0
# [hint]
# softmax = "sign"
# pattern = "transposed"
# masked = ["not_finite", "mask_inverted"]
# overflow = "sign"

# %% grade_id="softmax"
def softmax(scores):
    """Return scores as weights: each row, along the last axis, sums to 1."""
    exps = np.exp(scores.max(axis=-1, keepdims=True) - scores)
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="pattern"
def attention_pattern(queries, keys):
    """Return the weights that each query gives to each key: softmax(q k / sqrt(size))."""
    scores = keys @ np.swapaxes(queries, -1, -2) / np.sqrt(queries.shape[-1])
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="masked"
def masked_pattern(queries, keys, mask):
    """Return the same; a query may look only where `mask` is True."""
    scores = queries @ keys.T / np.sqrt(queries.shape[-1])
    scores = np.where(mask, -np.inf, scores)
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="overflow"
overflow_answer = {"last": 0.09}
