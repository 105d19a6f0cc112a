# about = """
# Full marks, worked out by code in other ways: between and merged rows, ranks by sorting twice, a
# head that survives in B."""
# [points]
# parked = 3
# position = 3
# influence = 2.5
# zero = 2
# claim = 0.5

# %% grade_id="parked"
share = norms[..., row, :] / norms[..., row, :].sum(-1, keepdims=True)
gap = attention.between(session.query, "[CLS]") - share[..., 0]
at = tuple(map(int, np.argwhere(gap == gap.max())[0]))
parked_answer = {
    "layer": at[0],
    "head": at[1],
    "weight": round(float(attention.between(session.query, "[CLS]")[at]), 3),
    "norm_share": round(float(share[..., 0][at]), 3),
}

# %% grade_id="position"
kept = np.minimum(
    attention.between(session.query, session.key), inserted.between(session.query, session.key)
)
at = tuple(map(int, np.argwhere(kept == kept.max())[0]))
position_answer = {
    "layer": at[0],
    "head": at[1],
    "plain": float(attention.between(session.query, session.key)[at]),
    "survives": True,
    "inserted": float(inserted.between(session.query, session.key)[at]),
}

# %% grade_id="influence"
text = "My little brother forgot his umbrella on the train."


def places(values):
    return np.argsort(np.argsort(values))


effect = places(leave_one_out(text))
received = capture(text).weights.mean(axis=2).mean(axis=(0, 1))[1:-1]
lengths = np.sqrt((load_model().embedding(text) ** 2).sum(axis=1))[1:-1]
numbers = [round(float(np.corrcoef(places(v), effect)[0, 1]), 2) for v in (received, lengths)]
influence_answer = {
    "text": text,
    "received": numbers[0],
    "embedding": numbers[1],
    "better": "received" if numbers[0] > numbers[1] else "embedding",
}


# %% grade_id="zero"
def scores(*cut):
    return reader.span_logits(session.question, session.context, *cut)


whole = scores()
change = [abs(scores(Cut(question, context, [layer])) - whole) for layer in (5, 4)]
span = [context[int(whole[i, context].argmax())] for i in (0, 1)]
after = scores(Cut(context, question, [3]))
zero_answer = {
    "last": float(change[0][:, context].max()),
    "before": round(float(change[1][:, context].max()), 2),
    "reverse": round(float(sum(whole[i, span[i]] - after[i, span[i]] for i in (0, 1))), 2),
}

# %% grade_id="claim"
claim_answer = "hypothesis"

# %% [markdown] grade_id="finding"
# 插一个词、剪一条边、跟词嵌入的长度比一比，三样都做过才算。改写：在这句话里，
# L5H11 从 *sat* 看 *cat*，插了词以后还剩八成多；换别的句子还要再试。
