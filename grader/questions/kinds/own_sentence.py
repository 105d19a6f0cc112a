"""A sentence of the student's own that has a property, worked out again on that very sentence.

::

    kind = "own_sentence"
    words = ["pronoun", "right", "wrong"]      # named words; each stands in the sentence once
    last = "pronoun"                           # the other words stand before this one
    neighbours = ["query", "next"]             # the second stands right after the first
    holds = ["{preposition}"]                  # words that must stand in it, once
    not_these = ["{sentence}"]
    head = {layer = 3, head = 1}               # without it the answer names the head

    [question.NAME.measure.to_wrong]           # {text} and the named words may stand here
    weight = {text = "{text}", query = "{pronoun}", key = "{wrong}"}
    [question.NAME.property.decoy]
    of = "to_wrong"
    against = "to_right"                       # may be left out
    at_least = 0.05
    half_at = 0.01                             # or only: at_most = 0.2
    [question.NAME.property.pieces]            # the answer's `pieces` lists them
    pieces_of = "rare"
    at_least = 3

The answer is flat: ``text``, each named word, ``layer`` and ``head``, the number of each measure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.attention import Attention, HeadId
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from grader.questions.kinds.base import Finding, Kind, Scope, failed, passed, row_of
from grader.questions.kinds.given_texts import GivenTexts, read_given
from grader.questions.kinds.head import NOISE
from grader.questions.kinds.misnamed import one_before
from grader.questions.kinds.own_text import (
    is_word,
    look,
    place,
    read_text,
    sentence_first,
)
from grader.questions.kinds.tokens import pieces_of
from grader.questions.kinds.weights import LEAST, Mistakes, judge_values
from grader.questions.measures import (
    MEASURE_MISTAKES,
    Measure,
    read_measure_name,
    read_measures,
)
from grader.questions.messages import say
from grader.questions.shown import Shown


@dataclass(frozen=True)
class Property:
    """What the sentence must show: a number of a head, or a word in many pieces."""

    of: str
    against: str | None
    pieces_of: str | None
    at_least: float
    half_at: float
    at_most: float | None = None


@dataclass(frozen=True)
class Parameters:
    """What the sentence must have and show."""

    words: tuple[str, ...]
    last: str | None
    neighbours: tuple[str, ...]
    holds: tuple[str, ...]
    given: GivenTexts
    max_pieces: int
    head: HeadId | None
    measures: dict[str, Measure]
    properties: dict[str, Property]

    @property
    def names_head(self) -> bool:
        """Whether the answer says which head."""
        return bool(self.measures) and self.head is None


class OwnSentence(Kind):
    """One sentence with a property, and the numbers that show it."""

    name = "own_sentence"
    hints = (
        *MEASURE_MISTAKES,
        "property",
        "swapped",
        "other_head",
        "counted_from_one",
        "percent",
        "no_marks",
        "few_pieces",
    )
    stated = ("property", "few_pieces", "no_marks")
    max_bytes = 16 * 1024

    def read(self, table: Table, scope: Scope) -> Parameters:
        """Return the named words, the measures and the properties."""
        words = tuple(table.texts("words")) if table.has("words") else ()
        known = {*scope.words, "text", *words}
        measures = read_measures(table, known)
        properties = {
            name: _read_property(below, words, measures)
            for name, below in table.tables("property").items()
        }
        return Parameters(
            words=words,
            last=table.choice("last", words, None) or None,
            neighbours=_read_neighbours(table, words),
            holds=table.templates("holds", scope.words, needed=False),
            given=read_given(table, scope, needed=False),
            max_pieces=int(table.number("max_pieces", 64, low=4, high=510)),
            head=_read_head(table) if table.has("head") else None,
            measures=measures,
            properties=properties,
        )

    def criteria(self, parameters: Parameters) -> list[str]:
        """Return the sentence, its properties, and the numbers if there are any."""
        return ["sentence", *parameters.properties, *(["numbers"] if parameters.measures else [])]

    def shows(self, parameters: Parameters, value: Any, facts: Facts) -> Shown | None:
        """Return the row that the first measure speaks of, in the student's sentence."""
        _, words = _sentence(parameters, value, facts)
        own = facts.with_words(words, parameters.measures)
        first, *others = parameters.measures.values()
        head = parameters.head or fields.head_id(value, own.measure(next(iter(own.measures))).shape)
        return row_of(first, head, own, *others)

    def together(self, parameters: Any) -> list[str]:
        """Return what rests on numbers, which a loop could find one by one."""
        return ["numbers"]

    def judge(self, parameters: Parameters, value: Any, facts: Facts) -> Iterable[Finding]:
        """Yield whether the sentence is as asked, what it shows, and the numbers."""
        lists = [name for name, p in parameters.properties.items() if p.pieces_of]
        known = ["text", *parameters.words, *(["layer", "head"] if parameters.names_head else [])]
        answer = fields.mapping(value, [*known, *parameters.measures, *lists], facts)
        try:
            attention, words = _sentence(parameters, answer, facts)
            head = parameters.head
            if parameters.names_head:
                head = fields.head_id(answer, attention.weights.shape[:2])
        except fields.FieldError as error:
            yield failed("sentence", error.reason, error.hint)
            yield from sentence_first(self.criteria(parameters)[1:])
            return
        yield passed("sentence")
        own = facts.with_words(words, parameters.measures)
        for name, wanted in parameters.properties.items():
            if wanted.pieces_of:
                yield _judge_pieces(name, wanted, answer, attention, words[wanted.pieces_of])
            elif head is not None:
                yield _judge_property(name, wanted, own, head)
        if parameters.measures and head is not None:
            yield _judge_numbers(parameters, answer, own, head)


