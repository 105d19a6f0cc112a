"""What cutting edges of minilm-qa changes: nothing in the last layer, much in an early one.

::

    kind = "cuts"
    asked = "{question}"
    context = "{context}"
    last = 5                # the question does not look at the context in this layer ...
    before = 4              # ... or in this one
    reverse = 1             # and here the context does not look at the question

The answer: ``last`` and ``before``, the largest change of a start or end logit of any token of the
context; ``reverse``, what the answer's start logit plus its end logit lose.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.judged import judge_number, one_by_one
from grader.questions.kinds.span import LOGIT_TOLERANCE, LOGITS, read_pair
from grader.questions.messages import say
from grader.questions.reading import Reading, context_of, read

ZERO = 1e-6
"""What counts as exactly 0: typed by hand it is 0, and worked out it is 0 to the last bit."""
QUESTION, CONTEXT = 1, 2
"""Who does not look at the other: places along the first axis of ``Model.reader_cuts``."""


@dataclass(frozen=True)
class Parameters:
    """Which pair, which layers."""

    asked: str
    context: str
    last: int
    before: int
    reverse: int


class Cuts(Kind):
    """Changes of logits where edges are cut."""

    name = "cuts"
    hints = ("all_tokens", "other_way", "other_layer", "not_zero", "start_alone", "sign", "changed")
    stated = ("not_zero",)

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return which pair and which layers."""
        pair = read_pair(table, scope)
        layers = (int(table.number(name, low=0, high=5)) for name in ("last", "before", "reverse"))
        return Parameters(pair.asked, pair.context, *layers)

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the zero beside what is none, and the other direction."""
        return ["zero", "reverse"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["zero", "reverse"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the zero and its neighbour are right, and the other direction."""
        answer = fields.mapping(value, ["last", "before", "reverse"], facts)
        texts = facts.fill(parameters.asked), facts.fill(parameters.context)
        logits = np.asarray(facts.model.reader_cuts(*texts), dtype=np.float64)
        reading = read(facts, *texts)
        about = (parameters, answer, logits, reading)
        yield from one_by_one(
            {"zero": lambda: _judge_zero(*about), "reverse": lambda: _judge_reverse(*about)}
        )


def _largest(logits: np.ndarray, side: int, layer: int, tokens: list[int]) -> float:
    return float(np.abs(logits[side, layer] - logits[0, layer])[:, tokens].max())


def _lost(logits: np.ndarray, side: int, layer: int, reading: Reading) -> float:
    change = logits[0, layer] - logits[side, layer]
    return float(change[0, reading.start] + change[1, reading.end])


def _judge_zero(
    parameters: Parameters, answer: dict, logits: np.ndarray, reading: Reading
) -> Finding:
    tokens = context_of(reading.attention)
    got = {name: fields.number(answer, name) for name in ("last", "before")}
    if abs(got["last"]) > ZERO:
        everywhere = list(range(reading.attention.n_tokens))
        mistakes = [
            ("all_tokens", [_largest(logits, QUESTION, parameters.last, everywhere)]),
            ("other_way", [_largest(logits, CONTEXT, parameters.last, tokens)]),
            (
                "other_layer",
                [_largest(logits, QUESTION, i, tokens) for i in range(logits.shape[1])],
            ),
        ]
        hint = diagnosis.recognise(got["last"], 0.0, mistakes, LOGIT_TOLERANCE, asked=2)
        return failed("zero", say("cuts.not_zero", got=got["last"]), hint or "not_zero")
    truth = _largest(logits, QUESTION, parameters.before, tokens)
    if fields.close(got["before"], truth, LOGIT_TOLERANCE):
        return passed("zero", "cuts.zero")
    everywhere = list(range(reading.attention.n_tokens))
    mistakes = [
        ("all_tokens", [_largest(logits, QUESTION, parameters.before, everywhere)]),
        ("other_way", [_largest(logits, CONTEXT, parameters.before, tokens)]),
        ("other_layer", [_largest(logits, QUESTION, i, tokens) for i in range(logits.shape[1])]),
    ]
    return judge_number("zero", got["before"], truth, mistakes, **LOGITS, asked=2)


def _judge_reverse(
    parameters: Parameters, answer: dict, logits: np.ndarray, reading: Reading
) -> Finding:
    got = fields.number(answer, "reverse")
    truth = _lost(logits, CONTEXT, parameters.reverse, reading)
    layer = parameters.reverse
    change = logits[0, layer] - logits[CONTEXT, layer]
    mistakes = [
        ("sign", [-truth]),
        ("start_alone", [change[0, reading.start], change[1, reading.end]]),
        ("other_way", [_lost(logits, QUESTION, layer, reading)]),
        ("changed", [_largest(logits, CONTEXT, layer, context_of(reading.attention))]),
        ("other_layer", [_lost(logits, CONTEXT, i, reading) for i in range(logits.shape[1])]),
    ]
    return judge_number("reverse", got, truth, mistakes, **LOGITS, asked=2)
