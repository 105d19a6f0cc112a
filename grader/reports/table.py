"""The table of a class: student, points for each question, and why. The same bytes each time."""

import re
import unicodedata
from dataclasses import dataclass

from grader.course.collect import told_late
from grader.course.course import Course
from grader.course.gradebook import open_gradebook
from grader.course.late import Lateness
from grader.course.marks import Marks, read_marks
from grader.course.scores import score
from grader.grading.intake.changes import sentence
from grader.grading.store.record import Entry, read_record
from grader.grading.store.waiting import Waiting, read_waiting
from grader.questions import Verdict
from grader.reports.queue import queue_text
from grader.reports.texts import number, text

MAX_WHY = 160


@dataclass(frozen=True)
class Row:
    """One student's line."""

    student: str
    points: dict[str, float | None]
    """grade_id -> points; None while a person has to mark it."""
    total: float
    """The points so far; lateness does not change them."""
    why: str
    late: str = ""
    """Days begun after the due time, ``unknown``, or ``late`` by nobody knows how much."""
    taken_off: float = 0.0
    """What lateness takes off the total."""
    counted: float = 0.0
    """The total without it."""
    changes: tuple[str, ...] = ()
    """A sentence for each thing that is not as it was handed in."""


@dataclass(frozen=True)
class Table:
    """All lines of an assignment."""

    slug: str
    maximum: dict[str, float]
    rows: tuple[Row, ...]
    language: str = "en"
    """Of its headings and reasons: one, never both."""
    waiting: tuple[Waiting, ...] = ()
    """What a person has to settle."""

    def to_json(self) -> dict:
        """Return it as plain data."""
        return {
            "exercise": self.slug,
            "maximum": self.maximum,
            "students": [
                {
                    "student": r.student,
                    "points": r.points,
                    "total": r.total,
                    "why": r.why,
                    "late": r.late,
                    "taken_off": r.taken_off,
                    "counted": r.counted,
                    "changes": list(r.changes),
                }
                for r in self.rows
            ],
            "waiting": [one.to_json() for one in self.waiting],
        }


def read_table(course: Course, slug: str, language: str = "") -> Table:
    """Read the table of `slug` from record and gradebook.

    Args:
        course: whose.
        slug: the exercise.
        language: of headings and reasons; the course's where none is named.
    """
    language = language or course.language
    record = read_record(course, slug)
    told = told_late(course, slug)
    rows: list[Row] = []
    maximum: dict[str, float] = {}
    with open_gradebook(course) as gradebook:
        for student, entry in record.items():
            marks = read_marks(gradebook, slug, student)
            order = [*entry.verdicts, *entry.stock, *entry.written]
            cells = {g: marks.cells[g] for g in order if g in marks.cells}
            for grade_id, mark in cells.items():
                maximum.setdefault(grade_id, mark.maximum)
            found = score(course, slug, student, marks, told.get(student))
            rows.append(
                Row(
                    student=student,
                    points={g: mark.points for g, mark in cells.items()},
                    total=found.points,
                    why=why(entry, marks, language),
                    late=_late(found.lateness),
                    taken_off=found.taken_off,
                    counted=found.counted,
                    changes=tuple(sentence(one, language) for one in entry.changes),
                )
            )
    return Table(slug, maximum, tuple(rows), language, read_waiting(course, slug))


def why(entry: Entry, marks: Marks, language: str) -> str:
    """Say in one line why a submission has not all points."""
    if entry.fault:
        return f"{text('outcome.internal', language)}: {entry.fault}"
    if entry.door:
        return text(f"door.{entry.door['reason']}", language, **entry.door["values"])
    ended: dict[str, list[str]] = {}
    parts = []
    for grade_id, data in entry.verdicts.items():
        verdict = Verdict.from_json(data)
        name = grade_id.removesuffix("_check")
        if verdict.outcome != "graded":
            ended.setdefault(verdict.outcome.value, []).append(name)
        elif verdict.points < verdict.max_points:
            missed = [c for c in verdict.criteria if c.points < c.max_points]
            hints = "/".join(dict.fromkeys(c.hint for c in missed if c.hint))
            names = ",".join(c.name for c in missed)
            parts.append(f"{name}: {names}" + (f" [{hints}]" if hints else ""))
    parts = [
        f"{text(f'outcome.{outcome}', language)}: {', '.join(names)}"
        for outcome, names in ended.items()
    ] + parts
    waiting = [g for g in entry.written if g in marks.cells and marks.cells[g].points is None]
    parts += [f"{g}: {text('open', language)}" for g in waiting]
    return "; ".join(parts)


def table_text(table: Table) -> str:
    """Return the table and the queue for a terminal; no control character gets through."""
    names = list(table.maximum)
    late = any(row.late or row.taken_off for row in table.rows)

    def say(key: str) -> str:
        return text(f"table.{key}", table.language)

    def lateness(told: str) -> str:
        return say(told) if told in ("late", "unknown") else told

    more = [say(key) for key in ("late", "off", "counted")] if late else []
    questions = (n.removesuffix("_check") for n in names)
    head = [say("student"), *questions, say("total"), *more, say("why")]
    lines = [
        [
            plain(row.student),
            *(_points(row.points.get(name)) for name in names),
            number(row.total),
            *([lateness(row.late), number(row.taken_off), number(row.counted)] if late else ()),
            plain(row.why)[:MAX_WHY],
        ]
        for row in table.rows
    ]
    whole = number(sum(table.maximum.values()))
    most = ["", *(number(table.maximum[n]) for n in names), whole, *("" for _ in more), ""]
    everything = [head, most, *lines]
    widths = [max(_width(line[i]) for line in everything) for i in range(len(head))]
    rendered = []
    for line in everything:
        cells = [
            shown + " " * (w - _width(shown))
            if i in (0, len(head) - 1)
            else " " * (w - _width(shown)) + shown
            for i, (shown, w) in enumerate(zip(line, widths, strict=True))
        ]
        rendered.append("  ".join(cells).rstrip())
    rendered.insert(2, "-" * min(100, sum(widths) + 2 * len(widths) - 2))
    rendered += [f"{plain(r.student)}: {plain(said)}" for r in table.rows for said in r.changes]
    queue = queue_text(table.waiting, table.language)
    if queue:
        rendered += ["", *map(_printable, queue.split("\n"))]
    return "\n".join(rendered)


def _late(lateness: Lateness) -> str:
    if lateness.status in ("on time", "no due date"):
        return ""
    return lateness.status if lateness.days is None else str(lateness.days)


def plain(text: str) -> str:
    """Return `text` on one line, without control, format and bidirectional characters."""
    return _printable(re.sub(r"\s+", " ", text))


def _printable(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c)[0] != "C")


def _points(points: float | None) -> str:
    return "·" if points is None else number(points)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
