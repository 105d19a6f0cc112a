# about = """
# Typical mistakes: layers and heads counted from 1, the two weights in each other's place, and a
# counterexample for a head that is not fooled."""
# variant = 0
# [points]
# means = 1
# decoy = 0
# number_head = 1
# counterexample = 1.5
# claim = 0
# [hint]
# decoy = "counted_from_one"
# number_head = "swapped"
# counterexample = "not_fooled"
# claim = "wrong_choice"

# %% grade_id="means"
attention = capture(session.sentence)
means_answer = {
    "living": attention.between("it", session.living).mean(),
    "thing": attention.between("it", session.thing).mean(),
}

# %% grade_id="decoy"
decoy_answer = {"layer": 6, "head": 12, "living": 0.712, "thing": 0.099}

# %% grade_id="number_head"
seen = capture(session.it_sentence)
number_head_answer = {
    "layer": 3,
    "head": 1,
    "it_thing": seen.between("it", session.livings)[3, 1],
    "it_livings": seen.between("it", session.thing)[3, 1],
}

# %% grade_id="counterexample"
text = "The dogs slept in the house because it was warm."
own = capture(text)
counterexample_answer = {
    "layer": 3,
    "head": 1,
    "text": text,
    "pronoun": "it",
    "right": "house",
    "wrong": "dogs",
    "weight_right": own.between("it", "house")[3, 1],
    "weight_wrong": own.between("it", "dogs")[3, 1],
}

# %% grade_id="claim"
claim_answer = "nothing"
