"""What matters, by experiment: leave a word out, silence a head, cut an edge, and see what changes.

Attention shows where a head looks; only a change shows what depends on it. Effects are distances:
1 minus the cosine of a vector before and after, 0 where nothing changes. A sentence's vector is the
mean over its tokens. The models are built like BERT; layers and heads count from 0.

What a head adds to the token that looks is ``weight * f(x)`` for each token looked at, where ``f``
is the head's value and output projection. A large weight on a token whose ``f(x)`` is short adds
little (Kobayashi et al., 2020): hence `value_norms`.
"""

import numpy as np
from jaxtyping import Float

from grader.attention import HeadId
from grader.capture import load_model
from grader.network import CutEdges, LevelRow, ZeroHead
from grader.ranks import rank_correlation

__all__ = [
    "cut_edge",
    "leave_one_out",
    "level_row",
    "rank_correlation",
    "silence_heads",
    "value_norms",
]


def value_norms(text: str, *, model: str = "minilm") -> Float[np.ndarray, "layer head query key"]:
    """Return the length of each weighted value, between word pieces.

    Not negative, without an upper bound; rows do not sum to 1.

    Raises:
        TextError: the text is empty, or longer than the model reads.
        ModelError: there is no such model, or it is not built like BERT.
    """
    return load_model(model).value_norms(text)


def leave_one_out(text: str, *, model: str = "minilm") -> Float[np.ndarray, " token"]:
    """Return, for each token but the special ones, the effect on the sentence of leaving it out."""
    return load_model(model).leave_one_out(text)


def silence_heads(text: str, *, model: str = "minilm") -> Float[np.ndarray, "layer head"]:
    """Return the effect on the sentence of setting each head's output to zero."""
    loaded = load_model(model)
    whole = loaded.trace(text)
    n_layers, n_heads = whole.pattern.shape[:2]
    effects = [
        [
            1 - loaded.trace(text, edits=[ZeroHead(HeadId(layer, head))]).sentence @ whole.sentence
            for head in range(n_heads)
        ]
        for layer in range(n_layers)
    ]
    return np.array(effects, dtype=np.float32)


def cut_edge(
    text: str, head: HeadId, query: int, key: int, *, model: str = "minilm"
) -> Float[np.ndarray, " token"]:
    """Return the effect on each token's output of taking one weight away.

    Args:
        text: one sentence.
        head: whose weight.
        query: row, a position in the tokens.
        key: column; its weight becomes 0 and the rest of the row sums to 1 again.
        model: as for ``load_model``.
    """
    loaded = load_model(model)
    cut = CutEdges((query,), (key,), layers=(head.layer,), heads=(head.head,))
    before, after = (loaded.trace(text, edits=edits).residuals[-1] for edits in ([], [cut]))
    lengths = np.linalg.norm(before, axis=-1) * np.linalg.norm(after, axis=-1)
    distance = 1 - (before * after).sum(axis=-1) / lengths
    return np.where((before == after).all(axis=-1), np.float32(0), distance)


def level_row(
    text: str, layer: int, query: int, *, model: str = "minilm"
) -> Float[np.ndarray, " token"]:
    """Return the largest change of each token's output when a row is the same to all keys.

    The row of every head of the layer; a change is a difference of numbers, not a distance: where
    it is 0, it is exactly 0.
    """
    loaded = load_model(model)
    before, after = (
        loaded.trace(text, edits=edits).residuals[-1] for edits in ([], [LevelRow(layer, query)])
    )
    return np.abs(before - after).max(axis=-1)
