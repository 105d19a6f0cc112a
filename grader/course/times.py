"""When it was handed in: from the platform's own table, never from the files' dates.

Moodle's grading worksheet has "Last modified (submission)" as the site writes dates; any other
table needs a column for the student and one for the time.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from grader.course.normalize import visible
from grader.course.roster import Finder, Student, heading
from grader.course.sheets import Sheet
from grader.errors import CourseError

TIMES = (
    "time",
    "handed in",
    "submitted at",
    "submission time",
    "last modified (submission)",
    "上次修改（作业）",
    "最后修改（提交）",
    "提交时间",
    "时间",
)
IDENTIFIERS = ("identifier", "标识符", "識別碼")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
DATES = (
    re.compile(
        r"(?:\w+,? )?(?P<day>\d{1,2}) (?P<month>[a-z]+) (?P<year>\d{4}),? "
        r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))? ?(?P<half>am|pm)?"
    ),
    re.compile(
        r"(?P<year>\d{4})年 ?(?P<month>\d{1,2})月 ?(?P<day>\d{1,2})日,? ?(?:\(?星期.\)?,? ?)?"
        r"(?P<half>上午|下午|am|pm)? ?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
        r" ?(?P<half2>am|pm)?"
    ),
    re.compile(
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[ t]"
        r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.]\d+)?)? ?"
        r"(?P<zone>z|utc|[+-]\d\d:?\d\d)?"
    ),
)
NOTHING = ("", "-", "–", "—")


@dataclass
class Times:
    """What a table says."""

    handed_in: dict[str, datetime] = field(default_factory=dict)
    """Student -> when, with a time zone."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Moodle's participant number -> student."""
    problems: list[str] = field(default_factory=list)
    """A sentence for each line that says nothing usable."""
    conflicts: list[str] = field(default_factory=list)
    """A sentence for each student whom two lines mean: neither counts."""


def read_times(sheet: Sheet, students: Mapping[str, Student], zone: tzinfo) -> Times:
    """Read when each student handed in.

    Args:
        sheet: Moodle's grading worksheet, or any table with a student's id or address and a time.
        students: the roster.
        zone: of times without an offset.

    Raises:
        CourseError: the table has no column for the time, or none for the student.
    """
    headings = [heading(text) for text in sheet.header]
    when = next((headings.index(t) for t in TIMES if t in headings), None)
    finder = Finder(sheet.header, students)
    number = next((headings.index(i) for i in IDENTIFIERS if i in headings), None)
    if when is None or not finder.usable:
        missing = "time (or 提交时间)" if when is None else "id (or 学号)"
        raise CourseError(
            f"{sheet.name}: there is no column {missing}; the columns are: "
            + ", ".join(h for h in sheet.header if h)[:200]
        )
    times = Times()
    lines: dict[str, list[int]] = {}
    for row in sheet.body:
        values = [v.strip() for v in row.values] + [""] * len(headings)
        where = f"{sheet.name}:{row.line}"
        student = finder.find(row.values)
        if student is None:
            times.problems.append(f"{where}: nobody in the roster, or several: {_shown(values)}")
            continue
        lines.setdefault(student, []).append(row.line)
        digits = re.search(r"[0-9]+$", visible(values[number])) if number is not None else None
        if digits:
            times.numbers[digits[0]] = student
        if visible(values[when]) in NOTHING:
            continue
        handed_in = parse_time(values[when], zone)
        if handed_in is None:
            times.problems.append(f'{where}: "{values[when]}" is no time that is understood.')
        else:
            times.handed_in[student] = handed_in
    for student, some in lines.items():
        if len(some) > 1:
            told = ", ".join(map(str, some))
            times.conflicts.append(f"{sheet.name}: lines {told} mean {student}; none counts.")
            times.handed_in.pop(student, None)
            times.numbers = {n: s for n, s in times.numbers.items() if s != student}
    return times


def parse_time(text: str, zone: tzinfo) -> datetime | None:
    """Return a time as Moodle, Canvas or a spreadsheet writes it; None where it is none.

    Args:
        text: "Monday, 23 November 2026, 12:04 AM", "2026年11月23日 00:04", ISO 8601.
        zone: where the text names no offset.
    """
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    for form in DATES:
        found = form.fullmatch(text)
        if not found:
            continue
        part = found.groupdict()
        month = part["month"]
        if not month.isdecimal():
            names = [m for m in MONTHS if m.startswith(month) and len(month) >= 3]
            month = str(MONTHS.index(names[0]) + 1) if names else "0"
        hour = int(part["hour"])
        half = part.get("half") or part.get("half2")
        if half in ("pm", "下午") and hour < 12:
            hour += 12
        elif half in ("am", "上午") and hour == 12:
            hour = 0
        try:
            return datetime(
                int(part["year"]),
                int(month),
                int(part["day"]),
                hour,
                int(part["minute"]),
                int(part["second"] or 0),
                tzinfo=_zone(part.get("zone"), zone),
            )
        except ValueError:
            return None
    return None


def stamp(handed_in: datetime) -> bytes:
    """Return a time as nbgrader's timestamp.txt holds it."""
    return f"{handed_in.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC\n".encode()


def read_stamp(data: bytes) -> datetime | None:
    """Read a timestamp.txt, ours or nbgrader's own; None where it holds no time."""
    from nbgrader.utils import parse_utc

    try:
        return parse_utc(data.decode().strip()).replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, AttributeError, UnicodeDecodeError):
        return None


def _shown(values: list[str]) -> str:
    return ", ".join(v for v in values if v)[:80]


def _zone(text: str | None, zone: tzinfo) -> tzinfo:
    if not text:
        return zone
    if text in ("z", "utc"):
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
