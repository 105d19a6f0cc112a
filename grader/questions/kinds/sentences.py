"""Sentences of the student's own, with the weights of a head in them, worked out again."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.attention import HeadId
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed
from grader.questions.kinds.given_texts import GivenTexts, read_given, spellings
from grader.questions.kinds.own_text import (
    is_word,
    look,
    place,
    read_text,
    weight_mistakes,
)
from grader.questions.kinds.weights import LEAST, half, wrong_weight
from grader.questions.messages import say
from grader.questions.outcome import Refusal
from grader.questions.shown import Shown

SIDES = ("same side", "changes side")
"""Whether the head prefers the first word in both sentences, or changes over."""


@dataclass(frozen=True)
class Parameters:
    """What the sentences must have."""

    sentences: tuple[str, ...]
    query: str
    given: GivenTexts
    max_pieces: int
    near: float


class Sentences(Kind):
    """Two sentences of one's own, a head, two words in each, and what changes."""

    name = "sentences"
    hints = ("swapped", "transposed", "off_by_one", "special_token", "percent", "sides")
    stated = ("sides",)
    max_bytes = 16 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the names of the sentences and what each must have."""
        sentences = table.texts("sentences")
        if len(sentences) != 2:
            table.problem(
                f"'sentences' in [{table.name}] needs two names; "
                'write sentences = ["first", "second"].',
                "sentences",
            )
        return Parameters(
            tuple(sentences),
            table.template("query", scope.words),
            read_given(table, scope, needed=False),
            int(table.number("max_pieces", 64, low=4, high=510)),
            table.number("near", low=0.0, high=1.0),
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return a criterion for each sentence's weights, and sides."""
        return [*parameters.sentences, "sides"]

    def shows(self, parameters: Parameters, value: Any, facts: Facts) -> Shown | None:
        """Return the row of the head named in the first sentence that is as asked."""
        sentence = _Sentence(value, parameters.sentences[0], parameters, facts)
        head = fields.head_id(value, sentence.attention.weights.shape[:2])
        keys = tuple(sentence.value["words"])
        return Shown(sentence.text, head, facts.fill(parameters.query), keys)

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return [*parameters.sentences]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether each sentence's weights are right, and the sides."""
        answer = fields.mapping(value, ["layer", "head", *parameters.sentences, "sides"], facts)
        read = {}
        problems = {}
        seen: set[str] = set()
        for name in parameters.sentences:
            try:
                read[name] = _Sentence(answer, name, parameters, facts)
                if seen & (mine := spellings(read[name].text, facts)):
                    raise fields.FieldError(say("sentence.twice", field=name))
                seen |= mine
            except fields.FieldError as error:
                read.pop(name, None)
                problems[name] = error.reason
        head, reason = None, None
        try:
            shape = next((s.attention.weights.shape[:2] for s in read.values()), (2**31, 2**31))
            head = fields.head_id(answer, shape)
        except fields.FieldError as error:
            reason = error.reason
        for name in parameters.sentences:
            if name in problems:
                yield failed(name, problems[name])
            elif reason is not None:
                yield failed(name, reason)
            elif head is not None:
                yield _judge_weights(name, read[name], head)
        yield _judge_sides(parameters, answer, read, head, reason)


class _Sentence:
    """One sentence of an answer: its text, its words, its attention."""

    def __init__(self, answer: dict, name: str, parameters: Parameters, facts: Facts):
        known = ["text", "words", "weights"]
        value = answer.get(name)
        if value is None:
            raise fields.FieldError(say("not_answered", field=name))
        try:
            value = fields.mapping(value, known, facts)
        except Refusal:
            raise fields.FieldError(say("sentence.form", field=name, known=known)) from None
        self.text = read_text(value, "text", name)
        parameters.given.refuse(self.text, name, facts)
        words = fields.as_list(value.get("words"))
        words = [fields.single(word) for word in words] if isinstance(words, list) else words
        if isinstance(words, list) and all(isinstance(word, str) for word in words):
            words = [fields.tidy(word) for word in words]
        self.value = value | {"words": words}
        if not (
            isinstance(words, list)
            and len(words) == 2
            and all(isinstance(w, str) and is_word(w) for w in words)
            and words[0].lower() != words[1].lower()
        ):
            raise fields.FieldError(say("sentence.words", field=name))
        self.attention = look(self.text, name, parameters.max_pieces, facts)
        self.query = place(self.attention, facts.fill(parameters.query), name)
        self.keys = [place(self.attention, word, name) for word in words]
        if max(self.keys) > self.query:
            raise fields.FieldError(
                say("sentence.before", field=name, query=facts.fill(parameters.query))
            )

    def weights(self, head: HeadId) -> list[float]:
        """Return the weights from the query to each of the two words."""
        return [float(self.attention.pattern(head)[self.query, key]) for key in self.keys]

    def given(self) -> list[float]:
        """Return the two weights that the answer gives."""
        found = self.value.get("weights")
        if found is None:
            raise fields.FieldError(say("not_answered", field="weights"))
        words = self.value["words"]
        if isinstance(found, dict) and set(found) == set(words):
            found = [found[word] for word in words]
        found = fields.as_list(found)
        if not isinstance(found, list) or len(found) != 2:
            raise fields.FieldError(say("sentence.weights"))
        return [fields.number({"weights": w}, "weights") for w in found]


def _judge_weights(name: str, sentence: _Sentence, head: HeadId) -> Finding:
    try:
        given = sentence.given()
    except fields.FieldError as error:
        return failed(name, error.reason)
    truth = sentence.weights(head)
    if max(truth) < LEAST:
        elsewhere = sentence.attention.pattern(head)[sentence.query, 0] > 0.5
        reason = say("weight.nothing", head=str(head), least=LEAST)
        return failed(name, reason, "special_token" if elsewhere else None)
    right = [fields.close(g, t, fields.ROUNDED) for g, t in zip(given, truth, strict=True)]
    if all(right):
        return passed(name, "weight.right", head=str(head))
    wrong = right.index(False)
    reason = wrong_weight(str(sentence.value["words"][wrong]), given[wrong], head)
    keys = sentence.keys
    pattern = sentence.attention.pattern(head)
    mistakes = weight_mistakes(pattern, sentence.query, keys[wrong], keys[1 - wrong])
    hint = diagnosis.recognise(given[wrong], truth[wrong], mistakes, fields.ROUNDED, asked=4)
    share = half(t for r, t in zip(right, truth, strict=True) if r)
    return failed(name, reason, hint, share=share)


def _judge_sides(parameters: Parameters, answer: dict, read: dict, head, reason) -> Finding:
    try:
        got = fields.option(answer, "sides", SIDES)
    except fields.FieldError as error:
        return failed("sides", error.reason)
    if len(read) != len(parameters.sentences):
        return failed("sides", say("sides.sentences_first"))
    if head is None:
        return failed("sides", reason)
    first, second = (s.weights(head) for s in read.values())
    apart = [first[0] - first[1], second[0] - second[1]]
    if min(abs(d) for d in apart) < parameters.near:
        return passed("sides", "either", near=parameters.near)
    if (got == "same side") == (apart[0] * apart[1] > 0):
        return passed("sides")
    return failed("sides", say("sides.wrong", got=got), "sides")
