# about = """
# Nothing was filled in."""
# [points]
# local = 0
# syntactic = 0
# anaphoric = 0
# semantic = 0
# delimiter = 0
# claim = 0
# [outcome]
# local = "no answer"
# syntactic = "no answer"
# anaphoric = "no answer"
# semantic = "no answer"
# delimiter = "no answer"
# claim = "no answer"
