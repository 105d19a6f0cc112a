# about = """
# Typical mistakes: one sentence in place of four; the weight on the same token; the change in
# place of the difference; all pieces counted."""
# [points]
# previous = 2
# induction = 2
# looker = 2
# story = 1.5
# [hint]
# previous = "one_sentence"
# induction = "same_token"
# looker = "change"
# story = "all_pieces"

# %% grade_id="previous"
layer, head = 1, 2
previous_answer = {
    "layer": layer,
    "head": head,
    "previous": previous_token_scores([capture(sentences[0], model=model)])[layer, head],
    "survives": True,
    "scrambled": scrambled[layer, head],
}

# %% grade_id="induction"
queries = np.arange(twice.n_tokens - n + 1, twice.n_tokens)
layer, head = 18, 6
induction_answer = {
    "layer": layer,
    "head": head,
    "induction": twice.weights[layer, head, queries, queries - n].mean(),
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
    "looks": story.weights[layer, head, -1, tokens.index(session.right)],
    "without": without - (right - wrong),
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
    "whole": whole.mean(),
    "broken": broken.mean(),
}
