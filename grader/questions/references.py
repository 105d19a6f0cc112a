"""What a function that a student writes should return: plain numpy, one function each."""

import numpy as np
from jaxtyping import Float

from grader.heads import previous_token_score


def softmax(scores: Float[np.ndarray, "query key"]) -> Float[np.ndarray, "query key"]:
    """Return scores as weights: each row sums to 1."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


REFERENCES = {"softmax": softmax, "previous_token_score": previous_token_score}
"""The functions that a `function` question can ask for."""
