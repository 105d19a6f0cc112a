"""A head that is named by mistake for another: counted from 1, or layer and head swapped."""

from collections.abc import Callable, Iterable

import numpy as np

from grader.attention import HeadId

Told = Iterable[tuple[str, Callable[[HeadId], bool]]]
"""Mistakes, and whether a head would be right had it been made."""


def misnamed(head: HeadId, shape: tuple[int, ...]) -> list[tuple[str, HeadId]]:
    """Return which other heads may have been meant, by hint.

    Args:
        head: as an answer names it; one past the last layer or head, too.
        shape: how many layers and heads there are.
    """
    meant = [
        ("counted_from_one", HeadId(layer=head.layer - 1, head=head.head - 1)),
        ("swapped_numbers", HeadId(layer=head.head, head=head.layer)),
    ]
    return [
        (hint, other)
        for hint, other in meant
        if other != head and all(0 <= i < n for i, n in zip(other, shape[:2], strict=True))
    ]


def one_before(values: np.ndarray, head: HeadId) -> list[float]:
    """Return the value of the head before, in layer and number alike, where there is one."""
    found = dict(misnamed(head, values.shape))
    other = found.get("counted_from_one")
    return [] if other is None else [float(values[other])]


def misnamings(shape: tuple[int, ...], share: Callable[[HeadId], float]) -> Told:
    """Return how a wrong head may have been named by mistake: another name of it is right.

    Args:
        shape: how many layers and heads there are.
        share: gives what a head earns.
    """

    def right(hint: str) -> Callable[[HeadId], bool]:
        return lambda head: any(
            share(other) == 1.0 for one, other in misnamed(head, shape) if one == hint
        )

    return [(hint, right(hint)) for hint in ("counted_from_one", "swapped_numbers")]
