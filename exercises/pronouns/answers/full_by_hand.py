# about = """
# Full marks another way: numbers read off and typed with three decimals for the cat sentence, the
# pronoun "they" in the counterexample."""
# variant = 0
# [points]
# means = 1
# decoy = 3
# number_head = 3
# counterexample = 2.5
# claim = 0.5

# %% grade_id="means"
attention = capture(session.sentence)
means_answer = {"living": 0.079, "thing": 0.059}

# %% grade_id="decoy"
decoy_answer = {
    "layer": 5,
    "head": 11,
    "living": 0.712,
    "thing": 0.099,
    "survives": True,
    "living_turned": 0.677,
    "thing_turned": 0.101,
}

# %% grade_id="number_head"
number_head_answer = {
    "layer": 3,
    "head": 1,
    "it_thing": 0.274,
    "it_livings": 0.023,
    "survives": True,
    "they_livings": 0.84,
    "they_thing": 0.001,
}

# %% grade_id="counterexample"
counterexample_answer = {
    "layer": 5,
    "head": 11,
    "text": "The cat hid behind the curtains because they were thick.",
    "pronoun": "they",
    "right": "curtains",
    "wrong": "cat",
    "weight_right": 0.114,
    "weight_wrong": 0.648,
}

# %% grade_id="claim"
claim_answer = "habit"

# %% [markdown] grade_id="friend"
# It gives the cat .712, and when soft takes the place of tired it still gives .677. The answer
# changed; the head did not.
