"""Collecting: what a platform gives out becomes submitted/<student>/<slug>/, and nothing is lost.

What was there before, and what was handed in beside, moves to earlier/<student>/<slug>/. What is
nobody's for now is kept in doubtful/<slug>/. Each collection is a line of collected.jsonl: what
came from whom, under which name, with its receipt.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from grader.atomic import append_line, write_atomically
from grader.course.archive import Archive, Refused, open_archive
from grader.course.chosen import Choice, choose, says
from grader.course.claims import Claims, Submission, settle
from grader.course.course import Course
from grader.course.enrol import enrol, is_made, typed_id, with_typed_ids
from grader.course.matching import Matcher
from grader.course.naming import Place, Reading, read_names
from grader.course.normalize import same_name
from grader.course.receipt import receipt, receipts_of
from grader.course.roster import Student, roster_bytes
from grader.course.sheets import read_sheet
from grader.course.submitted import (
    doubtful,
    keep,
    keep_doubtful,
    settle_doubtful,
    write_submission,
)
from grader.course.times import Times, read_times, stamp
from grader.errors import CourseError, concerns_the_disk


@dataclass
class Handed:
    """What was taken from one student."""

    files: list[str] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    """Notebook -> its receipt."""
    original: dict[str, str] = field(default_factory=dict)
    """File -> the name in the archive."""
    beside: list[str] = field(default_factory=list)
    """Names in the archive of what does not count; it is kept in earlier/."""
    number: str = ""
    """The platform's own number of the person."""
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
    """Files that are nobody's for now; those of a submission are kept in doubtful/."""
    refused: list[Refused] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What a person has to look at."""
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Who is in the roster and has handed in nothing, now or before."""
    enrolled: list[str] = field(default_factory=list)
    """Whom this collection put into the roster, by the platform's own names."""

    @property
    def well(self) -> bool:
        """Whether there is nothing that a person has to look at."""
        return not (self.unmatched or self.refused or self.warnings)

    def to_json(self) -> dict:
        """Return it as plain data."""
        return asdict(self)


def collect(
    course: Course,
    path: Path,
    slug: str | None = None,
    times: Path | None = None,
    platform: str | None = None,
    student: str | None = None,
) -> Collected:
    """Put the submissions of a zip or folder into the course.

    Args:
        course: whose roster says who is who; where that is empty, the platform's names make one.
        path: the zip as the platform gave it, a folder, or one notebook.
        slug: the exercise; None for the one that the notebooks themselves name.
        times: the platform's table with hand-in times.
        platform: ``moodle``, ``canvas`` or ``plain``; None to see it from the names.
        student: whose all of it is; None to see it from the names.

    Raises:
        CourseError: archive, table or exercise are wrong; nothing was written.
    """
    students = course.students()
    archive = open_archive(path, Matcher(students).knows)
    if not archive.members and not archive.refused:
        raise CourseError(f"{path} holds no file.")
    slug = slug or _exercise(course, archive)
    if not course.folder("release", slug).is_dir():
        raise CourseError(f'"{slug}" has not been released; run `grader release {slug}`.')
    if student is not None:
        platform, reading = "plain", {m.name: [Place(student, m.name)] for m in archive.members}
    else:
        ids = Matcher(students).ids
        names = [member.name for member in archive.members]
        platform, reading = read_names(names, _is_person(students, slug), ids, platform)
    made = Collected(slug, platform, refused=list(archive.refused))
    students = _enrolled(made, students, reading)
    table = Times()
    if times is not None:
        table = read_times(read_sheet(_read(times), str(times)), students, course.timezone)
    made.notes += table.problems
    made.warnings += table.conflicts
    matcher = Matcher(students, table.numbers, told_numbers(course, slug))
    if student is not None:
        claims = _all_of(student, students, archive, reading, path)
    else:
        claims = settle(platform, archive.members, reading, matcher, slug)
    blank = set(receipts_of(course.folder("release", slug)).values())
    typed = {}
    for one, submission in sorted(claims.taken.items()):
        choice = choose(slug, submission.files, blank)
        handed = Handed(number=submission.files[0][0].number, late=_late(submission, choice))
        _one(course, made, one, choice, handed, table.handed_in.get(one))
        settle_doubtful(course, slug, one, doubtful(course, slug, submission.person))
        notebooks = [file.data for name, file in choice.files.items() if name.endswith(".ipynb")]
        if one in made.enrolled and notebooks:
            typed[one] = typed_id(notebooks[0])
    if made.enrolled:
        _write_roster(course, made, with_typed_ids(students, typed))
    _leave(course, made, claims)
    kept = course.path / "doubtful" / slug
    if student in made.students and path.resolve().is_relative_to(kept):
        label = path.resolve().relative_to(kept).parts[:1]
        settle_doubtful(course, slug, student, kept.joinpath(*label))
    there = {p.parent.name for p in (course.path / "submitted").glob(f"*/{slug}")}
    made.missing = [s for s in students if s not in there]
    _log(course, path, made)
    return made