def _sentence(
    parameters: Parameters, answer: dict, facts: Facts
) -> tuple[Attention, dict[str, str]]:
    """Return the attention on the sentence, and its named words.

    Raises:
        FieldError: the sentence is not as asked.
    """
    text = read_text(answer, "text", "text")
    parameters.given.refuse(text, "text", facts)
    merged = look(text, "text", parameters.max_pieces, facts)
    words, places = {"text": text}, {}
    for name in parameters.words:
        word = fields.text(answer, name)
        if not is_word(word):
            raise fields.FieldError(say("own.word", field=name))
        words[name] = word
        places[name] = place(merged, word, "text")
    if len(set(places.values())) < len(places):
        raise fields.FieldError(say("own.different", words=list(parameters.words)))
    for word in parameters.holds:
        place(merged, facts.fill(word), "text")
    if parameters.neighbours:
        first, second = (places[name] for name in parameters.neighbours)
        if second != first + 1:
            told = {"first": words[parameters.neighbours[0]]}
            raise fields.FieldError(
                say("own.neighbours", second=words[parameters.neighbours[1]], **told)
            )
    if parameters.last and places[parameters.last] < max(places.values()):
        raise fields.FieldError(say("own.before", last=words[parameters.last]))
    return facts.attend(text), words


def _judge_property(name: str, wanted: Property, own: Facts, head: HeadId) -> Finding:
    found = float(own.measure(wanted.of)[head])
    if wanted.against:
        found -= float(own.measure(wanted.against)[head])
    if wanted.at_most is not None:
        if found <= wanted.at_most + NOISE:
            return passed(name, "own.shows", head=str(head))
        return failed(name, say("own.not", head=str(head)), "property")
    if found >= wanted.at_least - NOISE:
        return passed(name, "own.shows", head=str(head))
    share = 0.5 if found >= wanted.half_at - NOISE and wanted.half_at < wanted.at_least else 0.0
    return failed(name, say("own.not", head=str(head)), "property", share)


def _judge_pieces(
    name: str, wanted: Property, answer: dict, attention: Attention, word: str
) -> Finding:
    pieces = pieces_of(attention, word)
    if len(pieces) < wanted.at_least:
        reason = say("own.few_pieces", word=word, least=int(wanted.at_least))
        return failed(name, reason, ("few_pieces", "property"))
    given = answer.get(name)
    given = fields.as_list(given)
    if isinstance(given, list) and all(isinstance(piece, str) for piece in given):
        given = [fields.tidy(piece) for piece in given]
    if given == pieces:
        return passed(name)
    bare = [piece.removeprefix("##") for piece in pieces]
    hint = "no_marks" if given == bare else None
    return failed(name, say("own.pieces", field=name), hint, share=0.5)


def _judge_numbers(parameters: Parameters, answer: dict, own: Facts, head: HeadId) -> Finding:
    truth = {name: float(own.measure(name)[head]) for name in parameters.measures}
    if max(abs(number) for number in truth.values()) < LEAST:
        return failed("numbers", say("claim.nothing", head=str(head), least=LEAST))

    def share(right: list[float]) -> float:
        return sum(abs(number) >= LEAST for number in right) / len(truth)

    return judge_values(
        "numbers",
        answer,
        truth,
        head,
        truth.__getitem__,
        lambda name: _mistakes(name, truth, own, head),
        share,
    )


def _mistakes(name: str, truth: dict, own: Facts, head: HeadId) -> Mistakes:
    values = own.measure(name)
    return [
        ("swapped", [number for other, number in truth.items() if other != name]),
        *((h, [float(w[head]) for w in wrong]) for h, wrong in own.mistakes(name).items()),
        ("percent", [100 * truth[name]]),
        ("counted_from_one", one_before(values, head)),
        ("other_head", [float(v) for v in values.reshape(-1)]),
    ]


def _read_property(table: Table, words: tuple[str, ...], measures: dict) -> Property:
    pieces = table.choice("pieces_of", words, None) or None
    of = against = ""
    if pieces is None:
        of = read_measure_name(table, "of", measures)
        against = read_measure_name(table, "against", measures) if table.has("against") else ""
    most = None
    if table.has("at_most"):
        least = most = table.number("at_most", low=-1.0, high=1.0)
    else:
        least = table.number("at_least", low=-1.0, high=100.0)
    half = table.number("half_at", least)
    found = Property(of, against or None, pieces, least, half, most)
    table.finish()
    return found


def _read_neighbours(table: Table, words: tuple[str, ...]) -> tuple[str, ...]:
    if not table.has("neighbours"):
        return ()
    found = tuple(table.texts("neighbours"))
    if len(found) != 2 or not set(found) <= set(words):
        table.problem(
            f"'neighbours' in [{table.name}] needs two of the named words; "
            'write neighbours = ["query", "next"].',
            "neighbours",
        )
        return ()
    return found


def _read_head(table: Table) -> HeadId:
    below = table.table("head")
    found = HeadId(
        layer=int(below.number("layer", low=0, high=1000)),
        head=int(below.number("head", low=0, high=1000)),
    )
    below.finish()
    return found
