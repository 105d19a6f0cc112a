"""One of several statements; the right one never reaches a student's notebook."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed, unchecked
from grader.questions.messages import say


@dataclass(frozen=True)
class Parameters:
    """The options and, where the judge is, the right one."""

    options: dict[str, dict[str, str]]
    key: str | None


class Choice(Kind):
    """A choice: the answer is the name of an option, as text."""

    name = "choice"
    hints = ("wrong_choice",)
    stated = ("wrong_choice",)
    private = ("key",)

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the options, each with its text in both languages."""
        below = table.table("option")
        options = {name: below.both(name, words=scope.words) for name in below.data}
        if len(options) < 2:
            table.problem(f"[{below.name}] needs two options or more; add one.", "option")
        if scope.public:
            return Parameters(options, None)
        return Parameters(options, table.choice("key", options))

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the one criterion."""
        return ["choice"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether it is the right option."""
        try:
            value = next(iter(value.values())) if _has_one(value) else value
            said = {name: both.values() for name, both in parameters.options.items()}
            got = fields.option({"choice": value}, "choice", parameters.options, said)
        except fields.FieldError as error:
            yield failed("choice", error.reason)
            return
        if parameters.key is None:
            yield unchecked("choice", say("later"))
        elif got == parameters.key:
            yield passed("choice")
        else:
            yield failed("choice", say("choice.wrong", got=got), "wrong_choice")


def _has_one(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1
