"""Queries and keys for neuron views, kept from build to build: reading them runs the model."""

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from grader.atomic import write_atomically
from grader.attention import Attention


def with_vectors(attention: Attention, read: Callable[[], Attention], folder: Path) -> Attention:
    """Return `attention` with its queries and keys.

    Args:
        attention: without them.
        read: captures the same text with them.
        folder: where they are kept, by model and text.
    """
    named = json.dumps([attention.model, attention.text, attention.pair])
    path = folder / f"{hashlib.sha256(named.encode()).hexdigest()[:16]}.vectors.npz"
    if not path.is_file():
        queries, keys = vectors_of(read())
        packed = io.BytesIO()
        np.savez(packed, queries=queries, keys=keys)
        write_atomically(path, packed.getvalue())
    with np.load(path, allow_pickle=False) as kept:
        return replace(attention, queries=kept["queries"], keys=kept["keys"])


def vectors_of(attention: Attention) -> tuple[np.ndarray, np.ndarray]:
    """Return the queries and keys that it was captured with."""
    assert attention.queries is not None and attention.keys is not None  # noqa: PT018
    return attention.queries, attention.keys


def scores_of(attention: Attention, layer: int, head: int) -> Float[np.ndarray, "query key"]:
    """Return a head's scores: what softmax makes its weights of."""
    queries, keys = (vectors[layer, head] for vectors in vectors_of(attention))
    return queries @ keys.T / np.sqrt(queries.shape[-1])
