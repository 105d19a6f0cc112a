# about = """
# Full marks another way: numbers read off and typed with three decimals; in B and C heads that do
# not stand the control, which is said."""
# variant = 0
# [points]
# local = 2
# syntactic = 3
# anaphoric = 3
# semantic = 2
# delimiter = 2
# claim = 0.5

# %% grade_id="local"
local_answer = {"layer": 1, "head": 8, "next": 0.556, "even": 0.077}

# %% grade_id="syntactic"
syntactic_answer = {
    "layer": 1,
    "head": 4,
    "object_near": 0.315,
    "rival_near": 0.068,
    "survives": False,
    "object_far": 0.146,
    "rival_far": 0.220,
}

# %% grade_id="anaphoric"
anaphoric_answer = {
    "layer": 0,
    "head": 1,
    "antecedent": 0.471,
    "distractor": 0.038,
    "survives": False,
    "antecedent_other": 0.103,
    "distractor_other": 0.520,
}

# %% grade_id="semantic"
semantic_answer = {"layer": 0, "head": 4, "related": 0.424, "unrelated": 0.195}

# %% grade_id="delimiter"
delimiter_answer = {"layer": 4, "head": 5, "cls": 0.985, "even": 0.077}

# %% grade_id="claim"
claim_answer = "beats_rival"

# %% [markdown] grade_id="friend"
# L0H1 gives the girl .471 and the boy .038, and a tutorial would stop there. With *he* in place of
# *she* it still takes the girl, .520 against .103: it looks at the nearer person.
