"""Claims about influence: what changes when a word, a head or a weight is taken away."""

import numpy as np
from jaxtyping import Float

from grader.attention import Attention, HeadId
from grader.capture import load_model
from grader.errors import known
from grader.importance import (
    cut_edge,
    leave_one_out,
    level_row,
    rank_correlation,
    silence_heads,
    value_norms,
)
from grader.ledger.cache import kept
from grader.ledger.sets import MeasureError, best_head, one_head, texts


def influence_correlation(at, sets: list[str], by: str) -> float:
    """The rank correlation of a measure of words with what leaving each word out does: the mean."""
    return float(np.mean(_correlations(at, sets, by)))


def influence_deviation(at, sets: list[str], by: str) -> float:
    """Its standard deviation over the sentences."""
    return float(np.std(_correlations(at, sets, by)))


def influence_range(at, sets: list[str], by: str, end: str) -> float:
    """Its least (end: least) or its greatest (end: greatest) value over the sentences."""
    if end not in ("least", "greatest"):
        raise MeasureError(f"no end is called {end!r}; known: greatest, least")
    return float((min if end == "least" else max)(_correlations(at, sets, by)))


def silencing_effect(at, sets: list[str], head: str) -> float:
    """How far the sentence's vector turns, on average, when a head is silenced."""
    return one_head(_silenced(sets), head)


def silencing_head(at, sets: list[str]) -> str:
    """The head whose silence turns it furthest."""
    return best_head(_silenced(sets))


def silencing_rank(at, sets: list[str], head: str) -> int:
    """The place of a head among all by that effect, from 1."""
    effects = _silenced(sets)
    return int((effects > one_head(effects, head)).sum()) + 1


def silencing_below(at, sets: list[str], threshold: float) -> float:
    """The share of heads whose silence turns it by less than a threshold."""
    return float((_silenced(sets) < threshold).mean())


def cut_effect(at, sentence: str, head: str, query: str, key: str) -> float:
    """How far the query's output turns when its weight on the key is taken away in one head."""
    attention = at(sentence)
    position = attention.position(query)
    cut = kept(cut_edge, sentence, HeadId.parse(head), position, attention.position(key))
    return float(cut[position])


def level_elsewhere(at, sentence: str, layer: int, query: str) -> float:
    """The largest change of any other token's output when a layer's row looks at all keys alike."""
    position = at(sentence).position(query)
    return float(np.delete(kept(level_row, sentence, layer, position), position).max())


def _silenced(sets: list[str]) -> Float[np.ndarray, "layer head"]:
    return np.mean([kept(silence_heads, text) for text in texts(sets)], axis=0)


def _correlations(at, sets: list[str], by: str) -> list[float]:
    if by not in MEASURES_OF_WORDS:
        raise MeasureError(f"no measure of words is called {by!r}; {known(MEASURES_OF_WORDS)}")
    return [
        rank_correlation(MEASURES_OF_WORDS[by](at(text))[1:-1], kept(leave_one_out, text))
        for text in texts(sets)
    ]


def _rollout(mixing: Float[np.ndarray, "layer token token"]) -> Float[np.ndarray, " token"]:
    """Return what each token gives to the mean output, layer upon layer.

    Half of each layer is the residual: Abnar and Zuidema (2020).
    """
    total = np.eye(mixing.shape[-1])
    for layer in mixing:
        total = (0.5 * layer + 0.5 * np.eye(len(layer))) @ total
    return total.mean(axis=0)


def _norm_rollout(attention: Attention) -> Float[np.ndarray, " token"]:
    norms = kept(value_norms, attention.text).sum(axis=1)
    return _rollout(norms / norms.sum(axis=-1, keepdims=True))


def embedding_lengths(text: str) -> Float[np.ndarray, " token"]:
    """Return the length of each token's word embedding, which has seen no other word."""
    return np.linalg.norm(load_model().embedding(text), axis=-1)


MEASURES_OF_WORDS = {
    "received": lambda a: a.weights.mean(axis=(0, 1, 2)),
    "received_last": lambda a: a.weights[-1].mean(axis=(0, 1)),
    "norms": lambda a: kept(value_norms, a.text).sum(axis=(0, 1, 2)),
    "rollout": lambda a: _rollout(a.weights.mean(axis=1)),
    "norm_rollout": _norm_rollout,
    "embedding": lambda a: kept(embedding_lengths, a.text),
}
"""Name -> a number for each token: how much attention, or something cheaper, makes of it."""

FUNCTIONS = (
    influence_correlation,
    influence_deviation,
    influence_range,
    silencing_effect,
    silencing_head,
    silencing_rank,
    silencing_below,
    cut_effect,
    level_elsewhere,
)
