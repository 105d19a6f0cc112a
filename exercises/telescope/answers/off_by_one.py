# about = """
# A typical mistake: positions are counted without [CLS], heads from 1."""
# variant = 0
# [points]
# array = 0
# means = 1
# clear_head = 0
# verb_head = 0
# noun_head = 0
# own_sentences = 0.5
# claim = 0.5
# [hint]
# array = "few_tokens"
# means = "off_by_one"
# clear_head = "counted_from_one"
# verb_head = "counted_from_one"
# noun_head = "counted_from_one"
# own_sentences = "off_by_one"

# %% grade_id="array"
captured = capture(session.sentence)
attention = captured.weights[:, :, 1:-1, 1:-1]

# %% grade_id="means"
tokens = captured.tokens[1:-1]
row = captured.weights[:, :, tokens.index("with"), :]
means_answer = {
    "mean_subject": row[:, :, tokens.index("i")].mean(),
    "mean_noun": row[:, :, tokens.index("man")].mean(),
    "most_heads_noun": True,
    "larger": "noun",
}

# %% grade_id="clear_head"
clear_head_answer = {
    "layer": 4,
    "head": 9,
    "noun": 0.322,
    "subject": 0.015,
    "survives": True,
    "noun_control": 0.2,
    "subject_control": 0.0,
}

# %% grade_id="verb_head"
verb_head_answer = {"layer": 2, "head": 3, "verb": 0.686, "noun": 0.031}

# %% grade_id="noun_head"
noun_head_answer = {"layer": 6, "head": 9, "verb": 0.074, "noun": 0.317}


# %% grade_id="own_sentences"
def look_at(text, words):
    seen = capture(text)
    tokens = [token.lower() for token in seen.tokens[1:-1]]
    row = seen.weights[5, 8, tokens.index("with")]
    return {"text": text, "words": words, "weights": [row[tokens.index(w)] for w in words]}


own_sentences_answer = {
    "layer": 5,
    "head": 8,
    "first": look_at("She saw the boy with her own binoculars.", ["saw", "boy"]),
    "second": look_at("She saw the boy with the red scarf.", ["saw", "boy"]),
    "sides": "same side",
}

# %% grade_id="claim"
claim_answer = "does_not_tell"
