"""The roster: who is in the course, read from the lists that schools and platforms hand out."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from grader.atomic import write_atomically
from grader.course.ids import clean_id
from grader.course.normalize import same_name, visible
from grader.course.sheets import Sheet, plain, read_sheet, write_rows
from grader.course.student_view import is_test_student
from grader.errors import CourseError

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
IDS = ("id", "variant_id", "canvas_id", "login", "moodle_id")
UNIQUE = ("canvas_id", "login", "moodle_id")
"""Fields in which no two students may have the same."""

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
    def name(self) -> str:
        """The whole name as people write it: 李明, Ada Lovelace; empty where it is not known."""
        han = re.search(r"[\u4e00-\u9fff]", self.first_name + self.last_name)
        both = (self.last_name, self.first_name) if han else (self.first_name, self.last_name)
        return ("" if han else " ").join(filter(None, both))

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
    notes: list[str] = field(default_factory=list)
    """A sentence for each id that was mended, and for each name that several have."""
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
    students = {s.id: s for _, s in _distinct(_students(read_sheet(data, str(path))), str(path))}
    _check_unique(students.values(), str(path))
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
    seen: set[str] = set()
    short = {_without_zeros(i): i for i in known}
    for line, student in _distinct(_students(sheet, merged), name):
        there = short.get(_without_zeros(student.id), student.id)
        if there != student.id and student.id not in known:
            raise CourseError(
                f'{name}:{line}: "{student.id}" stands in the roster as "{there}": a '
                "spreadsheet took zeros away; format the column as text and save again."
            )
        seen.add(student.id)
        before = known.get(student.id)
        merged.students[student.id] = after = _over(before, student) if before else student
        if before is None:
            merged.added.append(student.id)
        elif before != after:
            merged.changed.append(student.id)
    _check_unique(merged.students.values(), name)
    merged.kept = [student for student in known if student not in seen]
    merged.notes += _namesakes(merged.students.values())
    if merged.added or merged.changed:
        write_atomically(path, roster_bytes(merged.students))
    return merged


def roster_bytes(students: dict[str, Student]) -> bytes:
    """Return roster.csv: UTF-8 with a byte order mark, so that spreadsheets show names."""
    rows: list[Sequence[str]] = [COLUMNS]
    for student in students.values():
        own = "" if student.variant_id == student.id else student.variant_id
        row = replace(student, variant_id=own)
        rows.append([getattr(row, column) for column in COLUMNS])
    return write_rows(rows)


def heading(text: str) -> str:
    """Return a heading as it is compared."""
    return re.sub(r"[\s_-]+", " ", visible(text).strip('"').casefold())


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
            "canvas_id": [(s.canvas_id, s.id) for s in everybody],
            "id": [(key, s.id) for s in everybody for key in (s.id, s.moodle_id)],
            "login": [(s.login, s.id) for s in everybody],
            "email": [(s.email, s.id) for s in everybody],
        }
        for name, pairs in keys.items():
            find = only_one_each((_as_key(key), student) for key, student in pairs)
            if name in self.places and find:
                self.by.append((self.places[name], find))
        self.names = only_one_each((same_name(n), s.id) for s in everybody for n in s.names)
        self.usable = bool(self.by) or ("name" in self.places and bool(self.names))

    def find(self, values: list[str]) -> str | None:
        """Return the student of a line; None for nobody's, and where fields disagree."""
        fields = [_as_key(values[at]) if at < len(values) else "" for at, _ in self.by]
        found = {find[f] for f, (_, find) in zip(fields, self.by, strict=True) if f in find}
        if found:
            return found.pop() if len(found) == 1 else None
        at = self.places.get("name", len(values))
        name = same_name(values[at]) if at < len(values) else ""
        return None if any(fields) else self.names.get(name)


