# about = """
# Typical mistakes: the row of the token before the last, percentages, whole rows of the second
# time."""
# [points]
# previous = 1
# induction = 2
# looker = 2
# story = 1.5
# [hint]
# previous = "percent"
# story = "percent"
# induction = "every_query"
# looker = "other_row"

# %% grade_id="previous"
layer, head = 1, 2
previous_answer = {
    "layer": layer,
    "head": head,
    "previous": 100 * scores[layer, head],
    "survives": True,
    "scrambled": 100 * scrambled[layer, head],
}

# %% grade_id="induction"
queries = np.arange(twice.n_tokens - n + 1, twice.n_tokens)
layer, head = 18, 6
induction_answer = {
    "layer": layer,
    "head": head,
    "induction": twice.weights[
        layer, head, np.arange(n - 1, twice.n_tokens), np.arange(twice.n_tokens - n + 1)
    ].mean(),
    "scrambled": scrambled[layer, head],
}

# %% grade_id="looker"
layer, head = 24, 4
tokens = [token.strip() for token in story.tokens]
pair = session.right, session.wrong
right, wrong = (logit(session.sentence, name) for name in pair)
without = np.subtract(*(logit(session.sentence, name, [(layer, head)]) for name in pair))
looker_answer = {
    "plain": right - wrong,
    "layer": layer,
    "head": head,
    "looks": story.weights[layer, head, -2, tokens.index(session.right)],
    "without": without,
    "direction": "up" if without > right - wrong else "down",
}

# %% grade_id="story"
name = "Drixelpat"
text = f"The farmer named his goat {name}. In the evening he walks home with {name}"
whole, broken = copied(text, name), copied(text, name, five)
story_answer = {
    "text": text,
    "name": name,
    "pieces": len(whole),
    "whole": 100 * whole[1:].mean(),
    "broken": 100 * broken[1:].mean(),
}
