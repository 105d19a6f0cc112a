"""The span that minilm-qa marks in a context: its first and last token, and its margin.

::

    kind = "span"
    asked = "{question}"
    context = "{context}"
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.judged import judge_number, one_by_one
from grader.questions.messages import say
from grader.questions.reading import Reading, context_of, read

LOGIT_TOLERANCE = 5e-3
"""Logits are copied with two decimals; float noise in them is about 1e-5."""
LOGITS: dict[str, Any] = {"tolerance": LOGIT_TOLERANCE, "why": "tolerance.logits"}


@dataclass(frozen=True)
class Parameters:
    """Which pair."""

    asked: str
    context: str


def read_pair(table: Table, scope: Scope) -> Parameters:
    """Return ``asked`` and ``context``."""
    return Parameters(table.template("asked", scope.words), table.template("context", scope.words))


class Span(Kind):
    """Where an answer starts and ends, and how sure the model is."""

    name = "span"
    hints = ("in_context", "without_cls", "end_exclusive", "best_alone", "start_alone")

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return which question and which context."""
        return read_pair(table, scope)

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the place and the margin."""
        return ["span", "margin"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["span", "margin"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the span is the model's, and the margin."""
        answer = fields.mapping(value, ["start", "end", "margin"], facts)
        reading = read(facts, facts.fill(parameters.asked), facts.fill(parameters.context))
        yield from one_by_one(
            {
                "span": lambda: _judge_span(answer, reading),
                "margin": lambda: _judge_margin(answer, reading),
            }
        )


def _judge_span(answer: dict, reading: Reading) -> Finding:
    got = (fields.whole(answer, "start"), fields.whole(answer, "end"))
    start, end = reading.start, reading.end
    if got == (start, end):
        return passed("span")
    offset = context_of(reading.attention)[0]
    hint = {
        (start - offset, end - offset): "in_context",
        (start - 1, end - 1): "without_cls",
        (start, end + 1): "end_exclusive",
    }.get(got)
    return failed("span", say("span.wrong", start=got[0], end=got[1]), hint)


def _judge_margin(answer: dict, reading: Reading) -> Finding:
    got = fields.number(answer, "margin")
    mistakes = [
        ("best_alone", [reading.best, -reading.none]),
        ("start_alone", [reading.best / 2, reading.margin / 2]),
    ]
    return judge_number("margin", got, reading.margin, mistakes, **LOGITS)
