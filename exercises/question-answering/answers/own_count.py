# about = """
# A typical mistake: places are counted within the context, before and after change places, one
# logit is taken for both, and the model is given a question that it knows."""
# [points]
# marked = 1
# looks = 1
# cut = 1.5
# own = 2
# claim = 0.5
# [hint]
# marked = "in_context"
# looks = "swapped"
# cut = "start_alone"
# own = "answered"

# %% grade_id="marked"
start_at, end_at = logits[0].argmax(), logits[1].argmax()
first = tuned.second_start
marked_answer = {
    "start": start_at - first,
    "end": end_at - first,
    "margin": logits[0, start_at] + logits[1, end_at] - logits[0, 0] - logits[1, 0],
}

# %% grade_id="looks"
looks_answer = {
    "layer": 5,
    "head": 0,
    "after": base.between("Who", "Gaudí")[5, 0],
    "before": tuned.between("Who", "Gaudí")[5, 0],
}


# %% grade_id="cut"
def without(queries, keys, layer):
    return reader.span_logits(session.question, session.context, Cut(queries, keys, [layer]))


cut_answer = {
    "last": 0.0,
    "before": np.abs(without(question, context, 4) - logits)[:, context].max(),
    "reverse": (logits - without(context, question, 1))[0, start_at],
}

# %% grade_id="own"
text = "Sydney is the largest city of Australia, but Canberra is its capital, as everybody knows."
own_answer = {
    "context": text,
    "right_question": "What is the largest city of Australia?",
    "right_answer": answer("What is the largest city of Australia?", text),
    "wrong_question": "What is the capital of Australia?",
    "wrong_answer": "Canberra",
    "model_answer": answer("What is the capital of Australia?", text),
}

# %% grade_id="claim"
claim_answer = "other_direction"
