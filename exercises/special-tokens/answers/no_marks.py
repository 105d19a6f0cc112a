# about = """
# A typical mistake: pieces without their marks, only one special token, counts without specials."""
# [points]
# special = 0.62
# pieces = 0.08
# counts = 0
# merged = 0
# resting = 0
# own_word = 1.25
# [hint]
# special = "no_special"
# pieces = "no_marks"
# counts = ["few_tokens", "characters"]
# merged = "one_piece"
# resting = ["counted_from_one", "percent"]
# own_word = "no_marks"

# %% grade_id="special"
special_answer = ["[CLS]"]

# %% grade_id="pieces"
pieces_answer = ["op", "ht", "hal", "mo", "logist"]

# %% grade_id="counts"
counts_answer = {"tokens": 15, "pieces": 15}

# %% grade_id="merged"
merged_answer = {"to_rare": np.mean([attention.weights[3, 1, 12, i] for i in range(2, 7)])}

# %% grade_id="resting"
resting_answer = {
    "layer": 5,
    "head": 6,
    "delimiter": delimiter_scores(seen)[4, 5],
    "even": 100 * np.mean([1 / one.n_tokens for one in seen]),
}

# %% grade_id="own_word"
own_word_answer = {
    "text": "The otorhinolaryngologist smiled at me.",
    "word": "otorhinolaryngologist",
    "pieces": ["ot", "or", "hin", "olar", "yn", "gol", "ogist"],
}
