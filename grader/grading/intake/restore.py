"""Restore cells and metadata: a submission gets the assignment's own, whatever it says.

In stock nbgrader a tag `skip-execution` on a test cell pays full marks, a copied check cell stops
the whole batch and a deleted one is silently not graded. Here cells keep no tags, a second copy of
a cell is an ordinary cell, locked cells get their source back, and missing ones return. What a
student wrote where it does not count is kept beside, and words go to the person who marks. All of
it is named (`changes`).

`grader check` and a batch call the same function on the same source, so that they see the same.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from grader.course.carried import CELL_ID
from grader.grading.intake.changes import Change, changed
from grader.grading.intake.identify import (
    Owners,
    asked,
    called,
    identify,
    is_blank,
    plain,
    sets,
    shared,
    started,
)
from grader.grading.intake.locked_cells import Cut, cut
from grader.grading.intake.prose import Prose, with_found
from grader.grading.intake.source import SourceCell, SourceNotebook
from grader.grading.intake.student_code import binds, comments, readable, sets_plainly, unfenced
from grader.questions.variants import normalised_id

MOVED = "# 原来写在 {name} 里，移到这里运行 / moved here from {name}"
"""Marks a cell with what a student wrote in a locked one."""
STUDENT = "student"
"""The name that a student sets to their id, which the cell that starts the notebook reads."""


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
    cells = submitted["cells"]
    owners = identify(cells, source)
    adopted = Prose(cells, owners, source).adopted()
    owners = replace(owners, of=owners.of | adopted, by_text=(*owners.by_text, *adopted.values()))
    rebuilt, changes = _rebuild(cells, owners, source)
    changes += _bring_back(rebuilt, source, _take_out(rebuilt, owners, source))
    changes += _gather(rebuilt, cells, owners, source)
    changes += _unclear(cells, owners, source)
    if source.variants > 1:
        changes += _id(rebuilt, source)
    if owners.by_text:
        changes.append(changed("recognised", text=", ".join(owners.by_text)))
    return Restored(_notebook(rebuilt, source), tuple(changes))


def blank(source: SourceNotebook) -> dict:
    """Return the assignment's notebook without any of a student's cells."""
    return _notebook([_made(cell, cell.source) for cell in source.cells], source)


def answered(submitted: dict, source: SourceNotebook) -> int:
    """Count the cells that a student filled in: which of two handed-in languages is meant."""
    owners = identify(submitted["cells"], source)
    return sum(
        submitted["cells"][at]["source"].strip() != source.by_id[grade_id].source.strip()
        for at, grade_id in owners.of.items()
        if source.by_id[grade_id].solution
    )


def _rebuild(
    cells: list[dict], owners: Owners, source: SourceNotebook
) -> tuple[list[dict], list[Change]]:
    """Give each cell its metadata; take apart those that hold a locked cell and more."""
    missing = {q: k for k in source.cells if (q := asked(k)) and k.grade_id not in owners.place}
    rebuilt: list[dict] = []
    changes: list[Change] = []
    for at, cell in enumerate(cells):
        known = source.by_id.get(owners.of.get(at, ""))
        if cell.get("foreign"):
            changes.append(changed("foreign", at, text=cell["foreign"]))
        blank = _handed_out_again(cells, at, owners, source) if known is None else None
        if blank is not None:
            changes.append(changed("blank_copy", at, blank))
            rebuilt.append(_made(None, cell["source"], {**cell, "cell_type": "raw"}))
            continue
        if at in owners.copies:
            changes.append(changed("copy", at, owners.copies[at]))
        if known is None:
            parts = _split(cell, missing) if cell["cell_type"] == "code" else None
        else:
            if cell.get("skip"):
                changes.append(changed("skipped", at, known.grade_id))
            if cell["cell_type"] != known.type:
                changes.append(changed("retyped", at, known.grade_id, cell["cell_type"]))
                if known.type == "code":  # its code may stand between fences
                    cell = {**cell, "source": unfenced(cell["source"])}
                    if known.solution and not readable(cell["source"]):
                        changes.append(changed("unclear", at, known.grade_id, cell["source"]))
            if known.locked or (known.grade and not known.solution):
                made, said = _put_back(cell, at, known, missing)
                rebuilt += made
                changes += said
                continue
            parts = _split(cell, missing) if known.type == "code" else None
        if parts is None:
            rebuilt.append(_made(known, cell["source"], cell))
            continue
        changes += [changed("taken", at, grade_id) for grade_id in parts.taken]
        for piece in parts.pieces:
            if piece.known is not None:
                missing.pop(asked(piece.known) or "")
                rebuilt.append(_made(piece.known, piece.known.source))
                changes.append(changed("split", at, piece.known.grade_id))
            else:
                rebuilt.append(_made(known, piece.text, cell))
                known = None  # what follows the check is an ordinary cell
    return rebuilt, changes


def _split(cell: dict, missing: dict[str, SourceCell]) -> Cut | None:
    """Take a cell of the student's apart where it asks a question whose check cell is missing."""
    if not any(question in cell["source"] for question in missing):
        return None
    parts = cut(cell["source"], missing)
    return parts if parts.taken or any(piece.known for piece in parts.pieces) else None


