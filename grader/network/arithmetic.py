"""What both networks reckon with: one thread, and the softmax."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Hold products to one thread: two would add up in another order, other bits for the text."""
    with _blas().limit(limits=1, user_api="blas"):
        yield


_blas = cache(ThreadpoolController)  # looks for the libraries of this process once


def softmax(scores: np.ndarray) -> np.ndarray:
    """Return weights that sum to 1 along the last axis."""
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)
