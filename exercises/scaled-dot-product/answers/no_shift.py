# about = """
# A typical mistake: the formula as it stands, without the shift."""
# [points]
# softmax = 2
# pattern = 3
# masked = 2
# overflow = 0
# [hint]
# softmax = "shift"
# pattern = "shift"
# masked = ["empty_row", "shift"]
# overflow = "shares"

# %% grade_id="softmax"
def softmax(scores):
    """Return scores as weights: each row, along the last axis, sums to 1."""
    exps = np.exp(scores)
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="pattern"
def attention_pattern(queries, keys):
    """Return the weights that each query gives to each key: softmax(q k / sqrt(size))."""
    scores = queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1])
    return softmax(scores)


# %% grade_id="masked"
def masked_pattern(queries, keys, mask):
    """Return the same; a query may look only where `mask` is True."""
    scores = queries @ keys.T / np.sqrt(queries.shape[-1])
    exps = np.exp(np.where(mask, scores, -np.inf))
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="overflow"
overflow_answer = {"last": 0.334}
