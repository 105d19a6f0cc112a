"""A model so small that one computes it in the head: 2 layers of 3 heads, made by rule."""

import numpy as np

from grader.attention import Attention
from grader.errors import ModelError, TextError


def attention_of(text, pair=None, *, model=None, queries_keys=False):
    """Attention of 2 layers with 3 heads, made by rule.

    L0H0 looks one step back, L0H1 at [CLS], L0H2 at all tokens alike; in layer 1 every head gives
    .7 to the token itself and shares the rest. The model called "missing" does not exist. Queries
    and keys have four numbers each, from which the weights do not come.
    """
    if model == "missing":
        raise ModelError("there is no missing.")
    if not text.strip():
        raise TextError("the text is empty; give a sentence.")
    words = text.replace(".", " .").split()
    if len(words) > 20:
        raise TextError("the text has too many tokens; shorten it.")
    tokens = ["[CLS]", *(word.lower() for word in words), "[SEP]"]
    second = None
    if pair:
        second = len(tokens)
        tokens += [*pair.lower().split(), "[SEP]"]
        words += ["[SEP]", *pair.split()]
    n = len(tokens)
    back = np.eye(n, k=-1)
    back[0, 0] = 1
    first = np.zeros((n, n))
    first[:, 0] = 1
    even = np.full((n, n), 1 / n)
    itself = 0.7 * np.eye(n) + 0.3 / n
    weights = np.array([[back, first, even], [itself, itself, itself]], dtype=np.float32)
    waves = np.sin(np.arange(2 * 3 * n * 4, dtype=np.float32)).reshape(2, 3, n, 4)
    return Attention(
        tokens=tuple(tokens),
        weights=weights,
        words=("[CLS]", *words, "[SEP]"),
        word_of=tuple(range(n)),
        text=text,
        pair=pair,
        second_start=second,
        model="by rule",
        queries=waves if queries_keys else None,
        keys=2 * waves if queries_keys else None,
    )


def broken(text, pair=None):
    """A bug of ours, not a mistake of an author's."""
    raise ZeroDivisionError("a bug")
