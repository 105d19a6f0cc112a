"""An attention array of the whole model: its shape, its rows, its weights."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.attention import ROW_SUM_TOLERANCE
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.compare import as_array, near, shape_mistakes
from grader.questions.kinds.rows import row_mistakes, row_tolerance
from grader.questions.messages import Message, say

AXES = ("layer", "head", "query", "key")


@dataclass(frozen=True)
class Parameters:
    """Which array is asked for."""

    text: str


class Array(Kind):
    """The attention weights [layer, head, query, key] of a text."""

    name = "array"
    hints = ("batch", "axes", "few_tokens", "few_layers", "transposed", "no_softmax", "dropout")
    stated = ("batch", "axes", "few_layers")
    max_bytes = 3 * 1024 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return which text is asked for."""
        return Parameters(table.template("text", scope.words))

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return what is looked at."""
        return ["shape", "rows", "weights"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return self.criteria(parameters)

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield a finding for the shape, the rows and the weights."""
        got = as_array(value)
        truth = facts.attend(facts.fill(parameters.text)).weights
        if got.shape != truth.shape:
            yield _judge_shape(got, truth)
            waits = say("array.shape_first")
            yield failed("rows", waits)
            yield failed("weights", waits)
            return
        yield passed("shape")
        yield _judge_rows(got, truth)
        yield _judge_weights(got, truth)


def _judge_shape(got: np.ndarray, truth: np.ndarray) -> Finding:
    reason = say(
        "array.shape", expected=_named(truth.shape), got=[int(n) for n in got.shape] or ["()"]
    )
    few = ("few_layers",) if got.shape[:2] == (1, truth.shape[1]) else ()
    return failed("shape", reason, (*few, *shape_mistakes(got.shape, truth.shape, AXES)))


def _named(shape: tuple[int, ...]) -> list[str]:
    return [f"{axis}={n}" for axis, n in zip(AXES, shape, strict=True)]


def _judge_rows(got: np.ndarray, truth: np.ndarray) -> Finding:
    if not np.isfinite(got).all():
        return failed("rows", say("array.not_finite"))
    if near(got, truth, fields.ROUNDED) or _sums_to_one(got, axis=-1):
        return passed("rows", "array.rows_right")
    worst = float(np.abs(got.sum(axis=-1, dtype=np.float64) - 1).max())
    hint = None
    if _sums_to_one(got, axis=-2):
        hint = "transposed"
    else:
        hint = next(iter(row_mistakes(got, truth)), None)
    return failed("rows", say("array.rows", away=worst, tolerance=row_tolerance(got)), hint)


def _sums_to_one(got: np.ndarray, axis: int) -> bool:
    away = np.abs(got.sum(axis=axis, dtype=np.float64) - 1)
    return bool((away <= row_tolerance(got)).all() and (got >= -ROW_SUM_TOLERANCE).all())


def _judge_weights(got: np.ndarray, truth: np.ndarray) -> Finding:
    if near(got, truth, fields.ROUNDED):
        return passed("weights", "array.right", tolerance=fields.ROUNDED, why=_why())
    hint = "transposed" if near(got.swapaxes(-1, -2), truth, fields.ROUNDED) else None
    away = np.abs(got - truth)
    share = float((away > fields.ROUNDED).mean()) if np.isfinite(got).all() else 1.0
    reason = say("array.wrong", percent=round(100 * share, 1), tolerance=fields.ROUNDED, why=_why())
    return failed("weights", reason, hint)


def _why() -> Message:
    return say("tolerance.rounded")
