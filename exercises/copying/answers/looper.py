# about = """
# Has tried every head through `check`, and left every number at 0."""
# [points]
# previous = 1
# induction = 1
# looker = 0
# story = 1.5

# %% grade_id="previous"
previous_answer = {"layer": 16, "head": 0, "previous": 0, "survives": True, "scrambled": 0}

# %% grade_id="induction"
induction_answer = {"layer": 18, "head": 6, "induction": 0, "scrambled": 0}

# %% grade_id="looker"
looker_answer = {
    "plain": 0,
    "layer": 24,
    "head": 4,
    "looks": 0,
    "without": 0,
    "direction": "up",
}

# %% grade_id="story"
story_answer = {
    "text": "A new shop called Vellumquor opened by the harbour. We buy our bread at Vellumquor",
    "name": "Vellumquor",
    "pieces": 0,
    "whole": 0,
    "broken": 0,
}
