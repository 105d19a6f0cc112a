"""A sentence of one's own on which a head is wrong, because grammar settles what is right.

The head is one that the student's own variant makes look good: there it prefers ``of`` to
``against``. In the new sentence number decides what the pronoun stands for (*it*: the right noun is
singular, the wrong one plural; *they*: the other way round), and the head gives more to the wrong
one::

    kind = "counterexample"
    of = "living"
    against = "thing"
    at_least = 0.2           # of - against, in the student's variant
    leads_by = 0.1           # wrong - right, in the new sentence
    not_these = ["{sentence}"]
    max_pieces = 40
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.attention import Attention, HeadId
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.given_texts import GivenTexts, read_given
from grader.questions.kinds.head import NOISE
from grader.questions.kinds.own_text import (
    is_word,
    look,
    place,
    read_text,
    sentence_first,
    weight_mistakes,
)
from grader.questions.kinds.weights import LEAST, Mistakes, half, judge_values
from grader.questions.measures import read_measure_name
from grader.questions.messages import say

PRONOUNS = ("it", "they")
FIELDS = ("layer", "head", "text", "pronoun", "right", "wrong", "weight_right", "weight_wrong")
WITHOUT_S = frozenset({"men", "women", "children", "people", "mice", "geese", "teeth", "police"})
"""Plurals that do not end in s, as far as they are likely."""
SINGULAR_S = ("ss", "us", "is")
"""Ends of words that are no plurals."""


@dataclass(frozen=True)
class Parameters:
    """Which head, and how far it must be wrong."""

    of: str
    against: str
    at_least: float
    leads_by: float
    given: GivenTexts
    max_pieces: int


class Counterexample(Kind):
    """A sentence of one's own that fools a head."""

    name = "counterexample"
    hints = (
        "number",
        "not_fooled",
        "swapped",
        "transposed",
        "off_by_one",
        "special_token",
        "percent",
    )
    stated = ("number", "not_fooled")
    max_bytes = 8 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return which head counts and how far it must be wrong."""
        return Parameters(
            of=read_measure_name(table, "of", scope.measures),
            against=read_measure_name(table, "against", scope.measures),
            at_least=table.number("at_least", low=0.0, high=1.0),
            leads_by=table.number("leads_by", low=0.0, high=1.0),
            given=read_given(table, scope),
            max_pieces=int(table.number("max_pieces", 64, low=4, high=510)),
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the sentence, whether it fools the head, and the weights."""
        return ["sentence", "fooled", "weights"]

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["weights"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether number decides, whether the head is wrong, and its two weights."""
        answer = fields.mapping(value, FIELDS, facts)
        try:
            sentence = _Sentence(answer, parameters, facts)
        except fields.FieldError as error:
            yield failed("sentence", error.reason, error.hint)
            yield from sentence_first(self.criteria(parameters)[1:])
            return
        yield passed("sentence")
        try:
            shape = facts.measure(parameters.of).shape
            head = fields.head_id(answer, shape)
        except fields.FieldError as error:
            yield failed("fooled", error.reason)
            yield failed("weights", error.reason)
            return
        yield _judge_fooled(parameters, sentence, head, facts)
        yield _judge_weights(answer, sentence, head)


class _Sentence:
    """The sentence, its attention, and where pronoun and nouns stand."""

    def __init__(self, answer: dict, parameters: Parameters, facts: Facts):
        text = read_text(answer, "text", "text")
        parameters.given.refuse(text, "text", facts)
        pronoun = fields.option(answer, "pronoun", PRONOUNS)
        right, wrong = (_noun(answer, key) for key in ("right", "wrong"))
        self.attention: Attention = look(text, "text", parameters.max_pieces, facts)
        self.query, self.right, self.wrong = (
            place(self.attention, word, "text") for word in (pronoun, right, wrong)
        )
        if max(self.right, self.wrong) > self.query:
            raise fields.FieldError(say("sentence.before", field="text", query=pronoun))
        if (_plural(right), _plural(wrong)) != (pronoun == "they", pronoun == "it"):
            reason = say("counterexample.number", pronoun=pronoun, right=right, wrong=wrong)
            raise fields.FieldError(reason, "number")


def _noun(answer: dict, key: str) -> str:
    word = fields.text(answer, key)
    if not is_word(word):
        raise fields.FieldError(say("counterexample.word", field=key))
    return word


def _plural(word: str) -> bool:
    word = word.lower()
    return word in WITHOUT_S or (word.endswith("s") and not word.endswith(SINGULAR_S))


def _judge_fooled(
    parameters: Parameters, sentence: _Sentence, head: HeadId, facts: Facts
) -> Finding:
    lean = float((facts.measure(parameters.of) - facts.measure(parameters.against))[head])
    if lean < parameters.at_least - NOISE:
        return failed(
            "fooled", say("counterexample.head", head=str(head), at_least=parameters.at_least)
        )
    row = sentence.attention.pattern(head)[sentence.query]
    if row[sentence.wrong] - row[sentence.right] < parameters.leads_by - NOISE:
        reason = say("counterexample.not_fooled", head=str(head), leads_by=parameters.leads_by)
        return failed("fooled", reason, "not_fooled")
    return passed("fooled", "counterexample.fooled", head=str(head))


def _judge_weights(answer: dict, sentence: _Sentence, head: HeadId) -> Finding:
    pattern = sentence.attention.pattern(head)
    keys = {"weight_right": sentence.right, "weight_wrong": sentence.wrong}
    truth = {name: float(pattern[sentence.query, key]) for name, key in keys.items()}
    if max(truth.values()) < LEAST:
        return failed("weights", say("weight.nothing", head=str(head), least=LEAST))

    def mistakes(name: str) -> Mistakes:
        key = keys[name]
        return weight_mistakes(pattern, sentence.query, key, sum(keys.values()) - key)

    return judge_values("weights", answer, keys, head, truth.__getitem__, mistakes, half)
