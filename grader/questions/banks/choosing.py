"""Choosing sentences: candidates in, those out on which every question can be asked."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from grader.attention import HeadId
from grader.errors import GraderError
from grader.questions.facts import Facts, Model

SIZE = 320
"""Variants of a bank: a sentence then is the one of three students in a thousand."""

PerHead = Float[np.ndarray, "layer head"]


class Unfit(GraderError):
    """A question cannot be asked on this candidate."""


@dataclass(frozen=True)
class Bank:
    """How the variants of an exercise come about."""

    slug: str
    columns: tuple[str, ...]
    """The words of a variant."""
    first: Mapping[str, str]
    """The variant of who gives no id."""
    candidates: Callable[[], Iterable[Mapping[str, str]]]
    """Variants to choose from, in any order."""
    gate: Callable[[Facts], Mapping[str, frozenset[HeadId]]]
    """Question -> the heads that are right answers; raises `Unfit`."""
    most: Mapping[str, float] = field(default_factory=dict)
    """Question -> on which share of the variants one head may be a right answer; else on all."""


def choose(
    bank: Bank, measures: Mapping, model: Model, size: int = SIZE
) -> Iterator[dict[str, str]]:
    """Yield the variants of a bank, the first one first; always the same for the same model.

    Args:
        bank: templates and gate.
        measures: those of the exercise.
        model: asked about each candidate.
        size: how many variants.

    Raises:
        Unfit: the first variant does not pass.
        GraderError: the candidates do not suffice.
    """
    candidates = list(bank.candidates())
    random.Random(bank.slug).shuffle(candidates)
    used: Counter = Counter()
    chosen = 0
    for variant in [bank.first, *candidates]:
        if chosen and variant == bank.first:
            continue
        try:
            right = bank.gate(Facts(variant, model, measures))
        except Unfit:
            if not chosen:
                raise
            continue
        jobs = [(name, head) for name, heads in right.items() for head in heads]
        if any(used[name, head] + 1 > bank.most.get(name, 1) * size for name, head in jobs):
            continue
        used.update(jobs)
        chosen += 1
        yield dict(variant)
        if chosen == size:
            return
    raise GraderError(f"only {chosen} of {size} sentences of {bank.slug} pass; add to its words.")


def single_pieces(facts: Facts, text: str) -> None:
    """Refuse a text in which a word is cut into pieces: positions are counted by hand, too.

    Raises:
        Unfit: a word is cut.
    """
    attention = facts.attend(text)
    if attention.n_tokens != len(attention.words):
        raise Unfit("a word is cut into pieces.")


def right_heads(
    lean: PerHead, allowed: np.ndarray, *, least: float, share: float = 0.9, near: float = 0.005
) -> frozenset[HeadId]:
    """Return the heads that a question for the largest difference accepts.

    Args:
        lean: the difference asked about.
        allowed: heads that count.
        least: the best head must have that much.
        share: of the best that is enough.
        near: or within that of the best.

    Raises:
        Unfit: the best has too little, or some head lies on the edge of what is accepted.
    """
    lean = np.where(allowed, lean, -1.0)
    best = float(lean.max())
    if best < least:
        raise Unfit("no head shows it clearly.")
    enough = min(share * best, best - near)
    if np.abs(lean - enough).min() < 0.002:
        raise Unfit("a head lies on the edge of what is accepted.")
    return heads_of(lean >= enough)


def heads_of(which: np.ndarray) -> frozenset[HeadId]:
    """Return the heads at which an array is true."""
    return frozenset(HeadId(int(layer), int(head)) for layer, head in np.argwhere(which))


def clear_of(values: np.ndarray, thresholds: Iterable[float], by: float = 5e-4) -> None:
    """Refuse values that lie on a threshold.

    Raises:
        Unfit: one does.
    """
    if any(np.abs(values - threshold).min() < by for threshold in thresholds):
        raise Unfit("a head lies on a threshold.")
