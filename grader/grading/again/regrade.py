"""Regrading after a question was mended: what would change, doing just that, taking it back.

No notebook runs. The answers that were recorded are judged by the questions of today; what was
recorded under other cells or for other inputs is left to a batch. Whoever regrades sees every
student, question and change before anything is written; a person's marks stay; and the record
holds what it takes to put everything back.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from grader.course.carried import CELL_ID
from grader.course.course import Course
from grader.course.gradebook import in_one_transaction
from grader.course.marks import Marks, read_marks
from grader.errors import GraderError
from grader.grading.again.replay import NotReplayable, as_it_was, judge_again, open_judge
from grader.grading.again.rewrite import rewrite_grade
from grader.grading.grading import Grading
from grader.grading.judge.judge import end_all
from grader.grading.pipeline import read
from grader.grading.store.blobs import NotKept
from grader.grading.store.entry import plain
from grader.grading.store.folders import read_graded
from grader.grading.store.record import (
    Entry,
    only_one,
    read_entries,
    read_record,
)
from grader.grading.store.save import Scorebook
from grader.grading.store.standing import grade_key, key_of
from grader.grading.version import grader_version
from grader.questions import Outcome, Verdict

Told = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Change:
    """What becomes of one answer."""

    student: str
    question: str
    """Its grade_id."""
    before: dict | None
    """``outcome``, ``points`` and ``maximum``; None where the question is new."""
    after: dict | None
    """The same; None where there is no such question any more."""
    words: bool
    """Only reasons, hints or criteria are others; points and outcome are the same."""
    manual: float | None = None
    """What a person gave: it stands, and the automatic points count nothing."""


@dataclass(frozen=True)
class Regrade:
    """What a regrade would do, or did."""

    exercise: str
    changes: tuple[Change, ...]
    totals: dict[str, tuple[float, float]]
    """Student -> points before and after, for those whose points change."""
    left: dict[str, str]
    """Student -> why the recorded answers cannot be judged again; a batch runs the notebook."""
    same: tuple[str, ...]
    """Students for whom nothing changes."""
    entries: dict[str, Entry] = field(default_factory=dict)
    """Student -> the entry written; empty for a preview."""

    def to_json(self) -> dict:
        """Return it as plain data."""
        return {
            "exercise": self.exercise,
            "changes": [asdict(change) for change in self.changes],
            "totals": {student: list(both) for student, both in self.totals.items()},
            "left": self.left,
            "same": list(self.same),
            "written": sorted(self.entries),
        }


@dataclass(frozen=True)
class _Planned:
    """One submission's new grade, before it is written."""

    entry: Entry
    key: str
    verdicts: dict[str, Verdict]
    marks: Marks
    changes: tuple[Change, ...]


def preview(course: Course, slug: str, load_model=None, told: Told | None = None) -> Regrade:
    """Say what a regrade would change; writes nothing.

    Args:
        course: whose.
        slug: the assignment.
        load_model: gives the trusted model; None for the course's own.
        told: called after each submission.

    Raises:
        CourseError: course or assignment are wrong.
        GraderError: nothing is graded yet.
    """
    with open_judge(course, slug, load_model) as (grading, book):
        planned, left = _plan(grading, book, told)
    return _regrade(slug, planned, left)


def apply(course: Course, slug: str, load_model=None, told: Told | None = None) -> Regrade:
    """Write what `preview` says: cards, scores, entries of the record.

    Raises:
        CourseError: course or assignment are wrong.
        GraderError: nothing is graded yet, or another grader is at work.
    """
    with only_one(course), open_judge(course, slug, load_model) as (grading, book):
        planned, left = _plan(grading, book, told)
        number = 1 + max((e.cause.get("regrade", 0) for e in read_entries(course)), default=0)
        written = {}
        for student, one in planned.items():
            if one.key == one.entry.key and not one.changes:
                continue
            rows = {c.question: _row(one.marks, c.question) for c in one.changes}
            cause = {"kind": "regrade", "regrade": number, "rows": rows}
            written[student] = rewrite_grade(grading, book, one.entry, one.key, one.verdicts, cause)
    return replace(_regrade(slug, planned, left), entries=written)


