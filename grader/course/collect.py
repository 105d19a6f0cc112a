"""Collecting: what a platform gives out becomes submitted/<student>/<slug>/, and nothing is lost.

What was there before, and what was handed in beside, moves to earlier/<student>/<slug>/. Each
collection is a line of collected.jsonl: what came from whom, under which name, with its receipt.
"""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from grader.course.archive import Archive, Member, Refused, open_archive
from grader.course.chosen import choose, says
from grader.course.folder import Course
from grader.course.naming import Place, Who, places
from grader.course.receipt import receipt
from grader.course.sheets import read_sheet
from grader.course.submitted import keep, write_submission
from grader.course.times import Times, read_times, stamp
from grader.errors import CourseError


@dataclass
class Handed:
    """What was taken from one student."""

    files: list[str] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    """Notebook -> its receipt."""
    original: dict[str, str] = field(default_factory=dict)
    """File -> the name in the archive."""
    handed_in: str | None = None
    """When, in UTC; None: unknown."""
    late: bool | None = None
    """What the platform says of it without a time."""
    outcome: str = "new"
    """``new``, ``replaced``, ``unchanged``, or ``older`` than what is there, which stays."""


@dataclass
class Collected:
    """What came of a collection."""

    exercise: str
    format: str
    students: dict[str, Handed] = field(default_factory=dict)
    unmatched: list[Refused] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Who is in the roster and has handed in nothing, now or before."""

    def to_json(self) -> dict:
        """Return it as plain data."""
        return asdict(self)


def collect(
    course: Course,
    path: Path,
    slug: str | None = None,
    times: Path | None = None,
    platform: str | None = None,
) -> Collected:
    """Put the submissions of a zip or folder into the course.

    Args:
        course: whose roster says who is who.
        path: the zip as the platform gave it, or a folder.
        slug: the exercise; None for the one that the notebooks themselves name.
        times: the platform's table with hand-in times.
        platform: ``moodle``, ``canvas`` or ``plain``; None to see it from the names.

    Raises:
        CourseError: archive, table or exercise are wrong; nothing was written.
    """
    students = course.students()
    archive = open_archive(path)
    if not archive.members and not archive.refused:
        raise CourseError(f"{path} holds no file.")
    table = Times()
    if times is not None:
        table = read_times(read_sheet(_read(times), str(times)), students, course.timezone)
    names = [member.name for member in archive.members]
    platform, found = places(names, students, platform)
    if platform != "plain" and not students:
        raise CourseError(
            f"{path} comes from {platform.capitalize()}, and the roster is empty: nobody can be "
            "found by name; run `grader roster students.csv` first."
        )
    slug = slug or _exercise(course, archive)
    if not course.folder("release", slug).is_dir():
        raise CourseError(f'"{slug}" has not been released; run `grader release {slug}`.')
    made = Collected(slug, platform, refused=list(archive.refused), notes=list(table.problems))
    who = Who(students, table.numbers)
    taken: dict[str, list[tuple[Place, Member]]] = {}
    strangers: dict[str, str] = {}
    for member in archive.members:
        place = found[member.name]
        student, why = who.find(place, platform)
        if student is None:
            strangers.setdefault(member.name, why)
        elif place.file:
            taken.setdefault(student, []).append((place, member))
    made.unmatched = [Refused(name, why) for name, why in sorted(strangers.items())]
    for student, files in sorted(taken.items()):
        _one(course, made, student, files, table.handed_in.get(student))
    there = {p.parent.name for p in (course.path / "submitted").glob(f"*/{slug}")}
    made.missing = [student for student in students if student not in there]
    _log(course, path, made)
    return made


def told_late(course: Course, slug: str) -> dict[str, bool | None]:
    """Return what platforms said of each student's latest submission without a time."""
    told: dict[str, bool | None] = {}
    try:
        lines = (course.path / "collected.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return told
    for line in lines:
        try:
            data = json.loads(line)
        except ValueError:  # cut short by a crash
            continue
        if data["exercise"] == slug:
            told |= {s: h["late"] for s, h in data["students"].items() if h["outcome"] != "older"}
    return told


def _one(
    course: Course,
    made: Collected,
    student: str,
    files: list[tuple[Place, Member]],
    handed_in: datetime | None,
) -> None:
    """Write one student's submission; what goes wrong here stops nobody else's."""
    choice = choose(made.exercise, made.format, files)
    made.refused += choice.refused
    made.notes += [f"{student}: {note}" for note in choice.notes]
    if not choice.files:
        return
    late = next((place.late for place, _ in files if place.late is not None), None)
    when = stamp(handed_in).decode().split() if handed_in else None
    handed = Handed(
        files=sorted(choice.files),
        receipts={n: r for n, (_, data) in choice.files.items() if (r := receipt(data))},
        original={n: name for n, (name, _) in choice.files.items()},
        handed_in=f"{when[0]}T{when[1]}Z" if when else None,
        late=None if handed_in else late,
    )
    data = {name: content for name, (_, content) in choice.files.items()}
    try:
        handed.outcome = write_submission(course, made.exercise, student, data, handed_in)
        for name, content in choice.beside.items():
            keep(course, made.exercise, student, {name: content})
    except OSError as error:  # for example a file and a folder of one name
        made.refused.append(Refused(student, f"could not be written: {error.strerror}"))
    else:
        made.students[student] = handed


def _exercise(course: Course, archive: Archive) -> str:
    """Return the released exercise that the notebooks name."""
    released = sorted(p.name for p in (course.path / "release").glob("*") if p.is_dir())
    if len(released) == 1:
        return released[0]
    counted: Counter[str] = Counter()
    for member in archive.members:
        if member.name.endswith(".ipynb"):
            try:
                counted.update(set(says(member.read())) & set(released))
            except (CourseError, OSError):
                continue
    if len(counted) == 1:
        return next(iter(counted))
    named = ", ".join(f"{slug} ({n})" for slug, n in sorted(counted.items())) or "none"
    raise CourseError(
        f"It is not plain which exercise this is: the notebooks name {named}; "
        f"add --slug SLUG, one of: {', '.join(released) or 'none is released'}."
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}.") from None


def _log(course: Course, path: Path, made: Collected) -> None:
    digest = hashlib.sha256()
    if path.is_file():
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    line = {"from": path.name, "sha256": digest.hexdigest() if path.is_file() else ""}
    with (course.path / "collected.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line | made.to_json(), ensure_ascii=True) + "\n")
