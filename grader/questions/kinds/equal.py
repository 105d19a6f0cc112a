"""An array that is right within a tolerance, number by number.

::

    kind = "equal"
    of = {received = {text = "{sentence}", layer = 5, head = 8}}
    rows = true            # also: every row sums to 1
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.compare import (
    SHAPE_MISTAKES,
    as_array,
    near,
    recognise,
    shape_mistakes,
)
from grader.questions.kinds.rows import ROW_MISTAKES, judge_rows
from grader.questions.kinds.truths import TRUTH_MISTAKES, Truth, read_truth
from grader.questions.messages import say


@dataclass(frozen=True)
class Parameters:
    """Which array, and how near it must be."""

    of: Truth
    tolerance: float
    because: dict[str, str] | None
    rows: bool


class Equal(Kind):
    """An array held against the one that the judge works out."""

    name = "equal"
    hints = tuple(
        dict.fromkeys(
            (
                *SHAPE_MISTAKES,
                *ROW_MISTAKES,
                *TRUTH_MISTAKES,
                "not_a_mean",
                "not_a_sum",
                "one_layer",
                "swapped",
                "not_finite",
            )
        )
    )
    stated = ("batch", "axes", "few_axes", "many_axes", "not_finite")
    max_bytes = 3 * 1024 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the array, the tolerance with its reason, and whether rows are looked at."""
        tolerance, because = fields.read_tolerance(table)
        return Parameters(
            read_truth(table, scope),
            tolerance,
            because,
            bool(table.value("rows", (bool,), "true", False)),
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the shape, the rows if they are looked at, and the numbers."""
        return ["shape", *(["rows"] if parameters.rows else []), "numbers"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return self.criteria(parameters)

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield a finding for each."""
        got = as_array(value)
        truth = np.asarray(parameters.of.value(facts), dtype=np.float64)
        if got.shape != truth.shape:
            yield judge_shape("shape", got.shape, truth.shape, parameters.of.axes)
            for criterion in self.criteria(parameters)[1:]:
                yield failed(criterion, say("array.shape_first"))
            return
        yield passed("shape")
        if parameters.rows:
            yield judge_rows("rows", got, truth)
        yield _judge_numbers(parameters, got.astype(np.float64), truth, facts)


def judge_shape(criterion: str, got: tuple, expected: tuple, axes: tuple[str, ...]) -> Finding:
    """Return whether a shape is right; otherwise both are told, with names."""
    if tuple(got) == tuple(expected):
        return passed(criterion)
    named = [f"{axis}={n}" for axis, n in zip(axes, expected, strict=True)]
    reason = say("array.shape", expected=named or ["()"], got=[int(n) for n in got] or ["()"])
    return failed(criterion, reason, shape_mistakes(got, expected, axes))


def _judge_numbers(
    parameters: Parameters, got: np.ndarray, truth: np.ndarray, facts: Facts
) -> Finding:
    told = {"tolerance": parameters.tolerance, "why": fields.why(parameters.because)}
    if near(got, truth, parameters.tolerance):
        return passed("numbers", "equal.right", **told)
    mistakes = [
        *parameters.of.mistakes(facts),
        *([("transposed", truth.T)] if truth.ndim == 2 else []),
        ("percent", 100 * truth),
    ]
    hint = recognise(got, truth, mistakes, parameters.tolerance)
    if not np.isfinite(got).all():
        hints = (hint, "not_finite") if hint else ("not_finite",)
        return failed("numbers", say("array.not_finite"), hints)
    share = float((np.abs(got - truth) > parameters.tolerance).mean())
    return failed("numbers", say("equal.wrong", percent=round(100 * share, 1), **told), hint)
