# about = """
# Full marks another way: read off and typed with three decimals."""
# [points]
# direction = 1.5
# row_of_it = 1.5
# previous_head = 1.5
# insertion = 2
# next_head = 2
# exception = 2

# %% grade_id="direction"
direction_answer = {"it_cat": 0.492, "cat_it": 0.007, "reads": "it_cat"}

# %% grade_id="row_of_it"
row_of_it_answer = ["cat", "mat", "[CLS]"]

# %% grade_id="previous_head"
previous_head_answer = {
    "layer": 0,
    "head": 2,
    "previous": 1.0,
    "even": round(float(np.mean([1 / one.n_tokens for one in seen])), 3),
}

# %% grade_id="insertion"
insertion_answer = {"sat_cat": 1.0, "sat_cat_longer": 0.0, "grammar": False}

# %% grade_id="next_head"
first = next_token_scores([capture(text) for text in session.texts("next")])
again = next_token_scores([capture(text) for text in session.texts("next_again")])
next_head_answer = {
    "layer": 1,
    "head": 8,
    "next": round(float(first[1, 8]), 3),
    "next_again": round(float(again[1, 8]), 3),
    "survives": True,
}

# %% grade_id="exception"
exception_answer = {
    "text": "He wrote letters there yesterday.",
    "word": "letters",
    "next": "there",
    "to_next": 0.168,
    "to_first": 0.775,
}

# %% [markdown] grade_id="claim"
# L0H2 给前一个词元 1.00，加了 quietly 就是 0，所以它看的是位置。
