"""Settling what waits for a person: a decision is written into the record, and can be taken back.

Decisions: judge the answers by the sentence of another id, give marks, ask for a new hand-in, keep
the grade of what was doubtful. The first two change the gradebook; the record says what stood
before, so `undo` restores it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.course.course import Course
from grader.course.gradebook import in_one_transaction, open_gradebook
from grader.course.marks import read_marks
from grader.errors import GraderError
from grader.grading.again.replay import judge_again, open_judge
from grader.grading.again.rewrite import rewrite_grade
from grader.grading.grading import Grading
from grader.grading.pipeline import read
from grader.grading.store.decisions import (
    KEEP,
    MARK,
    NEW_HAND_IN,
    SETTLE,
    UNDO,
    VARIANT,
    read_decided,
)
from grader.grading.store.record import Entry, append, now, only_one, read_entries, read_record
from grader.grading.store.save import Scorebook
from grader.grading.store.standing import grade_key
from grader.questions import Outcome, Verdict


@dataclass(frozen=True)
class Settled:
    """What a decision came to."""

    entry: Entry
    """As the record holds it now."""
    before: dict[str, float | None]
    """grade_id -> points before, for the cells that the decision was about."""
    after: dict[str, float | None]

    def to_json(self) -> dict:
        """Return it as plain data."""
        return {
            "exercise": self.entry.exercise,
            "student": self.entry.student,
            "decision": self.entry.cause["decision"],
            "before": self.before,
            "after": self.after,
            "entry": self.entry.number,
        }


def accept_id(
    course: Course, slug: str, student: str, as_id: str, reason: str = "", load_model=None
) -> Settled:
    """Judge a submission by the sentence of another id, from what was recorded; no kernel runs.

    It holds for this submission: what is handed in later is judged by the student's own sentence.

    Args:
        course: whose.
        slug: the exercise.
        student: whose submission.
        as_id: the id; empty for the sentence of a notebook without one.
        reason: why, for the record.
        load_model: gives the trusted model; None for the course's own.

    Raises:
        GraderError: nothing can be judged, or the answers are not for that id's sentence either.
    """
    with only_one(course), open_judge(course, slug, load_model) as (grading, book):
        entry = _graded(course, slug, student)
        verdicts = judge_again(grading, replace(entry, variant_id=as_id))
        wrong = [g for g, v in verdicts.items() if v.outcome == Outcome.ANOTHER_VARIANT]
        if wrong:
            raise GraderError(
                f"The answers of {student!a} are not for the sentence of {as_id!a} either "
                f"({', '.join(wrong)}); nothing was written."
            )
        cause = {"decision": VARIANT, "id": as_id, "was": entry.variant_id, "reason": reason}
        return _judged(grading, book, entry, verdicts, as_id, cause)


def give_marks(
    course: Course,
    slug: str,
    student: str,
    points: Mapping[str, float],
    comment: str = "",
    reason: str = "",
) -> Settled:
    """Give a person's marks: they count before the grader's, whatever is graded again.

    Args:
        course: whose.
        slug: the exercise.
        student: whose.
        points: question, or its cell -> points.
        comment: for the student, on each of these questions.
        reason: why, for the record.

    Raises:
        GraderError: there is no such question, or the points are none.
    """
    with only_one(course):
        entry = _graded(course, slug, student)
        wanted = {}
        with open_gradebook(course, writing=True) as gradebook:
            marks = read_marks(gradebook, slug, student)
            for name, given in points.items():
                grade_id = _cell(marks.cells, slug, name)
                highest = marks.cells[grade_id].maximum
                if not (math.isfinite(given) and 0 <= given <= highest):
                    raise GraderError(f"{name}: {given:g} is no number from 0 to {highest:g}.")
                said = comment or marks.comments.get(grade_id) or ""
                said = said or marks.comments.get(_filled_in(grade_id), "")
                wanted[grade_id] = [round(given, 2), said]
            before = _set_marks(gradebook, slug, student, wanted)
        changes = {g: {"before": before[g], "after": wanted[g]} for g in wanted}
        return _decide(course, entry, {"decision": MARK, "marks": changes, "reason": reason})


def ask_again(course: Course, slug: str, student: str, reason: str = "") -> Settled:
    """Ask for a new hand-in: what was handed in waits no more; the next submission is graded."""
    with only_one(course):
        entry = _graded(course, slug, student)
        return _decide(course, entry, {"decision": NEW_HAND_IN, "reason": reason})


def keep(course: Course, slug: str, student: str, reason: str = "") -> Settled:
    """Say that a person has looked at a doubtful submission, and that its grade stands."""
    with only_one(course):
        entry = _graded(course, slug, student)
        return _decide(course, entry, {"decision": KEEP, "reason": reason})


def undo(course: Course, slug: str, student: str, load_model=None) -> Settled:
    """Take the last decision on a student's submission back, from the record.

    Raises:
        GraderError: there is none.
    """
    with only_one(course):
        standing = read_decided(course, slug).get(student)
        if standing is None or not standing.numbers:
            raise GraderError(f"There is no decision on {student!a} in {slug} to take back.")
        number = standing.numbers[-1]
        decision = next(one for one in read_entries(course) if one.number == number)
        entry, cause = _graded(course, slug, student), {"decision": UNDO, "undoes": number}
        if decision.cause["decision"] == MARK:
            with open_gradebook(course, writing=True) as gradebook:
                changes = decision.cause["marks"]
                before = _set_marks(
                    gradebook, slug, student, {g: one["before"] for g, one in changes.items()}
                )
            marks = {g: {"before": before[g], "after": one["before"]} for g, one in changes.items()}
            return _decide(course, entry, cause | {"marks": marks})
        if decision.cause["decision"] == VARIANT and decision.submission == entry.submission:
            was = decision.cause["was"]
            with open_judge(course, slug, load_model) as (grading, book):
                verdicts = judge_again(grading, replace(entry, variant_id=was))
                return _judged(grading, book, entry, verdicts, was, cause)
        return _decide(course, entry, cause)


def _judged(
    grading: Grading,
    book: Scorebook,
    entry: Entry,
    verdicts: dict[str, Verdict],
    variant_id: str,
    cause: dict[str, Any],
) -> Settled:
    """Write other verdicts, under the key that a batch finds in place while they stand."""
    before = _points(entry)
    submission = read(grading, entry.student)
    this = (entry.student, entry.submission)
    accepted = {one: as_id for one, as_id in grading.accepted.items() if one != this}
    if cause["decision"] == VARIANT:
        accepted[this] = variant_id
    decided = replace(grading, accepted=accepted)
    key = grade_key(decided, submission) if submission.sha256 == entry.submission else entry.key
    written = rewrite_grade(
        decided, book, entry, key, verdicts, {"kind": SETTLE, **cause}, variant_id=variant_id
    )
    return Settled(written, before, _points(written))


def _decide(course: Course, entry: Entry, cause: dict[str, Any]) -> Settled:
    written = append(course, replace(entry, at=now(), cause={"kind": SETTLE, **cause}))
    marks = cause.get("marks", {})
    before, after = ({g: one[at][0] for g, one in marks.items()} for at in ("before", "after"))
    return Settled(written, before, after)


def _graded(course: Course, slug: str, student: str) -> Entry:
    record = read_record(course, slug)
    if student not in record:
        raise GraderError(
            f"{student!a} has no grade in {slug}; run `grader autograde {slug}` first."
            if record
            else f"Nothing is graded in {slug}; run `grader autograde {slug}` first."
        )
    return record[student]


def _cell(cells: Mapping[str, Any], slug: str, name: str) -> str:
    short = name.removeprefix(f"{slug}.")
    for grade_id in (short, f"{short}_check"):
        if grade_id in cells:
            return grade_id
    known = ", ".join(g.removesuffix("_check") for g in cells)
    raise GraderError(f"{slug} has no question {name!a}; there are: {known}.")


def _set_marks(
    gradebook: Any, slug: str, student: str, wanted: Mapping[str, list]
) -> dict[str, list]:
    """Set points and comments; returns what stood there: [points or None, comment]."""
    before: dict[str, list] = {}

    def write() -> None:
        before.clear()
        for notebook in gradebook.find_submission(slug, student).notebooks:
            comments = {comment.name: comment for comment in notebook.comments}
            for grade in notebook.grades:
                if grade.name not in wanted:
                    continue
                points, said = wanted[grade.name]
                # nbgrader keeps comments with the cell that the student fills in.
                comment = comments.get(grade.name) or comments.get(_filled_in(grade.name))
                before[grade.name] = [
                    grade.manual_score,
                    (comment.manual_comment or "") if comment else "",
                ]
                grade.manual_score = points
                grade.needs_manual_grade = points is None and grade.auto_score is None
                if comment:
                    comment.manual_comment = said or None

    in_one_transaction(gradebook, write)
    return before


def _filled_in(grade_id: str) -> str:
    return grade_id.removesuffix("_check")


def _points(entry: Entry) -> dict[str, float | None]:
    judged = {g: Verdict.from_json(data) for g, data in entry.verdicts.items()}
    return {g: None if v.outcome.open else v.points for g, v in judged.items()}
