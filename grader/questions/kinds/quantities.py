"""Numbers about a whole model, made of the measures of an exercise."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.kinds.base import Scope
from grader.questions.measures import read_measure_name


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


def _read_mean(table: Table, scope: Scope) -> Mean:
    return Mean(read_measure_name(table, "mean", scope.measures))


def _read_share(table: Table, scope: Scope) -> ShareOfHeads:
    return ShareOfHeads(
        read_measure_name(table, "share_of_heads", scope.measures),
        read_measure_name(table, "above", scope.measures),
    )


QUANTITIES = {"mean": _read_mean, "share_of_heads": _read_share}
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
