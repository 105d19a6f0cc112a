# about = """
# Nothing was filled in."""
# [points]
# ahead = 0
# sink = 0
# meaning = 0
# [outcome]
# ahead = "no answer"
# sink = "no answer"
# meaning = "no answer"
