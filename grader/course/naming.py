"""Whose file is it: the names that Moodle, Canvas and plain folders give, matched with a roster.

Moodle ("Download all submissions"; mod/assign, download_submissions): a folder or a prefix
``Full name_123_assignsubmission_file_``, where 123 counts participants of that assignment; blind
marking writes ``Participant``, and group work the group before the name. Canvas ("Download
submissions"; lib/content_zipper.rb): ``sortablename_LATE_userid_fileid_name``, LATE only where it
is; anonymous grading writes ``anon_x1y2z`` for name and id.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.course.roster import Student

MOODLE = re.compile(
    r"(?P<name>[^_]*)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)
CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)?(?P<late>LATE_)?(?:anon_(?P<anon>[A-Za-z0-9]+)|(?P<user>\d+))"
    r"_(?P<number>\d+)_(?P<file>.+)"
)
RUN = re.compile(r"[A-Za-z0-9]+")
TOO_SHORT = 3
"""Ids shorter than this are not looked for inside other names."""


@dataclass(frozen=True)
class Place:
    """What the name of a file says."""

    person: str
    """One person's files have the same: the platform's own number, or a folder's name."""
    file: str
    """The file's path in the submission; empty for typed text, which is no file."""
    name: str = ""
    """The person's name, as the platform writes it."""
    number: str = ""
    """Canvas: the user's id. Moodle: the participant's number."""
    order: int = 0
    """Canvas: the file's id; a later upload has a larger one."""
    late: bool | None = None
    """Canvas: whether it says LATE."""


def places(names: Iterable[str], students: Mapping[str, Student], platform: str | None = None):
    """Return the platform and what each name says.

    Args:
        names: paths in the archive.
        students: the roster, for plain names.
        platform: ``moodle``, ``canvas`` or ``plain``; None to see it from the names.

    Returns:
        (platform, name -> Place).
    """
    names = list(names)
    readers = {"moodle": _moodle, "canvas": _canvas}
    if platform is None:
        most = {p: sum(read(name) is not None for name in names) for p, read in readers.items()}
        best = max(most, key=lambda p: most[p])
        platform = best if most[best] * 2 > len(names) else "plain"
    top = _common_top(names, students) if platform == "plain" else ""
    found = {}
    for name in names:
        place = readers[platform](name) if platform in readers else None
        found[name] = place or _plain(name.removeprefix(top))
    return platform, found


@dataclass
class Who:
    """Finds the student whom a platform means."""

    students: Mapping[str, Student]
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Moodle's participant number -> student, from its grading worksheet."""

    def __post_init__(self):
        self.canvas = {s.canvas_id: i for i, s in self.students.items() if s.canvas_id}
        self.names: dict[str, set[str]] = {}
        for student in self.students.values():
            for name in student.names:
                self.names.setdefault(same_name(name), set()).add(student.id)
        self.names.pop("", None)
        self.whole: dict[str, set[str]] = {}
        self.odd: list[tuple[re.Pattern, str]] = []
        for student in self.students.values():
            for known in {student.id, student.moodle_id, student.login}:
                if RUN.fullmatch(known):
                    self.whole.setdefault(known.casefold(), set()).add(student.id)
                elif len(known) >= TOO_SHORT:
                    around = rf"(?<![A-Za-z0-9]){re.escape(known)}(?![A-Za-z0-9])"
                    self.odd.append((re.compile(around, re.IGNORECASE), student.id))

    def find(self, place: Place, platform: str) -> tuple[str | None, str]:
        """Return the student's id, or None and why not."""
        if platform == "canvas" and place.number in self.canvas:
            return self.canvas[place.number], ""
        if platform == "moodle" and place.number in self.numbers:
            return self.numbers[place.number], ""
        name = place.name or place.person
        if platform == "plain" and place.person in self.students:
            return place.person, ""
        if not self.students and platform == "plain":
            folder = place.person.removesuffix(".ipynb")
            return (None, "cannot be an id") if folder.startswith(".") else (folder, "")
        by_id = self._ids_in(name)
        by_name = self.names.get(same_name(name), set())
        if not by_name and platform == "moodle":  # group work: "Group 1-Ann Lee"
            by_name = self.names.get(same_name(name.rpartition("-")[2]), set())
        found = by_id or by_name
        if len(found) == 1:
            return next(iter(found)), ""
        if found:
            return None, "could be any of " + ", ".join(sorted(found))
        if platform == "canvas" and place.number == "":
            return None, "anonymous; download it with names shown"
        return None, "nobody in the roster has this name, and no id in it is known"

    def _ids_in(self, name: str) -> set[str]:
        """Return who has an id in `name` that nothing touches: 2023001 is not in 20230012."""
        text = unicodedata.normalize("NFKC", name)
        found = {student for pattern, student in self.odd if pattern.search(text)}
        for run in RUN.findall(text):
            if len(run) >= TOO_SHORT or run == text:
                found |= self.whole.get(run.casefold(), set())
        return found


def same_name(name: str) -> str:
    """Return a name as it is compared: no capitals, spaces or signs."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def _moodle(name: str) -> Place | None:
    parts = name.split("/")
    for at, part in enumerate(parts):
        found = MOODLE.fullmatch(part)
        if found:
            inside = [p for p in (found["file"], *parts[at + 1 :]) if p]
            file = "/".join(inside) if found["kind"] == "file" else ""
            return Place(found["number"], file, name=found["name"], number=found["number"])
    return None


def _canvas(name: str) -> Place | None:
    found = CANVAS.fullmatch(name.rsplit("/", 1)[-1])
    if not found:
        return None
    typed = found["file"] in ("text.html", "link.html")
    return Place(
        person=found["user"] or f"anon_{found['anon']}",
        file="" if typed else found["file"],
        name=found["name"] or "",
        number=found["user"] or "",
        order=int(found["number"]),
        late=bool(found["late"]),
    )


def _plain(name: str) -> Place:
    person, _, file = name.partition("/")
    return Place(person, file or person, name=person if file else person.rsplit(".", 1)[0])


def _common_top(names: list[str], students: Mapping[str, Student]) -> str:
    """Return the folder that all lie in, where it is nobody's."""
    who = Who(students)
    top = ""
    while names:
        firsts = {name.removeprefix(top).split("/", 1)[0] for name in names}
        inside = all(name.removeprefix(top).count("/") for name in names)
        deeper = all(name.removeprefix(top).count("/") > 1 for name in names)
        if len(firsts) != 1 or not inside:
            break
        if (students or not deeper) and who.find(_plain(f"{next(iter(firsts))}/x"), "plain")[0]:
            break
        top += next(iter(firsts)) + "/"
    return top
