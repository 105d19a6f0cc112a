"""An array held against the right one: its shape, its numbers, and which mistake it shows."""

from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from grader.questions.kinds import fields
from grader.questions.outcome import Refusal

SHAPE_MISTAKES = ("batch", "axes", "transposed", "few_tokens", "few_axes", "many_axes")
"""The mistakes that a wrong shape can be recognised by."""


def as_array(value: Any) -> np.ndarray:
    """Return an answer that is an array of numbers, or lists of numbers.

    Raises:
        Refusal: it is not.
    """
    found = to_array(value)
    if found is None or isinstance(value, (int, float)):
        raise Refusal("not_an_array", got=fields.type_name(value))
    return found


def to_array(value: Any) -> np.ndarray | None:
    """Return numbers, or lists of them, as an array; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float, list)):
        if isinstance(value, list) and _holds_bool(value):
            return None
        try:
            value = np.array(value, dtype=np.float64)
        except (ValueError, TypeError, OverflowError):
            return None
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fi":
        return None
    return value


def _holds_bool(value: list) -> bool:
    return any(_holds_bool(v) if isinstance(v, list) else isinstance(v, bool) for v in value)


def near(got: np.ndarray, truth: np.ndarray, tolerance: float) -> bool:
    """Return whether all numbers are within the tolerance; the shapes are the same."""
    most = tolerance * (1 + 1e-6) + fields.half_a_step(got)
    return bool((np.abs(got - truth) <= most).all())


def decimals_of(got: np.ndarray) -> int | None:
    """Return how many decimals all numbers are rounded to, 3 to 5; None where they are not."""
    got = np.asarray(got, dtype=np.float64)
    if not np.isfinite(got).all():
        return None
    for decimals in (3, 4, 5):
        scaled = got * 10.0**decimals
        noise = 1e-7 * np.maximum(np.abs(scaled), 10.0**decimals)  # of single precision
        if (np.abs(scaled - scaled.round()) <= noise).all():
            return decimals
    return None


def shape_mistakes(got: Sequence[int], expected: Sequence[int], axes: Sequence[str]) -> tuple:
    """Return the names of the mistake that a wrong shape shows, the likeliest first."""
    got, expected = tuple(got), tuple(expected)
    if tuple(n for n in got if n != 1) == expected:
        return ("batch",)
    if len(got) == len(expected) and got in set(permutations(expected)):
        return ("transposed", "axes") if got[::-1] == expected else ("axes",)
    if len(got) == len(expected):
        of_tokens = [i for i, axis in enumerate(axes) if axis in ("query", "key", "token")]
        fewer = {expected[i] - got[i] for i in of_tokens}
        others = all(got[i] == n for i, n in enumerate(expected) if i not in of_tokens)
        # Left out are [CLS] and [SEP], or one of them.
        if of_tokens and others and len(fewer) == 1 and fewer.pop() in (1, 2):
            return ("few_tokens",)
    if len(got) < len(expected):
        return ("few_layers", "few_axes")
    return ("many_axes",) if len(got) > len(expected) else ()


def recognise(
    got: np.ndarray,
    truth: np.ndarray,
    mistakes: Iterable[tuple[str, np.ndarray]],
    tolerance: float,
) -> str | None:
    """Return which mistake leads to this array, the first that does.

    NaN counts as equal to NaN: that is what some mistakes make.
    """
    for hint, wrong in mistakes:
        wrong = np.asarray(wrong, dtype=np.float64)
        if wrong.shape != got.shape:
            continue
        same = wrong.shape == truth.shape and np.isfinite(wrong).all()
        if same and near(wrong, truth, tolerance):
            continue  # no mistake for these numbers
        if np.allclose(got, wrong, rtol=1e-6, atol=tolerance, equal_nan=True):
            return hint
    return None
