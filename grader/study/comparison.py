"""What a study finds: the head chosen on one treebank, its accuracy on another, the baseline.

The baseline, one fixed offset, is chosen on the treebank that it is reported on: that favours it.
Intervals come from drawing whole sentences again and again, since arcs of a sentence are not
independent.
"""

from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Bool, Float

from grader.attention import HeadId
from grader.errors import GraderError
from grader.heads import best_offset
from grader.study.arc_counts import DIRECTIONS, Tally

ALL = "all"
"""The row of all arcs together, whatever their relation."""
SEED = 20190604
DRAWS = 2000
_CHUNK = 100


@dataclass(frozen=True)
class Row:
    """One relation. Accuracies are 0..1; low and high bound the middle 95 % of the draws."""

    relation: str
    query: str
    """Which end looks: dependent or governor."""
    head: str
    """``L3H1``, both from 0; best on the selection treebank."""
    n_select: int
    accuracy_select: float
    """Of the head on the selection treebank, where it was chosen: too high."""
    n: int
    accuracy: float
    """Of the head on the report treebank."""
    low: float
    high: float
    offset: int
    """Best fixed offset on the report treebank, in words; -1 is the word before the query."""
    baseline: float
    """Its accuracy there."""
    difference: float
    """Accuracy minus baseline."""
    difference_low: float
    difference_high: float

    @property
    def verdict(self) -> str:
        """Above or below the baseline, or neither where the interval holds 0."""
        if self.difference_low > 0:
            return "above"
        return "below" if self.difference_high < 0 else "neither"

    def to_json(self) -> dict:
        """Return the row with its verdict."""
        return asdict(self) | {"verdict": self.verdict}


def compare(select: Tally, report: Tally, *, least: int) -> list[Row]:
    """Return a row for all arcs and one for each relation, most frequent first.

    Args:
        select: where heads are chosen.
        report: where they are reported.
        least: relations with fewer arcs in either are left out.

    Raises:
        GraderError: no relation is frequent enough in both.
    """
    rows = []
    for relation in (ALL, *sorted(set(select.names) & set(report.names))):
        chosen, reported = _mask(select, relation), _mask(report, relation)
        if min(chosen.sum(), reported.sum()) >= least:
            rows.append(_row(relation, select, chosen, report, reported))
    if not rows:
        raise GraderError(
            f"no relation stands {least} times in both treebanks; lower --least, or take more text."
        )
    return sorted(rows, key=lambda row: (row.relation != ALL, -row.n, row.relation))


def _mask(tally: Tally, relation: str) -> Bool[np.ndarray, " arc"]:
    if relation == ALL:
        return np.ones(len(tally.relations), dtype=bool)
    return tally.relations == tally.names.index(relation)


def _row(relation: str, select: Tally, chosen, report: Tally, reported) -> Row:
    accuracies = np.stack([select.found[way][chosen].mean(axis=0) for way in DIRECTIONS])
    way, layer, head = np.unravel_index(int(accuracies.argmax()), accuracies.shape)
    query = DIRECTIONS[way]
    hits = report.found[query][reported][:, layer, head]
    offsets = report.offsets[reported] * (1 if query == "dependent" else -1)
    baseline = best_offset(offsets.tolist())
    (low, high), (difference_low, difference_high) = _intervals(
        hits, offsets == baseline.offset, report.sentences[reported]
    )
    accuracy = float(hits.mean())
    return Row(
        relation=relation,
        query=query,
        head=str(HeadId(layer=int(layer), head=int(head))),
        n_select=int(chosen.sum()),
        accuracy_select=float(accuracies.max()),
        n=len(hits),
        accuracy=accuracy,
        low=low,
        high=high,
        offset=baseline.offset,
        baseline=baseline.accuracy,
        difference=accuracy - baseline.accuracy,
        difference_low=difference_low,
        difference_high=difference_high,
    )


def _intervals(
    hits: Bool[np.ndarray, " arc"],
    baseline: Bool[np.ndarray, " arc"],
    sentences: np.ndarray,
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the 95 % intervals of the accuracy and of its difference to the baseline."""
    _, sentence = np.unique(sentences, return_inverse=True)
    per_sentence = np.stack(
        [np.bincount(sentence, weights=values) for values in (hits, baseline, np.ones(len(hits)))],
        axis=1,
    )
    n = len(per_sentence)
    # One seed for each relation: its interval does not depend on which others there are.
    random = np.random.default_rng(SEED)
    draws: list[Float[np.ndarray, "draw 3"]] = []
    for _ in range(DRAWS // _CHUNK):
        draws.append(random.multinomial(n, np.full(n, 1 / n), size=_CHUNK) @ per_sentence)
    found, right, arcs = np.concatenate(draws).T
    return _middle(found / arcs), _middle((found - right) / arcs)


def _middle(values: Float[np.ndarray, " draw"]) -> tuple[float, float]:
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
