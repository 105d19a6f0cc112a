"""Where weight lies when nothing is looked for: on the first token of a text of one's own.

::

    kind = "sink"
    not_these = ["{sentence}"]
    fewest = 7               # tokens
    max_pieces = 32
    first = 4                # the first query that counts

All shares are means over all heads and over queries. The answer: ``text``; ``share``, of the first
token; ``front``, one word that is put before it with a space, ``front_share``, of the new first
token, and ``left``, of the old one, over the same queries as before; ``token``, a position from 2
on, with ``plain``, its share over the queries behind it, and ``blind``, the same when it sees
nothing but itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed
from grader.questions.kinds.given_texts import GivenTexts, read_given
from grader.questions.kinds.judged import judge_numbers, one_by_one
from grader.questions.kinds.own_text import is_word, read_text, refuse_long
from grader.questions.messages import say

CRITERIA = ("share", "front", "blind")


@dataclass(frozen=True)
class Parameters:
    """What the text must have, and which queries count."""

    given: GivenTexts
    fewest: int
    max_pieces: int
    first: int


class Sink(Kind):
    """Shares of the first token, of a word in front of it, and of a token made blind."""

    name = "sink"
    hints = ("every_query", "last_query", "one_head", "swapped", "other_token", "percent")
    max_bytes = 8 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return what the text must have."""
        return Parameters(
            read_given(table, scope),
            int(table.number("fewest", 7, low=6, high=100)),
            int(table.number("max_pieces", 32, low=6, high=64)),
            int(table.number("first", 4, low=1, high=5)),
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the share, the word in front, and the blind token."""
        return list(CRITERIA)

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return list(CRITERIA)

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the numbers of each criterion are right."""
        known = ["text", "share", "front", "front_share", "left", "token", "plain", "blind"]
        answer = fields.mapping(value, known, facts)
        try:
            text = read_text(answer, "text", "text")
            parameters.given.refuse(text, "text", facts)
            refuse_long(text, "text", parameters.max_pieces, facts)
            if (n := facts.n_pieces(text)) < parameters.fewest:
                raise fields.FieldError(say("sink.short", least=parameters.fewest, got=n))
        except fields.FieldError as error:
            for name in CRITERIA:
                yield failed(name, error.reason, error.hint)
            return
        about = (parameters, text, answer, facts)
        yield from one_by_one(
            {
                "share": lambda: judge_numbers("share", answer, _share(*about)),
                "front": lambda: judge_numbers("front", answer, _front(*about)),
                "blind": lambda: judge_numbers("blind", answer, _blind(*about)),
            }
        )


def on(weights: np.ndarray, column: int, first: int) -> float:
    """Return the mean weight on one token, over all heads and the queries from `first` on."""
    return float(weights[:, :, first:, column].mean(dtype=np.float64))


Truths = dict[str, tuple[float, list]]
"""Name of a number -> the right one, and what mistakes lead to."""


def _mistakes(weights: np.ndarray, column: int, first: int) -> list:
    last = weights.shape[-1] - 1
    heads = weights[:, :, first:, column].mean(axis=-1)
    return [
        ("every_query", [on(weights, column, column), on(weights, column, column + 1)]),
        ("last_query", [float(weights[:, :, last, column].mean())]),
        ("one_head", [float(heads.max()), float(heads[0, 0]), float(heads[-1, -1])]),
        ("percent", [100 * on(weights, column, first)]),
    ]


def _share(parameters: Parameters, text: str, answer: dict, facts: Facts) -> Truths:
    weights, first = facts.attend(text).weights, parameters.first
    return {"share": (on(weights, 0, first), _mistakes(weights, 0, first))}


def _front(parameters: Parameters, text: str, answer: dict, facts: Facts) -> Truths:
    front = fields.text(answer, "front")
    if not is_word(front):
        raise fields.FieldError(say("own.one_word", field="front"))
    whole = f"{front} {text}"
    refuse_long(whole, "text", parameters.max_pieces + 8, facts)
    weights = facts.attend(whole).weights
    behind = facts.n_pieces(front)  # the sentence's first word may be cut otherwise behind it
    first = parameters.first + behind
    new, old = on(weights, 0, first), on(weights, behind, first)
    return {
        "front_share": (new, [("swapped", [old]), *_mistakes(weights, 0, first)]),
        "left": (old, [("swapped", [new]), *_mistakes(weights, behind, first)]),
    }


def _blind(parameters: Parameters, text: str, answer: dict, facts: Facts) -> Truths:
    token, n = fields.whole(answer, "token"), facts.attend(text).n_tokens
    if not 2 <= token <= n - 3:
        raise fields.FieldError(say("sink.token", low=2, high=n - 3))
    plain = facts.attend(text).weights
    blind = np.asarray(facts.model.blinded(text, token))
    before, after = (on(weights, token, token + 1) for weights in (plain, blind))
    near = [
        ("other_token", [on(w, at, token + 1) for w in (plain, blind) for at in (0, token - 1)])
    ]
    return {
        "plain": (before, [("swapped", [after]), *near]),
        "blind": (after, [("swapped", [before]), *near, *_mistakes(blind, token, token + 1)]),
    }
