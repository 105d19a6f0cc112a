"""Measures of what a head does: a pattern in, a number from 0 to 1 out.

What counts as a behaviour, and how surely the default model shows it, stands in the lessons.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from grader.attention import Attention
from grader.errors import GraderError


def previous_token_score(pattern: Float[np.ndarray, "query key"]) -> float:
    """Return the mean weight that each token after the first gives to the one before it.

    0..1; a head at 1 does nothing but look one step back. Clark et al. (2019), section 3.1.

    Raises:
        GraderError: the pattern has fewer than two tokens.
    """
    return float(_previous_weights(pattern))


def previous_token_scores(attentions: Sequence[Attention]) -> Float[np.ndarray, "layer head"]:
    """Return every head's previous-token score, averaged over several sentences.

    Raises:
        GraderError: there is no sentence.
    """
    if not attentions:
        raise GraderError("previous_token_scores needs at least one sentence.")
    return np.mean([_previous_weights(attention.weights) for attention in attentions], axis=0)


def next_token_scores(attentions: Sequence[Attention]) -> Float[np.ndarray, "layer head"]:
    """Return the mean weight that each token before the last gives to the one after it.

    0..1 for every head, averaged over several sentences.

    Raises:
        GraderError: there is no sentence.
    """
    return _mean(attentions, lambda a: offset_scores(a.weights, range(a.n_tokens), +1))


def local_scores(
    attentions: Sequence[Attention], width: int = 2
) -> Float[np.ndarray, "layer head"]:
    """Return the mean weight that each token gives to those up to `width` away, itself included.

    0..1 for every head, averaged over several sentences.

    Raises:
        GraderError: there is no sentence.
    """
    return _mean(attentions, lambda a: window_scores(a.weights, range(a.n_tokens), width))


def delimiter_scores(attentions: Sequence[Attention]) -> Float[np.ndarray, "layer head"]:
    """Return the mean weight that words give to special tokens and punctuation together.

    0..1 for every head, averaged over several sentences; delimiters' own rows are left out.

    Raises:
        GraderError: there is no sentence, or one without words.
    """

    def score(attention: Attention) -> Float[np.ndarray, "layer head"]:
        marks = [i for i, token in enumerate(attention.tokens) if is_delimiter(token)]
        words = [i for i in range(attention.n_tokens) if i not in marks]
        return mass_scores(attention.weights, words, marks)

    return _mean(attentions, score)


def is_delimiter(token: str) -> bool:
    """Return whether a token is special, such as ``[CLS]`` or ``</s>``, or punctuation."""
    return is_special(token) or not any(c.isalnum() for c in token)


def is_special(token: str) -> bool:
    """Return whether a token stands for no part of the text: ``[CLS]``, ``<s>``, ``<|im_end|>``."""
    return bool(re.fullmatch(r"\[[A-Z]+\]|</?[a-z]+>|<\|\w+\|>", token))


def offset_scores(
    weights: Float[np.ndarray, "layer head query key"], queries: Sequence[int], offset: int
) -> Float[np.ndarray, "layer head"]:
    """Return the mean weight that each of `queries` gives to the token `offset` away.

    0..1. Queries whose key would lie outside the text are left out.

    Args:
        weights: of all heads.
        queries: rows to average over.
        offset: -1 is the token before, +1 the token after.

    Raises:
        GraderError: no query is left.
    """
    rows = np.array([q for q in queries if 0 <= q + offset < weights.shape[-1]], dtype=int)
    if not rows.size:
        raise GraderError(f"no token has another one {offset:+d} away; give a longer sentence.")
    return weights[:, :, rows, rows + offset].mean(axis=-1)


def mass_scores(
    weights: Float[np.ndarray, "layer head query key"],
    queries: Sequence[int],
    keys: Sequence[int],
) -> Float[np.ndarray, "layer head"]:
    """Return the weight that each of `queries` gives to all `keys` together, averaged: 0..1.

    Raises:
        GraderError: there is no query.
    """
    _refuse_none(queries)
    return weights[:, :, list(queries)][..., list(keys)].sum(axis=-1).mean(axis=-1)


def window_scores(
    weights: Float[np.ndarray, "layer head query key"], queries: Sequence[int], width: int
) -> Float[np.ndarray, "layer head"]:
    """Return the mean weight that each of `queries` gives within `width` tokens of itself: 0..1.

    Raises:
        GraderError: there is no query.
    """
    _refuse_none(queries)
    near = np.abs(np.subtract.outer(list(queries), np.arange(weights.shape[-1]))) <= width
    return (weights[:, :, list(queries)] * near).sum(axis=-1).mean(axis=-1)


def spread_scores(
    weights: Float[np.ndarray, "layer head query key"], queries: Sequence[int]
) -> Float[np.ndarray, "layer head"]:
    """Return how evenly each of `queries` looks at all tokens: entropy over its maximum, 0..1.

    1 is a uniform row, 0 a row with all its weight on one token.

    Raises:
        GraderError: there is no query.
    """
    _refuse_none(queries)
    rows = weights[:, :, list(queries)]
    logs = np.log(rows, out=np.zeros_like(rows), where=rows > 0)
    return -(rows * logs).sum(axis=-1).mean(axis=-1) / np.log(weights.shape[-1])


def most_attended(
    weights: Float[np.ndarray, "layer head query key"], keys: Sequence[int]
) -> Int[np.ndarray, "layer head query"]:
    """Return, for every head and query, which of `keys` other than itself gets most weight.

    The test of Clark et al. (2019), section 4.2: special tokens are not among the keys.

    Raises:
        GraderError: there are fewer than two keys, so that a query may have no other.
    """
    if len(keys) < 2:
        raise GraderError("the most attended word needs at least two words to choose from.")
    chosen = np.full_like(weights, -1)
    chosen[..., list(keys)] = weights[..., list(keys)]
    own = np.arange(weights.shape[-1])
    chosen[:, :, own, own] = -1
    return chosen.argmax(axis=-1)


class Offset(NamedTuple):
    """A rule that looks at no model: always the word `offset` away."""

    offset: int
    """-1 is the word before, +1 the word after."""
    accuracy: float
    """0..1: how often that is the right word."""


def best_offset(offsets: Iterable[int]) -> Offset:
    """Return the fixed offset that is right most often, the baseline of every relation.

    It is chosen on the very pairs that it is reported on, which favours it; the smallest of equals.

    Args:
        offsets: for each pair, the place of the key minus the place of the query.

    Raises:
        GraderError: there is no pair.
    """
    counts = Counter(int(offset) for offset in offsets)
    if not counts:
        raise GraderError("the best offset needs at least one pair of words.")
    offset, hits = min(counts.items(), key=lambda item: (-item[1], abs(item[0]), item[0]))
    return Offset(offset, hits / counts.total())


def _mean(attentions, score) -> Float[np.ndarray, "layer head"]:
    if not attentions:
        raise GraderError("a score over sentences needs at least one sentence.")
    return np.mean([score(attention) for attention in attentions], axis=0)


def _refuse_none(queries: Sequence[int]) -> None:
    if not len(queries):
        raise GraderError("this score needs at least one query.")


def _previous_weights(
    patterns: Float[np.ndarray, "*heads query key"],
) -> Float[np.ndarray, "*heads"]:
    if patterns.shape[-1] < 2:
        raise GraderError("a previous-token score needs a pattern of at least two tokens.")
    return np.asarray(np.diagonal(patterns, offset=-1, axis1=-2, axis2=-1).mean(axis=-1))
