# about = """
# A typical mistake: the largest number of the row is taken, and that is [CLS]."""
# variant = 0
# [points]
# array = 1
# means = 1
# clear_head = 0
# verb_head = 0
# noun_head = 0
# own_sentences = 0.5
# claim = 0.5
# [hint]
# means = "special_token"
# clear_head = "special_token"
# verb_head = "special_token"
# noun_head = "special_token"
# own_sentences = "special_token"

# %% grade_id="array"
attention = capture(session.sentence)

# %% grade_id="means"
row = attention.weights[:, :, attention.position(session.preposition)]
means_answer = {
    "mean_subject": row[:, :, 0].mean(),
    "mean_noun": row[:, :, -1].mean(),
    "most_heads_noun": True,
    "larger": "noun",
}

# %% grade_id="clear_head"
layer, head = np.unravel_index(row.max(axis=-1)[1:].argmax(), row.shape[:2])
layer = layer + 1
claimed = {"layer": layer, "head": head, "noun": row[layer, head].max()}
clear_head_answer = {
    **claimed,
    "subject": row[layer, head].max(),
    "survives": True,
    "noun_control": 0.9,
    "subject_control": 0.9,
}

# %% grade_id="verb_head"
verb_head_answer = {**claimed, "verb": row[layer, head].max()}

# %% grade_id="noun_head"
noun_head_answer = verb_head_answer


# %% grade_id="own_sentences"
def look_at(text, words):
    seen = capture(text)
    row = seen.weights[4, 5, seen.position("with")]
    return {"text": text, "words": words, "weights": [row.max(), row.max()]}


own_sentences_answer = {
    "layer": 4,
    "head": 5,
    "first": look_at("She saw the boy with her own binoculars.", ["saw", "boy"]),
    "second": look_at("She saw the boy with the red scarf.", ["saw", "boy"]),
    "sides": "same side",
}

# %% grade_id="claim"
claim_answer = "does_not_tell"
