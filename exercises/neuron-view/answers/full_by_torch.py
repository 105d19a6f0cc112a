# about = """
# Full marks another way: torch, and numbers typed by hand."""
# [points]
# products = 1.5
# score = 1.5
# scores = 2.5
# pattern = 2.5
# head = 1.5

# %% grade_id="products"
products_answer = attention.queries[5, 11, 8] * attention.keys[5, 11, 2]
products_answer = [round(float(p), 3) for p in products_answer]

# %% grade_id="score"
score_answer = {"score": 4.807, "weight": 0.712}

# %% grade_id="scores"
import torch


def attention_scores(queries, keys):
    """Return the dot product of each query with each key, over the root of their size."""
    q, k = torch.tensor(queries), torch.tensor(keys)
    return q @ k.mT / q.shape[-1] ** 0.5


# %% grade_id="pattern"
def head_pattern(queries, keys):
    """Return the weights: each row sums to 1."""
    return torch.softmax(attention_scores(queries, keys), dim=-1)


# %% grade_id="head"
head_answer = head_pattern(attention.queries[5, 11], attention.keys[5, 11])

# %% [markdown] grade_id="why"
# 分数 4.81 只由两个向量决定，权重 .71 取决于整行。
