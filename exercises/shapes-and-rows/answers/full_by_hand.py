# about = """
# Full marks another way: numbers read off a picture and typed with three decimals."""
# [points]
# whole = 1
# row = 2
# two_ways = 1.5
# received = 2
# mean_map = 2
# by_hand = 1.5

# %% grade_id="whole"
whole_answer = [6, 12, 13, 13]

# %% grade_id="row"
row_answer = [round(float(w), 3) for w in attention.weights[5, 11, 8]]

# %% grade_id="two_ways"
two_ways_answer = {"it_cat": 0.712, "cat_it": 0.002}

# %% grade_id="received"
import torch

received_answer = torch.tensor(attention.weights)[4, 5].sum(0)

# %% grade_id="mean_map"
total = 0
for head in range(12):
    total = total + attention.pattern(HeadId(layer=2, head=head))
mean_map_answer = (total / 12).tolist()

# %% grade_id="by_hand"
by_hand_answer = [[1, 0, 0, 0], [0.25, 0.75, 0, 0], [0.333, 0.333, 0.333, 0], [0, 0, 0.5, 0.5]]

# %% [markdown] grade_id="why"
# 因为 softmax 沿着键做，每一行分完一份；列的和可以是 11.5，只说明大家都看它。
