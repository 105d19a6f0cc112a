"""Measures that an exercise names: each gives one number for every head of the model.

An author writes ``[measure.noun]`` with ``weight = {text = "{sentence}", query = "{preposition}",
key = "{noun}"}``; the questions then speak of ``noun``.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from grader.questions.authoring import Table, nearest
from grader.questions.behaviours import (
    BEHAVIOURS,
    OnText,
    read_behaviour,
    read_induction,
    read_value_norm,
)
from grader.questions.facts import Facts
from grader.questions.pair_measures import read_pair_weight, read_reader_weight

PerHead = Float[np.ndarray, "layer head"]


@runtime_checkable
class Measure(Protocol):
    """A number for every head."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The single texts that it is taken on; ``{places}`` hold words of the variants."""

    def values(self, facts: Facts) -> PerHead:
        """Return the right values."""

    def mistakes(self, facts: Facts) -> dict[str, list[PerHead]]:
        """Return the values that known mistakes lead to, by hint."""


@dataclass(frozen=True)
class Weight(OnText):
    """The weight from one word to another, words merged from their pieces."""

    query: str
    key: str

    def values(self, facts: Facts) -> PerHead:
        """Return the weight from the word `query` to the word `key`."""
        attention = facts.attend(facts.fill(self.text))
        return attention.between(facts.fill(self.query), facts.fill(self.key))

    def mistakes(self, facts: Facts) -> dict[str, list[PerHead]]:
        """Return the weights of other cells that are read by mistake.

        [CLS] comes before its neighbour's being off by one: the surer guess first.
        """
        merged = facts.attend(facts.fill(self.text)).merge_words()
        row = merged.position(facts.fill(self.query))
        column = merged.position(facts.fill(self.key))
        weights, last = merged.weights, merged.n_tokens - 1
        pieces = self._pieces(row, column, facts)
        near = [(-1, -1), (1, 1), (0, -1), (0, 1), (-1, 0), (1, 0)]
        shifted = [(row + a, column + b) for a, b in near]
        return {
            "one_piece": pieces,
            "transposed": [weights[:, :, column, row]],
            "special_token": [
                weights[:, :, row, 0],
                weights[:, :, row, last],
                weights[:, :, 0, column],
                weights[:, :, last, column],
            ],
            "off_by_one": [
                weights[:, :, q, k] for q, k in shifted if 0 <= q <= last and 0 <= k <= last
            ],
        }

    def _pieces(self, row: int, column: int, facts: Facts) -> list[PerHead]:
        """Return the weights between single pieces, where a word has several, and their mean."""
        attention = facts.attend(facts.fill(self.text))
        rows, columns = (
            [i for i, word in enumerate(attention.word_of) if word == place]
            for place in (row, column)
        )
        if len(rows) == len(columns) == 1:
            return []
        block = attention.weights[:, :, rows][..., columns]
        single = [block[:, :, i, j] for i in range(len(rows)) for j in range(len(columns))]
        return [*single, block.mean(axis=(2, 3)), block.sum(axis=(2, 3))]


MEASURE_MISTAKES = (
    "one_piece",
    "transposed",
    "off_by_one",
    "special_token",
    "one_sentence",
    "weight_alone",
    "not_a_share",
    "same_token",
    "every_query",
    "previous",
)
"""The mistakes that the wrong number of a head can be recognised by."""


def _read_weight(table: Table, words: Collection[str]) -> Weight:
    return Weight(
        text=table.template("text", words),
        query=table.template("query", words),
        key=table.template("key", words),
    )


MEASURES: dict[str, Callable[..., Measure]] = {
    "weight": _read_weight,
    "value_norm": read_value_norm,
    "induction": read_induction,
    "pair_weight": read_pair_weight,
    "reader_weight": read_reader_weight,
    **{name: partial(read_behaviour, name) for name in (*BEHAVIOURS, "local")},
}
"""What can be measured: the name of a table below ``[measure.NAME]``, and who reads it."""


def read_measures(top: Table, words: Collection[str]) -> dict[str, Measure]:
    """Return the measures that a table names below ``measure``; `words` may stand in them."""
    found = {}
    for name, table in top.tables("measure", needed=False).items():
        of = [key for key in table.data if key in MEASURES]
        if len(of) != 1:
            table.problem(
                f"[{table.name}] must say what it measures, once; known are: {', '.join(MEASURES)}."
            )
            continue
        below = table.table(of[0])
        found[name] = MEASURES[of[0]](below, words)
        below.finish()
        table.finish()
    return found


def read_measure_name(table: Table, key: str, measures: Collection[str]) -> str:
    """Return the name of a measure that stands under `key`."""
    name = table.text(key)
    if name and name not in measures:
        table.problem(
            f"{key} = {name!r} in [{table.name}] names no measure; {nearest(name, measures)}.", key
        )
    return name
