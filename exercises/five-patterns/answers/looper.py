# about = """
# Tries every head, True and False, every option through `check`, and hands in 0 for every
# number. What it finds by trying counts; the numbers, which it never looks at, do not."""
# variant = 0
# [points]
# local = 0.5
# syntactic = 1
# anaphoric = 1
# semantic = 1
# delimiter = 0.5
# claim = 0
# [hint]
# claim = "wrong_choice"

# %% grade_id="local"
local_answer = {"layer": 1, "head": 8, "next": 0, "even": 0}

# %% grade_id="syntactic"
rest = {"object_near": 0, "rival_near": 0, "object_far": 0, "rival_far": 0}
syntactic_answer = {"layer": 3, "head": 1, **rest, "survives": True}

# %% grade_id="anaphoric"
rest = {"antecedent": 0, "distractor": 0, "antecedent_other": 0, "distractor_other": 0}
anaphoric_answer = {"layer": 1, "head": 3, **rest, "survives": True}

# %% grade_id="semantic"
semantic_answer = {"layer": 0, "head": 1, "related": 0, "unrelated": 0}

# %% grade_id="delimiter"
delimiter_answer = {"layer": 4, "head": 5, "cls": 0, "even": 0}

# %% grade_id="claim"
claim_answer = "five"
