"""Grades judged once more from what was recorded when they were given; no kernel runs.

`replay` asks whether a grade is what its record says: the same answers, the same questions, the
same grade. `judge_again` asks what the same answers are worth under the questions of today.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.course.folder import Course
from grader.course.marks import read_marks
from grader.errors import GraderError
from grader.grading.assignment import Assignment
from grader.grading.desk import MODEL, Desk, open_desk
from grader.grading.kept import kept_answers, kept_questions
from grader.grading.record import (
    Entry,
    broken,
    grader_version,
    hash_of,
    head,
    read_lines,
    read_record,
)
from grader.grading.wall import trusted_model
from grader.questions import Exercise, Remembered, Verdict, load_exercise


class NotReplayable(GraderError):
    """A grade cannot be judged from what was recorded; says why."""


@dataclass(frozen=True)
class Difference:
    """Where a grade is not what its record says."""

    student: str
    what: str
    """One sentence."""


@dataclass(frozen=True)
class Chain:
    """What `check_chain` found."""

    broken: tuple[int, str] | None
    """The first entry of the record that does not fit, and what about it."""
    entries: int
    head: str
    noted: bool | None
    """Whether the head that was noted is in the record; None where none was given."""

    @property
    def well(self) -> bool:
        """Whether the record is as it was written."""
        return self.broken is None and self.noted is not False


@dataclass(frozen=True)
class Verified:
    """What `verify` found."""

    exercise: str
    replayed: tuple[str, ...]
    """Whose grades were judged again."""
    left: dict[str, str]
    """Whose were not, and why that is no fault: nothing was executed."""
    differences: tuple[Difference, ...]

    @property
    def well(self) -> bool:
        """Whether every grade is what its record says."""
        return not self.differences


@contextmanager
def open_judge(course: Course, slug: str, load_model=None) -> Iterator[Desk]:
    """Open an assignment's desk to judge at, without kernels.

    Args:
        course: whose.
        slug: the assignment.
        load_model: gives the trusted model; None for the course's own.
    """
    settings = {"load_model": load_model or _load_model}
    if load_model is not None:
        settings["model_sha256"] = load_model().sha256
    with open_desk(course, slug, **settings) as desk:
        yield desk


def judge_again(desk: Desk, entry: Entry) -> dict[str, Verdict]:
    """Judge recorded answers by the questions of today.

    Args:
        desk: of the assignment, as it is now.
        entry: the grade.

    Returns:
        grade_id -> verdict, as `Desk.regrade` takes them.

    Raises:
        NotReplayable: nothing was recorded, or functions would be called with other inputs now.
    """
    _must_have_run(entry)
    if _recipe(desk.assignment) != entry.recipe:
        raise NotReplayable(
            f"{entry.student}: probes.toml has changed since, so functions would be called with "
            f"other inputs; `grader autograde {entry.exercise}` runs them again."
        )
    answers = kept_answers(desk.course, entry.answers)
    return desk.judge(entry.student, entry.submission, answers, entry.variant_id)


def replay(desk: Desk, entry: Entry) -> dict[str, Verdict]:
    """Judge recorded answers by the questions that they were judged by.

    Raises:
        NotReplayable: nothing was recorded.
        NotKept: answers or questions are gone.
    """
    _must_have_run(entry)
    answers = kept_answers(desk.course, entry.answers)
    then = replace(desk.assignment, exercise=exercise_then(desk.course, entry))
    present, desk.assignment = desk.assignment, then
    try:
        return desk.judge(entry.student, entry.submission, answers, entry.variant_id)
    finally:
        desk.assignment = present


def check_chain(course: Course, noted: str = "") -> Chain:
    """Check that the record is as it was written.

    Args:
        course: whose.
        noted: a head that somebody wrote down; "" for none.
    """
    lines = read_lines(course)
    found = (noted in {hash_of(line) for line in lines}) if noted else None
    return Chain(broken(course), len(lines), head(course), found)


def verify(
    course: Course, slug: str, students: tuple[str, ...] = (), *, load_model=None
) -> Verified:
    """Check the present grades of an assignment against the record; the caller holds `only_one`.

    A grade is judged again from its recorded answers; the graded notebook and the gradebook's
    scores must be those that were written.

    Args:
        course: whose.
        slug: the assignment.
        students: only these; empty for all.
        load_model: gives the trusted model; None for the course's own.
    """
    entries = read_record(course, slug)
    replayed, left, differences = [], {}, []
    with open_judge(course, slug, load_model) as desk:
        for student, entry in entries.items():
            if students and student not in students:
                continue
            differences += [Difference(student, what) for what in _in_place(desk, entry)]
            try:
                verdicts = replay(desk, entry)
            except NotReplayable as why:
                left[student] = str(why)
                continue
            except GraderError as why:
                differences.append(Difference(student, str(why)))
                continue
            replayed.append(student)
            differences += [Difference(student, what) for what in _compared(entry, verdicts)]
    return Verified(slug, tuple(replayed), left, tuple(differences))


def _in_place(desk: Desk, entry: Entry) -> Iterator[str]:
    """Say where notebook or gradebook are not what was written."""
    if entry.stored and not desk.stored_as_recorded(entry):
        folder = desk.course.folder("autograded", desk.slug, entry.student)
        yield f"the graded notebook in {folder} is not the one that was written."
    if entry.fault:
        return
    marks = read_marks(desk.gradebook, desk.slug, entry.student).cells
    desk.gradebook.db.rollback()
    for grade_id, points in scores(entry).items():
        there = marks[grade_id].auto if grade_id in marks else None
        if there != points:
            yield f"{grade_id}: the gradebook holds {there}, the record {points}."


def scores(entry: Entry) -> dict[str, float | None]:
    """Return what an entry says that the gradebook's automatic scores are."""
    judged = {g: Verdict.from_json(data) for g, data in entry.verdicts.items()}
    of_stock = {g: points for g, (points, _) in (entry.stock | entry.written).items()}
    return {g: None if v.outcome.open else v.points for g, v in judged.items()} | of_stock


