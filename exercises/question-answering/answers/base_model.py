# about = """
# A typical mistake: everything is done with the model that never learnt to answer, the span ends
# one too late, and the "wrong" answer is not in the context."""
# [points]
# marked = 1
# looks = 0
# cut = 0
# own = 1
# claim = 0.5
# [hint]
# marked = "end_exclusive"
# looks = ["other_side", "swapped"]
# cut = ["not_zero", "sign"]
# own = ["not_in_context", "copied"]

# %% grade_id="marked"
marked_answer = {
    "start": 14,
    "end": 16,
    "margin": logits[0, 14] + logits[1, 15] - logits[0, 0] - logits[1, 0],
}

# %% grade_id="looks"
shrunk = base.between("Who", "Gaudí") - tuned.between("Who", "Gaudí")
layer, head = np.unravel_index(shrunk.argmax(), shrunk.shape)
looks_answer = {
    "layer": layer,
    "head": head,
    "after": base.between("Who", "Gaudí")[layer, head],
    "before": tuned.between("Who", "Gaudí")[layer, head],
}

# %% grade_id="cut"
after = reader.span_logits(session.question, session.context, Cut(context, question, [1]))
cut_answer = {
    "last": 0.001,
    "before": 0.24,
    "reverse": after[0, 14] + after[1, 15] - logits[0, 14] - logits[1, 15],
}

# %% grade_id="own"
text = "The museum opens at nine on weekdays and at ten on Sundays. Its director is Paula Weber."
own_answer = {
    "context": text,
    "right_question": "Who is the director of the museum?",
    "right_answer": "Paula Weber",
    "wrong_question": "When does the museum open on weekdays?",
    "wrong_answer": "9 am",
    "model_answer": "9 am",
}

# %% grade_id="claim"
claim_answer = "other_direction"
