"""The course folder: what `grader init` makes, and what every other command opens."""

import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.atomic import write_atomically
from grader.course.late import LatePolicy
from grader.course.roster import ROSTER, Student, read_roster
from grader.course.settings import LANGUAGES, is_ours, line_of, read_settings
from grader.errors import CourseError
from grader.questions import Exercise, load_exercise

__all__ = ["LANGUAGES", "Course", "Student", "init_course", "open_course", "read_roster"]

CONFIG = """\
# One course. Everything else in this folder is generated, except roster.csv and submitted/.
course_id = {course_id}          # part of the draw of each student's own sentence: keep it
language = "{language}"            # zh or en: the assignment; the other is a file beside it
exercises = {exercises}          # the folder of exercise folders, from here or absolute
timezone = "{timezone}"            # of the times below and in platforms' tables; or "Asia/Shanghai"
# package = "a-name"   # what students install; without it the wheel in the handout's zip
# site = "https://example.org/attention/"    # what cards in notebooks link to

[late]
policy = "none"       # none; "per day": a share for each day begun; "cut-off": nothing counts
# per_day = 0.1       # the share of the points that each day begun takes off
# most = 0.5          # the largest share that days take off
# grace_minutes = 10  # within these nothing is late
# cut_off_days = 7    # later than this nothing counts

[due]                 # exercise = time
# telescope = 2026-12-01 23:59:00

# [extension."2026001"]   # a student's own times
# telescope = 2026-12-04 23:59:00
"""

ZONES = {"zh": "+08:00", "en": "UTC"}
SECRET_BYTES = 32

NBGRADER = '''\
"""Read by nbgrader and formgrader when they run in this folder; written by `grader init`."""

from pathlib import Path

from grader.grading.preprocessors import configure

c = get_config()  # noqa: F821
configure(c, Path(__file__).parent)
'''


@dataclass(frozen=True)
class Course:
    """An open course folder: its settings, and where things lie in it."""

    path: Path
    course_id: str
    language: str
    exercises: Path
    database: str | None = None
    """`db_url` of course.toml; without it the gradebook is gradebook.db in the folder."""
    timezone: tzinfo = UTC
    package: str = ""
    """What a notebook tells students to install: a name, an address or a file."""
    site: str = ""
    """Address of the course's site, which cards link to; empty: no links."""
    late: LatePolicy = field(default_factory=LatePolicy)
    due: Mapping[str, datetime] = field(default_factory=dict)
    """Exercise -> when it was to be handed in."""
    extensions: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    """Student -> exercise -> the student's own time."""

    @property
    def db_url(self) -> str:
        """Where nbgrader's gradebook is."""
        return self.database or f"sqlite:///{self.path / 'gradebook.db'}"

    @property
    def other_language(self) -> str:
        """The language that is not the assignment's."""
        return next(language for language in LANGUAGES if language != self.language)

    def exercise(self, slug: str) -> Path:
        """Return the folder of the exercise `slug`.

        Raises:
            CourseError: there is none; the message lists those that there are.
        """
        self._must_have_exercises()
        folder = self.exercises / slug
        if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and (folder / "questions.toml").is_file():
            return folder
        known = sorted(path.parent.name for path in self.exercises.glob("*/questions.toml"))
        raise CourseError(
            f'There is no exercise "{slug}" in {self.exercises}; '
            + (f"there are: {', '.join(known)}." if known else "the folder holds no exercise.")
        )

    def questions(self, slug: str) -> Exercise | None:
        """Return the exercise `slug`; None for a stock assignment, which has no questions of ours.

        Raises:
            CourseError: it is wrong, or was released from here and is gone.
        """
        folder = self.exercises / slug
        if (folder / "questions.toml").is_file():
            return load_exercise(folder)
        if is_ours(self.folder("source", slug)):
            self.exercise(slug)  # never graded as a stock assignment: says what is missing
        return None

    def _must_have_exercises(self) -> None:
        if not self.exercises.is_dir():
            raise CourseError(
                f"{line_of(self.path / 'course.toml', 'exercises')}: {self.exercises} is no "
                'folder; write exercises = "DIR", the folder that holds the exercises now.'
            )

    def folder(self, step: str, slug: str, student: str = ".") -> Path:
        """Return nbgrader's folder of a step: source, release, submitted, autograded, feedback."""
        return self.path / step / student / slug

    def secret(self) -> bytes:
        """Return the course's secret, from which probes are drawn; no kernel ever sees it.

        Raises:
            CourseError: it is missing.
        """
        try:
            secret = bytes.fromhex((self.path / "secret").read_text().strip())
        except (OSError, ValueError):
            secret = b""
        if len(secret) < SECRET_BYTES:
            raise CourseError(
                f"{self.path / 'secret'} is missing, empty or damaged; put your copy of it back. "
                f"Where there is none, delete the file: `grader init {self.path}` writes a new "
                "one, and the inputs of functions are then drawn anew."
            )
        return secret

    def students(self) -> dict[str, Student]:
        """Return the roster, by student id, in the order of the file."""
        return read_roster(self.path / "roster.csv")

    def names(self) -> dict[str, str]:
        """Return id -> name, of all whose name says more than their id."""
        students = self.students().values()
        return {student.id: student.name for student in students if student.name != student.id}

    def due_for(self, slug: str, student: str) -> datetime | None:
        """Return when `student` had to hand in `slug`, an extension counted in."""
        return self.extensions.get(student, {}).get(slug, self.due.get(slug))

    def variant_id(self, student: str) -> str:
        """Return what the sentence of `student` is drawn from."""
        known = self.students().get(student)
        return known.variant_id if known else student


