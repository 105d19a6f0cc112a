# about = """
# Nothing but the shape."""
# [points]
# whole = 0
# row = 0
# two_ways = 0
# received = 0
# mean_map = 0
# by_hand = 0
# [hint]
# whole = "few_axes"
# [outcome]
# row = "no answer"
# two_ways = "no answer"
# received = "no answer"
# mean_map = "no answer"
# by_hand = "no answer"

# %% grade_id="whole"
whole_answer = (6, 12, 13)
