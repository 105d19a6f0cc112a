# about = """
# A typical mistake: the clearest raw head is taken at its word, although it only looks one
# token back."""
# variant = 0
# [points]
# array = 1
# means = 2
# clear_head = 2.5
# verb_head = 1
# noun_head = 0.5
# own_sentences = 1.5
# claim = 0
# [hint]
# clear_head = "half"
# noun_head = "positional"
# claim = "wrong_choice"

# %% grade_id="array"
attention = capture(session.sentence)

# %% grade_id="means"
to_subject = attention.between(session.preposition, session.subject)
to_noun = attention.between(session.preposition, session.noun)
means_answer = {
    "mean_subject": to_subject.mean(),
    "mean_noun": to_noun.mean(),
    "most_heads_noun": True,
    "larger": "noun",
}

# %% grade_id="clear_head"
layer, head = np.unravel_index((to_noun - to_subject).argmax(), to_noun.shape)
control = capture(session.control)
clear_head_answer = {
    "layer": layer,
    "head": head,
    "noun": to_noun[layer, head],
    "subject": to_subject[layer, head],
    "survives": True,
    "noun_control": control.between(session.preposition, session.noun)[layer, head],
    "subject_control": control.between(session.preposition, session.subject)[layer, head],
}

# %% grade_id="verb_head"
to_verb = attention.between(session.preposition, session.verb)
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
    return {"text": text, "words": words, "weights": [seen.between("with", w)[0, 2] for w in words]}


own_sentences_answer = {
    "layer": 0,
    "head": 2,
    "first": look_at("We heard the dog with our new microphone.", ["heard", "dog"]),
    "second": look_at("We heard the dog with the loud voice.", ["heard", "dog"]),
    "sides": "same side",
}

# %% grade_id="claim"
claim_answer = "has_noun"

# %% [markdown] grade_id="friend"
# The man has it: L0H2 gives *man* 1.00.
