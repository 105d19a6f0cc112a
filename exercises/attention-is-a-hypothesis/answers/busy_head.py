# about = """
# A typical mistake: a head that takes much from [CLS] is called idle; columns are read in place of
# rows; correlations are made with [CLS] and [SEP]; the cuts are made in another layer."""
# [points]
# parked = 2.25
# position = 0.5
# influence = 1.5
# zero = 0
# claim = 0
# [hint]
# parked = "below_baseline"
# position = "transposed"
# influence = "with_special"
# zero = "other_layer"
# claim = "wrong_choice"

# %% grade_id="parked"
parked_answer = {
    "layer": 2,
    "head": 9,
    "weight": attention.weights[2, 9, row, 0],
    "norm_share": norms[2, 9, row, 0] / norms[2, 9, row].sum(),
}

# %% grade_id="position"
position_answer = {
    "layer": 5,
    "head": 11,
    "plain": attention.between(session.key, session.query)[5, 11],
    "survives": True,
    "inserted": inserted.between(session.key, session.query)[5, 11],
}

# %% grade_id="influence"
text = "The brave nurse carried the old lamp across the dark yard."
effect = leave_one_out(text)
received = capture(text).weights.mean(axis=(0, 1, 2))
lengths = np.linalg.norm(load_model().embedding(text), axis=-1)[1:-1]
influence_answer = {
    "text": text,
    "received": rank_correlation(received, np.concatenate([[0], effect, [0]])),
    "embedding": rank_correlation(lengths, effect),
    "better": "received",
}


# %% grade_id="zero"
def without(queries, keys, layer):
    return reader.span_logits(session.question, session.context, Cut(queries, keys, [layer]))


lost = logits - without(context, question, 2)
at = context[int(logits[0, context].argmax())]
zero_answer = {
    "last": np.abs(without(question, context, 4) - logits)[:, context].max(),
    "before": np.abs(without(question, context, 3) - logits)[:, context].max(),
    "reverse": lost[0, at] + lost[1, at],
}

# %% grade_id="claim"
claim_answer = "explanation"
