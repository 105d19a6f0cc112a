# about = """
# Full marks, everything worked out."""
# [points]
# special = 1
# pieces = 1.5
# counts = 1.5
# merged = 2
# resting = 2
# own_word = 2

# %% grade_id="special"
special_answer = sorted(t for t in attention.tokens if t.startswith("["))

# %% grade_id="pieces"
place = attention.merge_words().position(session.rare)
pieces_answer = [
    token for token, word in zip(attention.tokens, attention.word_of, strict=True) if word == place
]

# %% grade_id="counts"
counts_answer = {"tokens": len(attention.tokens), "pieces": len(pieces_answer)}

# %% grade_id="merged"
rows = attention.weights[3, 1, attention.position(session.pronoun)]
merged_answer = {"to_rare": sum(rows[attention.tokens.index(piece)] for piece in pieces_answer)}

# %% grade_id="resting"
scores = delimiter_scores(seen)
layer, head = 2, 7
resting_answer = {
    "layer": layer,
    "head": head,
    "delimiter": scores[layer, head],
    "even": np.mean([1 / one.n_tokens for one in seen]),
}

# %% grade_id="own_word"
text = "His pneumonoultramicroscopic worries grew."
captured = capture(text)
place = captured.words.index("pneumonoultramicroscopic")
own_word_answer = {
    "text": text,
    "word": "pneumonoultramicroscopic",
    "pieces": [
        token
        for token, word in zip(captured.tokens, captured.word_of, strict=True)
        if word == place
    ],
}

# %% [markdown] grade_id="first_place"
# A head must leave its weight somewhere: L2H7 leaves .91 on delimiters. Leave them
# out and compare with an even share.
