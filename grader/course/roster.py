"""The roster: who is in the course, read from the lists that schools and platforms hand out."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from grader.course.sheets import Sheet, read_sheet
from grader.errors import CourseError

STUDENT_ID = re.compile(r"[^\x00-\x1f\x7f/\\]{1,100}")
COLUMNS = (
    "id",
    "first_name",
    "last_name",
    "email",
    "variant_id",
    "canvas_id",
    "login",
    "moodle_id",
)
ROSTER = ",".join(COLUMNS) + "\n"

HEADINGS = {
    "id": ("id", "学号", "学工号", "student id", "sis user id", "id number", "学号/工号", "id号"),
    "first_name": ("first name", "名", "firstname"),
    "last_name": ("last name", "surname", "姓", "姓氏", "lastname"),
    "name": ("name", "姓名", "full name", "student", "全名", "学生"),
    "email": ("email", "email address", "e mail", "邮箱", "电子邮件", "电子邮箱", "邮箱地址"),
    "variant_id": ("variant id",),
    "canvas_id": ("canvas id",),
    "login": ("login", "sis login id", "username", "用户名"),
    "moodle_id": ("moodle id",),
}
"""Field -> the headings that it goes by, in small letters, with spaces for underscores."""


@dataclass(frozen=True)
class Student:
    """One line of roster.csv."""

    id: str
    """The name of the student's folder in submitted/."""
    variant_id: str
    """What the student's own sentence is drawn from: `id`, unless the roster says otherwise."""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    canvas_id: str = ""
    """Canvas's own number of the user: in the names of its zip, and "ID" in its gradebook."""
    login: str = ""
    """The login at the platform: Canvas's "SIS Login ID", Moodle's username."""
    moodle_id: str = ""
    """Moodle's "ID number", where it is not `id`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The whole name in both orders."""
        both = [self.first_name, self.last_name]
        return tuple(dict.fromkeys(" ".join(filter(None, o)) for o in (both, both[::-1])))


@dataclass
class Merged:
    """What came of merging a list into the roster."""

    students: dict[str, Student] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    """Who stood in the roster and not in the list; they stay."""
    skipped: list[str] = field(default_factory=list)
    """A sentence for each line of the list that is nobody's."""
    encoding: str = ""


def read_roster(path: Path) -> dict[str, Student]:
    """Read a roster, by student id: a CSV with a column for the id, perhaps with the others.

    Raises:
        CourseError: a line is wrong; names the line.
    """
    if not path.exists():
        return {}
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: {error}; mend the file.") from None
    students: dict[str, Student] = {}
    for line, student in _students(read_sheet(data, str(path)), []):
        if student.id in students:
            raise CourseError(f'{path}:{line}: "{student.id}" stands there twice.')
        students[student.id] = student
    return students


def merge_roster(path: Path, data: bytes, name: str) -> Merged:
    """Put a class list into the roster at `path`; nobody is taken out, no field is emptied.

    Args:
        path: the course's roster.csv.
        data: the list, as a school, Canvas or Moodle gives it out.
        name: of the list, for messages.

    Raises:
        CourseError: the list is wrong; names the line, and the roster stays as it was.
    """
    known = read_roster(path)
    sheet = read_sheet(data, name)
    merged = Merged(students=dict(known), encoding=_called(sheet))
    seen: dict[str, int] = {}
    short = {i.lstrip("0"): i for i in known if i.startswith("0") and i.isdecimal()}
    for line, student in _students(sheet, merged.skipped):
        where = f"{name}:{line}"
        if student.id in seen:
            raise CourseError(f'{where}: "{student.id}" stands in line {seen[student.id]}, too.')
        if student.id not in known and student.id in short:
            raise CourseError(
                f'{where}: "{student.id}" stands in the roster as "{short[student.id]}": a '
                "spreadsheet took the zeros away; format the column as text and save again."
            )
        seen[student.id] = line
        before = known.get(student.id)
        merged.students[student.id] = after = _over(before, student) if before else student
        if before is None:
            merged.added.append(student.id)
        elif before != after:
            merged.changed.append(student.id)
    merged.kept = [student for student in known if student not in seen]
    if merged.added or merged.changed:
        path.write_bytes(roster_bytes(merged.students))
    return merged


