# about = """
# A typical mistake: layer and head change places; percentages."""
# [points]
# special = 0.5
# pieces = 0.75
# counts = 0.75
# merged = 0
# resting = 0
# own_word = 0
# [hint]
# merged = "percent"
# resting = ["percent", "one_sentence"]

# %% grade_id="special"
special_answer = ["[CLS]", "[SEP]", "."]

# %% grade_id="pieces"
pieces_answer = list(attention.tokens[1:7])

# %% grade_id="counts"
counts_answer = {"tokens": 17, "pieces": 6}

# %% grade_id="merged"
merged_answer = {"to_rare": 100 * attention.between(session.pronoun, session.rare)[3, 1]}

# %% grade_id="resting"
resting_answer = {
    "layer": 5,
    "head": 4,
    "delimiter": 100 * delimiter_scores(seen)[5, 4],
    "even": 0.1,
}

# %% grade_id="own_word"
own_word_answer = {
    "text": "An otorhinolaryngologist met an otorhinolaryngologist.",
    "word": "otorhinolaryngologist",
    "pieces": ["ot"],
}
