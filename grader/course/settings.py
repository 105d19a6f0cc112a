"""What stands in course.toml: read key by key, each mistake told with file, line and repair.

A setting never vanishes: a name that nobody reads, a value of another type and a value that could
have no effect are refused, not passed over.
"""

import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.course.late import POLICIES, LatePolicy, read_zone
from grader.errors import CourseError
from grader.questions.authoring import Problems, Table, nearest, parse_toml

LANGUAGES = ("zh", "en")
DATABASE = re.compile(r"[a-z0-9]+(\+[a-z0-9_]+)?://.*", re.DOTALL)
BOUNDS = {"per_day": 1.0, "most": 1.0, "grace_minutes": 1e6, "cut_off_days": 1e4}
"""Number in ``[late]`` -> its highest value; the lowest is 0."""
EFFECTIVE = {
    "none": ("grace_minutes",),
    "per day": tuple(BOUNDS),
    "cut-off": ("grace_minutes", "cut_off_days"),
}
"""Policy -> the numbers that mean something under it."""


@dataclass(frozen=True)
class Settings:
    """course.toml, read and found to be right."""

    course_id: str
    language: str
    exercises: Path
    """The folder of exercises; it may be missing, see `find_exercises`."""
    database: str | None
    timezone: tzinfo
    package: str
    site: str
    late: LatePolicy
    due: Mapping[str, datetime]
    extensions: Mapping[str, Mapping[str, datetime]]


def read_settings(path: Path, students: Collection[str] | None = None) -> Settings:
    """Read course.toml.

    Args:
        path: the file.
        students: the ids that an extension may name; None or empty where nobody is known.

    Raises:
        CourseError: one sentence with file, line and repair for each problem.
    """
    text, problems = _text(path)
    top = Table(parse_toml(text, str(path)), (), problems)
    course_id, language = top.text("course_id"), top.choice("language", LANGUAGES)
    exercises = find_exercises(path.parent, top.text("exercises") or ".")
    database = top.text("db_url", None) or None
    if database and not DATABASE.fullmatch(database):
        top.problem('db_url is no address; write db_url = "postgresql+psycopg://...".', "db_url")
    zone = _zone(top)
    package = top.text("package", "")
    if package and not re.fullmatch(r"[^\s'\"\\{}]+", package):
        top.problem("package is one word that pip installs; write it without quotes.", "package")
    site = top.text("site", "")
    if site and not re.fullmatch(r"https?://[^\s'\"\\<>]+", site):
        top.problem('site is no address; write site = "https://...".', "site")
    late = _policy(top.table("late", needed=False))
    slugs = known_exercises(path.parent, exercises) if exercises.is_dir() else None
    due = _times(top.table("due", needed=False), zone, slugs)
    below = top.table("extension", needed=False)
    extensions = {}
    for student in below.data:
        if students and student not in students:
            below.problem(
                f'nobody in the course has the id "{student}"; {_like(student, students)}.', student
            )
        extensions[student] = _times(below.table(student), zone, slugs)
    top.finish()
    problems.stop()
    return Settings(
        course_id=course_id,
        language=language,
        exercises=exercises,
        database=database,
        timezone=zone or UTC,
        package=package,
        site=site,
        late=late,
        due=due,
        extensions=extensions,
    )


def find_exercises(course: Path, setting: str) -> Path:
    """Return the folder of exercises: where the setting says, else where the course moved to.

    A course that was moved or copied has its exercises under the same name beside it or beside a
    folder above it; one is taken only if it holds everything that the course has released. What
    cannot be found is returned as the setting says: reading grades does not need it.
    """
    there = (course / setting).resolve()
    if there.is_dir():
        return there
    released = {p.name for p in (course / "source").glob("*") if is_ours(p)}
    for parent in (course, *course.parents):
        found = parent / there.name
        if released and all((found / slug / "questions.toml").is_file() for slug in released):
            return found
    return there


def known_exercises(course: Path, exercises: Path) -> set[str]:
    """Return the exercises that a due time may name: those of the folder, and stock assignments."""
    ours = {p.parent.name for p in exercises.glob("*/questions.toml")}
    stock = {p.name for step in ("source", "release") for p in (course / step).glob("*")}
    return ours | stock | {p.name for p in (course / "submitted").glob("*/*") if p.is_dir()}


def is_ours(source: Path) -> bool:
    """Say whether an assignment was released from an exercise of ours: it has our start cell."""
    try:
        return b'"grade_id": "start"' in (source / f"{source.name}.ipynb").read_bytes()
    except OSError:
        return False


def line_of(path: Path, key: str) -> str:
    """Return ``course.toml:4``, the place of a key at the top of the file."""
    text, problems = _text(path)
    return ":".join(map(str, problems.place((key,)))) if text else str(path)


def language_here(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language that a command is called in, as gettext finds it; zh where none is set.

    Args:
        environment: its LANGUAGE, LC_ALL, LC_MESSAGES and LANG, in this order, say it.
    """
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        called = environment.get(name, "").split(":")[0].split(".")[0]
        if called and called not in ("C", "POSIX"):
            return "zh" if called.lower().startswith("zh") else "en"
    return "zh"


def _text(path: Path) -> tuple[str, Problems]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CourseError(
            f"{path.parent} is no course folder (it has no {path.name}); "
            f"make one with `grader init {path.parent}`, or name one with --course DIR."
        ) from None
    except UnicodeDecodeError:
        raise CourseError(f"{path}: is not UTF-8 text; save it as UTF-8.") from None
    except OSError as error:
        raise CourseError(f"{path}: {error.strerror}; mend the file.") from None
    return text, Problems(str(path), text)


def _zone(top: Table) -> tzinfo | None:
    name = top.value("timezone", (str,), '"+08:00"', None)
    if name is None:
        return None
    try:
        return read_zone(name)
    except CourseError as error:
        top.problem(str(error), "timezone")
        return UTC


def _policy(table: Table) -> LatePolicy:
    policy = table.choice("policy", POLICIES, "none")
    given = {
        name: number
        for name, high in BOUNDS.items()
        if (number := table.number(name, None, low=0.0, high=high)) is not None
    }
    for name in given:
        if policy in EFFECTIVE and name not in EFFECTIVE[policy]:
            means = next(p for p in ("per day", "cut-off") if name in EFFECTIVE[p])
            table.problem(
                f'{name} does nothing under policy = "{policy}"; write policy = "{means}", or take '
                f"{name} out.",
                name,
            )
    table.finish()
    return LatePolicy(policy=policy or "none", **given)


def _times(table: Table, zone: tzinfo | None, slugs: set[str] | None) -> dict[str, datetime]:
    """Read times by exercise; one without an offset is in the course's zone, which must be said."""
    times = {}
    for slug in table.data:
        if slugs is not None and slug not in slugs:
            table.problem(f'there is no exercise "{slug}"; {_like(slug, slugs)}.', slug)
        value = table.value(slug, (datetime,), "2026-12-01 23:59:00")
        if value is None:
            continue
        if value.tzinfo is None and zone is None:
            table.problem(
                f'{slug} in {table.where} names no time zone; add timezone = "+08:00" (or your '
                "own) at the top of the file.",
                slug,
            )
        times[slug] = value if value.tzinfo else value.replace(tzinfo=zone or UTC)
    return times


def _like(name: str, known: Iterable[str]) -> str:
    """Return the repair for an unknown name; of a whole class not all are listed."""
    known = sorted(known)
    said = nearest(name, known)
    return said if len(known) <= 12 else said.split("known are")[0].strip() or "correct it"
