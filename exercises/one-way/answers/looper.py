# about = """
# Has everything but the numbers, which are 0."""
# [points]
# ahead = 0
# sink = 0
# meaning = 0.5

# %% grade_id="ahead"
ahead_answer = {"first": 0, "before": 0, "at": 0}

# %% grade_id="sink"
sink_answer = {
    "text": "A patient tailor mends the sails of the old ferry.",
    "share": 0,
    "front": "Meanwhile",
    "front_share": 0,
    "left": 0,
    "token": 0,
    "plain": 0,
    "blind": 0,
}

# %% grade_id="meaning"
meaning_answer = "place"