def _compared(entry: Entry, verdicts: dict[str, Verdict]) -> Iterator[str]:
    same = entry.grader == grader_version()
    by = "" if same else f" (graded by {entry.grader}, judged again by {grader_version()})"
    for grade_id, data in entry.verdicts.items():
        now = verdicts.get(grade_id)
        if now is None or json.loads(json.dumps(now.to_json())) != data:
            told = "nothing" if now is None else f"{now.outcome} with {now.points:g} points"
            yield (
                f"{grade_id}: recorded {data['outcome']} with {data['points']:g} points, "
                f"judged again {told}{by}."
            )


def _must_have_run(entry: Entry) -> None:
    if not entry.answers:
        raise NotReplayable(
            f"{entry.student}: nothing was executed"
            + (f" ({entry.fault})" if entry.fault else "")
            + ", so there is no answer to judge."
        )


def _recipe(assignment: Assignment) -> str:
    recipe = assignment.question_files.get("probes.toml")
    return hashlib.sha256(recipe).hexdigest() if recipe is not None else ""


@lru_cache(maxsize=8)
def _read_exercise(slug: str, files: tuple[tuple[str, bytes], ...]) -> Exercise:
    with tempfile.TemporaryDirectory(prefix="sa-questions-") as folder:
        there = Path(folder) / slug
        there.mkdir()
        for name, data in files:
            (there / name).write_bytes(data)
        return load_exercise(there)


def exercise_then(course: Course, entry: Entry) -> Exercise | None:
    """Return the exercise as it was when a grade was given; None for a stock assignment.

    Raises:
        NotKept: its files are gone, or damaged.
    """
    if not entry.questions:
        return None
    files = kept_questions(course, entry.questions)
    return _read_exercise(entry.exercise, tuple(sorted(files.items())))


def _load_model() -> Any:
    return Remembered(trusted_model("", MODEL))
