# about = """
# Full marks another way: places and numbers read off and typed, another head within 90 % of the
# best, a wrong answer of one word."""
# [points]
# marked = 2
# looks = 2
# cut = 3
# own = 3
# claim = 0.5

# %% grade_id="marked"
marked_answer = {"start": 14, "end": 15, "margin": 15.96}

# %% grade_id="looks"
looks_answer = {"layer": 5, "head": 6, "after": 0.324, "before": 0.068}

# %% grade_id="cut"
cut_answer = {"last": 0, "before": 0.24, "reverse": 24.24}

# %% grade_id="own"
own_answer = {
    "context": "The old post office was bought by two sisters. "
    "They rent out the upper floor to a dentist.",
    "right_question": "Who lives on the upper floor?",
    "right_answer": "dentist",
    "wrong_question": "Who rents the upper floor?",
    "wrong_answer": "a dentist",
    "model_answer": "They",
}

# %% grade_id="claim"
claim_answer = "other_direction"

# %% [markdown] grade_id="friend"
# It takes the word in front of "rent" for the one who rents. If that is so, "a dentist rents the
# upper floor from them" should be answered rightly; if it is the distance, it should not.
