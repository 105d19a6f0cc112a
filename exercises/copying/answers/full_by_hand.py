# about = """
# Full marks another way: numbers read off and typed."""
# variant = 0
# [points]
# previous = 3
# induction = 3
# looker = 3
# story = 3

# %% grade_id="previous"
previous_answer = {"layer": 16, "head": 0, "previous": 0.741, "survives": True, "scrambled": 0.930}

# %% grade_id="induction"
induction_answer = {"layer": 18, "head": 6, "induction": 0.937, "scrambled": 0.105}

# %% grade_id="looker"
looker_answer = {
    "plain": 4.80,
    "layer": 24,
    "head": 4,
    "looks": 0.694,
    "without": 5.79,
    "direction": "up",
}

# %% grade_id="story"
story_answer = {
    "text": "A new shop called Vellumquor opened by the harbour. We buy our bread at Vellumquor",
    "name": "Vellumquor",
    "pieces": 4,
    "whole": 1.0,
    "broken": 0.333,
}
