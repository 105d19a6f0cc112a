"""Metadata are ours: a submission's cells get theirs from the gradebook, whatever they say.

In stock nbgrader a tag `skip-execution` on a test cell pays full marks, a copied check cell stops
the whole batch and a deleted one is silently not graded. Here cells keep no tags, a second copy of
a cell is an ordinary cell, locked cells get their source back, and missing ones return.
"""

from grader.grading.assignment import SourceCell, SourceNotebook


def restore(submitted: dict, source: SourceNotebook) -> dict:
    """Return a notebook to execute: the student's sources under the assignment's metadata.

    Args:
        submitted: what `parse_notebook` made of the file.
        source: the assignment's notebook.
    """
    cells = list(submitted["cells"])
    owner = _owners(cells, source)
    rebuilt = [_rebuild(cell, source.by_id.get(owner.get(at))) for at, cell in enumerate(cells)]
    _bring_back(rebuilt, source)
    return _notebook(rebuilt, source)


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


def _bring_back(cells: list[dict], source: SourceNotebook) -> None:
    """Put deleted cells that are graded or locked back, each behind the one before it."""
    behind = -1
    for known in source.cells:
        at = next((i for i, cell in enumerate(cells) if _grade_id(cell) == known.grade_id), None)
        if at is None and (known.grade or known.locked or known.task):
            at = behind + 1
            cells.insert(at, _restored(known))
        if at is not None:
            behind = at


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
