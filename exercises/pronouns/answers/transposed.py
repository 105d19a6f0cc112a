# about = """
# A typical mistake: the column of the pronoun is read instead of its row, everywhere."""
# variant = 0
# [points]
# means = 0
# decoy = 1
# number_head = 1
# counterexample = 1.5
# claim = 0.5
# [hint]
# means = "transposed"
# decoy = "transposed"
# number_head = "transposed"
# counterexample = "transposed"

# %% grade_id="means"
attention = capture(session.sentence)


def column(text, pronoun, *words):
    seen = capture(text)
    return [seen.between(word, pronoun) for word in words]


living, thing = column(session.sentence, "it", session.living, session.thing)
means_answer = {"living": living.mean(), "thing": thing.mean()}

# %% grade_id="decoy"
living_turned, thing_turned = column(session.turned, "it", session.living, session.thing)
decoy_answer = {
    "layer": 5,
    "head": 11,
    "living": living[5, 11],
    "thing": thing[5, 11],
    "survives": True,
    "living_turned": living_turned[5, 11],
    "thing_turned": thing_turned[5, 11],
}

# %% grade_id="number_head"
it_thing, it_livings = column(session.it_sentence, "it", session.thing, session.livings)
they_livings, they_thing = column(session.they_sentence, "they", session.livings, session.thing)
number_head_answer = {
    "layer": 3,
    "head": 1,
    "it_thing": it_thing[3, 1],
    "it_livings": it_livings[3, 1],
    "survives": True,
    "they_livings": they_livings[3, 1],
    "they_thing": they_thing[3, 1],
}

# %% grade_id="counterexample"
text = "The dogs slept in the house because it was warm."
right, wrong = column(text, "it", "house", "dogs")
counterexample_answer = {
    "layer": 5,
    "head": 11,
    "text": text,
    "pronoun": "it",
    "right": "house",
    "wrong": "dogs",
    "weight_right": right[5, 11],
    "weight_wrong": wrong[5, 11],
}

# %% grade_id="claim"
claim_answer = "habit"
