# about = """
# Nothing was filled in."""
# [points]
# previous = 0
# induction = 0
# looker = 0
# story = 0
# [outcome]
# previous = "no answer"
# induction = "no answer"
# looker = "no answer"
# story = "no answer"
