# about = """
# Full marks another way: torch does the work, rows without any key are mended."""
# [points]
# softmax = 3
# pattern = 4
# masked = 3.5
# overflow = 1

# %% grade_id="softmax"
import torch


def softmax(scores):
    """Return scores as weights: each row, along the last axis, sums to 1."""
    return torch.softmax(torch.tensor(scores), dim=-1)


# %% grade_id="pattern"
def attention_pattern(queries, keys):
    """Return the weights that each query gives to each key: softmax(q k / sqrt(size))."""
    q, k = torch.tensor(queries), torch.tensor(keys)
    return torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, dim=-1)


# %% grade_id="masked"
def masked_pattern(queries, keys, mask):
    """Return the same; a query may look only where `mask` is True."""
    q, k = torch.tensor(queries), torch.tensor(keys)
    scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~torch.tensor(mask), -torch.inf)
    return torch.softmax(scores, dim=-1).nan_to_num(0.0)


# %% grade_id="overflow"
overflow_answer = {"last": float(np.exp(2) / (1 + np.exp(1) + np.exp(2)))}

# %% [markdown] grade_id="nan"
# 大分数取指数溢出，无穷除以无穷；检查 isfinite。
