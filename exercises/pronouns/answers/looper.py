# about = """
# Tries every head, True and False, every option through `check`, and hands in 0 for every
# number. What it finds by trying counts; the weights, which it never looks at, do not."""
# variant = 0
# [points]
# means = 0
# decoy = 1
# number_head = 1
# counterexample = 1.5
# claim = 0
# [hint]
# claim = "wrong_choice"

# %% grade_id="means"
means_answer = {"living": 0, "thing": 0}

# %% grade_id="decoy"
rest = {"living": 0, "thing": 0, "living_turned": 0, "thing_turned": 0}
decoy_answer = {"layer": 5, "head": 11, **rest, "survives": True}

# %% grade_id="number_head"
rest = {"it_thing": 0, "it_livings": 0, "they_livings": 0, "they_thing": 0}
number_head_answer = {"layer": 3, "head": 1, **rest, "survives": True}

# %% grade_id="counterexample"
counterexample_answer = {
    "layer": 5,
    "head": 11,
    "text": "The dogs slept in the house because it was warm.",
    "pronoun": "it",
    "right": "house",
    "wrong": "dogs",
    "weight_right": 0,
    "weight_wrong": 0,
}

# %% grade_id="claim"
claim_answer = "nothing"
