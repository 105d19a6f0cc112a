# about = """
# Typical mistakes: the last row of all, a single row for the shares, and a neighbour of the blind
# token."""
# [points]
# ahead = 0
# sink = 0
# meaning = 0.5
# [hint]
# ahead = "last_row"
# sink = ["last_query", "other_token"]

# %% grade_id="ahead"
rows = differences.max(axis=(0, 1, 3))
first = int(np.flatnonzero(rows > 1e-3)[0])
ahead_answer = {"first": len(rows) - 1, "before": rows[:first].max(), "at": rows[-1]}

# %% grade_id="sink"
text, front, place = "A patient tailor mends the sails of the old ferry.", "Meanwhile", 5
plain = capture(text, model=model).weights
moved = capture(front + " " + text, model=model).weights
k = capture(front, model=model).n_tokens
blinded = load_model(model).trace(text, edits=[BlindToken(place)]).pattern
sink_answer = {
    "text": text,
    "share": plain[:, :, -1, 0].mean(),
    "front": front,
    "front_share": moved[:, :, -1, 0].mean(),
    "left": moved[:, :, -1, k].mean(),
    "token": place,
    "plain": plain[:, :, place + 1 :, place - 1].mean(),
    "blind": blinded[:, :, place + 1 :, place - 1].mean(),
}

# %% grade_id="meaning"
meaning_answer = "place"
