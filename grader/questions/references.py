"""What a function that a student writes should return, and what known mistakes make it return.

Plain numpy. A mistake is the same function with one thing wrong, so that it can be recognised
whatever inputs were drawn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float

from grader.heads import previous_token_score


@dataclass(frozen=True)
class Reference:
    """A function that a question can ask for."""

    function: Callable[..., np.ndarray | float]
    mistakes: Mapping[str, tuple[Callable[..., np.ndarray | float], ...]] = field(
        default_factory=dict
    )
    """Hint -> functions with that one mistake."""

    def __call__(self, *arguments: np.ndarray) -> np.ndarray:
        """Return what the function should return, float64."""
        return np.asarray(self.function(*arguments), dtype=np.float64)


def softmax(
    scores: Float[np.ndarray, "*batch query key"], *, axis: int = -1, shift: bool = True
) -> Float[np.ndarray, "*batch query key"]:
    """Return scores as weights: each row sums to 1, and one of -inf alone is all 0."""
    scores = np.asarray(scores, dtype=np.float64)
    if shift:
        highest = scores.max(axis=axis, keepdims=True)
        scores = scores - np.where(np.isfinite(highest), highest, 0)
    exps = np.exp(scores)
    total = exps.sum(axis=axis, keepdims=True)
    return exps / np.where(total == 0, 1, total) if shift else exps / total


def attention_scores(
    queries: Float[np.ndarray, "*batch query size"],
    keys: Float[np.ndarray, "*batch key size"],
    *,
    scale: Callable[[np.ndarray, np.ndarray], float] = lambda q, k: np.sqrt(q.shape[-1]),
) -> Float[np.ndarray, "*batch query key"]:
    """Return the dot product of each query with each key over the root of their size."""
    return np.matmul(queries, np.swapaxes(keys, -1, -2)) / scale(queries, keys)


def attention_pattern(
    queries: Float[np.ndarray, "*batch query size"],
    keys: Float[np.ndarray, "*batch key size"],
    mask: Bool[np.ndarray, "*masked query key"] | None = None,
    *,
    axis: int = -1,
    shift: bool = True,
    **scale: Callable[[np.ndarray, np.ndarray], float],
) -> Float[np.ndarray, "*batch query key"]:
    """Return the pattern of a head; a query may look where the mask is True.

    A row in which nothing may be looked at is all 0.
    """
    scores = attention_scores(queries, keys, **scale)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    return softmax(scores, axis=axis, shift=shift)


def _with(function: Callable, **wrong: object) -> Callable:
    return lambda *arguments: function(*arguments, **wrong)


def _turned(function: Callable) -> Callable:
    return lambda *arguments: np.swapaxes(function(*arguments), -1, -2)


def _roles_swapped(queries, keys, *rest):
    return attention_pattern(keys, queries, *rest)


def _mask_after(queries, keys, mask=None):
    pattern = attention_pattern(queries, keys)
    return pattern if mask is None else pattern * mask


def _mask_as_zero(queries, keys, mask=None):
    scores = attention_scores(queries, keys)
    return softmax(scores if mask is None else np.where(mask, scores, 0.0))


def _mask_inverted(queries, keys, mask=None):
    return attention_pattern(queries, keys, None if mask is None else ~np.asarray(mask, bool))


def _nan_rows(queries, keys, mask=None):
    scores = attention_scores(queries, keys)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    return softmax(scores - scores.max(axis=-1, keepdims=True), shift=False)


def _diagonal_shut(queries, keys, mask=None):
    if mask is None or not np.array_equal(mask, np.tril(mask)):
        return attention_pattern(queries, keys, mask)
    return attention_pattern(queries, keys, np.tril(mask, k=-1))


_SCALES = (
    lambda q, k: 1.0,
    lambda q, k: float(q.shape[-1]),
    lambda q, k: np.sqrt(q.shape[-2]),
    lambda q, k: 1 / np.sqrt(q.shape[-1]),
)
"""Nothing, the size without its root, the number of tokens, a product instead of a quotient."""

REFERENCES = {
    "softmax": Reference(
        softmax,
        {
            "shift": (_with(softmax, shift=False),),
            "axis": (
                _with(softmax, axis=-2),
                lambda s: np.exp(s - s.max()) / np.exp(s - s.max()).sum(),
            ),
            "sign": (lambda s: softmax(-s),),
            "unchanged": (lambda s: s,),
            "shares": (lambda s: s / s.sum(axis=-1, keepdims=True),),
        },
    ),
    "attention_scores": Reference(
        attention_scores,
        {
            "scale": tuple(_with(attention_scores, scale=s) for s in _SCALES),
            "transposed": (_turned(attention_scores),),
            "softmax": (attention_pattern,),
        },
    ),
    "attention_pattern": Reference(
        attention_pattern,
        {
            "scale": tuple(_with(attention_pattern, scale=s) for s in _SCALES),
            "axis": (_with(attention_pattern, axis=-2),),
            "transposed": (_turned(attention_pattern), _roles_swapped),
            "no_softmax": (lambda q, k, mask=None: attention_scores(q, k),),
            "mask": (lambda q, k, mask=None: attention_pattern(q, k),),
            "mask_after": (_mask_after,),
            "mask_as_zero": (_mask_as_zero,),
            "mask_inverted": (_mask_inverted,),
            "off_by_one": (_diagonal_shut,),
            "empty_row": (_nan_rows,),
            "shift": (_with(attention_pattern, shift=False),),
        },
    ),
    "previous_token_score": Reference(
        previous_token_score,
        {
            "transposed": (lambda pattern: previous_token_score(pattern.T),),
            "off_by_one": (lambda pattern: float(np.diagonal(pattern).mean()),),
        },
    ),
}
"""The functions that a `function` question can ask for, and a result that one can ask about."""

REFERENCE_MISTAKES = tuple(
    dict.fromkeys(hint for reference in REFERENCES.values() for hint in reference.mistakes)
)
"""Every mistake that is known of any of them."""
