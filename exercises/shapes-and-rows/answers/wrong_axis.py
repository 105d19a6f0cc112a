# about = """
# A typical mistake: sums and means over the wrong axis."""
# [points]
# whole = 0.5
# row = 0
# two_ways = 0
# received = 0.5
# mean_map = 1
# by_hand = 1
# [hint]
# whole = "axes"
# row = "many_axes"
# two_ways = "percent"
# received = "not_a_sum"
# mean_map = "axis"
# by_hand = "columns"

# %% grade_id="whole"
whole_answer = (12, 6, 13, 13)

# %% grade_id="row"
row_answer = attention.weights[5, 11]

# %% grade_id="two_ways"
merged = attention.weights[5, 11]
two_ways_answer = {"it_cat": 100 * merged[8, 2], "cat_it": merged[2, 9]}

# %% grade_id="received"
received_answer = attention.weights[4, 5].mean(axis=0)

# %% grade_id="mean_map"
mean_map_answer = attention.weights.mean(axis=(0, 1))

# %% grade_id="by_hand"
by_hand_answer = [[0.25, 0, 0, 0], [0.25, 0.5, 0, 0], [0.25, 0.25, 0.5, 0], [0.25, 0.25, 0.5, 1.0]]
