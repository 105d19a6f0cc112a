"""Claims about where a head looks whatever the words mean: offsets, delimiters, repetitions.

All are taken between words, over the rows of the words of a text but its first and last: these
lack a neighbour. A score is the mean of its sentences' scores.
"""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float

from grader.attention import Attention
from grader.errors import known
from grader.heads import mass_scores, offset_scores, spread_scores, window_scores
from grader.ledger.sets import SPECIAL, MeasureError, best_head, one_head, ordinary, texts

Scores = Float[np.ndarray, "sentence layer head"]
REPEATED = 8
"""How many words stand twice in each text of the set of repetitions."""


def word_offset_score(at, sets: list[str], head: str, offset: int) -> float:
    """The mean weight that a head gives to the word `offset` away."""
    return one_head(_offset(at, sets, offset).mean(axis=0), head)


def word_offset_deviation(at, sets: list[str], head: str, offset: int) -> float:
    """The standard deviation of that weight over the sentences."""
    return one_head(_offset(at, sets, offset).std(axis=0), head)


def word_offset_head(at, sets: list[str], offset: int) -> str:
    """The head that gives most to the word `offset` away."""
    return best_head(_offset(at, sets, offset).mean(axis=0))


def window_score(at, sets: list[str], head: str, width: int) -> float:
    """The mean weight that a head gives to the words up to `width` away, itself included."""
    scores = _scores(at, sets, lambda a, rows: window_scores(a.weights, rows, width))
    return one_head(scores.mean(axis=0), head)


def mass_score(at, sets: list[str], head: str, on: str) -> float:
    """The mean weight that a head gives to special tokens, punctuation, or both together."""
    return one_head(_mass(at, sets, on).mean(axis=0), head)


def mass_head(at, sets: list[str], on: str) -> str:
    """The head that gives most to special tokens, punctuation, or both."""
    return best_head(_mass(at, sets, on).mean(axis=0))


def largest_mass(at, sets: list[str], on: str) -> float:
    """The most that any head gives to special tokens, punctuation, or both."""
    return float(_mass(at, sets, on).mean(axis=0).max())


def spread_score(at, sets: list[str], head: str) -> float:
    """How evenly a head looks at a sentence: 1 is a uniform row."""
    return one_head(_spread(at, sets).mean(axis=0), head)


def even_share(at, sets: list[str]) -> float:
    """What each token gets where a row is shared out evenly: the mean over the texts."""
    return float(np.mean([1 / len(at(text).merge_words().tokens) for text in texts(sets)]))


def spread_head(at, sets: list[str]) -> str:
    """The head that looks most evenly."""
    return best_head(_spread(at, sets).mean(axis=0))


def repeat_score(at, sets: list[str], head: str, after: int) -> float:
    """The mean weight from a word's second occurrence to the word `after` its first.

    0 is the occurrence itself (a head for repeated tokens), 1 the word that followed it (an
    induction head).
    """
    return one_head(_repeat(at, sets, after), head)


def repeat_head(at, sets: list[str], after: int) -> str:
    """The head with the largest of these weights."""
    return best_head(_repeat(at, sets, after))


def _scores(at, sets: list[str], score: Callable[[Attention, Sequence[int]], np.ndarray]) -> Scores:
    found = []
    for text in texts(sets):
        merged = at(text).merge_words()
        words = ordinary(merged)
        inner = words[1:-1] if len(words) > 2 else words
        if inner:
            found.append(score(merged, inner))
    return np.array(found)


def _offset(at, sets: list[str], offset: int) -> Scores:
    return _scores(at, sets, lambda a, rows: offset_scores(a.weights, rows, offset))


def _spread(at, sets: list[str]) -> Scores:
    return _scores(at, sets, lambda a, rows: spread_scores(a.weights, rows))


def _mass(at, sets: list[str], on: str) -> Scores:
    if on not in KEYS:
        raise MeasureError(f"no keys are called {on!r}; {known(KEYS)}")
    return _scores(at, sets, lambda a, rows: mass_scores(a.weights, rows, KEYS[on](a.tokens)))


def _repeat(at, sets: list[str], after: int) -> Float[np.ndarray, "layer head"]:
    found = []
    for text in texts(sets):
        merged = at(text).merge_words()
        words = ordinary(merged)
        seconds = words[REPEATED + 1 : 2 * REPEATED]
        found.append(offset_scores(merged.weights, seconds, after - REPEATED))
    return np.mean(found, axis=0)


def _where(test: Callable[[str], bool]) -> Callable[[Sequence[str]], list[int]]:
    return lambda tokens: [i for i, token in enumerate(tokens) if test(token)]


def _is_punctuation(token: str) -> bool:
    return token not in SPECIAL and not token[0].isalnum()


KEYS = {
    "first": lambda tokens: [0],
    "last": lambda tokens: [len(tokens) - 1],
    "special": _where(SPECIAL.__contains__),
    "punctuation": _where(_is_punctuation),
    "delimiters": _where(lambda token: token in SPECIAL or _is_punctuation(token)),
}
"""What a mass may be taken on -> positions; in BERT the first token is [CLS], the last [SEP]."""

FUNCTIONS = (
    word_offset_score,
    word_offset_deviation,
    word_offset_head,
    window_score,
    mass_score,
    mass_head,
    largest_mass,
    even_share,
    spread_score,
    spread_head,
    repeat_score,
    repeat_head,
)
