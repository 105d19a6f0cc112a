"""The gradebook compared with the record: who explains a mark, the grader, a person, or nobody.

An automatic score is explained by the record's entry. A person's mark is explained where the record
says that a cell waits for a person, or where `grader written` or `grader settle` took it in. All
else that stands in nbgrader's columns for people (a mark on a cell that was judged, more than the
maximum, extra credit) was put there in formgrader, or by somebody else: it is listed until it is
confirmed.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.course.course import Course
from grader.grading.store.decisions import read_decided
from grader.grading.store.hash_chain import Fault, append_line, find_faults, parse_line, read_lines
from grader.grading.store.record import Entry
from grader.questions import Verdict


@dataclass(frozen=True)
class Difference:
    """Where a grade is not what its record says."""

    student: str
    """Whose; empty where it is everybody's."""
    what: str
    """One sentence."""


@dataclass(frozen=True)
class ByHand:
    """A mark that neither the record nor a person's marking explains; a person can confirm it."""

    student: str
    question: str
    """grade_id of the cell."""
    manual: float | None
    extra: float
    maximum: float
    what: str
    """One sentence."""


@dataclass(frozen=True)
class Explained:
    """What people said of their marks: by table, or by confirming them."""

    sheet: Mapping[tuple[str, str], float]
    """(student, grade_id) -> the points that `grader written` took in last."""
    confirmed: Mapping[tuple[str, str], tuple[float | None, float]]
    """(student, grade_id) -> the mark and the extra credit that were confirmed last."""
    settled: Mapping[tuple[str, str], float]
    """(student, grade_id) -> the points that stand by `grader settle`."""


def compare(
    gradebook: Any,
    slug: str,
    record: Mapping[str, Entry],
    explained: Explained,
    late_penalty: Callable[[str, float, float], float | None],
) -> Iterator[Difference | ByHand]:
    """Yield every mark of an assignment that nobody explains, and every one that is missing.

    Args:
        gradebook: an open ``nbgrader.api.Gradebook``.
        slug: the assignment.
        record: student -> present grade.
        explained: what people said.
        late_penalty: nbgrader's plugin.
    """
    there = {one.student_id: one for one in gradebook.assignment_submissions(slug)}
    for student in sorted(there.keys() | record.keys()):
        entry, submission = record.get(student), there.get(student)
        if entry is None:
            assert submission is not None  # one of the two is there
            yield Difference(
                student,
                f"the gradebook holds {submission.score or 0:g} of {submission.max_score or 0:g} "
                f"points, the record no grade; `grader autograde {slug}` gives one.",
            )
        elif submission is not None:
            yield from _submission(submission, entry, explained, late_penalty)
        elif not entry.fault:
            yield Difference(student, "the record holds a grade, the gradebook no row.")


def scores(entry: Entry) -> dict[str, float | None]:
    """Return what an entry says that the gradebook's automatic scores are."""
    judged = {g: Verdict.from_json(data) for g, data in entry.verdicts.items()}
    of_stock = {g: points for g, (points, _) in (entry.stock | entry.written).items()}
    return {g: None if v.outcome.open else v.points for g, v in judged.items()} | of_stock


def explanations(course: Course, slug: str) -> Explained:
    """Read what people said of their marks in an assignment."""
    sheet = {}
    with suppress(FileNotFoundError):
        for raw in (course.path / "marks.jsonl").read_bytes().split(b"\n"):
            with suppress(ValueError, KeyError, TypeError):  # cut short by a crash
                said = json.loads(raw)
                if said["exercise"] == slug:
                    sheet[said["student"], said["question"]] = said["points"]
    confirmed = {}
    for line in read_lines(confirmed_path(course)):
        with suppress(ValueError, KeyError):
            said = parse_line(line.text)
            if line.written and said["exercise"] == slug:
                confirmed[said["student"], said["question"]] = (said["manual"], said["extra"])
    settled = {
        (student, grade_id): change["after"][0]
        for student, said in read_decided(course, slug).items()
        for grade_id, change in said.marks.items()
    }
    return Explained(sheet, confirmed, settled)


