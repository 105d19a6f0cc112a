"""Which mistake a wrong number shows, where there is evidence for one.

A number is evidence as far as its digits go: ``.0863`` fits one in many hundreds of numbers of its
size, ``.1`` one in five. A mistake is named only where a wrong number drawn at random would have
named it at most once in fifty times; otherwise a card says what is wrong without saying why.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from grader.attention import HeadId
from grader.questions.kinds import fields

CHANCE = 1 / 50
"""How often, at most, a wrong answer drawn at random is given a hint that guesses at its cause."""

SLACK = 0.01
"""A hair above the law is float noise of what is reckoned here."""

NOISE = 1e-6
"""What two runs of the model on one machine differ by, with room to spare; of numbers above 1, a
part of them."""

WEIGHT, LOGITS, PERCENT = 3, 2, 1
"""How many decimals are copied by hand of a weight, of a logit, of a percentage."""

COUNTS = 100
"""How many whole numbers a wrong count is thought to be drawn from."""

Mistakes = Iterable[tuple[str, Iterable[float]]]
"""Which wrong numbers a mistake leads to, by hint."""

Explained = dict[str, float]
"""Hint -> how likely a number drawn at random would show this mistake as well, the first first."""


def resolution(got: float, tolerance: float) -> float:
    """Return how far a number may be from the one it was written down for.

    Args:
        got: the number.
        tolerance: of the right one, which tells how numbers of its kind are copied.
    """
    digits = repr(float(got)).partition("e")[0].partition(".")[2]
    exponent = int(repr(float(got)).partition("e")[2] or 0)
    decimals = len(digits.rstrip("0")) - exponent
    # .09 may be .090, which a computer writes so.
    typed = LOGITS if tolerance > 2 * fields.ROUNDED else WEIGHT if abs(got) < 1 else PERCENT
    written = 0.5 * 10.0 ** -max(decimals, typed)
    return max(written, float(fields.half_a_step(got))) + NOISE * max(1.0, abs(got))


def explain(got: float, truth: float, mistakes: Mistakes, tolerance: float) -> Explained:
    """Return which mistakes lead to a wrong number, each with its likelihood by chance.

    Args:
        got: the number.
        truth: the right one.
        mistakes: what each mistake leads to; a value within 2 tolerances of the truth is none.
        tolerance: of the right number; 0 for a count.
    """
    found: Explained = {}
    if not got:
        return found
    r = resolution(got, tolerance) if tolerance else 0.0
    for hint, values in mistakes:
        values = [float(v) for v in values if abs(v - truth) > 2 * tolerance]
        if hint in found or not any(abs(got - v) <= r for v in values):
            continue
        if tolerance:
            size = abs(got)
            near = sorted(v for v in values if size / 2 <= abs(v) <= 2 * size and v * got > 0)
            apart = 1 + sum(b - a > 2 * r for a, b in pairwise(near))
            found[hint] = 2 * r * apart / size
        else:
            found[hint] = len(set(values)) / COUNTS
    return found


def diagnose(explained: Sequence[Explained], asked: int) -> str | None:
    """Return the mistake that wrong numbers show, the first for which chance is unlikely.

    Args:
        explained: for each wrong number, what explains it.
        asked: how many numbers are asked for: any of them might have been hit by chance.
    """
    for hint in dict.fromkeys(hint for one in explained for hint in one):
        if is_evident(hint, explained, asked):
            return hint
    return None


def is_evident(hint: str, explained: Sequence[Explained], asked: int) -> bool:
    """Return whether chance is unlikely to show a mistake in as many of the numbers."""
    return chance_of(hint, explained, asked) <= CHANCE * (1 + SLACK)


def chance_of(hint: str, explained: Sequence[Explained], asked: int) -> float:
    """Return how likely a mistake would explain by chance as many of the numbers as it does."""
    hit = [one[hint] for one in explained if hint in one]
    return math.comb(max(asked, len(hit)), len(hit)) * math.prod(hit)


def recognise(
    got: float, truth: float, mistakes: Mistakes, tolerance: float, asked: int = 1
) -> str | None:
    """Return which mistake leads to one wrong number of `asked`, where there is evidence."""
    return diagnose([explain(got, truth, mistakes, tolerance)], asked)


def rare(holds: Callable[[HeadId], bool], wrong: Callable[[HeadId], bool], shape: tuple) -> bool:
    """Return whether so few wrong heads show something that it is evidence when one does.

    Args:
        holds: whether a head shows it.
        wrong: whether a head is wrong.
        shape: how many layers and heads there are.
    """
    heads = [HeadId(layer=a, head=b) for a, b in np.ndindex(*shape[:2])]
    others = [head for head in heads if wrong(head)]
    return sum(map(holds, others)) <= CHANCE * len(others)