def _handed_out_again(
    cells: list[dict], at: int, owners: Owners, source: SourceNotebook
) -> str | None:
    """Return the solution that a cell holds as handed out, behind the one that was filled in.

    It would take the answer away: two notebooks were joined, one of them blank.
    """
    if cells[at]["cell_type"] != "code":
        return None
    for known in source.cells:
        own = owners.place.get(known.grade_id, at)
        again = known.solution and own < at and is_blank(cells[at], known)
        if again and cells[at]["source"].strip() and not is_blank(cells[own], known):
            return known.grade_id
    return None


def _put_back(
    cell: dict, at: int, known: SourceCell, missing: dict[str, SourceCell]
) -> tuple[list[dict], list[Change]]:
    """Return a locked cell as it was handed out, what was written in it beside it, and why."""
    ours = _made(known, known.source)
    if plain(cell["source"]) == plain(known.source):
        return [ours], []
    if known.type != "code":
        theirs = {line.strip() for line in plain(known.source)}
        kept = [line for line in plain(cell["source"]) if line.strip() not in theirs]
        if not kept:
            return [ours], [changed("emptied", at, known.grade_id)]
        aside = _made(None, "\n".join(kept), {**cell, "cell_type": "markdown"})
        return [aside, ours], [changed("moved", at, known.grade_id, "\n".join(kept))]
    if cell["cell_type"] != "code" and not _is_code(cell["source"], known):
        # Words in the place of a locked cell: they stay words.
        return [_made(None, cell["source"], cell), ours], [
            changed("restored", at, known.grade_id, cell["source"])
        ]
    parts = cut(cell["source"], missing, known)
    made, changes = [], []
    for piece in parts.pieces:
        if piece.known is None:
            text = piece.text
            if not text.startswith("%%"):  # a cell magic stands first
                text = f"{MOVED.format(name=known.grade_id)}\n{text}"
            made.append(_made(None, text, {"cell_type": "code"}))
            continue
        made.append(_made(piece.known, piece.known.source))
        if piece.known is not known:
            missing.pop(asked(piece.known) or "")
            changes.append(changed("split", at, piece.known.grade_id))
    if parts.kept:
        changes.append(changed("moved", at, known.grade_id, parts.kept))
    if parts.unclear:
        changes.append(changed("unclear", at, known.grade_id, parts.unclear))
    if parts.dropped and known.grade_id == CELL_ID:
        changes.append(changed("emptied", at, known.grade_id))  # packed data tell nobody anything
    elif parts.dropped:
        changes.append(changed("restored", at, known.grade_id, parts.dropped))
    if not parts.kept and not parts.dropped and not parts.unclear:
        theirs = {line.strip() for line in plain(known.source)}
        left = [line for line in plain(cell["source"]) if line.strip() not in theirs]
        kind = "restored" if left else "emptied"
        if left and parts.read and not _remarks(cell["source"]) - _remarks(known.source):
            kind, left = "reformatted", []
        changes.append(changed(kind, at, known.grade_id, "\n".join(left)))
    return made, changes


def _remarks(source: str) -> set[str]:
    """Return the lines of a cell that a person reads, and those that IPython does."""
    return comments(source) | {line for line in plain(source) if line.lstrip()[:1] in "%!"}


def _is_code(source: str, known: SourceCell) -> bool:
    """Say whether a cell that is no code any more still holds the code of `known`."""
    lines = {line.strip() for line in plain(source)}
    return asked(known) in called(source) or any(
        line.strip() in lines for line in plain(known.source)
    )


def _made(known: SourceCell | None, source: str, cell: dict | None = None) -> dict:
    """Return a cell with the metadata of `known`; an ordinary one of the student's without."""
    kind = known.type if known else (cell or {})["cell_type"]
    source = source.removeprefix("\ufeff")  # which some editors write, and Python does not read
    made = {"cell_type": kind, "metadata": known.metadata() if known else {}, "source": source}
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    elif kind == "markdown" and cell and cell.get("attachments"):
        made["attachments"] = cell["attachments"]
    return made


def _take_out(cells: list[dict], owners: Owners, source: SourceNotebook) -> dict[str, int | None]:
    """Take out cells that others need and that stand too late, behind a check or each other.

    Returns:
        grade_id -> place in the student's file, for `_bring_back`.
    """
    place = {g: at for at, cell in enumerate(cells) if (g := _grade_id(cell))}
    asking = [place[k.grade_id] for k in source.cells if asked(k) and k.grade_id in place]
    out: dict[str, int | None] = {}
    last = -1
    for known in source.cells:
        at = place.get(known.grade_id)
        if at is None or not shared(known):
            continue
        if at < last or at > min(asking, default=len(cells)):
            out[known.grade_id] = owners.place.get(known.grade_id)
        else:
            last = at
    cells[:] = [cell for cell in cells if _grade_id(cell) not in out]
    return out


