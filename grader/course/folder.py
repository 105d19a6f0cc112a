"""The course folder: what `grader init` makes, and what every other command opens."""

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.course.late import LatePolicy, read_policy, read_times, read_zone
from grader.course.roster import ROSTER, Student, read_roster
from grader.errors import CourseError
from grader.ready import PACKAGE

__all__ = ["LANGUAGES", "Course", "Student", "init_course", "open_course", "read_roster"]

LANGUAGES = ("zh", "en")

CONFIG = """\
# One course. Everything else in this folder is generated, except roster.csv and submitted/.
course_id = "{course_id}"          # part of the draw of each student's own sentence: keep it
language = "{language}"            # zh or en: the assignment; the other is a file beside it
exercises = "{exercises}"          # the folder of exercise folders, from here or absolute
timezone = "{timezone}"            # of the times below and in platforms' tables; or "Asia/Shanghai"
# package = "https://example.org/seeing_attention-0.1.0-py3-none-any.whl"   # what students install
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
SETTINGS = (
    *("course_id", "language", "exercises", "db_url"),
    *("timezone", "package", "site", "late", "due", "extension"),
)

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
    package: str = PACKAGE
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
        folder = self.exercises / slug
        if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and (folder / "questions.toml").is_file():
            return folder
        known = sorted(path.parent.name for path in self.exercises.glob("*/questions.toml"))
        raise CourseError(
            f'There is no exercise "{slug}" in {self.exercises}; '
            + (f"there are: {', '.join(known)}." if known else "the folder holds no exercise.")
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
            return bytes.fromhex((self.path / "secret").read_text().strip())
        except (OSError, ValueError):
            raise CourseError(
                f"{self.path / 'secret'} is missing or damaged; `grader init {self.path}` writes "
                "a new one (probes of function questions are then drawn anew)."
            ) from None

    def students(self) -> dict[str, Student]:
        """Return the roster, by student id, in the order of the file."""
        return read_roster(self.path / "roster.csv")

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
            course_id=course_id or folder.name,
            language=language,
            exercises=where.as_posix(),
            timezone=ZONES[language],
        ),
        "roster.csv": ROSTER,
        "nbgrader_config.py": NBGRADER,
    }
    written = []
    for name, text in files.items():
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
            written.append(name)
    if not (folder / "secret").exists():
        handle = os.open(folder / "secret", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
        written.append("secret")
    for step in ("source", "release", "submitted"):
        (folder / step).mkdir(exist_ok=True)
    return open_course(folder), written


def open_course(folder: Path) -> Course:
    """Open the course in `folder`.

    Raises:
        CourseError: it is no course, or course.toml is wrong; names file and repair.
    """
    path = Path(folder).resolve() / "course.toml"
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(
            f"{path.parent} is no course folder (it has no course.toml); "
            f"make one with `grader init {folder}`, or name one with --course DIR."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(f"{path}: {error}; mend the file.") from None
    unknown = sorted(settings.keys() - set(SETTINGS))
    if unknown:
        raise CourseError(f'{path}: "{unknown[0]}" is no setting of a course; take it out.')
    for name in ("course_id", "language", "exercises"):
        if not isinstance(settings.get(name), str) or not settings[name]:
            raise CourseError(f'{path}: {name} is missing; add {name} = "...".')
    if settings["language"] not in LANGUAGES:
        raise CourseError(f'{path}: language is "{settings["language"]}"; write "zh" or "en".')
    exercises = (path.parent / settings["exercises"]).resolve()
    if not exercises.is_dir():
        raise CourseError(f"{path}: exercises = {exercises} is no folder; correct the path.")
    zone = read_zone(settings.get("timezone", "UTC"), str(path))
    package = settings.get("package", PACKAGE)
    if not isinstance(package, str) or not re.fullmatch(r"[^\s'\"\\{}]+", package):
        raise CourseError(f"{path}: package is one word that pip installs, without quotes in it.")
    site = settings.get("site", "")
    if not isinstance(site, str) or (site and not re.fullmatch(r"https?://[^\s'\"\\<>]+", site)):
        raise CourseError(f'{path}: site is no address; write site = "https://...".')
    extensions = settings.get("extension", {})
    if not isinstance(extensions, dict):
        raise CourseError(f'{path}: write extensions as [extension."ID"] with exercise = time.')
    return Course(
        path=path.parent,
        course_id=settings["course_id"],
        language=settings["language"],
        exercises=exercises,
        database=settings.get("db_url"),
        timezone=zone,
        package=package,
        site=site,
        late=read_policy(settings.get("late", {}), str(path)),
        due=read_times(settings.get("due", {}), zone, str(path), "due"),
        extensions={
            student: read_times(times, zone, str(path), f'extension."{student}"')
            for student, times in extensions.items()
        },
    )
