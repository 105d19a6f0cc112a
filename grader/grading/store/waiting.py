"""The review queue: all in an exercise that waits for a person, and the command that settles it.

One function derives it, from record and gradebook alone; the table of scores, the class report,
`grader why` and `grader settle` show it. A cell waits exactly where the gradebook's
``needs_manual_grade`` says so, which is what nbgrader's formgrader shows.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from grader.course.course import Course
from grader.course.gradebook import open_gradebook
from grader.course.marks import Marks, read_marks
from grader.grading.intake.changes import ANOTHER_VARIANT, ELSEWHERE, WAITING
from grader.grading.store.decisions import Decided, decided
from grader.grading.store.record import Entry, read_entries
from grader.questions import Outcome
from grader.questions.variants import normalised_id

CARRIED = re.compile(
    r"""^[ \t]*student[ \t]*=[ \t]*(["'])(.{0,100}?)\1[ \t]*(?:#.*)?$""", re.MULTILINE
)
"""Where a notebook says whose it is: a line of its first code cell."""


@dataclass(frozen=True)
class Waiting:
    """One thing that a person has to settle."""

    student: str
    """The id; for what is nobody's yet, the name under which it was handed in."""
    cells: tuple[str, ...]
    """grade_ids; empty where the whole submission waits."""
    why: str
    """Key of the sentence that says why: ``waits.`` and this."""
    command: str
    """What settles it, to be typed in the course folder."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the sentence names."""

    def to_json(self) -> dict:
        """Return it as plain data."""
        return asdict(self) | {"cells": list(self.cells)}


def read_waiting(course: Course, slug: str) -> tuple[Waiting, ...]:
    """Return what waits in `slug`, by student."""
    entries = [entry for entry in read_entries(course) if entry.exercise == slug]
    record = {entry.student: entry for entry in entries}
    decisions = decided(entries)
    found = list(_nobodys(course, slug))
    with open_gradebook(course) as gradebook:
        for student, entry in sorted(record.items()):
            marks = read_marks(gradebook, slug, student)
            found += waiting(course, entry, marks, decisions.get(student, Decided()))
    return tuple(found)


def waiting(course: Course, entry: Entry, marks: Marks, said: Decided) -> Iterator[Waiting]:
    """Yield what waits of one submission.

    Args:
        course: whose.
        entry: the present grade.
        marks: what stands in the gradebook.
        said: what a person has decided.
    """
    slug, student = entry.exercise, entry.student
    settle = f"grader settle {slug} {shlex.quote(student)}"
    if entry.submission in said.again:
        yield Waiting(
            student,
            (),
            "again",
            f"{settle} --undo",
            {"reason": said.again[entry.submission] or "-"},
        )
        return
    if entry.fault:
        retry = f"grader autograde {slug} --student {shlex.quote(student)}"
        yield Waiting(student, (), "fault", retry, {"fault": entry.fault})
        return
    if entry.submission not in said.kept:
        if entry.door:  # its bytes may hold work that a person can read
            yield Waiting(student, (), "door", f"{settle} --new-hand-in", {"door": entry.door})
        yield from _doubtful(entry, marks, settle)
    cells: dict[str, list[str]] = {}
    for grade_id, mark in marks.cells.items():
        if mark.open:
            cells.setdefault(_why(entry, grade_id, mark.points), []).append(grade_id)
    for why, found in cells.items():
        names = tuple(found)
        if why == "variant":
            yield _variant(course, entry, names, settle)
        elif why == "unmarked":
            yield from _unmarked(entry, names)
        else:
            points = {g: marks.cells[g].points or 0.0 for g in names}
            given = " ".join(f"--mark {_name(g)}={points[g]:g}" for g in names)
            yield Waiting(student, names, why, f"{settle} {given}")


def _nobodys(course: Course, slug: str) -> Iterator[Waiting]:
    """Yield the submissions that `grader collect` could give to nobody."""
    for folder in sorted((course.path / "doubtful" / slug).glob("*")):
        there = shlex.quote(f"doubtful/{slug}/{folder.name}")
        command = f"grader collect {there} --slug {slug} --student STUDENT"
        yield Waiting(folder.name, (), "nobodys", command)


def carried_id(course: Course, entry: Entry) -> str | None:
    """Return the id that the graded notebook carries; None where it carries none that we find."""
    folder = course.folder("autograded", entry.exercise, entry.student)
    for path in sorted(folder.glob("*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError):
            continue
        for cell in cells:
            if found := CARRIED.search("".join(cell["source"])):
                return found[2]
    return None


def _unmarked(entry: Entry, cells: tuple[str, ...]) -> Iterator[Waiting]:
    """Yield written answers without a mark, and where one was found that was written elsewhere."""
    sheet = f"grader written {entry.exercise} --out essays.csv"
    elsewhere = {one["grade_id"]: one for one in entry.changes if one["kind"] in ELSEWHERE}
    in_place = tuple(cell for cell in cells if cell not in elsewhere)
    if in_place:
        yield Waiting(entry.student, in_place, "unmarked", sheet)
    for cell in cells:
        if cell in elsewhere:
            yield Waiting(entry.student, (cell,), "change", sheet, {"change": elsewhere[cell]})


def _doubtful(entry: Entry, marks: Marks, settle: str) -> Iterator[Waiting]:
    """Yield what was changed for grading and is a person's to look at, and no open cell tells."""
    for change in entry.changes:
        cell = marks.cells.get(change["grade_id"])
        if change["kind"] in WAITING - ANOTHER_VARIANT and not (cell and cell.open):
            cells = (change["grade_id"],) if cell else ()
            yield Waiting(entry.student, cells, "change", f"{settle} --keep", {"change": change})


def _why(entry: Entry, grade_id: str, points: float | None) -> str:
    if points is not None:
        return "confirm"
    if grade_id in entry.written:
        return "unmarked"
    outcome = entry.verdicts.get(grade_id, {}).get("outcome", "")
    return {
        Outcome.ANOTHER_VARIANT.value: "variant",
        Outcome.ANOTHER_MODEL.value: "model",
        Outcome.INTERNAL.value: "internal",
    }.get(outcome, "unscored")


def _variant(course: Course, entry: Entry, cells: tuple[str, ...], settle: str) -> Waiting:
    for change in entry.changes:
        if change["kind"] in ANOTHER_VARIANT:
            again = f"{settle} --new-hand-in"
            return Waiting(entry.student, cells, "change", again, {"change": change})
    carried = carried_id(course, entry)
    if carried is None or normalised_id(carried) in map(
        normalised_id, (entry.student, entry.variant_id)
    ):
        return Waiting(entry.student, cells, "sentence", f"{settle} --new-hand-in")
    accept = f"{settle} --as {shlex.quote(carried)}"
    why = "variant" if carried.strip() else "no_id"
    return Waiting(entry.student, cells, why, accept, {"id": carried})


def _name(grade_id: str) -> str:
    return shlex.quote(grade_id.removesuffix("_check"))
