# about = """
# Full marks, everything worked out by code; the cuts are made with the heads of a layer one by one
# named, the span is read from the starts and the ends."""
# [points]
# marked = 2
# looks = 2
# cut = 3
# own = 3
# claim = 0.5

# %% grade_id="marked"
starts, ends = logits
best, place = -np.inf, None
for i in range(tuned.second_start, tuned.n_tokens - 1):
    for j in range(i, min(i + 24, tuned.n_tokens - 1)):
        if starts[i] + ends[j] > best:
            best, place = starts[i] + ends[j], (i, j)
marked_answer = {
    "start": place[0],
    "end": place[1],
    "margin": round(float(best - starts[0] - ends[0]), 2),
}

# %% grade_id="looks"
row = {
    name: seen.merge_words().weights[:, :, 1, seen.merge_words().position(session.answer)]
    for name, seen in (("after", tuned), ("before", base))
}
chosen = tuple(map(int, np.unravel_index((row["after"] - row["before"]).argmax(), (6, 12))))
looks_answer = {
    "layer": chosen[0],
    "head": chosen[1],
    **{name: float(weights[chosen]) for name, weights in row.items()},
}


# %% grade_id="cut"
def cut(queries, keys, layer):
    edges = Cut(queries, keys, [layer], range(12))
    return reader.span_logits(session.question, session.context, edges)


changes = [abs(cut(question, context, layer) - logits)[:, context].max() for layer in (5, 4)]
after = cut(context, question, 1)
cut_answer = {
    "last": float(changes[0]),
    "before": round(float(changes[1]), 2),
    "reverse": float(best - after[0, place[0]] - after[1, place[1]]),
}

# %% grade_id="own"
text = (
    "The library closes at six in winter and at eight in summer. Mr Stone looks after the garden."
)
own_answer = {
    "context": text,
    "right_question": "Who looks after the garden?",
    "right_answer": answer("Who looks after the garden?", text),
    "wrong_question": "When does the library close in summer?",
    "wrong_answer": "eight",
    "model_answer": answer("When does the library close in summer?", text),
}

# %% grade_id="claim"
claim_answer = "other_direction"

# %% [markdown] grade_id="friend"
# 我猜它分不清两个并列的时间。检验：把“in summer”那半句挪到前面，别的不动。
# 猜对了，答案会换；猜错了，答案不变。
