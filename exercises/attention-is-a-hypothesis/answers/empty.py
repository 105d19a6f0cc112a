# about = """
# Nothing was filled in."""
# [points]
# parked = 0
# position = 0
# influence = 0
# zero = 0
# claim = 0
# [outcome]
# parked = "no answer"
# position = "no answer"
# influence = "no answer"
# zero = "no answer"
# claim = "no answer"
