# about = """
# A typical mistake: the column is read for the row, before for after."""
# [points]
# direction = 0
# row_of_it = 0
# previous_head = 0
# insertion = 0
# next_head = 0
# exception = 1.5
# [hint]
# direction = "transposed"
# previous_head = "transposed"
# insertion = "off_by_one"
# next_head = "transposed"
# exception = "swapped"

# %% grade_id="direction"
direction_answer = {
    "it_cat": attention.between("cat", "it")[3, 1],
    "cat_it": attention.between("it", "cat")[3, 1],
    "reads": "cat_it",
}

# %% grade_id="row_of_it"
column = attention.weights[5, 11, :, attention.position("it")]
row_of_it_answer = [t for t, w in zip(attention.tokens, column, strict=True) if w >= 0.08]

# %% grade_id="previous_head"
scores = np.mean([np.diagonal(one.weights, 1, 2, 3).mean(-1) for one in seen], axis=0)
previous_head_answer = {
    "layer": 1,
    "head": 8,
    "previous": scores[1, 8],
    "even": 0.5,
}

# %% grade_id="insertion"
longer = capture(session.longer)
insertion_answer = {
    "sat_cat": attention.between("cat", "sat")[0, 2],
    "sat_cat_longer": longer.between("sat", "quietly")[0, 2],
    "grammar": True,
}

# %% grade_id="next_head"
scores = previous_token_scores([capture(text) for text in session.texts("next")])
again = previous_token_scores([capture(text) for text in session.texts("next_again")])
next_head_answer = {
    "layer": 0,
    "head": 2,
    "next": scores[0, 2],
    "next_again": again[0, 2],
    "survives": True,
}

# %% grade_id="exception"
text = "My brother bought an old telescope yesterday."
captured = capture(text)
exception_answer = {
    "text": text,
    "word": "telescope",
    "next": "yesterday",
    "to_next": captured.between("telescope", "[CLS]")[1, 8],
    "to_first": captured.between("telescope", "yesterday")[1, 8],
}