def undo(course: Course, slug: str) -> Regrade:
    """Take the last regrade of `slug` back that was not taken back yet, from the record.

    Raises:
        GraderError: there is none, or another grader is at work.
    """
    with only_one(course):
        entries = [entry for entry in read_entries(course) if entry.exercise == slug]
        undone = {e.cause.get("regrade") for e in entries if e.cause.get("kind") == "undo"}
        numbers = {e.cause["regrade"] for e in entries if e.cause.get("kind") == "regrade"}
        if not numbers - undone:
            raise GraderError(f"There is no regrade of {slug} to take back.")
        number = max(numbers - undone)
        present = read_record(course, slug)
        with open_judge(course, slug, _no_model) as (grading, book):
            found, left, written = {}, {}, {}
            for student, entry in present.items():
                before = _before(entries, student, number)
                if before is None:
                    continue
                if entry.cause.get("regrade") != number:
                    left[student] = "it was graded anew since; that grade stays."
                    continue
                found[student] = _planned_back(book, entry, before)
                written[student] = _put_back(grading, book, entry, before, number)
    return replace(_regrade(slug, found, left), entries=written)


def _no_model():
    """Stand in for the model: taking back judges nothing."""
    return _NoModel


class _NoModel:
    sha256 = ""


def _plan(
    grading: Grading, book: Scorebook, told: Told | None
) -> tuple[dict[str, _Planned], dict[str, str]]:
    record = read_record(grading.course, grading.slug)
    if not record:
        raise GraderError(f"Nothing is graded yet; run `grader autograde {grading.slug}` first.")
    planned, left = {}, {}
    for number, (student, entry) in enumerate(record.items(), 1):
        try:
            verdicts = _judged(grading, entry)
        except (NotReplayable, NotKept) as why:
            left[student] = str(why)
        else:
            marks = _marks(book, entry)
            changes = tuple(_changes(entry, verdicts, marks))
            planned[student] = _Planned(entry, _key(grading, entry), verdicts, marks, changes)
        if told:
            told(number, len(record), student)
    return planned, left


def _judged(grading: Grading, entry: Entry) -> dict[str, Verdict]:
    if entry.door and not entry.answers:  # no notebook then, none now
        variant = grading.assignment.variant(grading.course.course_id, entry.variant_id)[1]
        return end_all(grading.assignment, Outcome.NOT_A_NOTEBOOK, variant)
    _must_be_of_these_cells(grading, entry)
    return judge_again(grading, entry)


def _must_be_of_these_cells(grading: Grading, entry: Entry) -> None:
    """Raise where a locked cell was another when the notebook ran; the public questions may be."""
    try:
        names = grading.assignment.notebooks
        stored = read_graded(grading.course, grading.slug, entry.student, names)
    except OSError:
        raise NotReplayable(
            f"{entry.student}: the graded notebook is gone; "
            f"`grader autograde {entry.exercise}` makes it again."
        ) from None
    for name, data in stored.items():
        source = names[name].by_id
        ran = {
            cell["metadata"].get("nbgrader", {}).get("grade_id"): "".join(cell["source"])
            for cell in json.loads(data)["cells"]
        }
        for grade_id, cell in source.items():
            if grade_id in ("start", CELL_ID):
                continue
            if cell.locked and ran.get(grade_id) != cell.source:
                raise NotReplayable(
                    f"{entry.student}: the cell {grade_id} is another since; "
                    f"`grader autograde {entry.exercise}` runs the notebook again."
                )


