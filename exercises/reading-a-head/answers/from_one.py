# about = """
# A typical mistake: layers and heads are counted from 1."""
# [points]
# direction = 0.5
# row_of_it = 1
# previous_head = 0.25
# insertion = 1.25
# next_head = 0
# exception = 1.5
# [hint]
# direction = "counted_from_one"
# row_of_it = "no_special"
# previous_head = ["counted_from_one", "below_baseline"]
# insertion = "percent"
# next_head = "counted_from_one"
# exception = "counted_from_one"

# %% grade_id="direction"
direction_answer = {
    "it_cat": attention.between("it", "cat")[2, 0],
    "cat_it": attention.between("cat", "it")[2, 0],
    "reads": "it_cat",
}

# %% grade_id="row_of_it"
row_of_it_answer = ["cat", "mat"]

# %% grade_id="previous_head"
scores = previous_token_scores(seen)
previous_head_answer = {
    "layer": 1,
    "head": 3,
    "previous": scores[0, 2],
    "even": np.mean([1 / one.n_tokens for one in seen]),
}

# %% grade_id="insertion"
longer = capture(session.longer)
insertion_answer = {
    "sat_cat": 100 * attention.between("sat", "cat")[0, 2],
    "sat_cat_longer": 0,
    "grammar": False,
}

# %% grade_id="next_head"
first = next_token_scores([capture(text) for text in session.texts("next")])
again = next_token_scores([capture(text) for text in session.texts("next_again")])
next_head_answer = {
    "layer": 2,
    "head": 9,
    "next": first[1, 8],
    "next_again": again[1, 8],
    "survives": True,
}

# %% grade_id="exception"
text = "My brother bought an old telescope yesterday."
captured = capture(text)
exception_answer = {
    "text": text,
    "word": "telescope",
    "next": "yesterday",
    "to_next": captured.between("telescope", "yesterday")[0, 7],
    "to_first": captured.between("telescope", "[CLS]")[0, 7],
}
