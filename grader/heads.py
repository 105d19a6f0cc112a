"""Measures of what a head does: a pattern in, a number from 0 to 1 out.

What counts as a behaviour, and how surely the default model shows it, stands in the lessons.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

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


def _previous_weights(
    patterns: Float[np.ndarray, "*heads query key"],
) -> Float[np.ndarray, "*heads"]:
    if patterns.shape[-1] < 2:
        raise GraderError("a previous-token score needs a pattern of at least two tokens.")
    return np.asarray(np.diagonal(patterns, offset=-1, axis1=-2, axis2=-1).mean(axis=-1))
