# about = """
# A typical mistake: one sentence shows it, and the control is not looked at."""
# [points]
# direction = 0.5
# row_of_it = 0.75
# previous_head = 0
# insertion = 0.75
# next_head = 1
# exception = 1
# [hint]
# direction = "off_by_one"
# row_of_it = "all_of_them"
# previous_head = "one_sentence"
# insertion = "swapped"
# next_head = "other_sentence"
# exception = "property"

# %% grade_id="direction"
direction_answer = {"it_cat": attention.weights[3, 1, 7, 1], "cat_it": 49.2, "reads": "it_cat"}

# %% grade_id="row_of_it"
row_of_it_answer = list(attention.tokens)

# %% grade_id="previous_head"
scores = previous_token_scores(seen[:1])
previous_head_answer = {
    "layer": 2,
    "head": 11,
    "previous": scores[2, 11],
    "even": 1 / seen[0].n_tokens,
}

# %% grade_id="insertion"
insertion_answer = {
    "sat_cat": attention.between("sat", "cat")[0, 2],
    "sat_cat_longer": attention.between("sat", "cat")[0, 2],
    "grammar": True,
}

# %% grade_id="next_head"
first = next_token_scores([capture(text) for text in session.texts("next")])
again = next_token_scores([capture(text) for text in session.texts("next_again")])
next_head_answer = {
    "layer": 1,
    "head": 8,
    "next": first[1, 8],
    "next_again": first[1, 8],
    "survives": True,
}

# %% grade_id="exception"
text = "The doctor met my brother there."
captured = capture(text)
exception_answer = {
    "text": text,
    "word": "doctor",
    "next": "met",
    "to_next": captured.between("doctor", "met")[1, 8],
    "to_first": captured.between("doctor", "[CLS]")[1, 8],
}
