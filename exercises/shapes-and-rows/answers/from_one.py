# about = """
# A typical mistake: layers and heads are counted from 1; shares are percentages."""
# [points]
# whole = 0
# row = 1
# two_ways = 0
# received = 0.5
# mean_map = 1
# by_hand = 1
# [hint]
# whole = "batch"
# row = "counted_from_one"
# two_ways = "counted_from_one"
# received = "counted_from_one"
# mean_map = "counted_from_one"
# by_hand = "percent"

# %% grade_id="whole"
whole_answer = (1, 6, 12, 13, 13)

# %% grade_id="row"
row_answer = attention.weights[4, 10, attention.position("it")]

# %% grade_id="two_ways"
two_ways_answer = {
    "it_cat": attention.between("it", "cat")[4, 10],
    "cat_it": attention.between("cat", "it")[4, 10],
}

# %% grade_id="received"
received_answer = attention.weights[3, 4].sum(axis=0)

# %% grade_id="mean_map"
mean_map_answer = attention.weights[1].mean(axis=0)

# %% grade_id="by_hand"
by_hand_answer = [[100, 0, 0, 0], [50, 50, 0, 0], [20, 30, 50, 0], [10, 20, 30, 40]]
