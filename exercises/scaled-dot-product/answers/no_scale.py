# about = """
# A typical mistake: no scale, keys turned with .T only, masked after the softmax."""
# [points]
# softmax = 3
# pattern = 0
# masked = 0
# overflow = 0
# [hint]
# pattern = ["scale", "raised"]
# masked = "mask_after"
# overflow = "percent"

# %% grade_id="softmax"
def softmax(scores):
    """Return scores as weights: each row, along the last axis, sums to 1."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    exps = np.exp(shifted)
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="pattern"
def attention_pattern(queries, keys):
    """Return the weights that each query gives to each key: softmax(q k / sqrt(size))."""
    return softmax(queries @ keys.T)


# %% grade_id="masked"
def masked_pattern(queries, keys, mask):
    """Return the same; a query may look only where `mask` is True."""
    weights = softmax(queries @ keys.T / np.sqrt(queries.shape[-1]))
    return weights * mask


# %% grade_id="overflow"
overflow_answer = {"last": 66.5}
