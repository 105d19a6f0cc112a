# about = """
# A typical mistake: a head that does it half, and the wrong conclusion from right numbers."""
# [points]
# direction = 0.5
# row_of_it = 0.12
# previous_head = 0.75
# insertion = 0
# next_head = 1.5
# exception = 0
# [hint]
# row_of_it = "case"
# previous_head = "below_baseline"
# next_head = "half"

# %% grade_id="direction"
direction_answer = {"it_cat": 0.492, "cat_it": 0.49, "reads": "cat_it"}

# %% grade_id="row_of_it"
row_of_it_answer = ["CAT", "MAT", "[CLS]"]

# %% grade_id="previous_head"
scores = previous_token_scores(seen)
previous_head_answer = {
    "layer": 1,
    "head": 9,
    "previous": scores[1, 9],
    "even": np.mean([1 / one.n_tokens for one in seen]),
}

# %% grade_id="insertion"
insertion_answer = {"sat_cat": 0.998, "sat_cat_longer": 0.998, "grammar": True}

# %% grade_id="next_head"
first = next_token_scores([capture(text) for text in session.texts("next")])
again = next_token_scores([capture(text) for text in session.texts("next_again")])
next_head_answer = {
    "layer": 1,
    "head": 8,
    "next": first[1, 8],
    "next_again": again[1, 8],
    "survives": False,
}

# %% grade_id="exception"
text = "The cat sat on the mat, because it was tired!"
captured = capture(text)
exception_answer = {
    "text": text,
    "word": "cat",
    "next": "sat",
    "to_next": captured.between("cat", "sat")[1, 8],
    "to_first": captured.between("cat", "[CLS]")[1, 8],
}
