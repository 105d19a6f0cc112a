"""A written answer: a person marks it in nbgrader's formgrader, by the rubric."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds.base import Finding, Kind, Scope, unchecked
from grader.questions.messages import say


@dataclass(frozen=True)
class Parameters:
    """What the marker looks for."""

    rubric: dict[str, str] | None


class Written(Kind):
    """A text that a person reads."""

    name = "written"
    private = ("rubric",)
    written = True
    max_bytes = 64 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the rubric, in both languages."""
        return Parameters(None if scope.public else table.both("rubric", words=scope.words))

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the one criterion."""
        return ["written"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield that a person decides."""
        yield unchecked("written", say("by_hand"))
