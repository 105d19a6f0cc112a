"""Two questions of one's own on a context of one's own: one minilm-qa answers, one it gets wrong.

::

    kind = "two_questions"
    not_these = ["{context}"]
    max_pieces = 160          # of a question and the context together

The answer: ``context``, ``right_question`` with the ``right_answer`` that the model gives too, and
``wrong_question`` with its ``wrong_answer``, what the context really says, and ``model_answer``,
what the model says instead ("" for no answer).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.errors import GraderError
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.given_texts import GivenTexts, read_given
from grader.questions.messages import say
from grader.questions.reading import Reading, agreement, letters, read, words_of

FIELDS = (
    "context",
    "right_question",
    "right_answer",
    "wrong_question",
    "wrong_answer",
    "model_answer",
)
LONGEST_CONTEXT, LONGEST_QUESTION = 700, 160
"""Characters."""
FEWEST_WORDS = 8
AGREES = 0.5
"""From this F1 on an answer counts as half right, and a question as not got wrong."""


@dataclass(frozen=True)
class Parameters:
    """What is not one's own, and how long it may be."""

    given: GivenTexts
    max_pieces: int


class TwoQuestions(Kind):
    """A question that the model answers, and one that it gets wrong."""

    name = "two_questions"
    hints = ("not_answered", "answered", "not_in_context", "in_question", "copied")
    stated = ("not_answered", "answered", "not_in_context", "in_question", "copied")
    max_bytes = 16 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return what the texts must not be, and how long they may be."""
        return Parameters(
            read_given(table, scope),
            int(table.number("max_pieces", 160, low=16, high=300)),
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the question answered, the question got wrong, and what the model says to it."""
        return ["right", "wrong", "said"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the model answers the one and not the other, and what it says."""
        answer = fields.mapping(value, FIELDS, facts)
        try:
            context = _text(answer, "context", LONGEST_CONTEXT)
            parameters.given.refuse(context, "context", facts)
            if len(words_of(context)) < FEWEST_WORDS:
                raise fields.FieldError(say("two.short", least=FEWEST_WORDS))
        except fields.FieldError as error:
            for name in self.criteria(parameters):
                yield failed(name, error.reason, error.hint)
            return
        for name, judged in (
            ("right", _judge_right),
            ("wrong", _judge_wrong),
            ("said", _judge_said),
        ):
            try:
                yield judged(answer, context, parameters, facts)
            except fields.FieldError as error:
                yield failed(name, error.reason, error.hint)


def _text(answer: dict, key: str, longest: int) -> str:
    text = fields.text(answer, key)
    if len(text) > longest or not text.isprintable():
        raise fields.FieldError(say("two.text", field=key, longest=longest))
    return text


def _read(answer: dict, key: str, context: str, parameters: Parameters, facts: Facts) -> Reading:
    question = _text(answer, key, LONGEST_QUESTION)
    if not question.endswith(("?", "\N{FULLWIDTH QUESTION MARK}")):
        raise fields.FieldError(say("two.no_question", field=key))
    try:
        pieces = len(facts.pieces(question, context))
    except GraderError:
        pieces = parameters.max_pieces + 1
    if pieces > parameters.max_pieces:
        raise fields.FieldError(say("two.long", most=parameters.max_pieces))
    return read(facts, question, context)


def _judge_right(answer: dict, context: str, parameters: Parameters, facts: Facts) -> Finding:
    wanted = _text(answer, "right_answer", LONGEST_QUESTION)
    found = _read(answer, "right_question", context, parameters, facts)
    if found.answer and found.answer == letters(wanted):
        return passed("right")
    return failed("right", say("two.not_answered"), "not_answered")


def _judge_wrong(answer: dict, context: str, parameters: Parameters, facts: Facts) -> Finding:
    wanted = _text(answer, "wrong_answer", LONGEST_QUESTION)
    question = _text(answer, "wrong_question", LONGEST_QUESTION)
    if not letters(wanted) or letters(wanted) not in letters(context):
        return failed("wrong", say("two.not_in_context"), "not_in_context")
    if letters(wanted) in letters(question):
        return failed("wrong", say("two.in_question"), "in_question")
    found = _read(answer, "wrong_question", context, parameters, facts)
    if agreement(words_of(wanted), found.words) < AGREES and found.answer != letters(wanted):
        return passed("wrong")
    return failed("wrong", say("two.answered"), "answered")


def _judge_said(answer: dict, context: str, parameters: Parameters, facts: Facts) -> Finding:
    said = answer.get("model_answer")
    if said is None:
        raise fields.FieldError(say("not_answered", field="model_answer"))
    said = fields.single(said)
    if not isinstance(said, str) or len(said) > LONGEST_CONTEXT:
        raise fields.FieldError(say("field.text", field="model_answer", got=fields.type_name(said)))
    found = _read(answer, "wrong_question", context, parameters, facts)
    if found.answer == letters(said):
        return passed("said")
    copied = letters(said) == letters(str(answer.get("wrong_answer") or ""))
    return failed("said", say("two.said"), "copied" if copied else None)
