"""Grades out: a table for spreadsheets, and the gradebook files of Canvas and Moodle.

Only what is graded goes out. Whoever has open points keeps an empty cell in a platform's file,
and is told, unless asked for otherwise; the spreadsheet names what is open beside the points.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.course.course import Course
from grader.course.platforms import Column, canvas_file, fill_in, grade_text, moodle_file
from grader.course.roster import Student
from grader.course.scores import Score, read_scores
from grader.course.sheets import plain, read_sheet, write_rows
from grader.errors import CourseError

WHO = ("id", "last_name", "first_name", "email")
PARTS = ("points", "late_days", "taken_off", "maximum", "open", "handed_in")
"""Columns of each exercise after the one of what counts."""


@dataclass
class Exported:
    """What an export came to."""

    data: bytes
    exported: int = 0
    """How many grades."""
    open: dict[str, list[str]] = field(default_factory=dict)
    """Student -> questions without points yet, as ``slug.cell``."""
    nothing: list[str] = field(default_factory=list)
    """Who handed in nothing, ``slug: id`` where there are several exercises."""
    ungraded: list[str] = field(default_factory=list)
    """Who handed in something that is not graded yet."""
    unmatched: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export(
    course: Course,
    slugs: Sequence[str] = (),
    to: str = "csv",
    *,
    into: Path | None = None,
    column: str | None = None,
    so_far: bool = False,
) -> Exported:
    """Return a file of grades.

    Args:
        course: whose.
        slugs: the exercises; none for all that are released.
        to: ``csv``, ``canvas`` or ``moodle``.
        into: the platform's own file, to be filled in.
        column: the heading of the column there.
        so_far: export the points so far of those with open points, too.

    Raises:
        CourseError: nothing is graded, or the platform's file does not fit.
    """
    slugs = list(slugs) or sorted(p.name for p in (course.path / "release").iterdir() if p.is_dir())
    scores = {slug: read_scores(course, slug) for slug in slugs}
    empty = [slug for slug in slugs if not scores[slug]]
    if len(empty) == len(slugs):
        raise CourseError(
            "Nothing is graded yet; run `grader autograde SLUG` first."
            if not slugs
            else f"Nothing is graded in {', '.join(slugs)}; run `grader autograde {slugs[0]}`."
        )
    students = _everybody(course, scores)
    if to == "csv":
        made = Exported(csv_export(scores, students), sum(len(of) for of in scores.values()))
    else:
        made = _platform(course, scores, students, to, into, column, so_far)
    for slug, of in scores.items():
        tell = f"{slug}: " if len(slugs) > 1 else ""
        there = {p.parent.name for p in (course.path / "submitted").glob(f"*/{slug}")}
        made.nothing += [tell + s for s in students if s not in there and s not in of]
        made.ungraded += [tell + s for s in sorted(there - set(of))]
        for student, score in of.items():
            if score.open:
                made.open.setdefault(student, []).extend(f"{slug}.{cell}" for cell in score.open)
            if score.lateness.status == "late" and score.lateness.seconds is None:
                made.notes.append(f"{tell}{student}: late, nobody knows by how much.")
    return made


def csv_export(scores: dict[str, dict[str, Score]], students: dict[str, Student]) -> bytes:
    """Return the table for spreadsheets; `read_csv_export` gives the same back."""
    head = list(WHO)
    for slug in scores:
        head += [slug, *(f"{slug}.{part}" for part in PARTS)]
    rows = [head]
    for student in students.values():
        row = [getattr(student, name) for name in WHO]
        for of in scores.values():
            row += _cells(of.get(student.id))
        rows.append(row)
    return write_rows(rows)


def read_csv_export(data: bytes, name: str = "export.csv") -> list[dict[str, str]]:
    """Return the lines of a table that `csv_export` wrote: heading -> text as it was."""
    sheet = read_sheet(data, name)
    lines = []
    for row in sheet.body:
        fields = dict(zip(sheet.header, row.values, strict=True))
        lines.append({n: plain(v) for n, v in fields.items()})
    return lines


def _cells(score: Score | None) -> list[str]:
    if score is None:
        return [""] * (len(PARTS) + 1)
    days = score.lateness.days
    late = score.lateness.status if days is None else str(days)
    when = score.handed_in.isoformat() if score.handed_in else ""
    numbers = [grade_text(n) for n in (score.counted, score.points, score.taken_off, score.maximum)]
    counted, points, taken, most = numbers
    return [counted, points, late, taken, most, " ".join(score.open), when]


def _everybody(course: Course, scores: dict[str, dict[str, Score]]) -> dict[str, Student]:
    """Return the roster, and after it who was graded without being in it."""
    students = course.students()
    others = sorted({s for of in scores.values() for s in of} - set(students))
    return students | {s: Student(s, s) for s in others}


def _platform(course, scores, students, to, into, called, so_far) -> Exported:
    columns = [_column(course, slug, of, so_far) for slug, of in scores.items()]
    if into is None:
        write = {"canvas": canvas_file, "moodle": moodle_file}[to]
        return Exported(write(columns, students), sum(len(c.grades) for c in columns))
    if len(columns) > 1 and (to == "moodle" or called):
        raise CourseError(
            f"{into} takes one exercise; name it: grader export SLUG --to {to} --into {into}"
        )
    try:
        sheet = read_sheet(into.read_bytes(), str(into))
    except OSError as error:
        raise CourseError(f"{into}: {error.strerror}.") from None
    made = Exported(b"")
    for column in columns:
        filled = fill_in(sheet, to, column, students, called)
        made.exported += len(filled.filled)
        made.unmatched = filled.unmatched
        made.notes += filled.notes
        left = sorted(set(column.grades) - set(filled.filled))
        made.notes += [f"{column.title}: {s} has no line in {into}" for s in left]
    made.data = sheet.to_bytes()
    return made


def _column(course: Course, slug: str, of: dict[str, Score], so_far: bool) -> Column:
    title, names = slug, [slug]
    if exercise := course.questions(slug):
        titles = exercise.title
        title = titles[course.language]
        names += titles.values()
    grades = {s: score.counted for s, score in of.items() if so_far or not score.open}
    maximum = max((score.maximum for score in of.values()), default=0.0)
    return Column(title, tuple(names), maximum, grades)
