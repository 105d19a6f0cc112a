# about = """
# A typical mistake: the column of `with` is read instead of its row, everywhere."""
# variant = 0
# [points]
# array = 0.25
# means = 1
# clear_head = 0
# verb_head = 0
# noun_head = 0
# own_sentences = 0
# claim = 0.5
# [hint]
# array = "transposed"
# means = "transposed"
# clear_head = "transposed"
# verb_head = "transposed"
# noun_head = "transposed"
# own_sentences = ["transposed", "sides"]

# %% grade_id="array"
captured = capture(session.sentence)
attention = captured.weights.swapaxes(-1, -2)


def turned(seen, query, key):
    return seen.between(key, query)


# %% grade_id="means"
to_subject = turned(captured, session.preposition, session.subject)
to_noun = turned(captured, session.preposition, session.noun)
to_verb = turned(captured, session.preposition, session.verb)
means_answer = {
    "mean_subject": to_subject.mean(),
    "mean_noun": to_noun.mean(),
    "most_heads_noun": True,
    "larger": "noun",
}

# %% grade_id="clear_head"
control = capture(session.control)
layer, head = np.unravel_index(np.abs(to_noun - to_subject).argmax(), to_noun.shape)
clear_head_answer = {
    "layer": layer,
    "head": head,
    "noun": to_noun[layer, head],
    "subject": to_subject[layer, head],
    "survives": True,
    "noun_control": turned(control, session.preposition, session.noun)[layer, head],
    "subject_control": turned(control, session.preposition, session.subject)[layer, head],
}

# %% grade_id="verb_head"
layer, head = np.unravel_index((to_verb - to_noun).argmax(), to_verb.shape)
verb_head_answer = {
    "layer": layer,
    "head": head,
    "verb": to_verb[layer, head],
    "noun": to_noun[layer, head],
}

# %% grade_id="noun_head"
layer, head = np.unravel_index((to_noun - to_verb).argmax(), to_verb.shape)
noun_head_answer = {
    "layer": layer,
    "head": head,
    "verb": to_verb[layer, head],
    "noun": to_noun[layer, head],
}


# %% grade_id="own_sentences"
def look_at(text, words):
    seen = capture(text)
    return {"text": text, "words": words, "weights": [seen.between(w, "with")[1, 2] for w in words]}


own_sentences_answer = {
    "layer": 1,
    "head": 2,
    "first": look_at("She saw the boy with her own binoculars.", ["saw", "boy"]),
    "second": look_at("She saw the boy with the red scarf.", ["saw", "boy"]),
    "sides": "changes side",
}

# %% grade_id="claim"
claim_answer = "does_not_tell"
