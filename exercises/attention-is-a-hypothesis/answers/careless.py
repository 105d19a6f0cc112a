# about = """
# Typical mistakes: a length in place of a share, heads counted from 1, special tokens kept in the
# correlation, changes of all tokens."""
# [points]
# parked = 1.5
# position = 0
# influence = 1
# zero = 0
# claim = 0.5
# [hint]
# parked = "not_a_share"
# position = "counted_from_one"
# influence = ["last_layer", "better"]
# zero = ["all_tokens", "sign"]

# %% grade_id="parked"
parked_answer = {
    "layer": 4,
    "head": 4,
    "weight": attention.weights[4, 4, row, 0],
    "norm_share": norms[4, 4, row, 0],
}

# %% grade_id="position"
position_answer = {"layer": 6, "head": 12, "plain": 0.774, "survives": True, "inserted": 0.660}

# %% grade_id="influence"
text = "The teacher read a long story about a brave little dog."
effect = leave_one_out(text)
lengths = np.linalg.norm(load_model().embedding(text), axis=-1)[1:-1]
influence_answer = {
    "text": text,
    "received": rank_correlation(capture(text).weights[-1].mean(axis=(0, 1))[1:-1], effect),
    "embedding": rank_correlation(lengths, effect),
    "better": "received",
}


# %% grade_id="zero"
def without(queries, keys, layer):
    return reader.span_logits(session.question, session.context, Cut(queries, keys, [layer]))


lost = without(context, question, 3) - logits
at = context[int(logits[0, context].argmax())]
zero_answer = {
    "last": np.abs(without(question, context, 5) - logits).max(),
    "before": np.abs(without(question, context, 4) - logits).max(),
    "reverse": lost[0, at] + lost[1, at],
}

# %% grade_id="claim"
claim_answer = "hypothesis"
