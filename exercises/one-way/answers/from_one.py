# about = """
# Typical mistakes: positions counted from 1 and a mean difference; the two shares of the word in
# front changed over, and those of the blind token too."""
# [points]
# ahead = 0
# sink = 1.5
# meaning = 0.5
# [hint]
# ahead = "from_one"
# sink = "swapped"

# %% grade_id="ahead"
rows = differences.max(axis=(0, 1, 3))
first = int(np.flatnonzero(rows > 1e-3)[0])
ahead_answer = {
    "first": first + 1,
    "before": rows[:first].max(),
    "at": differences[:, :, first].mean(),
}

# %% grade_id="sink"
text, front, place = "A patient tailor mends the sails of the old ferry.", "Meanwhile", 5
plain = capture(text, model=model).weights
moved = capture(front + " " + text, model=model).weights
k = capture(front, model=model).n_tokens
blinded = load_model(model).trace(text, edits=[BlindToken(place)]).pattern
sink_answer = {
    "text": text,
    "share": plain[:, :, 4:, 0].mean(),
    "front": front,
    "front_share": moved[:, :, 4 + k :, k].mean(),
    "left": moved[:, :, 4 + k :, 0].mean(),
    "token": place,
    "plain": blinded[:, :, place + 1 :, place].mean(),
    "blind": plain[:, :, place + 1 :, place].mean(),
}

# %% grade_id="meaning"
meaning_answer = "place"
