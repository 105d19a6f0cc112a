# about = """
# A typical mistake: the strong line is believed. The cuts go the wrong way, everything is measured
# on all tokens, and the model's wrong answer is not looked up."""
# [points]
# marked = 1
# looks = 1
# cut = 0
# own = 2
# claim = 0
# [hint]
# marked = "best_alone"
# looks = "one_piece"
# cut = ["all_tokens", "other_way"]
# own = "copied"
# claim = "wrong_choice"

# %% grade_id="marked"
start_at, end_at = logits[0].argmax(), logits[1].argmax()
marked_answer = {
    "start": start_at,
    "end": end_at,
    "margin": logits[0, start_at] + logits[1, end_at],
}

# %% grade_id="looks"
who, piece = tuned.tokens.index("who"), tuned.tokens.index("ga")
looks_answer = {
    "layer": 5,
    "head": 0,
    "after": tuned.weights[5, 0, who, piece],
    "before": base.weights[5, 0, who, piece],
}


# %% grade_id="cut"
def without(queries, keys, layer):
    return reader.span_logits(session.question, session.context, Cut(queries, keys, [layer]))


lost = logits - without(question, context, 1)
cut_answer = {
    "last": np.abs(without(question, context, 5) - logits).max(),
    "before": np.abs(without(question, context, 4) - logits).max(),
    "reverse": lost[0, start_at] + lost[1, end_at],
}

# %% grade_id="own"
text = "The museum opens at nine on weekdays and at ten on Sundays. Its director is Paula Weber."
own_answer = {
    "context": text,
    "right_question": "Who is the director of the museum?",
    "right_answer": "Paula Weber",
    "wrong_question": "When does the museum open on weekdays?",
    "wrong_answer": "at nine",
    "model_answer": "at nine",
}

# %% grade_id="claim"
claim_answer = "found_there"
