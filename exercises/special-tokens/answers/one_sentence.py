# about = """
# A typical mistake: one sentence is enough, and rows are columns."""
# [points]
# special = 0
# pieces = 0
# counts = 0.75
# merged = 0
# resting = 0.75
# own_word = 0
# [hint]
# merged = "transposed"
# special = "case"
# pieces = "case"
# counts = "few_tokens"
# resting = "one_sentence"

# %% grade_id="special"
special_answer = ["[cls]", "[sep]"]

# %% grade_id="pieces"
pieces_answer = ["OP", "##HT", "##HAL", "##MO", "##LOGIST"]

# %% grade_id="counts"
counts_answer = {"tokens": 16, "pieces": 5}

# %% grade_id="merged"
merged_answer = {"to_rare": attention.between(session.rare, session.pronoun)[3, 1]}

# %% grade_id="resting"
scores = delimiter_scores(seen[:1])
resting_answer = {"layer": 4, "head": 5, "delimiter": scores[4, 5], "even": 1 / seen[0].n_tokens}

# %% grade_id="own_word"
own_word_answer = {
    "text": "The ophthalmologist greeted her grandmother although she was late",
    "word": "ophthalmologist",
    "pieces": ["op", "##ht", "##hal", "##mo", "##logist"],
}
