# about = """
# Nothing was filled in."""
# [points]
# means = 0
# decoy = 0
# number_head = 0
# counterexample = 0
# claim = 0
# [outcome]
# means = "no answer"
# decoy = "no answer"
# number_head = "no answer"
# counterexample = "no answer"
# claim = "no answer"
