"""Claims about pronouns and related words: which of two nouns a word looks at.

The other noun is what makes the test: a head that looks at every noun alike is right in half of
the sentences.
"""

from math import comb

import numpy as np
from jaxtyping import Float

from grader.errors import known
from grader.ledger.sets import (
    MeasureError,
    Pair,
    best_head,
    hits_of,
    one_head,
    place,
    rows,
    weights_of,
)

Heads = Float[np.ndarray, "layer head"]
_SMALL = 1e-6
"""Added before a logarithm."""


def pronoun_head(at, select: str, kind: str) -> str:
    """The head in which the antecedent most often gets more than the other noun."""
    return best_head(_preference(at, select, kind))


def pronoun_preference(at, report: str, kind: str, head: str) -> float:
    """How often a pronoun gives the antecedent more than the other noun; chance is a half."""
    return one_head(_preference(at, report, kind), head)


def pronoun_accuracy(at, report: str, kind: str, head: str) -> float:
    """How often the antecedent is the pronoun's most attended other word."""
    return one_head(hits_of(at, _pairs(report, kind, "antecedent")).mean(axis=0), head)


def pronoun_weight(at, report: str, kind: str, head: str) -> float:
    """The mean weight from the pronoun to the antecedent."""
    return one_head(weights_of(at, _pairs(report, kind, "antecedent")).mean(axis=0), head)


def pronoun_baseline(at, report: str, kind: str, noun: str) -> float:
    """How often always naming the first, or the nearest, of the two nouns is right."""
    nouns = zip(_pairs(report, kind, "antecedent"), _pairs(report, kind, "other"), strict=True)
    first = np.mean([antecedent.key < other.key for antecedent, other in nouns])
    if noun not in ("first", "nearest"):
        raise MeasureError(f"no noun is called {noun!r}; known: first, nearest")
    return float(first if noun == "first" else 1 - first)


def pronoun_count(at, report: str, kind: str) -> int:
    """How many sentences have such a pronoun."""
    return len(_pairs(report, kind, "antecedent"))


def meaning_shift(at, head: str) -> float:
    """How often the deciding word moves the pronoun's weight the right way; chance is a half."""
    return one_head(_shift(at), head)


def meaning_shift_head(at) -> str:
    """The head in which it does most often."""
    return best_head(_shift(at))


def meaning_shift_count(at) -> int:
    """In how many pairs that head moves the right way."""
    return round(float(_shift(at).max()) * len(rows("meaning")))


def meaning_chance(at) -> float:
    """How probable so many would be in some head of the model by chance, at most (Bonferroni)."""
    n, best, heads = len(rows("meaning")), meaning_shift_count(at), _shift(at).size
    return min(1.0, heads * sum(comb(n, k) for k in range(best, n + 1)) / 2**n)


def meaning_both(at, head: str) -> float:
    """How often a head prefers the right noun in both sentences of a pair."""
    tired, soft = _leanings(at)
    return one_head(((tired > 0) & (soft < 0)).mean(axis=0), head)


def meaning_both_head(at) -> str:
    """The head that does so most often."""
    tired, soft = _leanings(at)
    return best_head(((tired > 0) & (soft < 0)).mean(axis=0))


def related_head(at) -> str:
    """The head that most often gives a related noun more than an unrelated one, on odd rows."""
    return best_head(_related(at)[::2].mean(axis=0))


def related_preference(at, head: str) -> float:
    """How often a head gives a related noun more than an unrelated one, on even rows."""
    return one_head(_related(at)[1::2].mean(axis=0), head)


def related_weight(at, head: str) -> float:
    """The mean weight that a head gives to a related noun, on all rows."""
    return one_head(weights_of(at, _frames("")).mean(axis=0), head)


def unrelated_weight(at, head: str) -> float:
    """The mean weight that a head gives to an unrelated noun in the same place, on all rows."""
    return one_head(weights_of(at, _frames("control_")).mean(axis=0), head)


def _pairs(name: str, kind: str, noun: str) -> list[Pair]:
    found = [
        Pair(row["text"], place(row["pronoun"], row["text"]), place(row[noun], row["text"]))
        for row in rows(name)
        if row["kind"] == kind
    ]
    if not found:
        kinds = {row["kind"] for row in rows(name)}
        raise MeasureError(f"set {name!r} has no pronouns of kind {kind!r}; {known(kinds)}")
    return found


def _preference(at, name: str, kind: str) -> Heads:
    antecedent = weights_of(at, _pairs(name, kind, "antecedent"))
    return (antecedent > weights_of(at, _pairs(name, kind, "other"))).mean(axis=0)


def _leanings(at) -> list[Float[np.ndarray, "pair layer head"]]:
    """Return, for both sentences of each pair, how far the pronoun leans to the first noun."""
    found = []
    for column in ("", "other_"):
        logs = []
        for noun in ("first", "second"):
            pairs = [
                Pair(
                    row[f"{column}text"],
                    place(row[f"{column}pronoun"], row[f"{column}text"]),
                    place(row[f"{column}{noun}"], row[f"{column}text"]),
                )
                for row in rows("meaning")
            ]
            logs.append(np.log(weights_of(at, pairs) + _SMALL))
        found.append(logs[0] - logs[1])
    return found


def _shift(at) -> Heads:
    first, second = _leanings(at)
    return (first > second).mean(axis=0)


def _frames(column: str) -> list[Pair]:
    return [
        Pair(
            row[f"{column}text"],
            place(row[f"{column}query"], row[f"{column}text"]),
            place(row[f"{column}key"], row[f"{column}text"]),
        )
        for row in rows("related")
    ]


def _related(at) -> np.ndarray:
    return weights_of(at, _frames("")) > weights_of(at, _frames("control_"))


FUNCTIONS = (
    pronoun_head,
    pronoun_preference,
    pronoun_accuracy,
    pronoun_weight,
    pronoun_baseline,
    pronoun_count,
    meaning_shift,
    meaning_shift_head,
    meaning_shift_count,
    meaning_chance,
    meaning_both,
    meaning_both_head,
    related_head,
    related_preference,
    related_weight,
    unrelated_weight,
)
