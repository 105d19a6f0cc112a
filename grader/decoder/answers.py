"""At the moment a word is written: which head looks at the word it should be, and which matters.

Two tasks with a right word and a rival: a country's capital, and the one of two people who is given
something (Wang et al., 2022). A head is judged by what it looks at, and by what changes without it:
how far the right word stands above its rival (the logit difference). Two interventions disagree: a
cut edge sends the weight elsewhere, a silenced head loses its whole voice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from grader.attention import HeadId
from grader.decoder.figures import best, ids_of, mean, model, random_heads, rows, silence, trace
from grader.importance import rank_correlation
from grader.network import CutEdges, Trace

N_SCANNED = 2
"""Texts of the chosen half on which all heads are silenced one by one."""
LOOKERS = 5


@dataclass(frozen=True, eq=False)
class Item:
    """A beginning, the word that should follow, and its rival."""

    ids: list[int]
    right: int
    """Token id of the right word's beginning."""
    wrong: int
    look: int
    """Where the word stands at which one would look."""
    rival: int
    """Where its rival stands last; `look` where it does not stand in the text."""
    plain: Trace

    def difference(self, edits: Sequence = ()) -> float:
        """Return how far the right word stands above its rival."""
        logits = trace(self.ids, edits, self.plain, last=True).head_logits[-1]
        return float(logits[self.right] - logits[self.wrong])

    @property
    def found(self) -> bool:
        """Whether the right word is the likeliest of all."""
        return int(self.plain.head_logits[-1].argmax()) == self.right


def figures() -> dict:
    """Return the figures of both tasks."""
    return {"capitals": _task("writer-capitals"), "story": _task("writer-stories")}


def _task(name: str) -> dict:
    chosen, reported = ([_item(row) for row in rows(name, half)] for half in ("select", "report"))
    looks = np.mean([_looks(item) for item in chosen], axis=0)
    lookers = best(looks, LOOKERS)
    head = lookers[0]
    plain = [item.difference() for item in reported]
    without = [item.difference(silence([head])) for item in reported]
    changes = np.subtract(without, plain)
    effects = _scan(chosen[:N_SCANNED])
    draw = np.random.default_rng(2)
    return {
        "right": mean(difference > 0 for difference in plain),
        "likeliest": mean(item.found for item in reported),
        "difference": mean(plain),
        "head": str(head),
        "weight": mean(_looks(item)[head] for item in reported),
        "weight_rival": mean(_looks(item, item.rival)[head] for item in reported),
        "change": mean(changes),
        "risen": int((changes > 0).sum()),
        "n": len(reported),
        "rank": int((effects < effects[head]).sum()) + 1,
        "correlation": rank_correlation(looks.ravel(), -effects.ravel()),
        "hinder": str(best(effects, 1)[0]),
        "cut_all": _changed(reported, lambda item: [_cut(item)]),
        "cut_lookers": _changed(reported, lambda item: [_cut(item, one) for one in lookers]),
        "silence_lookers": _changed(reported, lambda item: silence(lookers)),
        "silence_random": _changed(
            reported, lambda item: silence(random_heads(draw, LOOKERS, lookers))
        ),
        "carriers": _carriers(effects, reported),
    }


def _item(row: dict[str, str]) -> Item:
    ids = ids_of(row["text"])
    read = [model().reader.name(one).strip() for one in ids]
    look = read.index(row.get("look", row["right"]))
    places = [at for at, name in enumerate(read) if name == row["wrong"]]
    return Item(
        ids=ids,
        right=ids_of(" " + row["right"])[0],
        wrong=ids_of(" " + row["wrong"])[0],
        look=look,
        rival=places[-1] if places else look,
        plain=trace(ids, last=True),
    )


def _looks(item: Item, at: int | None = None) -> np.ndarray:
    """Return what the last token of a text gives to the word, in every head."""
    return item.plain.pattern[:, :, -1, item.look if at is None else at]


def _cut(item: Item, head: HeadId | None = None) -> CutEdges:
    last = (len(item.ids) - 1,)
    if head is None:
        return CutEdges(last, (item.look,))
    return CutEdges(last, (item.look,), layers=(head.layer,), heads=(head.head,))


def _changed(items: Sequence[Item], edits: Callable[[Item], Sequence]) -> dict:
    return mean(item.difference(edits(item)) for item in items)


def _scan(items: Sequence[Item]) -> np.ndarray:
    """Return what silencing each head does to the logit difference, in the mean."""
    shape = items[0].plain.pattern.shape[:2]
    effects = np.zeros(shape)
    for item in items:
        plain = item.difference()
        for head in np.ndindex(shape):
            effects[head] += item.difference(silence([HeadId(*head)])) - plain
    return effects / len(items)


def _carriers(effects: np.ndarray, reported: Sequence[Item]) -> dict:
    """Return the two heads whose silence costs most, where they look, and what it costs."""
    found = {}
    for head in best(-effects, 2):
        changes = [item.difference(silence([head])) - item.difference() for item in reported]
        found[str(head)] = {
            "change": mean(changes),
            "weight_rival": mean(_looks(item, item.rival)[head] for item in reported),
        }
    return found
