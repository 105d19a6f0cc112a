# about = """
# A typical mistake: weights are taken for influence. The share is the weight once more, the
# control is taken for granted, values are correlated, not ranks, and the wrong way is cut."""
# [points]
# parked = 1.5
# position = 2.25
# influence = 0.5
# zero = 0
# claim = 0
# [hint]
# parked = "weight_alone"
# position = "half"
# influence = ["not_ranks"]
# zero = ["other_way"]
# claim = "wrong_choice"

# %% grade_id="parked"
parked_answer = {
    "layer": 4,
    "head": 4,
    "weight": attention.weights[4, 4, row, 0],
    "norm_share": attention.weights[4, 4, row, 0],
}

# %% grade_id="position"
position_answer = {
    "layer": 0,
    "head": 2,
    "plain": attention.between(session.query, session.key)[0, 2],
    "survives": True,
    "inserted": inserted.between(session.query, session.key)[0, 2],
}

# %% grade_id="influence"
text = "The teacher read a long story about a brave little dog."
effect = leave_one_out(text)
received = capture(text).weights.mean(axis=(0, 1, 2))[1:-1]
lengths = np.linalg.norm(load_model().embedding(text), axis=-1)[1:-1]
influence_answer = {
    "text": text,
    "received": np.corrcoef(received, effect)[0, 1],
    "embedding": np.corrcoef(lengths, effect)[0, 1],
    "better": "embedding",
}


# %% grade_id="zero"
def without(queries, keys, layer):
    return reader.span_logits(session.question, session.context, Cut(queries, keys, [layer]))


lost = logits - without(question, context, 3)
at = context[int(logits[0, context].argmax())]
zero_answer = {
    "last": np.abs(without(context, question, 5) - logits)[:, context].max(),
    "before": np.abs(without(context, question, 4) - logits)[:, context].max(),
    "reverse": lost[0, at] + lost[1, at],
}

# %% grade_id="claim"
claim_answer = "explanation"
