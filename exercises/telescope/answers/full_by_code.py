# about = """
# Full marks, everything worked out by code: the strongest head by |difference| is the
# positional one, and that is fine in B, because the answer says that it does not survive."""
# [points]
# array = 1
# means = 2
# clear_head = 3
# verb_head = 1
# noun_head = 1
# own_sentences = 1.5
# claim = 0.5

# %% grade_id="array"
attention = capture(session.sentence)

# %% grade_id="means"
row = {w: attention.between(session.preposition, session.variant[w]) for w in ("subject", "noun")}
means = {w: float(weights.mean()) for w, weights in row.items()}
means_answer = {
    "mean_subject": means["subject"],
    "mean_noun": means["noun"],
    "most_heads_noun": bool(
        np.sum(row["noun"] > row["subject"]) > attention.weights[:, :, 0, 0].size / 2
    ),
    "larger": max(means, key=means.get),
}

# %% grade_id="clear_head"
control = capture(session.control)
difference = row["noun"] - row["subject"]
layer, head = map(int, np.unravel_index(np.abs(difference).argmax(), difference.shape))
after = {
    w: float(control.between(session.preposition, session.variant[w])[layer, head])
    for w in ("subject", "noun")
}
clear_head_answer = {
    "layer": layer,
    "head": head,
    "noun": float(row["noun"][layer, head]),
    "subject": float(row["subject"][layer, head]),
    "survives": bool((after["noun"] - after["subject"]) / difference[layer, head] >= 0.5),
    "noun_control": after["noun"],
    "subject_control": after["subject"],
}

# %% grade_id="verb_head"
row["verb"] = attention.between(session.preposition, session.verb)


def strongest(of, against):
    lean = np.ma.masked_array(row[of] - row[against], positional >= 0.25)
    layer, head = map(int, np.unravel_index(lean.argmax(), lean.shape))
    weights = {w: round(float(row[w][layer, head]), 3) for w in ("verb", "noun")}
    return {"layer": layer, "head": head, **weights}


verb_head_answer = strongest("verb", "noun")

# %% grade_id="noun_head"
noun_head_answer = strongest("noun", "verb")


# %% grade_id="own_sentences"
def measured(text, words, layer=1, head=6):
    seen = capture(text)
    return {
        "text": text,
        "words": words,
        "weights": [float(seen.between("with", word)[layer, head]) for word in words],
    }


own_sentences_answer = {
    "layer": 1,
    "head": 6,
    "first": measured("The child broke the vase with a heavy hammer.", ["broke", "vase"]),
    "second": measured("The child broke the vase with the blue flowers.", ["broke", "vase"]),
    "sides": "same side",
}

# %% grade_id="claim"
claim_answer = "does_not_tell"

# %% [markdown] grade_id="friend"
# I cannot tell, and neither can the model: the sentence allows both. On average *with* gives *man*
# .086 and *I* .038, but *man* stands next to it, and in the head that is clearest of all nothing is
# left of that once *yesterday* comes between. I first thought that I had the telescope; my two
# sentences showed a head with a habit, not a judgement.
