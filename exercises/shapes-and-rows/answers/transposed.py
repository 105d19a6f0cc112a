# about = """
# A typical mistake: columns are read as rows, everywhere."""
# [points]
# whole = 0.5
# row = 0.5
# two_ways = 0
# received = 0.5
# mean_map = 0.5
# by_hand = 1
# [hint]
# whole = "axes"
# row = "transposed"
# two_ways = "transposed"
# received = "axis"
# mean_map = ["columns", "transposed"]
# by_hand = "mask_inverted"

# %% grade_id="whole"
whole_answer = attention.weights.transpose(0, 2, 1, 3).shape

# %% grade_id="row"
row_answer = attention.weights[5, 11][:, attention.position("it")]

# %% grade_id="two_ways"
two_ways_answer = {
    "it_cat": attention.between("cat", "it")[5, 11],
    "cat_it": attention.between("it", "cat")[5, 11],
}

# %% grade_id="received"
received_answer = attention.weights[4, 5].sum(axis=1)

# %% grade_id="mean_map"
mean_map_answer = attention.weights[2].mean(axis=0).T

# %% grade_id="by_hand"
by_hand_answer = [[0.25, 0.25, 0.25, 0.25], [0, 0.5, 0.25, 0.25], [0, 0, 0.5, 0.5], [0, 0, 0, 1]]