def only_one_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return key -> student, without empty keys and without those that several students have."""
    found: dict[str, set[str]] = {}
    for key, student in pairs:
        found.setdefault(key, set()).add(student)
    return {key: next(iter(ids)) for key, ids in found.items() if key and len(ids) == 1}


def _as_key(text: str) -> str:
    """Return an id or an address as it is compared; what is no id is compared as it stands."""
    try:
        return clean_id(plain(text)).casefold()
    except ValueError:
        return visible(text).casefold()


def _students(sheet: Sheet, merged: Merged | None = None) -> Iterator[tuple[int, Student]]:
    """Yield line and student; what is a platform's own line goes to `merged`'s skipped."""
    merged = merged or Merged()
    places = _places(sheet)
    for row in sheet.body:
        where = f"{sheet.name}:{row.line}"
        cells = {n: row.values[at] if at < len(row.values) else "" for n, at in places.items()}
        whole = visible(plain(cells.pop("name", "")))
        if whole.startswith("Points Possible"):
            continue
        if "canvas_id" in places and is_test_student(
            whole, cells.get("login", ""), cells.get("id", "")
        ):
            merged.skipped.append(f'{where}: "{whole}" is the test student of Canvas: nobody.')
            continue
        found = {n: _field(n, text, where, merged) for n, text in cells.items()}
        if whole and not (found.get("first_name") or found.get("last_name")):
            last, comma, first = whole.partition(", ")  # as Canvas writes it
            found |= {"first_name": first, "last_name": last} if comma else {"first_name": whole}
        if not any(found.values()):
            continue
        student = found["id"] or (found.get("login", "") if "canvas_id" in places else "")
        if not student and "canvas_id" in places:
            merged.skipped.append(f'{where}: "{whole}" has no SIS id and no login.')
            continue
        if not student:
            raise CourseError(f"{where}: the id is missing; write it, or take the line out.")
        found |= {"id": student, "variant_id": found.get("variant_id") or student}
        yield row.line, Student(**found)


def _field(name: str, text: str, where: str, merged: Merged) -> str:
    """Return what a cell means; an id that had to be mended is told."""
    text = visible(plain(text)) if name not in IDS else text
    if name not in IDS:
        return text
    try:
        found = clean_id(plain(text))
    except ValueError as error:
        raise CourseError(f"{where}: {error}") from None
    if found != text.strip():
        merged.notes.append(f'{where}: {name} "{text}" is read as "{found}".')
    return found


def _distinct(lines: Iterable[tuple[int, Student]], name: str) -> Iterator[tuple[int, Student]]:
    """Pass lines on as long as no two ids are one, capitals apart."""
    seen: dict[str, int] = {}
    for line, student in lines:
        before = seen.setdefault(student.id.casefold(), line)
        if before != line:
            raise CourseError(f'{name}:{line}: "{student.id}" stands in line {before}, too.')
        yield line, student


def _check_unique(students: Iterable[Student], name: str) -> None:
    """Refuse two students with one number or login of the platform's."""
    owners: dict[tuple[str, str], str] = {}
    for student in students:
        for field_ in UNIQUE:
            key = (field_, getattr(student, field_).casefold())
            other = owners.setdefault(key, student.id) if key[1] else student.id
            if other != student.id:
                raise CourseError(
                    f'{name}: {other} and {student.id} have one {field_}, "{key[1]}"; take out of '
                    "roster.csv which of them is wrong."
                )


def _namesakes(students: Iterable[Student]) -> list[str]:
    """Return a sentence for each name that several have: no file is found by it."""
    called: dict[str, list[Student]] = {}
    for student in students:
        called.setdefault(same_name(student.names[0]), []).append(student)
    return [
        f"{', '.join(s.id for s in some)} have one name, {some[0].names[0]}: what comes under it "
        "alone is left to you."
        for name, some in called.items()
        if name and len(some) > 1
    ]


def _without_zeros(student: str) -> str:
    return student.lstrip("0") if student.isdecimal() else student


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


def _over(before: Student, now: Student) -> Student:
    given = {f.name: getattr(now, f.name) for f in fields(now) if getattr(now, f.name)}
    if now.variant_id == now.id:
        given.pop("variant_id")
    return replace(before, **given)


def _called(sheet: Sheet) -> str:
    if sheet.encoding == "gb18030":
        return "GBK"
    return sheet.encoding.upper() + (" with BOM" if sheet.bom else "")
