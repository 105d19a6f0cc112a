# about = """
# A typical mistake: the special tokens are left out."""
# [points]
# whole = 0.5
# row = 0
# two_ways = 0.75
# received = 0
# mean_map = 0
# by_hand = 1
# [hint]
# whole = "few_tokens"
# row = "few_tokens"
# two_ways = "off_by_one"
# received = "few_tokens"
# mean_map = "few_tokens"
# by_hand = "whole"

# %% grade_id="whole"
whole_answer = (6, 12, 11, 11)

# %% grade_id="row"
row_answer = attention.weights[5, 11, attention.position("it"), 1:-1]

# %% grade_id="two_ways"
tokens = attention.tokens[1:-1]
pattern = attention.weights[5, 11]
two_ways_answer = {
    "it_cat": pattern[tokens.index("it"), tokens.index("cat")],
    "cat_it": pattern[tokens.index("cat"), tokens.index("it")],
}

# %% grade_id="received"
received_answer = attention.weights[4, 5, :, 1:-1].sum(axis=0)

# %% grade_id="mean_map"
mean_map_answer = attention.weights[2, :, 1:-1, 1:-1].mean(axis=0)

# %% grade_id="by_hand"
by_hand_answer = [
    [0.1, 0.0, 0.0, 0.0],
    [0.05, 0.15, 0.0, 0.0],
    [0.1, 0.1, 0.1, 0.0],
    [0.1, 0.1, 0.1, 0.1],
]
