# about = """
# Typical mistakes: rows of the ending compared too, percentages, a sentence of the exercise."""
# [points]
# ahead = 1
# sink = 0
# meaning = 0
# [hint]
# ahead = "not_zero"
# meaning = "wrong_choice"

# %% grade_id="ahead"
rows = differences.max(axis=(0, 1, 3))
first = int(np.flatnonzero(rows > 1e-3)[0])
ahead_answer = {"first": first, "before": rows.mean(), "at": rows[first]}

# %% grade_id="sink"
text, front, place = "The cat sat on the mat because it was tired.", "Meanwhile", 5
plain = capture(text, model=model).weights
moved = capture(front + " " + text, model=model).weights
k = capture(front, model=model).n_tokens
blinded = load_model(model).trace(text, edits=[BlindToken(place)]).pattern
sink_answer = {
    "text": text,
    "share": plain[:, :, 4:, 0].mean(),
    "front": front,
    "front_share": moved[:, :, 4 + k :, 0].mean(),
    "left": moved[:, :, 4 + k :, k].mean(),
    "token": place,
    "plain": plain[:, :, place + 1 :, place].mean(),
    "blind": blinded[:, :, place + 1 :, place].mean(),
}

# %% grade_id="meaning"
meaning_answer = "broken"
