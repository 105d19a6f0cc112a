"""An exercise with its solutions, as notebooks to give out once nobody can hand in any more."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.atomic import write_atomically
from grader.course.course import LANGUAGES, Course
from grader.course.notebooks import build_notebook, notebook_bytes
from grader.errors import CourseError

MARKS = re.compile(r"(?m)^[ \t]*### (BEGIN|END) SOLUTION\n?")


@dataclass(frozen=True)
class Solution:
    """What was written."""

    notebooks: dict[str, Path]
    """Language -> notebook."""
    changed: bool


def last_due(course: Course, slug: str) -> datetime | None:
    """Return when the last student has to hand in, extensions counted in; None: no due time."""
    own = [times[slug] for times in course.extensions.values() if slug in times]
    return max([*own, course.due[slug]], default=None) if slug in course.due else None


def write_solution(course: Course, slug: str, now: datetime) -> Solution:
    """Write solutions/<slug>/ with the notebook in both languages.

    Args:
        course: whose.
        slug: the exercise.
        now: the present time, with a time zone.

    Raises:
        CourseError: there is no such exercise, no due time, or it is not over for everyone.
    """
    exercise = course.exercise(slug)
    due = last_due(course, slug)
    config = course.path / "course.toml"
    if due is None:
        raise CourseError(
            f"{config}: there is no due time for {slug}, so nobody is late with it and its "
            f"solution would be handed in; add {slug} = 2026-12-01 23:59:00 below [due]."
        )
    if now <= due:
        raise CourseError(
            f"{slug} can be handed in until {due.isoformat(sep=' ', timespec='minutes')} "
            f"(the last extension in {config} counted in); its solution waits until then."
        )
    paths, changed = {}, False
    for language in (course.language, *(one for one in LANGUAGES if one != course.language)):
        data = solution_bytes(exercise, language, course.course_id)
        name = slug if language == course.language else f"{slug}.{language}"
        path = course.path / "solutions" / slug / f"{name}.ipynb"
        changed |= write_atomically(path, data)
        paths[language] = path
    return Solution(paths, changed)


def solution_bytes(exercise: Path, language: str, course_id: str) -> bytes:
    """Return the notebook with its solutions in place, plain: nbgrader's marks are gone."""
    notebook = build_notebook(exercise, language, course_id)
    for cell in notebook.cells:
        cell.source = MARKS.sub("", cell.source).rstrip("\n")
        cell.metadata.pop("nbgrader", None)
    return notebook_bytes(notebook)