def _is_person(students: Mapping[str, Student], slug: str):
    """Return what says whether a plain folder's name is somebody's."""
    matcher = Matcher(students)

    def is_person(folder: str) -> bool:
        if students:
            return matcher.find(Place(folder, "x", name=folder), "plain").student is not None
        return False

    return is_person


def _enrolled(made: Collected, students: dict[str, Student], reading: Reading):
    """Return the students, with those whom only the platform names where no class list was read."""
    if made.format == "plain" or not all(is_made(s) for s in students.values()):
        return students
    ids = {student.casefold() for student in students}
    names = {same_name(s.first_name) for s in students.values() if not s.canvas_id}
    new = {
        i: s
        for i, s in enrol(made.format, reading).items()
        if i.casefold() not in ids and (s.canvas_id or same_name(s.first_name) not in names)
    }
    made.enrolled = sorted(new)
    return students | {i: new[i] for i in made.enrolled}


def _all_of(student, students, archive: Archive, reading: Reading, path: Path) -> Claims:
    """Return everything as one student's, because a person said so."""
    if students and student not in students:
        raise CourseError(f"{student!a} is not in the roster; write the id as it stands there.")
    files = [(reading[member.name][0], member) for member in archive.members]
    return Claims(taken={student: Submission(path.name, files)})


def _write_roster(course: Course, made: Collected, students: dict[str, Student]) -> None:
    """Write the roster that the platform's names made, and say so."""
    write_atomically(course.path / "roster.csv", roster_bytes(students))
    made.notes.append(
        f"roster.csv held no class list: {len(made.enrolled)} students were put into it by the "
        f"names of {made.format.capitalize()}; each one's sentence is that of the id in the "
        "notebook. With a class list: `grader roster FILE.csv` into an empty roster.csv, and "
        "collect again."
    )


def _leave(course: Course, made: Collected, claims: Claims) -> None:
    """List what is nobody's, and keep it."""
    made.unmatched += [Refused(name[:200], why) for name, why in claims.strange]
    for submission, why in claims.left:
        files = {}
        for place, member in submission.files:
            try:
                files[place.file] = member.read()
                made.unmatched.append(Refused(member.name[:200], why))
            except CourseError as error:
                made.refused.append(Refused(member.name[:200], str(error)))
        keep_doubtful(course, made.exercise, submission.person, files)
    made.unmatched.sort(key=lambda one: one.name)


def _late(submission: Submission, choice: Choice) -> bool | None:
    """Return what Canvas says of the last file that counts, of a notebook where there is one."""
    counted = {file.origin.split(": ")[0] for file in choice.files.values()}
    places = [place for place, member in submission.files if member.name in counted]
    last = max(places, key=lambda p: (".ipynb" in p.file.casefold(), p.order), default=None)
    return last.late if last else None


def told_late(course: Course, slug: str) -> dict[str, bool | None]:
    """Return what platforms said of each student's latest submission without a time."""
    told: dict[str, bool | None] = {}
    for data in _logged(course, slug):
        told |= {s: h["late"] for s, h in data["students"].items() if h["outcome"] != "older"}
    return told


def told_numbers(course: Course, slug: str) -> dict[str, str]:
    """Return under which number Moodle gave each student's latest submission."""
    told: dict[str, str] = {}
    for data in _logged(course, slug):
        if data["format"] == "moodle":
            told |= {s: h["number"] for s, h in data["students"].items() if h.get("number")}
    return told


def _logged(course: Course, slug: str) -> list[dict]:
    try:
        lines = (course.path / "collected.jsonl").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found = []
    for line in lines:
        try:
            data = json.loads(line)
        except ValueError:  # cut short by a crash
            continue
        if data["exercise"] == slug:
            found.append(data)
    return found


def _one(
    course: Course,
    made: Collected,
    student: str,
    choice: Choice,
    handed: Handed,
    handed_in: datetime | None,
) -> None:
    """Write one student's submission; what goes wrong here stops nobody else's."""
    made.refused += choice.refused
    made.notes += [f"{student}: {note}" for note in choice.notes]
    made.warnings += [f"{student}: {warning}" for warning in choice.warnings]
    when = stamp(handed_in).decode().split() if handed_in else None
    handed.files = sorted(choice.files)
    handed.receipts = {n: r for n, f in choice.files.items() if (r := receipt(f.data))}
    handed.original = {name: file.origin for name, file in sorted(choice.files.items())}
    handed.beside = [file.origin for file in choice.beside]
    handed.handed_in = f"{when[0]}T{when[1]}Z" if when else None
    handed.late = None if handed_in else handed.late
    data = {name: file.data for name, file in choice.files.items()}
    try:
        if data:
            handed.outcome = write_submission(course, made.exercise, student, data, handed_in)
        for file in choice.beside:
            keep(course, made.exercise, student, {file.name: file.data})
    except OSError as error:  # for example a file and a folder of one name
        if concerns_the_disk(error):
            raise
        made.refused.append(Refused(student, f"could not be written: {error.strerror}"))
    else:
        if data or choice.beside:
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
    append_line(
        course.path / "collected.jsonl", json.dumps(line | made.to_json(), ensure_ascii=True)
    )
