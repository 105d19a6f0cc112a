"""The exercises' notebooks as students get them, offered by the site in the page's language.

They are made by nbgrader from the exercises' sources, and kept until something they are made from
changes. A notebook of the site is for those who learn alone; a teacher's has the course's own id.
The site carries the package that they need: a name on an index could be anybody's.
"""

import hashlib
import importlib.resources
import os
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from attention_views.problems import log
from grader.atomic import write_atomically
from grader.course.wheel import requirements, wheel_bytes, wheel_name
from grader.errors import GraderError

FOLDER = "notebooks"
"""Where they stand in the site of a language."""

COURSE_ID = "seeing-attention"
"""Part of the draw of a student's own sentence."""

ROOT = Path(__file__).parent.parent.parent
EXERCISES = ROOT / "exercises"


class About(NamedTuple):
    """What a page says about an exercise."""

    title: dict[str, str]
    minutes: int
    points: float


def exercises(folder: Path = EXERCISES) -> dict[str, About]:
    """Return every exercise by its slug."""
    found = {}
    for path in sorted(folder.glob("*/questions.toml")):
        found[path.parent.name] = _about(path, path.stat().st_mtime_ns)
    return found


@cache
def _about(path: Path, changed: int) -> About:
    """Read a file as it stood when it was last changed, in nanoseconds; pages ask many times."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return About(table["title"], table["minutes"], table["points"])


def package() -> str:
    """Return what pip installs for a notebook of the site: the wheel's address, or the file.

    A site that has no address (`SITE_URL`) is read from disk: there the file lies beside it.
    """
    site = os.environ.get("SITE_URL", "").rstrip("/")
    return f"{site}/{FOLDER}/{wheel_name()}" if site else f"./{wheel_name()}"


def needed(language: str, *, build: Path = ROOT / "build" / FOLDER) -> list[Path]:
    """Return the wheel and the exact versions beside it: the Chinese site's, for both languages."""
    if language != "zh":
        return []
    files = {wheel_name(): wheel_bytes(), "requirements.txt": requirements().encode()}
    for name, data in files.items():
        write_atomically(build / name, data)
    return [build / name for name in files]


def offered(
    language: str, *, sources: Path = EXERCISES, build: Path = ROOT / "build" / FOLDER
) -> Iterator[Path]:
    """Yield the released notebook of every exercise; one that cannot be made is reported."""
    for slug in exercises(sources):
        path = build / language / f"{slug}.ipynb"
        made_from = path.with_suffix(".made-from")
        digest = _digest(sources / slug)
        if not (path.is_file() and made_from.is_file() and made_from.read_text() == digest):
            try:
                released = _released(sources / slug, language)
            except GraderError as error:
                log.error(f"exercises/{slug}: {error}")
                continue
            write_atomically(path, released)
            write_atomically(made_from, digest.encode())
        yield path


def _released(folder: Path, language: str) -> bytes:
    from grader.course.release import released_bytes  # nbgrader: only where something changed

    return released_bytes(folder, language, COURSE_ID, package(), practice=True)


def _digest(folder: Path) -> str:
    """Return the hash of all that a notebook is made from: its sources and our code."""
    code = Path(str(importlib.resources.files("grader")))
    digest = hashlib.sha256(package().encode())
    for place in (folder, code / "course", code / "questions"):
        for path in sorted(place.rglob("*")):
            if path.suffix in {".py", ".toml", ".json", ".txt"} and path.parent.name != "answers":
                digest.update(path.relative_to(place).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
