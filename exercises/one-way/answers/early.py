# about = """
# Typical mistakes: the row before the first different word, all queries counted, the thickest
# line taken for importance."""
# [points]
# ahead = 2
# sink = 5.5
# meaning = 0
# [hint]
# ahead = "word_before"
# sink = "every_query"
# meaning = "wrong_choice"

# %% grade_id="ahead"
rows = differences.max(axis=(0, 1, 3))
first = int(np.flatnonzero(rows > 1e-3)[0])
ahead_answer = {"first": first - 1, "before": rows[:first].max(), "at": rows[first]}

# %% grade_id="sink"
text, front, place = "A patient tailor mends the sails of the old ferry.", "Meanwhile", 5
plain = capture(text, model=model).weights
moved = capture(front + " " + text, model=model).weights
k = capture(front, model=model).n_tokens
blinded = load_model(model).trace(text, edits=[BlindToken(place)]).pattern
sink_answer = {
    "text": text,
    "share": plain[:, :, :, 0].mean(),
    "front": front,
    "front_share": moved[:, :, 4 + k :, 0].mean(),
    "left": moved[:, :, 4 + k :, k].mean(),
    "token": place,
    "plain": plain[:, :, place + 1 :, place].mean(),
    "blind": blinded[:, :, place + 1 :, place].mean(),
}

# %% grade_id="meaning"
meaning_answer = "important"
