"""Weight received beside real influence, on a sentence of one's own, with a cheap rival.

::

    kind = "influence"
    not_these = ["{sentence}"]
    fewest = 6               # words
    max_pieces = 24
    near = 0.03              # closer than this, either is "better"

The answer: ``text``, one word piece for each word; ``received`` and ``embedding``, the rank
correlation of the weight that each token gets (mean over layers, heads and queries) and of the
length of its embedding with the effect of leaving it out, special tokens left out; ``better``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.given_texts import GivenTexts, read_given
from grader.questions.kinds.judged import one_by_one
from grader.questions.kinds.own_text import look, read_text
from grader.questions.messages import say
from grader.questions.reading import words_of
from grader.ranks import rank_correlation

TOLERANCE = 0.02
"""Two tokens that change places move it by less; ranks of near equals may change places."""
RIVALS = ("received", "embedding")
PerToken = Float[np.ndarray, " token"]


@dataclass(frozen=True)
class Parameters:
    """What the sentence must have."""

    given: GivenTexts
    fewest: int
    max_pieces: int
    near: float


class Influence(Kind):
    """Two rank correlations on a sentence of one's own."""

    name = "influence"
    hints = ("with_special", "weight_given", "not_ranks", "last_layer", "swapped", "better")
    stated = ("better",)
    max_bytes = 8 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return what the sentence must have."""
        return Parameters(
            read_given(table, scope),
            int(table.number("fewest", 6, low=4, high=100)),
            int(table.number("max_pieces", 24, low=6, high=64)),
            table.number("near", low=0.0, high=1.0),
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return both correlations, and which is higher."""
        return [*RIVALS, "better"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return [*RIVALS]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the correlations are right, and which is higher."""
        answer = fields.mapping(value, ["text", *RIVALS, "better"], facts)
        try:
            text = read_text(answer, "text", "text")
            parameters.given.refuse(text, "text", facts)
            if len(words_of(text)) < parameters.fewest:
                raise fields.FieldError(say("two.short", least=parameters.fewest))
            look(text, "text", parameters.max_pieces, facts)
        except fields.FieldError as error:
            for name in self.criteria(parameters):
                yield failed(name, error.reason, error.hint)
            return
        effect = np.asarray(facts.model.leave_one_out(text), dtype=np.float64)
        truth = {
            "received": rank_correlation(_received(facts, text), effect),
            "embedding": rank_correlation(_lengths(facts, text), effect),
        }
        about = (answer, truth, text, effect, facts)
        judged = {name: partial(_judge_number, name, *about) for name in RIVALS}
        judged["better"] = partial(_judge_better, answer, truth, parameters.near)
        yield from one_by_one(judged)


def _received(facts: Facts, text: str) -> PerToken:
    return facts.attend(text).weights.mean(axis=(0, 1, 2), dtype=np.float64)[1:-1]


def _lengths(facts: Facts, text: str) -> PerToken:
    return np.linalg.norm(facts.model.embedding(text).astype(np.float64), axis=-1)[1:-1]


def _judge_number(
    name: str, answer: dict, truth: dict, text: str, effect: PerToken, facts: Facts
) -> Finding:
    got = fields.number(answer, name)
    told = {"tolerance": TOLERANCE, "why": say("tolerance.ranks")}
    if fields.close(got, truth[name], TOLERANCE):
        return passed(name, "number.right", got=got, **told)
    mistakes = [("swapped", [v for other, v in truth.items() if other != name])]
    plain = _received(facts, text) if name == "received" else _lengths(facts, text)
    if plain.std() and effect.std():
        mistakes.append(("not_ranks", [float(np.corrcoef(plain, effect)[0, 1])]))
    if name == "received":
        weights = facts.attend(text).weights
        whole = weights.mean(axis=(0, 1, 2))
        padded = np.concatenate([[0.0], effect, [0.0]])
        mistakes += [
            ("last_layer", [rank_correlation(weights[-1].mean(axis=(0, 1))[1:-1], effect)]),
            (
                "weight_given",
                [rank_correlation(weights.max(axis=-1).mean(axis=(0, 1))[1:-1], effect)],
            ),
            ("with_special", [rank_correlation(whole, padded)]),
        ]
    hint = diagnosis.recognise(got, truth[name], mistakes, 1e-3, asked=2)
    return failed(name, say("number.wrong", got=got, **told), hint)


def _judge_better(answer: dict, truth: dict, near: float) -> Finding:
    got = fields.option(answer, "better", RIVALS)
    if abs(truth["received"] - truth["embedding"]) < near:
        return passed("better", "either", near=near)
    if got == max(truth, key=truth.__getitem__):
        return passed("better")
    return failed("better", say("largest.wrong", got=got), "better")
