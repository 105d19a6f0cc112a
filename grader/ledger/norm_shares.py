"""Claims about weight against value norm: what a head gives to a token, and what that carries."""

import numpy as np
from jaxtyping import Float

from grader.importance import value_norms
from grader.ledger.cache import kept
from grader.ledger.sets import best_head, one_head, texts

Heads = Float[np.ndarray, "layer head"]


def first_weight(at, sets: list[str], head: str) -> float:
    """The share of a head's weights that the first token gets: [CLS] in BERT."""
    return one_head(_weights(at, sets), head)


def first_norm(at, sets: list[str], head: str) -> float:
    """The share of the lengths of a head's weighted values that the first token gets."""
    return one_head(
        np.mean([_share(kept(value_norms, text)) for text in texts(sets)], axis=0), head
    )


def first_weight_head(at, sets: list[str]) -> str:
    """The head that gives the first token the largest share of its weights."""
    return best_head(_weights(at, sets))


def _weights(at, sets: list[str]) -> Heads:
    return np.mean([_share(at(text).weights) for text in texts(sets)], axis=0)


def _share(values: Float[np.ndarray, "layer head query key"]) -> Heads:
    return values[..., 0].sum(axis=-1) / values.sum(axis=(-2, -1))


FUNCTIONS = (first_weight, first_norm, first_weight_head)
