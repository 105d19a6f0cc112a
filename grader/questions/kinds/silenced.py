"""A head that looks hardest at the right word, and what happens to that word without the head.

::

    kind = "silenced"
    text = "{sentence}"          # the next word is asked for
    right = "{right}"            # a word of the text that should follow
    wrong = "{wrong}"            # its rival
    at_least = 0.5               # what the head gives the right word from the last token

The answer: ``plain``, how far the right word stands above its rival (the logit difference);
``layer`` and ``head``; ``looks``, its weight on the right word; ``without``, the difference when
the head's output is zero; ``direction``, ``up`` or ``down``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from grader.attention import HeadId
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed
from grader.questions.kinds.judged import judge_number, one_by_one
from grader.questions.kinds.misnamed import one_before
from grader.questions.messages import say

LOGITS: dict[str, Any] = {"tolerance": 0.02, "why": "tolerance.logits"}
"""Logits are copied with two decimals, and two machines differ by less than one."""
DIRECTIONS = ("up", "down")


@dataclass(frozen=True)
class Parameters:
    """Which text, which words, how hard a head must look."""

    text: str
    right: str
    wrong: str
    at_least: float


class Silenced(Kind):
    """A head's look, and the logit difference with and without it."""

    name = "silenced"
    hints = (
        "other_row",
        "other_key",
        "sign",
        "change",
        "right_alone",
        "looks_less",
        "direction",
        "counted_from_one",
        "percent",
    )
    stated = ("looks_less", "direction")

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the text, the words and the threshold."""
        text, right, wrong = (table.template(k, scope.words) for k in ("text", "right", "wrong"))
        return Parameters(text, right, wrong, table.number("at_least", low=0.0, high=1.0))

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the difference, the head, and what happens without it."""
        return ["difference", "head", "without"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["difference", "head", "without"]

    def unusable(self, parameters: Parameters, facts: Facts) -> Iterable[str]:
        """Yield which word is no token of the text."""
        tokens = [piece.strip() for piece in facts.pieces(facts.fill(parameters.text))]
        for word in map(facts.fill, (parameters.right, parameters.wrong)):
            if word not in tokens:
                yield f'the word "{word}" is no token of the text, whole'

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the difference is right, the head looks, and what its silence does."""
        known = ["plain", "layer", "head", "looks", "without", "direction"]
        answer = fields.mapping(value, known, facts)
        about = (parameters, answer, facts)
        judged = {"difference": _difference, "head": _head, "without": _without}
        yield from one_by_one({name: partial(one, *about) for name, one in judged.items()})


def _apart(parameters: Parameters, facts: Facts, silent: tuple = ()) -> float:
    words = (facts.fill(word) for word in (parameters.text, parameters.right, parameters.wrong))
    return float(facts.model.logit_difference(*words, silent))


def _weights(parameters: Parameters, facts: Facts) -> np.ndarray:
    return facts.attend(facts.fill(parameters.text)).weights


def _told(parameters: Parameters, answer: dict, facts: Facts) -> HeadId:
    return fields.head_id(answer, _weights(parameters, facts).shape[:2])


def _difference(parameters: Parameters, answer: dict, facts: Facts) -> Finding:
    got, truth = fields.number(answer, "plain"), _apart(parameters, facts)
    return judge_number("difference", got, truth, [("sign", [-truth])], **LOGITS, asked=2)


def _head(parameters: Parameters, answer: dict, facts: Facts) -> Finding:
    attention = facts.attend(facts.fill(parameters.text))
    words = [token.strip() for token in attention.tokens]
    key, rival = (words.index(facts.fill(w)) for w in (parameters.right, parameters.wrong))
    try:
        head = _told(parameters, answer, facts)
    except fields.FieldError as error:
        looks = attention.weights[:, :, -1, key]
        hints = _from_one(parameters, looks, error.head) if error.head else ()
        return failed("head", error.reason, hints or error.hint)
    pattern = attention.weights[head.layer, head.head]
    truth = float(pattern[-1, key])
    if truth < parameters.at_least:
        looks = attention.weights[:, :, -1, key]
        reason = say("silenced.looks_less", head=str(head), least=parameters.at_least)
        return failed("head", reason, (*_from_one(parameters, looks, head), "looks_less"))
    got = fields.number(answer, "looks")
    mistakes = [
        ("other_row", [pattern[-2, key], pattern[key, key]]),
        ("other_key", [pattern[-1, rival], pattern[-1, 0], pattern[-1, key - 1]]),
        ("percent", [100 * truth]),
    ]
    return judge_number("head", got, truth, mistakes, asked=2)


def _from_one(parameters: Parameters, looks: np.ndarray, head: HeadId) -> tuple[str, ...]:
    """Return the hint that heads were counted from 1, where the one before looks hard enough."""
    before = one_before(looks, head)
    return ("counted_from_one",) if max(before, default=0) >= parameters.at_least else ()


def _without(parameters: Parameters, answer: dict, facts: Facts) -> Finding:
    head = _told(parameters, answer, facts)
    got = fields.number(answer, "without")
    direction = fields.option(answer, "direction", DIRECTIONS)
    plain, truth = _apart(parameters, facts), _apart(parameters, facts, (tuple(head),))
    mistakes = [("sign", [-truth]), ("change", [truth - plain, plain - truth])]
    found = judge_number("without", got, truth, mistakes, **LOGITS, asked=2)
    if found.share != 1 or direction == ("up" if truth > plain else "down"):
        return found
    return failed("without", say("silenced.direction", got=direction), "direction", 0.5)
