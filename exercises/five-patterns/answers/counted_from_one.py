# about = """
# A typical mistake: layers and heads are counted from 1, as papers print them."""
# variant = 0
# [points]
# local = 0.25
# syntactic = 0
# anaphoric = 0
# semantic = 0
# delimiter = 0.25
# claim = 0
# [hint]
# local = ["counted_from_one", "below_baseline"]
# syntactic = "counted_from_one"
# anaphoric = "counted_from_one"
# semantic = "counted_from_one"
# delimiter = ["counted_from_one", "below_baseline"]
# claim = "wrong_choice"

# %% grade_id="local"
local_answer = {"layer": 2, "head": 9, "next": 0.556, "even": 0.077}

# %% grade_id="syntactic"
syntactic_answer = {"layer": 4, "head": 2, "object_near": 0.358, "rival_near": 0.003}

# %% grade_id="anaphoric"
anaphoric_answer = {"layer": 2, "head": 4, "antecedent": 0.396, "distractor": 0.045}

# %% grade_id="semantic"
semantic_answer = {"layer": 1, "head": 2, "related": 0.717, "unrelated": 0.485}

# %% grade_id="delimiter"
delimiter_answer = {"layer": 5, "head": 6, "cls": 0.985, "even": 0.077}

# %% grade_id="claim"
claim_answer = "five"
