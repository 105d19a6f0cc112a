"""What is graded: the assignment as the gradebook knows it, and its questions, read once."""

import hashlib
import json
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.course.carried import CELL_ID, find_data, line_hash, unpack
from grader.course.course import Course
from grader.course.gradebook import open_gradebook
from grader.errors import CourseError
from grader.grading.intake.source import SourceCell, SourceNotebook, before_of
from grader.questions import Exercise, Question, variant_index

QUESTION_FILES = ("questions.toml", "probes.toml", "variants.tsv", "references.py")
"""What an author writes of questions: all that `load_exercise` reads."""


@dataclass(frozen=True)
class Assignment:
    """An assignment with everything that its submissions are graded by."""

    slug: str
    notebooks: dict[str, SourceNotebook]
    exercise: Exercise | None
    """None for a stock nbgrader assignment: in-kernel tests, forgeable."""
    files: dict[str, bytes] = field(default_factory=dict)
    """Files that come with the assignment; they replace a student's of the same name."""
    question_files: dict[str, bytes] = field(default_factory=dict)
    """What the author wrote of questions, probes and variants: file name -> bytes."""
    material: str = ""
    """Hash of questions, probe recipes and source cells: other material, other grade."""

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Questions that are judged outside the kernel, by the grade_id of their check cell."""
        if self.exercise is None:
            return {}
        return {q.grade_id: q for q in self.exercise.questions.values() if not q.written}

    def variant(self, course_id: str, variant_id: str) -> tuple[int, dict]:
        """Return which variant a student has, and what it is."""
        if self.exercise is None or not self.exercise.variants:
            return 0, {}
        index = variant_index(course_id, self.slug, variant_id, len(self.exercise.variants))
        return index, dict(self.exercise.variants[index])


def read_assignment(course: Course, slug: str, gradebook: Any = None) -> Assignment:
    """Read the assignment `slug` from gradebook, source folder and exercise folder.

    Args:
        course: whose.
        slug: its name.
        gradebook: nbgrader's, where it is open already.

    Raises:
        CourseError: it has not been released, or its questions are wrong.
    """
    from nbgrader.api import MissingEntry

    folder, exercise = course.exercises / slug, course.questions(slug)
    with nullcontext(gradebook) if gradebook else open_gradebook(course) as gradebook:
        try:
            known = gradebook.find_assignment(slug)
        except MissingEntry:
            raise CourseError(
                f'"{slug}" has not been released in {course.path}; run `grader release {slug}`.'
            ) from None
        notebooks = {
            notebook.name: _notebook(notebook, course.folder("source", slug))
            for notebook in sorted(known.notebooks, key=lambda n: n.name)
        }
    if not notebooks:
        raise CourseError(f'"{slug}" holds no notebook; run `grader release {slug}`.')
    if exercise is not None:
        _check_released(exercise, notebooks, slug)
    files = _files(course.folder("source", slug))
    written = {n: (folder / n).read_bytes() for n in QUESTION_FILES if (folder / n).is_file()}
    material = _material(written, notebooks, files)
    return Assignment(slug, notebooks, exercise, files, written, material)


def _notebook(notebook, source: Path) -> SourceNotebook:
    graded = {cell.name: cell.max_score for cell in notebook.grade_cells}
    tasks = {cell.name: cell.max_score for cell in notebook.task_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    order, before = _handed_out(source / f"{notebook.name}.ipynb")
    cells = [
        SourceCell(
            grade_id=cell.name,
            type=cell.cell_type,
            source=cell.source or "",
            checksum=cell.checksum,
            locked=bool(cell.locked),
            grade=cell.name in graded,
            solution=cell.name in solutions,
            task=cell.name in tasks,
            points=graded.get(cell.name, tasks.get(cell.name)),
        )
        for cell in notebook.source_cells
    ]
    cells.sort(key=lambda cell: (order.get(cell.grade_id, len(order)), cell.grade_id))
    data = next((find_data(cell.source) for cell in cells if cell.grade_id == CELL_ID), None)
    found = unpack(data) if data else None
    kernelspec = json.loads(notebook.kernelspec or "{}")
    before, variants = (before_of(found), found.variants) if found else (before, 1)
    return SourceNotebook(notebook.name, kernelspec, tuple(cells), before, variants)


def _handed_out(path: Path) -> tuple[dict[str, int], dict[str, frozenset[str]]]:
    """Return the place of each marked cell in the source notebook, and the lines before each.

    The gradebook keeps neither.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return {}, {}
    order: dict[str, int] = {}
    before: dict[str, frozenset[str]] = {}
    lines: set[str] = set()
    for place, cell in enumerate(cells):
        grade_id = cell.get("metadata", {}).get("nbgrader", {}).get("grade_id")
        if grade_id:
            order[grade_id], before[grade_id] = place, frozenset(lines)
            lines = set()
        else:
            source = cell["source"]
            text = source if isinstance(source, str) else "".join(source)
            lines |= {line_hash(line) for line in text.splitlines()} - {""}
    return order, before | {"": frozenset(lines)}


def _check_released(exercise: Exercise, notebooks: dict[str, SourceNotebook], slug: str) -> None:
    released = {
        cell.grade_id: cell.points for n in notebooks.values() for cell in n.cells if cell.grade
    }
    asked = {question.grade_id: question.points for question in exercise.questions.values()}
    if released != asked:
        raise CourseError(
            f'The questions of "{slug}" are not those that were released; '
            f"run `grader release {slug}`."
        )


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
    }


def _material(
    written: dict[str, bytes], notebooks: dict[str, SourceNotebook], files: dict[str, bytes]
) -> str:
    digest = hashlib.sha256()
    for name in QUESTION_FILES[:3]:
        digest.update(written.get(name, b"-") + b"\0")
    for name in QUESTION_FILES[3:]:  # an exercise without one keeps the hash that it had
        if name in written:
            digest.update(f"{name}\0".encode() + written[name] + b"\0")
    for name, notebook in notebooks.items():
        cells = [cell.metadata() | {"source": cell.source} for cell in notebook.cells]
        digest.update(json.dumps([name, notebook.kernelspec, cells], sort_keys=True).encode())
    for name, data in files.items():
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
