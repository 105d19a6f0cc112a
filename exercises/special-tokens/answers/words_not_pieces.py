# about = """
# A typical mistake: words are counted and named, not pieces."""
# [points]
# special = 0.5
# pieces = 0
# counts = 0
# merged = 0
# resting = 0.75
# own_word = 0.5
# [hint]
# special = "all_of_them"
# pieces = "words"
# counts = "words"
# merged = "one_piece"
# own_word = "few_pieces"

# %% grade_id="special"
special_answer = list(attention.tokens)

# %% grade_id="pieces"
pieces_answer = [session.rare]

# %% grade_id="counts"
counts_answer = {"tokens": len(session.sentence.split()), "pieces": 1}

# %% grade_id="merged"
first = attention.tokens.index("op")
merged_answer = {"to_rare": attention.weights[3, 1, attention.position("she"), first]}

# %% grade_id="resting"
resting_answer = {"layer": 0, "head": 2, "delimiter": delimiter_scores(seen)[0, 2], "even": 0.5}

# %% grade_id="own_word"
own_word_answer = {
    "text": "The grandmother smiled at me.",
    "word": "grandmother",
    "pieces": ["grandmother"],
}