def confirm(course: Course, slug: str, marks: tuple[ByHand, ...]) -> None:
    """Note that a person stands for marks, as they are now; the caller holds `only_one`."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    for one in marks:
        said = {"schema": 2, "exercise": slug, "student": one.student, "question": one.question}
        said |= {"manual": one.manual, "extra": one.extra, "at": at}
        append_line(confirmed_path(course), said)


def confirmed_faults(course: Course) -> list[Fault]:
    """Return the lines of what was confirmed that are not as they were written."""
    return list(find_faults(confirmed_path(course), lambda data: None))


def confirmed_path(course: Course) -> Path:
    """Return where lies what people confirmed."""
    return course.path / "confirmed.jsonl"


def _submission(submission, entry: Entry, explained: Explained, late_penalty):
    student, expected = entry.student, scores(entry)
    maxima = {g: v["max_points"] for g, v in entry.verdicts.items()} | {
        g: maximum for g, (_, maximum) in (entry.stock | entry.written).items()
    }
    total, most = submission.score or 0.0, submission.max_score or 0.0
    in_all = "" if total <= most else f"; {total:g} of {most:g} points in all"
    missing = dict.fromkeys(expected)
    for notebook in sorted(submission.notebooks, key=lambda one: one.name):
        for grade in sorted(notebook.grades, key=lambda one: one.name):
            missing.pop(grade.name, None)
            judged = expected.get(grade.name)
            waits = judged is None and (grade.name in expected or grade.cell.type == "TaskCell")
            if entry.fault and grade.auto_score is not None:
                judged = min(grade.auto_score, grade.max_score)  # the grade before may stand
            for what in _automatic(grade, judged, maxima.get(grade.name), waits):
                yield Difference(student, f"{grade.name}: {what}")
            what = _by_hand(student, grade, waits, explained)
            if what and not math.isfinite((grade.manual_score or 0) + (grade.extra_credit or 0)):
                yield Difference(student, f"{grade.name}: {what}, which is no number.")
            elif what:
                yield ByHand(
                    student=student,
                    question=grade.name,
                    manual=grade.manual_score,
                    extra=grade.extra_credit or 0.0,
                    maximum=grade.max_score,
                    what=f"{grade.name}: {what}{in_all}.",
                )
        yield from _penalty(student, notebook, submission.total_seconds_late, late_penalty)
    if not entry.fault:
        for name in missing:
            yield Difference(student, f"{name}: the record has a grade, the gradebook no row.")


def _automatic(grade, judged: float | None, maximum: float | None, waits: bool) -> Iterator[str]:
    """Say what in the grader's own columns is not what the record says."""
    if grade.auto_score != judged:
        yield f"the gradebook holds {grade.auto_score}, the record {judged}."
    if maximum is not None and grade.max_score != maximum:
        yield f"the gradebook's maximum is {grade.max_score:g}, the record's {maximum:g}."
    if waits and grade.manual_score is None and not grade.needs_manual_grade:
        yield "waits for a person, and the gradebook says that nobody has to look."


def _by_hand(student: str, grade, waits: bool, explained: Explained) -> str:
    """Say what in the columns for people nobody explains; empty where somebody does."""
    manual, extra = grade.manual_score, grade.extra_credit or 0.0
    if explained.confirmed.get((student, grade.name)) == (manual, extra):
        return ""
    said = []
    if manual is not None and explained.settled.get((student, grade.name)) != manual:
        sheet = explained.sheet.get((student, grade.name))
        plausible = math.isfinite(manual) and 0 <= manual <= grade.max_score
        if not plausible or (manual != sheet and (not waits or sheet is not None)):
            said.append(f"{manual:g} of {grade.max_score:g} points by hand in formgrader")
            if plausible and sheet is not None:
                said[-1] += f", {sheet:g} by `grader written`"
            elif not waits:
                said[-1] += f", where the grader judged {grade.auto_score}"
    if extra:
        said.append(f"{extra:g} points of extra credit")
    return ", ".join(said)


def _penalty(student: str, notebook, late: float, late_penalty) -> Iterator[Difference]:
    """Say where points are taken off that nbgrader's own rule does not take off."""
    held = notebook.late_submission_penalty or 0.0
    automatic = sum(grade.auto_score or 0.0 for grade in notebook.grades)
    rightful = {0.0} if late <= 0 else set()
    if late > 0:
        for points in (notebook.score, automatic):
            rightful.add(min(max(late_penalty(student, points, late) or 0.0, 0.0), points))
    if held not in rightful:
        yield Difference(
            student,
            f"{held:g} points are taken off for lateness in the gradebook, where "
            f"{max(rightful):g} are by rule.",
        )
