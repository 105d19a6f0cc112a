"""An array of one's own whose rows are shares: no number negative, every row sums to 1.

::

    kind = "rows"
    rows = 4
    columns = 4
    mask = "causal"            # each row may give to itself and what comes before it
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.attention import ROW_SUM_TOLERANCE
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.compare import (
    SHAPE_MISTAKES,
    as_array,
    decimals_of,
    near,
    shape_mistakes,
)
from grader.questions.messages import say

MASKS = {
    "causal": lambda n, m: np.tril(np.ones((n, m), dtype=bool)),
}
"""Where a row may put weight, for n rows and m columns."""

ROW_MISTAKES = ("columns", "no_softmax", "dropout", "percent", "whole", "rounded")
"""The mistakes that rows with a wrong sum can be recognised by."""


def row_tolerance(got: np.ndarray) -> float:
    """Return how far a row may sum from 1: more where its numbers are rounded.

    Each of them is off by half a unit of its last decimal at most, in half precision by a part of
    itself.
    """
    decimals = decimals_of(got)
    rounded = 0.5 * 10.0**-decimals * got.shape[-1] if decimals else 0.0
    half = fields.HALF_STEP if np.any(fields.half_a_step(got)) else 0.0
    return max(ROW_SUM_TOLERANCE, rounded, half)


@dataclass(frozen=True)
class Parameters:
    """Which rows are asked for."""

    rows: int
    columns: int
    mask: str | None


class Rows(Kind):
    """A row-stochastic array of the student's own."""

    name = "rows"
    hints = (*SHAPE_MISTAKES, *ROW_MISTAKES, "mask", "mask_inverted")
    stated = ("batch", "axes", "few_axes", "many_axes", "no_softmax", "mask")
    max_bytes = 64 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the sizes and the mask."""
        return Parameters(
            int(table.number("rows", low=1, high=64)),
            int(table.number("columns", low=1, high=64)),
            table.choice("mask", MASKS, None) or None,
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the shape, the signs, the sums and the mask, if there is one."""
        return ["shape", "not_negative", "sums", *(["mask"] if parameters.mask else [])]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return self.criteria(parameters)

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield a finding for each."""
        got = as_array(value)
        expected = (parameters.rows, parameters.columns)
        if got.shape != expected:
            named = [f"query={expected[0]}", f"key={expected[1]}"]
            reason = say("array.shape", expected=named, got=[int(n) for n in got.shape] or ["()"])
            yield failed("shape", reason, shape_mistakes(got.shape, expected, ("query", "key")))
            for criterion in self.criteria(parameters)[1:]:
                yield failed(criterion, say("array.shape_first"))
            return
        yield passed("shape")
        finite = bool(np.isfinite(got).all())
        if not finite:
            yield failed("not_negative", say("array.not_finite"))
        elif (got < 0).any():
            yield failed("not_negative", say("rows.negative"), "no_softmax")
        else:
            yield passed("not_negative")
        yield judge_rows("sums", got)
        if parameters.mask:
            yield _judge_mask(parameters.mask, got)


def judge_rows(criterion: str, got: np.ndarray, truth: np.ndarray | None = None) -> Finding:
    """Return whether every row of `got`, along its last axis, sums to 1.

    Args:
        criterion: the criterion judged.
        got: the rows.
        truth: the right numbers, where there are some: then they are rows however they were
            rounded, and evidence of what was done instead.
    """
    if not np.isfinite(got).all():
        return failed(criterion, say("array.not_finite"))
    tolerance = row_tolerance(got)
    away = np.abs(got.sum(axis=-1, dtype=np.float64) - 1)
    right = truth is not None and near(got, truth, fields.ROUNDED)
    if right or (away <= tolerance).all():
        return passed(criterion, "array.rows_right")
    reason = say("array.rows", away=float(away.max()), tolerance=tolerance)
    return failed(criterion, reason, _sum_mistakes(got, tolerance, truth))


def _sum_mistakes(got: np.ndarray, tolerance: float, truth: np.ndarray | None) -> tuple[str, ...]:
    def sums(axis: int | None, to: float) -> bool:
        return bool((np.abs(got.sum(axis=axis, dtype=np.float64) - to) <= to * tolerance).all())

    if got.ndim >= 2 and sums(-2, 1):
        return ("columns", "transposed")
    if sums(-1, 100):
        return ("percent",)
    if sums(None, 1):
        return ("whole",)
    if truth is not None:
        return tuple(row_mistakes(got, truth))
    if (np.abs(got.sum(axis=-1, dtype=np.float64) - 1) <= 0.02).all():
        return ("rounded",)
    return ()


def row_mistakes(got: np.ndarray, truth: np.ndarray) -> list[str]:
    """Return what was done instead of the right rows, where the right numbers show through.

    Scores become them by a softmax; what dropout leaves of them is larger by one factor.
    """
    got = got.astype(np.float64)
    if not np.isfinite(got).all():
        return []
    exps = np.exp(got - got.max(axis=-1, keepdims=True))
    if near(exps / exps.sum(axis=-1, keepdims=True), truth, fields.ROUNDED):
        return ["no_softmax"]
    kept = (got > 0) & (truth > 1e-3)
    if kept.any() and (got == 0).mean() > 0.01:
        factors = got[kept] / truth[kept]
        if np.ptp(factors) < 0.02 and factors.mean() > 1.02:
            return ["dropout"]
    return []


def _judge_mask(mask: str, got: np.ndarray) -> Finding:
    may = MASKS[mask](*got.shape)
    outside = np.abs(np.where(may, 0, got))
    if not np.isfinite(got).all():
        return failed("mask", say("array.not_finite"))
    if not np.abs(got[may]).sum():
        return failed("mask", say("rows.empty"))
    if (outside <= fields.ROUNDED).all():
        return passed("mask")
    row, column = (int(i) for i in np.argwhere(outside > fields.ROUNDED)[0])
    turned = np.abs(np.where(may.T, 0, got)) <= fields.ROUNDED
    hint = ("mask_inverted", "mask") if may.shape[0] == may.shape[1] and turned.all() else "mask"
    return failed("mask", say("rows.mask", row=row, column=column), hint)
