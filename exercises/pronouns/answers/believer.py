# about = """
# A typical mistake: one picture is believed. The head "must" turn with the meaning, and it "must"
# be the one for number, too; the counterexample rests on meaning."""
# variant = 0
# [points]
# means = 1
# decoy = 2.5
# number_head = 1
# counterexample = 0
# claim = 0
# [hint]
# decoy = "half"
# number_head = "other_side"
# counterexample = "number"
# claim = "wrong_choice"

# %% grade_id="means"
attention = capture(session.sentence)
means_answer = {
    "living": attention.between("it", session.living).mean(),
    "thing": attention.between("it", session.thing).mean(),
}


# %% grade_id="decoy"
def weight(text, query, key):
    return capture(text).between(query, key)[5, 11]


decoy_answer = {
    "layer": 5,
    "head": 11,
    "living": weight(session.sentence, "it", session.living),
    "thing": weight(session.sentence, "it", session.thing),
    "survives": False,
    "living_turned": weight(session.turned, "it", session.living),
    "thing_turned": weight(session.turned, "it", session.thing),
}

# %% grade_id="number_head"
number_head_answer = {
    "layer": 5,
    "head": 11,
    "it_thing": weight(session.it_sentence, "it", session.thing),
    "it_livings": weight(session.it_sentence, "it", session.livings),
}

# %% grade_id="counterexample"
text = "The dog sat on the chair because it was comfortable."
counterexample_answer = {
    "layer": 5,
    "head": 11,
    "text": text,
    "pronoun": "it",
    "right": "chair",
    "wrong": "dog",
    "weight_right": weight(text, "it", "chair"),
    "weight_wrong": weight(text, "it", "dog"),
}

# %% grade_id="claim"
claim_answer = "understands"

# %% [markdown] grade_id="friend"
# You are right, it knows.
