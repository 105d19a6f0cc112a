"""A class of made-up students: each file of exercises/<slug>/answers/, handed in as a notebook.

An answers file is in percent format, headed by TOML in comments that says what it must earn, and
holds only the cells that it fills. A cell with a ``grade_id`` takes the place of that cell; one
without is put in before the next that has one.
"""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from grader.course.folder import Course
from grader.errors import CourseError

HEADER = {"about", "kernel", "points", "hint", "outcome"}


@dataclass(frozen=True)
class Answers:
    """One file of answers/."""

    name: str
    expected: dict
    """Its header: ``points``, ``hint``, ``outcome`` by question name; ``about``, ``kernel``."""
    cells: tuple[tuple[str | None, str, str], ...]
    """(grade_id or None, cell type, source)."""


@dataclass(frozen=True)
class Sample:
    """What `make_sample` wrote."""

    students: list[str]
    changed: list[str]


def read_answers(path: Path) -> Answers:
    """Read an answers file.

    Raises:
        CourseError: its header or a cell's mark is wrong; names file and line.
    """
    import jupytext

    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines) if line.startswith("# %%")), len(lines))
    header = [line for line in lines[:end] if line.strip()]
    for number, line in enumerate(lines[:end], 1):
        if line.strip() and not line.startswith("#"):
            raise CourseError(
                f'{path}:{number}: "{line.strip()[:40]}" stands before the first cell; '
                "begin the cell with # %%."
            )
    try:
        expected = tomllib.loads("\n".join(line[1:].removeprefix(" ") for line in header))
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{path}: the header is not TOML in comments: {error}") from None
    unknown = sorted(expected.keys() - HEADER)
    if unknown or not isinstance(expected.get("points"), dict):
        wrong = f'there is no "{unknown[0]}"' if unknown else "[points] is missing"
        raise CourseError(f"{path}: {wrong}; a header holds {', '.join(sorted(HEADER))}.")
    body = jupytext.reads("\n".join(lines[end:]) + "\n", fmt="py:percent").cells if header else []
    cells = tuple(
        (cell.metadata.get("grade_id"), cell.cell_type, cell.source)
        for cell in body
        if cell.source.strip()
    )
    return Answers(path.stem, expected, cells)


def all_answers(exercise: Path) -> list[Answers]:
    """Read all sample answers of an exercise, in the order of their names.

    Raises:
        CourseError: there are none.
    """
    paths = sorted((exercise / "answers").glob("*.py"))
    if not paths:
        raise CourseError(
            f"{exercise / 'answers'} holds no sample answers; write at least one answers/NAME.py "
            "that says what it must earn."
        )
    return [read_answers(path) for path in paths]


def fill_in(notebook: dict, answers: Answers, student: str, where: str = "") -> dict:
    """Return a released notebook with sample answers put in.

    Raises:
        CourseError: a grade_id is none of the notebook's.
    """
    cells = [dict(cell) for cell in notebook["cells"]]
    cells[0]["source"] = _source(cells[0]).replace('student = ""', f'student = "{student}"')
    places = {cell["id"]: cell for cell in cells}
    loose: list[dict] = []
    for number, (grade_id, kind, source) in enumerate(answers.cells):
        if grade_id is None:
            made = {"cell_type": kind, "id": f"own-{number}", "metadata": {}, "source": source}
            if kind == "code":
                made |= {"execution_count": None, "outputs": []}
            loose.append(made)
            continue
        if grade_id not in places:
            raise CourseError(
                f'{where or answers.name}: the notebook has no cell "{grade_id}"; it has: '
                f"{', '.join(name for name in places if not name.startswith('cell-'))}."
            )
        places[grade_id]["source"] = source
        at = cells.index(places[grade_id])
        cells[at:at] = loose
        loose = []
    return {**notebook, "cells": cells + loose}


def make_sample(course: Course, slug: str) -> Sample:
    """Hand in all sample answers of `slug`; a submission that is the same already stays.

    Raises:
        CourseError: there are no answers, or the exercise has not been released.
    """
    notebooks = sample_notebooks(course, slug)
    changed = []
    for student, data in notebooks.items():
        target = course.folder("submitted", slug, student) / f"{slug}.ipynb"
        if not target.is_file() or target.read_bytes() != data:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            changed.append(student)
    return Sample(list(notebooks), changed)


def is_sample(course: Course, slug: str) -> bool:
    """Say whether all that was handed in for `slug` is the sample class, to the byte."""
    try:
        ours = sample_notebooks(course, slug)
    except CourseError:
        return False
    folders = {path.parent.name: path for path in (course.path / "submitted").glob(f"*/{slug}")}
    return bool(folders) and all(
        student in ours
        and [path.name for path in folder.iterdir()] == [f"{slug}.ipynb"]
        and (folder / f"{slug}.ipynb").read_bytes() == ours[student]
        for student, folder in folders.items()
    )


def sample_notebooks(course: Course, slug: str) -> dict[str, bytes]:
    """Return the notebook of each made-up student.

    Raises:
        CourseError: there are no answers, or the exercise has not been released.
    """
    exercise = course.exercise(slug)
    path = course.folder("release", slug) / f"{slug}.ipynb"
    if not path.is_file():
        raise CourseError(f'"{slug}" has not been released; run `grader release {slug}`.')
    released = json.loads(path.read_text(encoding="utf-8"))
    made = {}
    for answers in all_answers(exercise):
        where = str(exercise / "answers" / f"{answers.name}.py")
        notebook = fill_in(released, answers, answers.name, where)
        made[answers.name] = (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
    return made


def _source(cell: dict) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