def _key(grading: Grading, entry: Entry) -> str:
    """Return the key under which a batch finds the new grade in place.

    Where something else has changed since, such as what was handed in, the grade must not stand
    for that: then it gets a key that no batch asks for.
    """
    submission = read(grading, entry.student)
    material, grader = grading.assignment.material, grader_version()
    now = grade_key(grading, submission, replace(entry, material=material, grader=grader))
    unchanged = grade_key(grading, submission, entry) == entry.key
    return now if unchanged else key_of(entry.key, now)


def _changes(entry: Entry, verdicts: dict[str, Verdict], marks: Marks) -> Iterator[Change]:
    for grade_id in dict.fromkeys([*entry.verdicts, *verdicts]):
        old = entry.verdicts.get(grade_id)
        new = plain(verdicts[grade_id]) if grade_id in verdicts else None
        if old == new:
            continue
        before, after = (_short(verdict) for verdict in (old, new))
        mark = marks.cells.get(grade_id)
        yield Change(
            student=entry.student,
            question=grade_id,
            before=before,
            after=after,
            words=before == after,
            manual=mark.manual if mark else None,
        )


def _short(verdict: dict | None) -> dict | None:
    if verdict is None:
        return None
    return {
        "outcome": verdict["outcome"],
        "points": verdict["points"],
        "maximum": verdict["max_points"],
    }


def _row(marks: Marks, grade_id: str) -> list | None:
    """Return what undoing puts back: automatic points, and whether a person has to look."""
    mark = marks.cells.get(grade_id)
    return [mark.auto, mark.open] if mark else None


def _planned_back(book: Scorebook, entry: Entry, before: Entry) -> _Planned:
    verdicts = {g: Verdict.from_json(data) for g, data in before.verdicts.items()}
    marks = _marks(book, entry)
    changes = tuple(_changes(entry, verdicts, marks))
    return _Planned(entry, before.key, verdicts, marks, changes)


def _marks(book: Scorebook, entry: Entry) -> Marks:
    marks = read_marks(book.gradebook, entry.exercise, entry.student)
    book.gradebook.db.rollback()
    return marks


def _put_back(grading: Grading, book: Scorebook, entry: Entry, before: Entry, number: int) -> Entry:
    """Write the grade that stood before, with the cards of the questions of that time."""
    verdicts = {g: Verdict.from_json(data) for g, data in before.verdicts.items()}
    written = rewrite_grade(
        as_it_was(grading, before),
        book,
        entry,
        before.key,
        verdicts,
        {"kind": "undo", "regrade": number},
        material=before.material,
        grader=before.grader,
        questions=before.questions,
    )
    _set_rows(book, entry, entry.cause["rows"])
    return written


def _set_rows(book: Scorebook, entry: Entry, rows: dict[str, Any]) -> None:
    def write() -> None:
        submission = book.gradebook.find_submission(entry.exercise, entry.student)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                if rows.get(grade.name) is not None:
                    grade.auto_score, grade.needs_manual_grade = rows[grade.name]

    in_one_transaction(book.gradebook, write)


def _before(entries: list[Entry], student: str, number: int) -> Entry | None:
    """Return a student's entry before a regrade; None where the regrade wrote none."""
    last = None
    for entry in entries:
        if entry.student == student:
            if entry.cause.get("kind") == "regrade" and entry.cause.get("regrade") == number:
                return last
            last = entry
    return None


def _regrade(slug: str, planned: dict[str, _Planned], left: dict[str, str]) -> Regrade:
    totals = {}
    for student, one in planned.items():
        difference = sum(_difference(change) for change in one.changes if change.manual is None)
        if round(difference, 2):
            before = one.marks.total
            totals[student] = (before, round(before + difference, 2))
    return Regrade(
        exercise=slug,
        changes=tuple(change for one in planned.values() for change in one.changes),
        totals=totals,
        left=left,
        same=tuple(student for student, one in planned.items() if not one.changes),
    )


def _difference(change: Change) -> float:
    return _counted(change.after) - _counted(change.before)


def _counted(verdict: dict | None) -> float:
    return verdict["points"] if verdict else 0.0
