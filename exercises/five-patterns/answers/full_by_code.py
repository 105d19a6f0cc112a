# about = """
# Full marks, everything worked out by code from the session's own sentences."""
# [points]
# local = 2
# syntactic = 3
# anaphoric = 3
# semantic = 2
# delimiter = 2
# claim = 0.5

# %% grade_id="local"
v = session.variant
n = attention.n_tokens
ahead = attention.weights[:, :, range(n - 1), range(1, n)].mean(axis=-1)


def best(lean):
    return tuple(map(int, np.unravel_index(lean.argmax(), lean.shape)))


def answer(chosen, **numbers):
    filled = {name: float(weights[chosen]) for name, weights in numbers.items()}
    return {"layer": chosen[0], "head": chosen[1], **filled}


local_answer = {**answer(best(ahead), next=ahead), "even": 1 / n}

# %% grade_id="syntactic"
near = {
    "object_near": short.between(v["verb"], v["object"]),
    "rival_near": short.between(v["verb"], "because"),
}
far = {
    "object_far": attention.between(v["verb"], v["object"]),
    "rival_far": attention.between(v["verb"], v["adjective"]),
}
gains = [near["object_near"] - near["rival_near"], far["object_far"] - far["rival_far"]]
chosen = best(np.minimum(*gains))
syntactic_answer = answer(chosen, **near, **far)
syntactic_answer["survives"] = bool(gains[1][chosen] >= gains[0][chosen] / 2)

# %% grade_id="anaphoric"
ours = {
    "antecedent": attention.between(v["pronoun"], v["object"]),
    "distractor": attention.between(v["pronoun"], v["subject"]),
}
theirs = {
    "antecedent_other": other.between(v["other_pronoun"], v["subject"]),
    "distractor_other": other.between(v["other_pronoun"], v["object"]),
}
gains = [
    ours["antecedent"] - ours["distractor"],
    theirs["antecedent_other"] - theirs["distractor_other"],
]
chosen = best(gains[0])
anaphoric_answer = answer(chosen, **ours, **theirs)
anaphoric_answer["survives"] = bool(gains[1][chosen] >= gains[0][chosen] / 2)

# %% grade_id="semantic"
pair = {
    "related": attention.between(v["adjective"], v["related_word"]),
    "unrelated": unrelated.between(v["adjective"], v["unrelated_word"]),
}
semantic_answer = answer(best(pair["related"] - pair["unrelated"]), **pair)

# %% grade_id="delimiter"
cls = attention.weights[:, :, attention.position(v["verb"]), 0]
delimiter_answer = {**answer(best(cls), cls=cls), "even": round(1 / n, 3)}

# %% grade_id="claim"
claim_answer = "beats_rival"

# %% [markdown] grade_id="friend"
# 我挑回指：换了代词，这个头并不一定跟着换，所以我同时报了两句的数。它比“选近的”多出来的才算本事；
# 证据只有我这几句话，又是从 72 个头里挑的。
