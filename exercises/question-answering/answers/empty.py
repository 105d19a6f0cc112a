# about = """
# Nothing was filled in."""
# [points]
# marked = 0
# looks = 0
# cut = 0
# own = 0
# claim = 0
# [outcome]
# marked = "no answer"
# looks = "no answer"
# cut = "no answer"
# own = "no answer"
# claim = "no answer"
