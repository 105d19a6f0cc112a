# about = """
# Full marks in plain numpy."""
# [points]
# softmax = 3
# pattern = 4
# masked = 3.5
# overflow = 1

# %% grade_id="softmax"
def softmax(scores):
    """Return scores as weights: each row, along the last axis, sums to 1."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    exps = np.exp(shifted)
    return exps / exps.sum(axis=-1, keepdims=True)


# %% grade_id="pattern"
def attention_pattern(queries, keys):
    """Return the weights that each query gives to each key: softmax(q k / sqrt(size))."""
    scores = np.einsum("...qd,...kd->...qk", queries, keys) / queries.shape[-1] ** 0.5
    return softmax(scores)


# %% grade_id="masked"
def masked_pattern(queries, keys, mask):
    """Return the same; a query may look only where `mask` is True."""
    scores = queries @ np.swapaxes(keys, -1, -2) / np.sqrt(queries.shape[-1])
    scores = np.where(mask, scores, -np.inf)
    highest = scores.max(axis=-1, keepdims=True)
    exps = np.exp(scores - np.where(np.isfinite(highest), highest, 0))
    total = exps.sum(axis=-1, keepdims=True)
    return exps / np.where(total == 0, 1, total)


# %% grade_id="overflow"
overflow_answer = {"last": 0.665}

# %% [markdown] grade_id="nan"
# Overflow, then infinity over infinity; isfinite finds it.
