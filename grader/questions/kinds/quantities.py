"""Numbers about a whole model, made of the measures of an exercise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from grader.attention import HeadId
from grader.heads import is_special
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds.base import Scope
from grader.questions.kinds.misnamed import misnamed
from grader.questions.kinds.tokens import pieces_of
from grader.questions.kinds.truths import Truth, read_truth
from grader.questions.measures import read_measure_name
from grader.questions.references import REFERENCE_MISTAKES


@runtime_checkable
class Quantity(Protocol):
    """A number about the model."""

    def value(self, facts: Facts) -> float:
        """Return the right number."""

    def mistakes(self, facts: Facts) -> list[tuple[str, list[float]]]:
        """Return the numbers that known mistakes lead to: hint, wrong values."""


@dataclass(frozen=True)
class Mean:
    """The mean of a measure over all heads of all layers."""

    measure: str

    def value(self, facts: Facts) -> float:
        """Return the mean over all heads."""
        return float(facts.measure(self.measure).mean())

    def mistakes(self, facts: Facts) -> list[tuple[str, list[float]]]:
        """Return means over another cell, over too few heads, and sums."""
        right = facts.measure(self.measure)
        others = [
            (hint, [float(m.mean()) for m in cells])
            for hint, cells in facts.mistakes(self.measure).items()
        ]
        swapped = [
            float(facts.measure(name).mean()) for name in facts.measures if name != self.measure
        ]
        return [
            *others,
            ("swapped", swapped),
            ("one_layer", [float(layer.mean()) for layer in right]),
            ("one_head", [float(v) for v in right.reshape(-1)]),
            ("not_a_mean", [float(right.sum()), 100 * self.value(facts), float(right.max())]),
        ]


@dataclass(frozen=True)
class ShareOfHeads:
    """The part of all heads, 0..1, in which one measure is above another."""

    measure: str
    above: str

    def value(self, facts: Facts) -> float:
        """Return the share of heads."""
        return float((facts.measure(self.measure) > facts.measure(self.above)).mean())

    def mistakes(self, facts: Facts) -> list[tuple[str, list[float]]]:
        """Return the share the other way round, and the count."""
        share = self.value(facts)
        return [
            ("swapped", [1 - share]),
            ("not_a_share", [share * facts.measure(self.measure).size, 100 * share]),
        ]


@dataclass(frozen=True)
class OfHead:
    """A measure of one head that the author names: ``{measure = "noun", layer = 5, head = 8}``."""

    measure: str
    head: HeadId

    def value(self, facts: Facts) -> float:
        """Return the head's number."""
        return float(facts.measure(self.measure)[self.head])

    def mistakes(self, facts: Facts) -> list[tuple[str, list[float]]]:
        """Return other cells of the head, other heads, other measures."""
        values = facts.measure(self.measure)
        return [
            *(
                (hint, [float(cell[self.head]) for cell in cells])
                for hint, cells in facts.mistakes(self.measure).items()
            ),
            *((hint, [float(values[o])]) for hint, o in misnamed(self.head, values.shape)),
            ("swapped", [float(facts.measure(n)[self.head]) for n in facts.measures]),
            ("percent", [100 * self.value(facts)]),
        ]


@dataclass(frozen=True)
class TokenCount:
    """How many tokens the model reads of a text, or of one word of it."""

    text: str
    word: str | None

    def value(self, facts: Facts) -> float:
        """Return the count."""
        attention = facts.attend(facts.fill(self.text))
        if self.word is None:
            return float(attention.n_tokens)
        return float(len(pieces_of(attention, facts.fill(self.word))))

    def mistakes(self, facts: Facts) -> list[tuple[str, list[float]]]:
        """Return the counts of words, and without special tokens."""
        attention = facts.attend(facts.fill(self.text))
        special = sum(is_special(token) for token in attention.tokens)
        words = len(attention.words)
        if self.word is not None:
            return [("words", [1.0]), ("characters", [float(len(facts.fill(self.word)))])]
        return [
            ("few_tokens", [attention.n_tokens - special, attention.n_tokens - 1.0]),
            ("words", [words, words - special, float(len(facts.fill(self.text).split()))]),
            ("characters", [float(len(facts.fill(self.text)))]),
        ]


