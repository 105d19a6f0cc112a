"""Claims about prepositional phrases: position held apart from syntax, syntax from word meaning.

Two controls. An adverb between noun and preposition moves the noun away: what a head loses was
position. And the same endings after "and then talked about", where no phrase is attached, move
heads by the words alone: what exceeds that is attachment.
"""

import numpy as np
from jaxtyping import Float

from grader.errors import known
from grader.ledger.sets import MeasureError, Pair, best_head, one_head, rows, weights_of
from grader.words import WORD

ADVERBS = ("yesterday", "again", "there")
CONTROL = "and then talked about"
_SMALL = 1e-4
"""Added before a logarithm, so that a ratio of two tiny weights does not count."""
ROUNDING = 0.01
"""In log2: twice what noise of 3e-6 in the smallest weights makes; real changes are above .5."""
PERMUTATIONS = 10_000
SEED = 0

Pairs = Float[np.ndarray, "pair layer head"]


def adverb_weight(at, head: str, word: str, inserted: bool) -> float:
    """The mean weight from the preposition to the noun or verb, with or without an adverb.

    Args:
        at: captured texts.
        head: of the model.
        word: noun or verb.
        inserted: whether an adverb stands between noun and preposition.
    """
    if word not in ("noun", "verb"):
        raise MeasureError(f"no word is called {word!r}; known: noun, verb")
    pairs = []
    for row in rows("attachment"):
        for adverb in ADVERBS if inserted else ("",):
            middle = f"{adverb} {row['preposition']}".strip()
            text = f"{row['beginning']} {middle} {row['open_reading']}."
            pairs.append(_pair(text, row["preposition"], row[word]))
    return one_head(weights_of(at, pairs).mean(axis=0), head)


def attachment_share(at, head: str, frame: str = "preposition") -> float:
    """How often the noun's reading moves a row's weight towards the noun; chance is a half.

    Args:
        at: captured texts.
        head: of the model.
        frame: whose row: preposition, object, or control (the row of "about", nothing attached).
    """
    return one_head((_shift(at, frame) > 0).mean(axis=0), head)


def attachment_count(at, head: str, frame: str = "preposition") -> int:
    """In how many pairs it does."""
    return round(attachment_share(at, head, frame) * len(rows("attachment")))


def attachment_shift(at, head: str, frame: str = "preposition") -> float:
    """By how much, on average: the change of log2 of noun's over verb's weight."""
    return one_head(_shift(at, frame).mean(axis=0), head)


def attachment_excess(at, head: str) -> float:
    """The t value of the preposition's shift beyond the control's, over the pairs."""
    return one_head(_t(_excess(at)), head)


def attachment_excess_head(at) -> str:
    """The head with the largest of these t values."""
    return best_head(_t(_excess(at)))


def attachment_critical(at) -> float:
    """What the largest t of all heads reaches by chance in 1 of 20 cases: signs flipped by pair."""
    excess = _excess(at)
    n = len(excess)
    flat = excess.reshape(n, -1)
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], size=(PERMUTATIONS, n))
    means = signs @ flat / n
    # Flipping signs leaves the squares as they are, so each flip's deviation follows from its mean.
    variances = np.maximum((flat**2).mean(axis=0) - means**2, 0) * n / (n - 1)
    t = means / (np.sqrt(variances / n) + 1e-9)
    return float(np.quantile(np.abs(t).max(axis=1), 0.95))


def _pair(text: str, query: str, key: str) -> Pair:
    """Return the pair of the last word that reads `query` and the first that reads `key`."""
    words = [word.lower() for word in WORD.findall(text)]
    last = len(words) - 1 - words[::-1].index(query.lower())
    return Pair(text, last, words.index(key.lower()))


def _leaning(at, reading: str, frame: str) -> Pairs:
    """Return log2 of the noun's over the verb's weight, for one ending and one row."""
    if frame not in FRAMES:
        raise MeasureError(f"no frame is called {frame!r}; {known(FRAMES)}")
    logs = []
    for word in ("noun", "verb"):
        pairs = []
        for row in rows("attachment"):
            middle, query = FRAMES[frame](row, row[reading])
            text = f"{row['beginning']} {middle} {row[reading]}."
            pairs.append(_pair(text, query, row[word]))
        logs.append(np.log2(weights_of(at, pairs) + _SMALL))
    return logs[0] - logs[1]


def _shift(at, frame: str) -> Pairs:
    return _leaning(at, "noun_reading", frame) - _leaning(at, "verb_reading", frame)


def _excess(at) -> Pairs:
    return without_rounding(_shift(at, "preposition") - _shift(at, "control"))


def without_rounding(changes: Pairs) -> Pairs:
    """Return changes with 0 for every head that nothing but rounding moves.

    In layer 0 a token has seen no other, so that an ending cannot change how noun and verb compare;
    what is left there is rounding, and a t value of rounding can be of any size.
    """
    return np.where(np.abs(changes).max(axis=0) < ROUNDING, 0, changes)


def _t(values: Pairs) -> Float[np.ndarray, "layer head"]:
    deviation = values.std(axis=0, ddof=1)
    return values.mean(axis=0) / (deviation / np.sqrt(len(values)) + 1e-9)


FRAMES = {
    "preposition": lambda row, ending: (row["preposition"], row["preposition"]),
    "object": lambda row, ending: (row["preposition"], ending.split()[-1]),
    "control": lambda row, ending: (CONTROL, "about"),
    "object_control": lambda row, ending: (CONTROL, ending.split()[-1]),
}
"""Frame -> what stands between beginning and ending, and the word whose row is read."""

FUNCTIONS = (
    adverb_weight,
    attachment_share,
    attachment_count,
    attachment_shift,
    attachment_excess,
    attachment_excess_head,
    attachment_critical,
)
