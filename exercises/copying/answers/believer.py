# about = """
# Typical mistakes: the sign turned round; who looks hardest is taken to help; a name that needs
# no copying heads; a previous-token head named as an induction head."""
# [points]
# previous = 3
# induction = 2
# looker = 1.5
# story = 1.5
# [hint]
# induction = "previous"
# looker = ["sign", "direction"]
# story = "not_copied"

# %% grade_id="previous"
layer, head = 1, 2
previous_answer = {
    "layer": layer,
    "head": head,
    "previous": scores[layer, head],
    "survives": True,
    "scrambled": scrambled[layer, head],
}

# %% grade_id="induction"
queries = np.arange(twice.n_tokens - n + 1, twice.n_tokens)
layer, head = 18, 6
induction_answer = {
    "layer": layer,
    "head": head,
    "induction": np.diagonal(twice.weights[layer, head], -1).mean(),
    "scrambled": scrambled[layer, head],
}

# %% grade_id="looker"
layer, head = 24, 4
tokens = [token.strip() for token in story.tokens]
pair = session.right, session.wrong
right, wrong = (logit(session.sentence, name) for name in pair)
without = np.subtract(*(logit(session.sentence, name, [(layer, head)]) for name in pair))
looker_answer = {
    "plain": wrong - right,
    "layer": layer,
    "head": head,
    "looks": story.weights[layer, head, -1, tokens.index(session.right)],
    "without": without,
    "direction": "down",
}

# %% grade_id="story"
name = "Barcelonaland"
text = f"The farmer named his goat {name}. In the evening he walks home with {name}"
whole, broken = copied(text, name), copied(text, name, five)
story_answer = {
    "text": text,
    "name": name,
    "pieces": len(whole),
    "whole": whole[1:].mean(),
    "broken": broken[1:].mean(),
}
