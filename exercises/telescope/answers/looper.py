# about = """
# Tries every head, True and False, every option through `check`, and hands in 0 for every
# number. What it finds by trying counts; the weights, which it never looks at, do not."""
# variant = 0
# [points]
# array = 1
# means = 1
# clear_head = 2
# verb_head = 0.5
# noun_head = 0.5
# own_sentences = 0.5
# claim = 0
# [hint]
# claim = "wrong_choice"

# %% grade_id="array"
attention = capture(session.sentence)

# %% grade_id="means"
means_answer = {"mean_subject": 0, "mean_noun": 0, "most_heads_noun": True, "larger": "noun"}

# %% grade_id="clear_head"
rest = {"noun": 0, "subject": 0, "noun_control": 0, "subject_control": 0}
clear_head_answer = {"layer": 0, "head": 2, **rest, "survives": False}

# %% grade_id="verb_head"
verb_head_answer = {"layer": 1, "head": 2, "verb": 0, "noun": 0}

# %% grade_id="noun_head"
noun_head_answer = {"layer": 5, "head": 8, "verb": 0, "noun": 0}

# %% grade_id="own_sentences"
sentences = ["She saw the boy with her binoculars.", "She saw the boy with the red scarf."]
own_sentences_answer = {
    "layer": 0,
    "head": 0,
    "first": {"text": sentences[0], "words": ["saw", "boy"], "weights": [0, 0]},
    "second": {"text": sentences[1], "words": ["saw", "boy"], "weights": [0, 0]},
    "sides": "same side",
}

# %% grade_id="claim"
claim_answer = "has_noun"
