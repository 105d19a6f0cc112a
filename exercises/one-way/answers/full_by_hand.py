# about = """
# Full marks another way: numbers read off and typed with three decimals."""
# variant = 0
# [points]
# ahead = 3
# sink = 7
# meaning = 0.5

# %% grade_id="ahead"
ahead_answer = {"first": 7, "before": 0, "at": 0.485}

# %% grade_id="sink"
sink_answer = {
    "text": "Three green kites hung above the harbour all summer.",
    "share": 0.563,
    "front": "Suddenly",
    "front_share": 0.546,
    "left": 0.034,
    "token": 3,
    "plain": 0.049,
    "blind": 0.334,
}

# %% grade_id="meaning"
meaning_answer = "place"