def _bring_back(
    cells: list[dict], source: SourceNotebook, out: Mapping[str, int | None]
) -> list[Change]:
    """Put deleted cells that are graded or locked back, where they find what they need.

    Args:
        cells: the notebook, changed in place.
        source: the assignment's.
        out: what `_take_out` took.
    """
    changes, behind = [], -1
    names = cache(binds)
    place = {g: at for at, cell in enumerate(cells) if (g := _grade_id(cell))}
    for number, known in enumerate(source.cells):
        at = place.get(known.grade_id)
        if at is None and (known.grade or known.locked or known.task):
            rest = [place[k.grade_id] for k in source.cells[number:] if k.grade_id in place]
            stop = min((one for one in rest if one > behind), default=len(cells))
            code = [cell["source"] if cell["cell_type"] == "code" else "" for cell in cells]
            at = _place(cells, list(map(names, code)), known, source, (behind, stop)) + 1
            cells.insert(at, _made(known, known.source))
            place = {g: i for i, cell in enumerate(cells) if (g := _grade_id(cell))}
            kind = "reordered" if known.grade_id in out else "missing"
            changes.append(changed(kind, out.get(known.grade_id), known.grade_id))
        if at is not None:
            behind = at
    return changes


def _place(
    cells: list[dict],
    bound: list[set[str]],
    known: SourceCell,
    source: SourceNotebook,
    span: tuple[int, int],
) -> int:
    """Return the cell behind which a missing one belongs.

    A check cell goes behind the cell that sets its answer, the cell that starts the notebook
    behind the one with the student's id; any other behind the one before it. A check cell whose
    answer nothing seems to set goes right before the next cell of the assignment.

    Args:
        cells: the notebook.
        bound: the names that each of them sets.
        known: the missing one.
        source: the assignment's notebook.
        span: places of the cells of the assignment around it.
    """
    behind, stop = span
    if asked(known):
        names = set(re.findall(r"\b[^\W\d]\w*\b", known.source.partition(",")[2]))
        setting = [at for at, found in enumerate(bound) if at > behind - 1 and names & found]
        filled = [at for at in setting if not _blank_solution(cells[at], source)]
        inside = [at for at in filled or setting if at < stop]
        return max(inside or filled or setting, default=stop - 1)
    if shared(known):
        says = (at for at in range(behind + 1, min(stop, len(bound))) if STUDENT in bound[at])
        return max(says, default=behind)
    return behind


def _blank_solution(cell: dict, source: SourceNotebook) -> bool:
    known = source.by_id.get(_grade_id(cell) or "")
    return known is not None and known.solution and is_blank(cell, known)


def _gather(
    rebuilt: list[dict], cells: list[dict], owners: Owners, source: SourceNotebook
) -> list[Change]:
    """Put words that were found elsewhere into the cells of the answers that a person marks."""
    changes = []
    for grade_id, found in Prose(cells, owners, source).found().items():
        at = next(i for i, cell in enumerate(rebuilt) if _grade_id(cell) == grade_id)
        answer = with_found(rebuilt[at]["source"], source.by_id[grade_id].source, found)
        rebuilt[at] = {**rebuilt[at], "source": answer}
        changes += [
            changed("found" if one.text else "elsewhere", one.cell, grade_id, one.text)
            for one in found
        ]
    return changes


def _unclear(cells: list[dict], owners: Owners, source: SourceNotebook) -> list[Change]:
    """Name what looks like an answer, but runs nowhere."""
    changes = []
    lost = [k for k in source.cells if k.solution and k.type == "code"]
    place = owners.place
    lost = [k for k in lost if k.grade_id not in place or is_blank(cells[place[k.grade_id]], k)]
    for at, cell in enumerate(cells):
        if cell["cell_type"] == "code" or at in owners.of:
            continue
        for known in lost:
            if sets(known.source) & sets(cell["source"]):
                changes.append(changed("unclear", at, known.grade_id, cell["source"]))
    return changes


def _id(cells: list[dict], source: SourceNotebook) -> list[Change]:
    """Say which id the cell that starts the notebook finds when it runs, if that is not plain."""
    begins = {known.grade_id for known in source.cells if started(known)}
    said: ast.Constant | bool = False
    for cell in cells:
        if _grade_id(cell) in begins:
            break
        if cell["cell_type"] == "code":
            said = sets_plainly(cell["source"], STUDENT) or said
    if said is True:
        return []
    typed = "" if said is False or said.value is None else str(said.value)
    read = normalised_id(typed)
    if not read:
        return [changed("no_id")]
    return [changed("id_read", text=read)] if read != typed.strip().casefold() else []


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
