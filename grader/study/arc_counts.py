"""Every arc of a treebank, and which heads find its other end, in either direction."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Int

from grader.capture import Model
from grader.errors import GraderError, TextError
from grader.heads import most_attended
from grader.study.alignment import attend
from grader.study.treebank import Arc, Treebank

DIRECTIONS = ("dependent", "governor")
"""Which end of an arc looks: the query."""


@dataclass(frozen=True)
class Tally:
    """The arcs of a treebank in the order of its sentences."""

    relations: Int[np.ndarray, " arc"]
    """Index in `names`."""
    names: tuple[str, ...]
    sentences: Int[np.ndarray, " arc"]
    """Index of the arc's sentence."""
    offsets: Int[np.ndarray, " arc"]
    """Place of the governor minus place of the dependent, in words."""
    found: dict[str, Bool[np.ndarray, "arc layer head"]]
    """Direction -> whether the query's most attended other word is the arc's other end."""
    n_sentences: int
    too_long: int
    """Sentences longer than the model reads, left out."""
    dropped: int
    """Arcs left out because the tokenizer drops one of their words."""


def count(
    model: Model,
    treebank: Treebank,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Tally:
    """Run the model over a treebank and say for each arc which heads find it.

    Args:
        model: loaded.
        treebank: its sentences.
        progress: called with the number of sentences done and the number of all.

    Raises:
        GraderError: the model returned no attention, or there is no arc to find.
    """
    sentences = treebank.sentences
    parts: dict[int, tuple[list[Arc], dict[str, np.ndarray]]] = {}
    too_long = dropped = 0
    for index, sentence in enumerate(sentences):
        progress(index + 1, len(sentences))
        try:
            attention, positions = attend(model, sentence)
        except TextError:
            too_long += 1
            continue
        arcs = [
            arc for arc in sentence.arcs if arc.dependent in positions and arc.governor in positions
        ]
        dropped += len(sentence.arcs) - len(arcs)
        if not arcs:
            continue
        best = most_attended(attention.weights, sorted(positions.values()))
        dependents = [positions[arc.dependent] for arc in arcs]
        governors = [positions[arc.governor] for arc in arcs]
        parts[index] = (
            arcs,
            {
                "dependent": np.moveaxis(best[:, :, dependents] == governors, -1, 0),
                "governor": np.moveaxis(best[:, :, governors] == dependents, -1, 0),
            },
        )
    if not parts:
        raise GraderError(
            f"{treebank.name} has no arc that {model.name} reads; name a treebank with relations."
        )
    every = [(index, arc) for index in sorted(parts) for arc in parts[index][0]]
    names = tuple(sorted({arc.relation for _, arc in every}))
    return Tally(
        relations=np.array([names.index(arc.relation) for _, arc in every], dtype=int),
        names=names,
        sentences=np.array([index for index, _ in every], dtype=int),
        offsets=np.array([arc.governor - arc.dependent for _, arc in every], dtype=int),
        found={
            direction: np.concatenate([parts[index][1][direction] for index in sorted(parts)])
            for direction in DIRECTIONS
        },
        n_sentences=len(sentences) - too_long,
        too_long=too_long,
        dropped=dropped,
    )
