# about = """
# Full marks, everything worked out."""
# [points]
# direction = 1.5
# row_of_it = 1.5
# previous_head = 1.5
# insertion = 2
# next_head = 2
# exception = 2

# %% grade_id="direction"
direction_answer = {
    "it_cat": attention.between("it", "cat")[3, 1],
    "cat_it": attention.between("cat", "it")[3, 1],
    "reads": "it_cat",
}

# %% grade_id="row_of_it"
weights = attention.pattern(HeadId(layer=5, head=11))[attention.position("it")]
row_of_it_answer = [attention.tokens[i] for i in np.flatnonzero(weights >= 0.08)]

# %% grade_id="previous_head"
scores = np.mean([np.diagonal(one.weights, -1, 2, 3).mean(-1) for one in seen], axis=0)
layer, head = np.unravel_index(scores.argmax(), scores.shape)
previous_head_answer = {
    "layer": layer,
    "head": head,
    "previous": scores[layer, head],
    "even": np.mean([1 / one.n_tokens for one in seen]),
}

# %% grade_id="insertion"
longer = capture(session.longer)
insertion_answer = {
    "sat_cat": attention.between("sat", "cat")[0, 2],
    "sat_cat_longer": longer.between("sat", "cat")[0, 2],
    "grammar": False,
}


# %% grade_id="next_head"
def score(texts):
    return next_token_scores([capture(text) for text in texts])[1, 8]


next_head_answer = {
    "layer": 1,
    "head": 8,
    "next": score(session.texts("next")),
    "next_again": score(session.texts("next_again")),
    "survives": True,
}

# %% grade_id="exception"
text = "We walked home after dinner because everybody was hungry."
captured = capture(text)
exception_answer = {
    "text": text,
    "word": "dinner",
    "next": "because",
    "to_next": captured.between("dinner", "because")[1, 8],
    "to_first": captured.between("dinner", "[CLS]")[1, 8],
}

# %% [markdown] grade_id="claim"
# L0H2 gives 1.00 to whatever stands before; with quietly in between nothing is left.
