# about = """
# Typical mistakes: heads counted from 1; the sign turned round; a head that hardly looks; a plain
# name."""
# [points]
# previous = 0
# induction = 0
# looker = 1
# story = 0
# [hint]
# previous = "counted_from_one"
# induction = "counted_from_one"
# looker = "counted_from_one"
# story = "few_pieces"

# %% grade_id="previous"
layer, head = 1, 2
previous_answer = {
    "layer": layer + 1,
    "head": head + 1,
    "previous": scores[layer, head],
    "survives": True,
    "scrambled": scrambled[layer, head],
}

# %% grade_id="induction"
queries = np.arange(twice.n_tokens - n + 1, twice.n_tokens)
layer, head = 18, 6
induction_answer = {
    "layer": layer + 1,
    "head": head + 1,
    "induction": twice.weights[layer, head, queries, queries - n + 1].mean(),
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
    "layer": layer + 1,
    "head": head + 1,
    "looks": story.weights[layer, head, -1, tokens.index(session.right)],
    "without": without,
    "direction": "up" if without > right - wrong else "down",
}

# %% grade_id="story"
name = "Max"
text = f"The farmer named his goat {name}. In the evening he walks home with {name}"
whole, broken = copied(text, name), copied(text, name, five)
story_answer = {
    "text": text,
    "name": name,
    "pieces": len(whole),
    "whole": 1.0,
    "broken": 1.0,
}
