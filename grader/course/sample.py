"""A class of made-up students: each file of exercises/<slug>/answers/, handed in as a notebook."""

import json
from dataclasses import dataclass
from typing import Any

from grader.atomic import write_atomically
from grader.course.course import Course
from grader.errors import CourseError
from grader.questions import load_exercise
from grader.questions.samples import Sample, read_samples


@dataclass(frozen=True)
class SampleClass:
    """What `make_sample` wrote."""

    students: list[str]
    changed: list[str]


def fill_in(notebook: dict, sample: Sample, student: str) -> dict:
    """Return a released notebook with a sample's cells put in.

    Raises:
        CourseError: a grade_id is none of the notebook's.
    """
    cells = [dict(cell) for cell in notebook["cells"]]
    own = next(cell for cell in cells if cell["id"] == "student")
    own["source"] = _source(own).replace('student = ""', f'student = "{student}"')
    places = {cell["id"]: cell for cell in cells}
    loose: list[dict] = []
    for number, cell in enumerate(sample.cells):
        if cell.grade_id is None:
            made: dict[str, Any] = {"cell_type": cell.type, "id": f"own-{number}", "metadata": {}}
            if cell.type == "code":
                made |= {"execution_count": None, "outputs": []}
            loose.append(made | {"source": cell.source})
            continue
        if cell.grade_id not in places:
            raise CourseError(
                f'{sample.path}:{cell.line}: the released notebook has no cell "{cell.grade_id}"; '
                "release the exercise again."
            )
        places[cell.grade_id]["source"] = cell.source
        at = cells.index(places[cell.grade_id])
        cells[at:at] = loose
        loose = []
    return {**notebook, "cells": cells + loose}


def make_sample(course: Course, slug: str) -> SampleClass:
    """Hand in all sample answers of `slug`; a submission that is the same already stays.

    Raises:
        CourseError: there are no answers, or the exercise has not been released.
    """
    notebooks = sample_notebooks(course, slug)
    changed = []
    for student, data in notebooks.items():
        target = course.folder("submitted", slug, student) / f"{slug}.ipynb"
        if write_atomically(target, data):
            changed.append(student)
    return SampleClass(list(notebooks), changed)


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
    questions = load_exercise(exercise)
    for sample in read_samples(exercise, questions):
        student = sample.student(course.course_id, questions)
        notebook = fill_in(released, sample, student)
        made[student] = (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
    return made


def _source(cell: dict) -> str:
    return cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
