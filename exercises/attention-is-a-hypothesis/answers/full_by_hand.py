# about = """
# Full marks another way: numbers read off and typed; the positional head in B, which is said to
# fail."""
# [points]
# parked = 3
# position = 3
# influence = 2.5
# zero = 2
# claim = 0.5

# %% grade_id="parked"
parked_answer = {"layer": 4, "head": 4, "weight": 0.873, "norm_share": 0.110}

# %% grade_id="position"
position_answer = {"layer": 0, "head": 2, "plain": 1.0, "survives": False, "inserted": 0.0}

# %% grade_id="influence"
influence_answer = {
    "text": "The brave nurse carried the old lamp across the dark yard.",
    "received": 0.77,
    "embedding": 0.63,
    "better": "received",
}

# %% grade_id="zero"
zero_answer = {"last": 0.0, "before": 0.15, "reverse": 14.06}

# %% grade_id="claim"
claim_answer = "hypothesis"

# %% [markdown] grade_id="finding"
# L0H2 falls from 1.00 to 0 when one word is put in: it looks at a place. I would write "in this
# sentence it looks at the word before".
