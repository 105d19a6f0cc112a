"""The gradebook files of Canvas and Moodle: one column filled in, every other byte as it came.

Canvas (Grades > Import; lib/gradebook_importer.rb) finds a student by "ID", else "SIS User ID",
else "SIS Login ID", and an assignment by "Title (number)". Moodle's grading worksheet (Assignment >
Upload grading worksheet; mod/assign/feedback/offline) finds a student by "Identifier" and takes
"Grade"; its gradebook import (Grades > Import > CSV) lets one map columns, an ID number or an
address to the student.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.course.normalize import parse_number, visible
from grader.course.roster import Finder, Student, heading
from grader.course.sheets import Row, Sheet, write_rows
from grader.course.student_view import is_test_student
from grader.errors import CourseError

GRADE = ("grade", "成绩", "分数", "成績")
MOST = ("maximum grade", "最高分", "最高成绩", "满分")
POINTS_POSSIBLE = "Points Possible"
DECIDED = {"EX": "excused", "MI": "missing"}
"""What a person put where Canvas has a grade; it says more than a number, and stays."""


@dataclass
class Filled:
    """What filling in came to."""

    filled: list[str] = field(default_factory=list)
    """Students whose cell holds the grade now."""
    unmatched: list[str] = field(default_factory=list)
    """Lines that are nobody's in the roster."""
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Column:
    """One exercise's grades."""

    title: str
    names: tuple[str, ...]
    """What the platform may call it."""
    maximum: float
    grades: Mapping[str, float]
    """Student -> what counts; who is not in it keeps an empty cell."""


def grade_text(grade: float) -> str:
    """Return a grade as it is written: two decimals at most, no zeros at the end."""
    return f"{grade:.2f}".rstrip("0").rstrip(".")


def fill_in(
    sheet: Sheet,
    platform: str,
    column: Column,
    students: Mapping[str, Student],
    called: str | None = None,
) -> Filled:
    """Fill one exercise's grades into a platform's own file.

    Args:
        sheet: the file; it is changed.
        platform: ``canvas`` or ``moodle``.
        column: the grades.
        students: the roster.
        called: the heading of the column; None to find it.

    Raises:
        CourseError: there is no such column, or no column that names a student.
    """
    finder = Finder(sheet.header, students)
    if not finder.usable:
        raise CourseError(
            f"{sheet.name}: no column names a student of the roster; the columns are: "
            f"{_listed(sheet)}. Put Canvas's or Moodle's ids or addresses into the roster first."
        )
    at = _column(sheet, platform, column, called)
    made = Filled()
    lines: dict[str, list[Row]] = {}
    for row in sheet.body:
        if _no_student(row, finder):
            _compare(made, sheet, row, at, column)
            continue
        student = finder.find(row.values)
        if student is None:
            made.unmatched.append(_shown(sheet, row))
        else:
            lines.setdefault(student, []).append(row)
    for student, rows in lines.items():
        if len(rows) > 1:
            made.unmatched += [
                f"{_shown(sheet, row)} (one of {len(rows)} lines of {student})" for row in rows
            ]
        elif student in column.grades:
            _fill(made, sheet, rows[0], at, student, column)
    if platform == "moodle":
        most = next((i for i, h in enumerate(sheet.header) if heading(h) in MOST), None)
        if most is not None and sheet.body:
            values = sheet.body[0].values
            _told(made, sheet, values[most] if most < len(values) else "", column)
    return made


def _fill(made: Filled, sheet: Sheet, row: Row, at: int, student: str, column: Column) -> None:
    """Put one grade into its cell, unless a person decided something there."""
    there = visible(row.values[at]).upper() if at < len(row.values) else ""
    grade = column.grades[student]
    if there in DECIDED:
        made.notes.append(
            f"{sheet.name}:{row.line}: {student} is {there} ({DECIDED[there]}) there and stays so; "
            f"the grade {grade_text(grade)} was not written."
        )
        return
    if not _same(there, grade):
        sheet.put(row, at, grade_text(grade))
    made.filled.append(student)


def _shown(sheet: Sheet, row: Row) -> str:
    return f"{sheet.name}:{row.line}: " + ", ".join(v.strip() for v in row.values if v.strip())[:80]


def canvas_file(columns: list[Column], students: Mapping[str, Student]) -> bytes:
    """Return a file that Canvas imports, made from the roster alone."""
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(c.title for c in columns)],
        [f"    {POINTS_POSSIBLE}", "", "", "", "", *(grade_text(c.maximum) for c in columns)],
    ]
    for s in students.values():
        name = ", ".join(filter(None, (s.last_name, s.first_name))) or s.id
        rows.append([name, s.canvas_id, s.id, s.login, "", *_grades(columns, s.id)])
    return write_rows(rows).removeprefix(b"\xef\xbb\xbf")  # Canvas looks for "Student" at byte 0


def moodle_file(columns: list[Column], students: Mapping[str, Student]) -> bytes:
    """Return a file for Moodle's gradebook import, made from the roster alone."""
    rows = [["ID number", "First name", "Last name", "Email address", *(c.title for c in columns)]]
    for s in students.values():
        names = [s.first_name, s.last_name, s.email]
        rows.append([s.moodle_id or s.id, *names, *_grades(columns, s.id)])
    return write_rows(rows)


def _grades(columns: list[Column], student: str) -> list[str]:
    return [grade_text(c.grades[student]) if student in c.grades else "" for c in columns]


def _column(sheet: Sheet, platform: str, column: Column, called: str | None) -> int:
    wanted = {heading(name) for name in ([called] if called else column.names)}
    found = []
    for at, text in enumerate(sheet.header):
        name = heading(text)
        bare = heading(re.sub(r"\s*\(\d+\)\s*$", "", text))
        by_title = name in wanted or (platform == "canvas" and bare in wanted)
        if by_title or (platform == "moodle" and not called and name in GRADE):
            found.append(at)
    if len(found) == 1:
        return found[0]
    raise CourseError(
        f'{sheet.name}: {"no" if not found else "more than one"} column for "{column.title}"; '
        f"name it with --column, one of: {_listed(sheet)}."
    )


def _listed(sheet: Sheet) -> str:
    return ", ".join(f'"{h.strip()}"' for h in sheet.header if h.strip())[:400]


def _no_student(row: Row, finder: Finder) -> bool:
    """Say whether a line of Canvas's is nobody's: points possible, posting, the test student."""
    first = row.values[0].strip()
    others = {v.strip() for v in row.values if v.strip()}
    places = finder.places if "canvas_id" in finder.places else {}
    fields = {n: row.values[at] for n, at in places.items() if at < len(row.values)}
    login, school_id = fields.get("login", ""), fields.get("id", "")
    return (
        first.startswith(POINTS_POSSIBLE)
        or (bool(places) and is_test_student(first, login, school_id))
        or all(o in ("Muted", "(read only)") or o.startswith("Manual Posting") for o in others)
    )


def _compare(made: Filled, sheet: Sheet, row: Row, at: int, column: Column) -> None:
    if row.values[0].strip().startswith(POINTS_POSSIBLE) and at < len(row.values):
        _told(made, sheet, row.values[at], column)


def _told(made: Filled, sheet: Sheet, text: str, column: Column) -> None:
    if text.strip() and not _same(text, column.maximum):
        made.notes.append(
            f'{sheet.name}: there "{column.title}" has {text.strip()} points, here '
            f"{grade_text(column.maximum)}; grades are written as they are."
        )


def _same(text: str, number: float) -> bool:
    found = parse_number(text)
    return found is not None and abs(found - number) < 1e-9
