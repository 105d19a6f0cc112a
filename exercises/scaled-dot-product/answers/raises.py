# about = """
# A typical mistake: it works for one size, and one function is missing."""
# [points]
# softmax = 0
# pattern = 0
# masked = 0
# overflow = 0
# [hint]
# softmax = "raised"
# pattern = ["no_softmax", "raised"]
# [outcome]
# masked = "no answer"
# overflow = "refused"

# %% grade_id="softmax"
def softmax(scores):
    """Return scores as weights: each row, along the last axis, sums to 1."""
    weights = np.empty((8, 8))
    for row in range(8):
        weights[row] = np.exp(scores[row]) / np.exp(scores[row]).sum()
    return weights


# %% grade_id="pattern"
def attention_pattern(queries, keys):
    """Return the weights that each query gives to each key: softmax(q k / sqrt(size))."""
    return queries @ keys.T / np.sqrt(queries.shape[-1])


# %% grade_id="masked"
masked_pattern = None

# %% grade_id="overflow"
overflow_answer = {"last": float("nan")}
