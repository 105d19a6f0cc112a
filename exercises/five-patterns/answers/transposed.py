# about = """
# A typical mistake: columns are read instead of rows, everywhere."""
# variant = 0
# [points]
# local = 1
# syntactic = 1
# anaphoric = 1
# semantic = 1
# delimiter = 1
# claim = 0.5
# [hint]
# local = "transposed"
# syntactic = "transposed"
# anaphoric = "transposed"
# semantic = "transposed"
# delimiter = "transposed"

# %% grade_id="local"
weights = attention.weights[1, 8]
n = attention.n_tokens
local_answer = {
    "layer": 1,
    "head": 8,
    "next": weights[range(1, n), range(n - 1)].mean(),
    "even": 1 / n,
}

# %% grade_id="syntactic"
syntactic_answer = {
    "layer": 3,
    "head": 1,
    "object_near": short.between(session.object, session.verb)[3, 1],
    "rival_near": short.between("because", session.verb)[3, 1],
    "survives": True,
    "object_far": attention.between(session.object, session.verb)[3, 1],
    "rival_far": attention.between(session.adjective, session.verb)[3, 1],
}

# %% grade_id="anaphoric"
anaphoric_answer = {
    "layer": 1,
    "head": 3,
    "antecedent": attention.between(session.object, session.pronoun)[1, 3],
    "distractor": attention.between(session.subject, session.pronoun)[1, 3],
    "survives": True,
    "antecedent_other": other.between(session.subject, session.other_pronoun)[1, 3],
    "distractor_other": other.between(session.object, session.other_pronoun)[1, 3],
}

# %% grade_id="semantic"
semantic_answer = {
    "layer": 0,
    "head": 1,
    "related": attention.between(session.related_word, session.adjective)[0, 1],
    "unrelated": unrelated.between(session.unrelated_word, session.adjective)[0, 1],
}

# %% grade_id="delimiter"
delimiter_answer = {
    "layer": 4,
    "head": 5,
    "cls": attention.between("[CLS]", session.verb)[4, 5],
    "even": 1 / n,
}

# %% grade_id="claim"
claim_answer = "beats_rival"
