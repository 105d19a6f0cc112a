"""Which rows of a one-way model can know how a sentence ends: two texts with one beginning.

::

    kind = "ahead"
    texts = ["{sentence}", "{other}"]

The answer: ``first``, the position of the first token whose row differs in any head; ``before``,
the largest difference of any weight in the rows before it; ``at``, the same in its own row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.judged import judge_number, one_by_one
from grader.questions.messages import say

NOISE = 1e-4
"""Rows that are the same come out a little otherwise where texts have other lengths."""


@dataclass(frozen=True)
class Parameters:
    """Which two texts."""

    texts: tuple[str, ...]


class Ahead(Kind):
    """The first row that can know of an ending, and by how much it differs."""

    name = "ahead"
    hints = ("word_before", "from_one", "last_row", "not_zero", "percent")
    stated = ("not_zero",)

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the texts."""
        texts = table.templates("texts", scope.words)
        if len(texts) != 2:
            table.problem(
                f'\'texts\' in [{table.name}] needs two; write texts = ["...", "..."].', "texts"
            )
        return Parameters(texts)

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the position, and the two differences."""
        return ["first", "rows"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["first", "rows"]

    def unusable(self, parameters: Parameters, facts: Facts) -> Iterable[str]:
        """Yield that one text goes on where the other ends: then no row differs."""
        one, two = (facts.pieces(facts.fill(text)) for text in parameters.texts)
        if _first_other(one, two) == min(len(one), len(two)):
            yield "one of the two texts is the beginning of the other, so that no row differs"

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the position is right, and both differences."""
        answer = fields.mapping(value, ["first", "before", "at"], facts)
        one, two = (facts.attend(facts.fill(text)) for text in parameters.texts)
        n = min(one.n_tokens, two.n_tokens)
        first = _first_other(one.tokens, two.tokens)
        apart = np.abs(one.weights[:, :, :n, :n] - two.weights[:, :, :n, :n]).max(axis=-1)
        yield from one_by_one(
            {
                "first": lambda: _judge_first(answer, first, apart),
                "rows": lambda: _judge_rows(answer, first, apart),
            }
        )


def _first_other(one: Sequence[str], two: Sequence[str]) -> int:
    """Return the position of the first token that is another; the shorter length if none is."""
    n = min(len(one), len(two))
    return next((at for at in range(n) if one[at] != two[at]), n)


def _judge_first(answer: dict, first: int, apart: np.ndarray) -> Finding:
    got = fields.whole(answer, "first")
    if got == first:
        return passed("first")
    mistakes = [
        ("word_before", [first - 1]),
        ("from_one", [first + 1]),
        ("last_row", [apart.shape[-1] - 1]),
    ]
    return failed(
        "first", say("ahead.first", got=got), diagnosis.recognise(got, first, mistakes, 0)
    )


def _judge_rows(answer: dict, first: int, apart: np.ndarray) -> Finding:
    before, at = fields.number(answer, "before"), fields.number(answer, "at")
    if abs(before) > NOISE:
        return failed("rows", say("ahead.before", got=before), "not_zero")
    truth = float(apart[:, :, first].max())
    mistakes = [
        ("last_row", [float(apart[:, :, -1].max())]),
        ("percent", [100 * truth]),
    ]
    return judge_number("rows", at, truth, mistakes, asked=2)
