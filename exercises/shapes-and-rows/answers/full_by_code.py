# about = """
# Full marks, everything worked out with numpy."""
# [points]
# whole = 1
# row = 2
# two_ways = 1.5
# received = 2
# mean_map = 2
# by_hand = 1.5

# %% grade_id="whole"
whole_answer = attention.weights.shape

# %% grade_id="row"
row_answer = attention.weights[5, 11, attention.tokens.index("it")]

# %% grade_id="two_ways"
two_ways_answer = {
    "it_cat": attention.between("it", "cat")[5, 11],
    "cat_it": attention.between("cat", "it")[5, 11],
}

# %% grade_id="received"
received_answer = np.einsum("qk->k", attention.weights[4, 5])

# %% grade_id="mean_map"
mean_map_answer = attention.weights[2].sum(axis=0) / 12

# %% grade_id="by_hand"
by_hand_answer = np.tril(np.ones((4, 4)))
by_hand_answer /= by_hand_answer.sum(axis=1, keepdims=True)

# %% [markdown] grade_id="why"
# Each row is a softmax over the keys. Columns are free: [CLS] gets 11.5 in L4H5.