@dataclass(frozen=True)
class Element:
    """One number of an array: ``{of = {scores = {...}}, at = ["it", "cat"]}``."""

    of: Truth
    at: tuple[int | str, ...]
    text: str | None

    def value(self, facts: Facts) -> float:
        """Return the number at these places; a word stands for its position in ``text``."""
        return float(np.asarray(self.of.value(facts))[self._places(facts)])

    def mistakes(self, facts: Facts) -> list[tuple[str, list[float]]]:
        """Return the same place in wrong arrays, the place turned round, its neighbours."""
        places = self._places(facts)
        truth = np.asarray(self.of.value(facts))
        found = [
            (hint, [float(wrong[places])])
            for hint, wrong in self.of.mistakes(facts)
            if wrong.ndim == truth.ndim
            and all(p < n for p, n in zip(places, wrong.shape, strict=True))
        ]
        near = [(*places[:-1], places[-1] + d) for d in (-1, 1)]
        if len(places) == 2:
            near += [(places[0] + d, places[1]) for d in (-1, 1)]
            near += [(places[0] + d, places[1] + d) for d in (-1, 1)]
            if all(p < n for p, n in zip(places[::-1], truth.shape, strict=True)):
                found.append(("transposed", [float(truth[places[::-1]])]))
        inside = [p for p in near if all(0 <= i < n for i, n in zip(p, truth.shape, strict=True))]
        return [
            *found,
            ("off_by_one", [float(truth[p]) for p in inside]),
            ("percent", [100 * float(truth[places])]),
        ]

    def _places(self, facts: Facts) -> tuple[int, ...]:
        if self.text is None:
            return tuple(int(p) for p in self.at)
        attention = facts.attend(facts.fill(self.text))
        return tuple(
            attention.position(facts.fill(p)) if isinstance(p, str) else int(p) for p in self.at
        )


def _read_of_head(table: Table, scope: Scope) -> OfHead:
    below = table.table("of_head")
    found = OfHead(
        read_measure_name(below, "measure", scope.measures),
        HeadId(
            layer=int(below.number("layer", low=0, high=1000)),
            head=int(below.number("head", low=0, high=1000)),
        ),
    )
    below.finish()
    return found


def _read_tokens(table: Table, scope: Scope) -> TokenCount:
    below = table.table("tokens")
    word = below.template("word", scope.words, None) or None
    found = TokenCount(below.template("text", scope.words), word)
    below.finish()
    return found


def _read_element(table: Table, scope: Scope) -> Element:
    below = table.table("element")
    at = below.value("at", (list,), "[0, 1]") or []
    text = below.template("text", scope.words, None) or None
    of = read_truth(below, scope)
    if len(at) != len(of.axes) or not all(type(p) in (int, str) for p in at):
        below.problem(f"'at' needs a place on each of: {', '.join(of.axes)}.", "at")
    if text is None and any(isinstance(p, str) for p in at):
        below.problem("words in 'at' need the text they stand in; add text = \"...\".", "at")
    for place in at:
        if isinstance(place, str):
            below.check_places(place, scope.words, "at")
    below.finish()
    return Element(of, tuple(at), text)


def _read_mean(table: Table, scope: Scope) -> Mean:
    return Mean(read_measure_name(table, "mean", scope.measures))


def _read_share(table: Table, scope: Scope) -> ShareOfHeads:
    return ShareOfHeads(
        read_measure_name(table, "share_of_heads", scope.measures),
        read_measure_name(table, "above", scope.measures),
    )


QUANTITIES: dict[str, Callable[[Table, Scope], Quantity]] = {
    "mean": _read_mean,
    "share_of_heads": _read_share,
    "of_head": _read_of_head,
    "tokens": _read_tokens,
    "element": _read_element,
}
"""What a number can be: the key that names it in its table, and who reads the table."""

QUANTITY_MISTAKES = (
    "transposed",
    "off_by_one",
    "special_token",
    "swapped",
    "one_layer",
    "one_head",
    "not_a_mean",
    "not_a_share",
    "counted_from_one",
    "swapped_numbers",
    "percent",
    "few_tokens",
    "words",
    "characters",
    "one_sentence",
    "one_piece",
    "weight_alone",
    *REFERENCE_MISTAKES,
)


def read_quantity(table: Table, scope: Scope) -> Quantity:
    """Return the quantity that a table such as ``{mean = "noun"}`` says."""
    of = [key for key in table.data if key in QUANTITIES]
    if len(of) != 1:
        table.problem(f"[{table.name}] must say one quantity; known are: {', '.join(QUANTITIES)}.")
        return Mean("")
    quantity = QUANTITIES[of[0]](table, scope)
    table.finish()
    return quantity


def largest(named: dict[str, float]) -> str:
    """Return the name of the largest number."""
    return max(named, key=lambda name: np.float64(named[name]))
