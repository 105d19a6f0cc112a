"""The shape of an array: its sizes, in order, for this student's own sentence.

::

    kind = "shape"
    of = {weights = {text = "{sentence}"}}
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.compare import SHAPE_MISTAKES, shape_mistakes
from grader.questions.kinds.truths import Truth, read_truth
from grader.questions.messages import say
from grader.questions.outcome import Refusal


@dataclass(frozen=True)
class Parameters:
    """Whose shape is asked for."""

    of: Truth


class Shape(Kind):
    """The sizes of an array: how many axes, and how long each is."""

    name = "shape"
    hints = (*SHAPE_MISTAKES, "few_layers", "words")
    stated = ("batch", "axes", "few_axes", "many_axes", "few_layers")

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return whose shape is asked for."""
        return Parameters(read_truth(table, scope))

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the number of axes and their sizes."""
        return ["axes", "sizes"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return self.criteria(parameters)

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether there are as many axes, and whether each has its size."""
        got = _sizes(value)
        expected = np.shape(parameters.of.value(facts))
        hints = shape_mistakes(got, expected, parameters.of.axes)
        if len(got) == len(expected):
            yield passed("axes")
        else:
            reason = say("shape.axes", expected=list(parameters.of.axes), got=len(got))
            yield failed("axes", reason, hints)
        if got == expected:
            yield passed("sizes")
            return
        wrong = [
            axis
            for axis, a, b in zip(parameters.of.axes, got, expected, strict=False)
            if a != b or len(got) != len(expected)
        ]
        yield failed("sizes", say("shape.sizes", got=list(got) or ["()"], axes=wrong), hints)


def _sizes(value: Any) -> tuple[int, ...]:
    given = fields.as_list(value)
    sizes = list(map(fields.as_whole, given)) if isinstance(given, list) else [None]
    shape = tuple(n for n in sizes if n is not None and n >= 0)
    if len(sizes) > 8 or len(shape) < len(sizes):
        raise Refusal("not_a_shape", got=fields.type_name(value))
    return shape
