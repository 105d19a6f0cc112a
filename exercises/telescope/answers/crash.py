# about = """
# Half of it is right; then a cell ends the kernel, and what comes after cannot be answered.
# Only a real kernel can run this."""
# kernel = true
# variant = 0
# [points]
# array = 1
# means = 2
# clear_head = 0
# verb_head = 1
# noun_head = 0
# own_sentences = 0
# claim = 0.5
# [outcome]
# clear_head = "exit"
# noun_head = "no answer"
# own_sentences = "no answer"

# %% grade_id="array"
attention = capture(session.sentence)

# %% grade_id="means"
means_answer = {
    "mean_subject": 0.038,
    "mean_noun": 0.086,
    "most_heads_noun": True,
    "larger": "noun",
}

# %% grade_id="clear_head"
import os

os._exit(0)

# %% grade_id="verb_head"
verb_head_answer = {"layer": 1, "head": 2, "verb": 0.686, "noun": 0.031}

# %% grade_id="claim"
claim_answer = "does_not_tell"
