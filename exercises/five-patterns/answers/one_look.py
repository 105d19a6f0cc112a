# about = """
# A typical mistake: the largest weight in one sentence is believed and the control is taken for
# granted; the weight on [SEP] is taken for the delimiter."""
# variant = 0
# [points]
# local = 1.5
# syntactic = 2.5
# anaphoric = 2.5
# semantic = 2
# delimiter = 1
# claim = 0
# [hint]
# syntactic = "half"
# anaphoric = "half"
# delimiter = "special_token"
# claim = "wrong_choice"

# %% grade_id="local"
local_answer = {"layer": 1, "head": 8, "next": 0.556, "even": 0.5}

# %% grade_id="syntactic"
syntactic_answer = {
    "layer": 1,
    "head": 4,
    "object_near": short.between(session.verb, session.object)[1, 4],
    "rival_near": short.between(session.verb, "because")[1, 4],
    "survives": True,
    "object_far": attention.between(session.verb, session.object)[1, 4],
    "rival_far": attention.between(session.verb, session.adjective)[1, 4],
}

# %% grade_id="anaphoric"
anaphoric_answer = {
    "layer": 0,
    "head": 1,
    "antecedent": attention.between(session.pronoun, session.object)[0, 1],
    "distractor": attention.between(session.pronoun, session.subject)[0, 1],
    "survives": True,
    "antecedent_other": other.between(session.other_pronoun, session.subject)[0, 1],
    "distractor_other": other.between(session.other_pronoun, session.object)[0, 1],
}

# %% grade_id="semantic"
semantic_answer = {
    "layer": 0,
    "head": 1,
    "related": attention.between(session.adjective, session.related_word)[0, 1],
    "unrelated": unrelated.between(session.adjective, session.unrelated_word)[0, 1],
}

# %% grade_id="delimiter"
sep = attention.between(session.verb, "[SEP]")
parked = attention.between(session.verb, "[CLS]") >= 0.6
layer, head = np.unravel_index(np.where(parked, sep, 0).argmax(), sep.shape)
delimiter_answer = {
    "layer": layer,
    "head": head,
    "cls": sep[layer, head],
    "even": 1 / attention.n_tokens,
}

# %% grade_id="claim"
claim_answer = "is_the"
