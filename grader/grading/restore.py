"""Metadata are ours: a submission's cells get theirs from the gradebook, whatever they say.

In stock nbgrader a tag `skip-execution` on a test cell pays full marks, a copied check cell stops
the whole batch and a deleted one is silently not graded. Here cells keep no tags, a second copy of
a cell is an ordinary cell, locked cells get their source back, and missing ones return.
"""

from dataclasses import dataclass

from grader.grading.changes import Change, changed
from grader.grading.source import SourceCell, SourceNotebook


@dataclass(frozen=True)
class Restored:
    """A notebook to execute, and what in it is not as it was handed in."""

    notebook: dict
    changes: tuple[Change, ...]


def restore(submitted: dict, source: SourceNotebook) -> Restored:
    """Return a notebook to execute: the student's sources under the assignment's metadata.

    Args:
        submitted: what `parse_notebook` made of the file.
        source: the assignment's notebook.
    """
    cells = list(submitted["cells"])
    owner = _owners(cells, source)
    rebuilt = [_rebuild(cell, source.by_id.get(owner.get(at))) for at, cell in enumerate(cells)]
    changes = _changes(cells, owner, source)
    changes += _bring_back(rebuilt, source)
    return Restored(_notebook(rebuilt, source), tuple(changes))


def blank(source: SourceNotebook) -> dict:
    """Return the assignment's notebook without any of a student's cells."""
    return _notebook([_restored(cell) for cell in source.cells], source)


def answered(submitted: dict, source: SourceNotebook) -> int:
    """Count the cells that a student filled in: which of two handed-in languages is meant."""
    owner = _owners(submitted["cells"], source)
    return sum(
        cell["source"].strip() != source.by_id[owner[at]].source.strip()
        for at, cell in enumerate(submitted["cells"])
        if at in owner and source.by_id[owner[at]].solution
    )


def _owners(cells: list[dict], source: SourceNotebook) -> dict[int, str]:
    """Return which cell stands for which grade_id: nbgrader's own mark before the cell's id.

    Of several copies the last one counts: nbgrader's rule.
    """
    owner: dict[int, str] = {}
    taken: set[str] = set()
    for rank in (0, 1):
        for at in range(len(cells) - 1, -1, -1):
            claims = cells[at]["claims"]
            if at in owner or rank >= len(claims):
                continue
            if claims[rank] in source.by_id and claims[rank] not in taken:
                taken.add(claims[rank])
                owner[at] = claims[rank]
    return owner


def _rebuild(cell: dict, known: SourceCell | None) -> dict:
    if known is None:
        made = {"cell_type": cell["cell_type"], "metadata": {}, "source": cell["source"]}
    else:
        made = {"cell_type": known.type, "metadata": known.metadata(), "source": cell["source"]}
        if known.locked or (known.grade and not known.solution):
            made["source"] = known.source
    if made["cell_type"] == "code":
        made |= {"execution_count": None, "outputs": []}
    elif made["cell_type"] == "markdown" and cell.get("attachments"):
        made["attachments"] = cell["attachments"]
    return made


def _restored(known: SourceCell) -> dict:
    made = {"cell_type": known.type, "metadata": known.metadata(), "source": known.source}
    if known.type == "code":
        made |= {"execution_count": None, "outputs": []}
    return made


def _changes(cells: list[dict], owner: dict[int, str], source: SourceNotebook) -> list[Change]:
    changes = []
    for at, cell in enumerate(cells):
        known = source.by_id.get(owner.get(at, ""))
        if known is None:
            copies = [claim for claim in cell["claims"] if claim in source.by_id]
            changes += [changed("copy", at, claim) for claim in copies[:1]]
            continue
        if cell["cell_type"] != known.type:
            changes.append(changed("retyped", at, known.grade_id, cell["cell_type"]))
        ours = known.locked or (known.grade and not known.solution)
        if ours and _plain(cell["source"]) != _plain(known.source):
            kind = "restored" if cell["source"].strip() else "emptied"
            changes.append(changed(kind, at, known.grade_id, cell["source"]))
    return changes


def _plain(source: str) -> list[str]:
    """Return the lines of a source as editors may keep them: spaces and line ends aside."""
    return [line.expandtabs(4).rstrip() for line in source.strip().splitlines() if line.strip()]


def _bring_back(cells: list[dict], source: SourceNotebook) -> list[Change]:
    """Put deleted cells that are graded or locked back, each behind the one before it."""
    behind, changes = -1, []
    for known in source.cells:
        at = next((i for i, cell in enumerate(cells) if _grade_id(cell) == known.grade_id), None)
        if at is None and (known.grade or known.locked or known.task):
            at = behind + 1
            cells.insert(at, _restored(known))
            changes.append(changed("missing", None, known.grade_id))
        if at is not None:
            behind = at
    return changes


def _grade_id(cell: dict) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def _notebook(cells: list[dict], source: SourceNotebook) -> dict:
    used = {_grade_id(cell) for cell in cells}
    for at, cell in enumerate(cells):
        name = f"cell-{at:02d}"
        while name in used:
            name += "x"
        grade_id = _grade_id(cell)
        cell["id"] = grade_id if grade_id and len(grade_id) <= 64 else name
    language = source.kernelspec.get("language", "python")
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": source.kernelspec, "language_info": {"name": language}},
        "cells": cells,
    }
