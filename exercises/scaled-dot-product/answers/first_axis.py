# about = """
# A typical mistake: the softmax runs over the queries; masked scores become 0."""
# [points]
# softmax = 0
# pattern = 0
# masked = 0
# overflow = 0
# [hint]
# softmax = "axis"
# pattern = "axis"
# masked = ["mask_as_zero", "shift"]
# overflow = "off_by_one"

# %% grade_id="softmax"
def softmax(scores):
    """Return scores as weights: each row, along the last axis, sums to 1."""
    exps = np.exp(scores - scores.max())
    return exps / exps.sum(axis=0)


# %% grade_id="pattern"
def attention_pattern(queries, keys):
    """Return the weights that each query gives to each key: softmax(q k / sqrt(size))."""
    scores = queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1])
    exps = np.exp(scores - scores.max())
    return exps / exps.sum(axis=-2, keepdims=True)


# %% grade_id="masked"
def masked_pattern(queries, keys, mask):
    """Return the same; a query may look only where `mask` is True."""
    scores = queries @ keys.T / np.sqrt(queries.shape[-1])
    exps = np.exp(scores * mask)
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="overflow"
overflow_answer = {"last": 0.245}