def roster_bytes(students: dict[str, Student]) -> bytes:
    """Return roster.csv: UTF-8 with a byte order mark, so that spreadsheets show names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for student in students.values():
        own = "" if student.variant_id == student.id else student.variant_id
        row = replace(student, variant_id=own)
        writer.writerow([getattr(row, column) for column in COLUMNS])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def heading(text: str) -> str:
    """Return a heading as it is compared."""
    return re.sub(r"[\s_-]+", " ", text.strip().strip('"').casefold())


def columns(header: list[str]) -> dict[str, int]:
    """Return which column holds which field of a student, by the headings in HEADINGS."""
    headings = [heading(text) for text in header]
    canvas = "sis user id" in headings or "sis login id" in headings
    places: dict[str, int] = {}
    for name, known in HEADINGS.items():
        for one in known:
            at = headings.index(one) if one in headings else None
            if at is not None and not (canvas and one == "id") and name not in places:
                places[name] = at
    if canvas and "id" in headings:  # Canvas's own number; the school's id is "SIS User ID"
        places["canvas_id"] = headings.index("id")
    return places


class Finder:
    """Finds whose line of a platform's table it is: by ids and addresses, else by a whole name."""

    def __init__(self, header: list[str], students: Mapping[str, Student]):
        self.places = columns(header)
        self.by: list[tuple[int, dict[str, str]]] = []
        everybody = students.values()
        keys = {
            "canvas_id": {s.canvas_id: s.id for s in everybody},
            "id": {s.moodle_id: s.id for s in everybody} | {s.id: s.id for s in everybody},
            "login": {s.login: s.id for s in everybody},
            "email": {s.email: s.id for s in everybody},
        }
        for name, find in keys.items():
            find = {key.casefold(): student for key, student in find.items() if key}
            if name in self.places and find:
                self.by.append((self.places[name], find))
        named: dict[str, set[str]] = {}
        for student in everybody:
            for name in student.names:
                named.setdefault(name.casefold().replace(",", ""), set()).add(student.id)
        self.names = {n: next(iter(ids)) for n, ids in named.items() if n and len(ids) == 1}
        self.usable = bool(self.by) or ("name" in self.places and bool(self.names))

    def find(self, values: list[str]) -> str | None:
        """Return the student of a line; None for nobody's, and where fields disagree."""
        fields = [values[at].strip().casefold() if at < len(values) else "" for at, _ in self.by]
        found = {find[f] for f, (_, find) in zip(fields, self.by, strict=True) if f in find}
        if found:
            return found.pop() if len(found) == 1 else None
        at = self.places.get("name", len(values))
        name = values[at].strip().casefold().replace(",", "") if at < len(values) else ""
        return None if any(fields) else self.names.get(name)


def _students(sheet: Sheet, skipped: list[str]):
    """Yield line and student; what is a platform's own line goes to `skipped`."""
    places = _places(sheet)
    for row in sheet.body:
        found = {
            name: row.values[at].strip() if at < len(row.values) else ""
            for name, at in places.items()
        }
        where = f"{sheet.name}:{row.line}"
        whole = found.pop("name", "")
        if whole and not (found.get("first_name") or found.get("last_name")):
            last, comma, first = whole.partition(", ")  # as Canvas writes it
            found |= {"first_name": first, "last_name": last} if comma else {"first_name": whole}
        if whole.strip().startswith("Points Possible") or not any(found.values()):
            continue
        student = found["id"] or (found.get("login", "") if "canvas_id" in places else "")
        if not student and "canvas_id" in places:
            skipped.append(f'{where}: "{whole}" has no SIS id and no login.')
            continue
        _check_id(student, where)
        found |= {"id": student, "variant_id": found.get("variant_id") or student}
        yield row.line, Student(**found)


def _places(sheet: Sheet) -> dict[str, int]:
    """Return the column of each field; one of them is the id."""
    places = columns(sheet.header)
    if "id" not in places:
        line = next(row.line for row in sheet.rows if any(row.values))
        raise CourseError(
            f'{sheet.name}:{line}: there is no column "id" (or 学号); '
            f"the columns are: {', '.join(h for h in sheet.header if h)[:200]}. "
            f"A whole header is {ROSTER.strip()}"
        )
    return places


def _check_id(student: str, where: str) -> None:
    if re.fullmatch(r"\d+([.]\d+)?E[+]?\d+", student, re.IGNORECASE):
        raise CourseError(
            f'{where}: "{student}" is what a spreadsheet makes of a long number; format the '
            "column as text, put the ids in again and save."
        )
    if not STUDENT_ID.fullmatch(student) or student.startswith("."):
        raise CourseError(f'{where}: "{student!a}" cannot be an id.')


def _over(before: Student, now: Student) -> Student:
    given = {f.name: getattr(now, f.name) for f in fields(now) if getattr(now, f.name)}
    if now.variant_id == now.id:
        given.pop("variant_id")
    return replace(before, **given)


def _called(sheet: Sheet) -> str:
    if sheet.encoding == "gb18030":
        return "GBK"
    return sheet.encoding.upper() + (" with BOM" if sheet.bom else "")