def init_course(
    folder: Path, *, exercises: Path, course_id: str | None = None, language: str = "zh"
) -> tuple[Course, list[str]]:
    """Make `folder` a course, or complete one; what is there stays.

    Returns:
        The course, and the names of the files that were written.
    """
    folder = folder.resolve()
    if not exercises.is_dir():
        raise CourseError(
            f"{exercises} is no folder; name the folder that holds the exercises: --exercises DIR."
        )
    if language not in LANGUAGES:
        raise CourseError(f'There is no language "{language}"; choose zh or en.')
    folder.mkdir(parents=True, exist_ok=True)
    where = exercises.resolve()
    if folder.is_relative_to(where.parent):
        where = Path(os.path.relpath(where, folder))  # a tree that is moved stays whole
    files = {
        "course.toml": CONFIG.format(
            course_id=_quoted(course_id or folder.name),
            language=language,
            exercises=_quoted(where.as_posix()),
            timezone=ZONES[language],
        ),
        "roster.csv": ROSTER,
        "nbgrader_config.py": NBGRADER,
    }
    written = []
    for name, text in files.items():
        if not (folder / name).exists():
            write_atomically(folder / name, text.encode())
            written.append(name)
    if not (folder / "secret").exists():
        handle = os.open(folder / "secret", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(SECRET_BYTES) + "\n")
        written.append("secret")
    for step in ("source", "release", "submitted"):
        (folder / step).mkdir(exist_ok=True)
    course = open_course(folder)
    course.secret()  # one that is there and empty is told now, not when a class is graded
    return course, written


def _quoted(text: str) -> str:
    """Return `text` as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def open_course(folder: Path, *, strict: bool = True) -> Course:
    """Open the course in `folder`.

    Args:
        folder: with course.toml in it.
        strict: refuse an extension for somebody who is not in the course; the roster may be about
            to change.

    Raises:
        CourseError: it is no course, or course.toml is wrong; names file and repair.
    """
    path = Path(folder).resolve() / "course.toml"
    students = None
    if strict and path.is_file():
        students = {p.name for p in (path.parent / "submitted").glob("*")}
        students |= set(read_roster(path.parent / "roster.csv"))
    return Course(path=path.parent, **vars(read_settings(path, students)))
