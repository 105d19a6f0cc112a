"""Claims about relations between words: the head chosen on one set, its accuracy on another.

A head is right where the query's most attended other word is the key (Clark et al. 2019). The
baseline of one fixed offset is chosen on the set that it is reported on, which favours it.
"""

from grader.heads import best_offset
from grader.ledger.sets import best_head, hits_of, one_head, related_pairs, weights_of


def relation_head(at, select: str, query: str, key: str) -> str:
    """The head that is right most often on the set `select`."""
    return best_head(hits_of(at, related_pairs(select, query, key)).mean(axis=0))


def relation_accuracy(
    at, report: str, query: str, key: str, select: str = "", head: str = ""
) -> float:
    """How often, on the set `report`, `head` is right, or else the head chosen on `select`."""
    chosen = head or relation_head(at, select, query, key)
    return one_head(hits_of(at, related_pairs(report, query, key)).mean(axis=0), chosen)


def relation_weight(at, report: str, query: str, key: str, head: str) -> float:
    """The mean weight that a head gives from the query to the key of a relation."""
    return one_head(weights_of(at, related_pairs(report, query, key)).mean(axis=0), head)


def relation_baseline(at, report: str, query: str, key: str) -> float:
    """How often the best fixed offset is right."""
    return best_offset(_offsets(report, query, key)).accuracy


def relation_offset(at, report: str, query: str, key: str) -> int:
    """The best fixed offset: -1 is the word before the query."""
    return best_offset(_offsets(report, query, key)).offset


def relation_count(at, report: str, query: str, key: str) -> int:
    """How many pairs of a set stand in a relation."""
    return len(_offsets(report, query, key))


def _offsets(name: str, query: str, key: str) -> list[int]:
    return [pair.key - pair.query for pair in related_pairs(name, query, key)]


FUNCTIONS = (
    relation_head,
    relation_accuracy,
    relation_weight,
    relation_baseline,
    relation_offset,
    relation_count,
)
