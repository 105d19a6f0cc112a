# about = """
# Tries every head, True and False and every option through `check`, and hands in 0 for every
# number. A head that falls to nothing is right with 0 for its weight there."""
# [points]
# parked = 0.5
# position = 2
# influence = 0.5
# zero = 0
# claim = 0
# [hint]
# claim = "wrong_choice"

# %% grade_id="parked"
parked_answer = {"layer": 4, "head": 4, "weight": 0, "norm_share": 0}

# %% grade_id="position"
position_answer = {"layer": 0, "head": 2, "plain": 0, "survives": False, "inserted": 0}

# %% grade_id="influence"
influence_answer = {
    "text": "The brave nurse carried the old lamp across the dark yard.",
    "received": 0,
    "embedding": 0,
    "better": "received",
}

# %% grade_id="zero"
zero_answer = {"last": 0, "before": 0, "reverse": 0}

# %% grade_id="claim"
claim_answer = "useless"
