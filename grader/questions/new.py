"""A new exercise to begin with: small, whole, and passing its own tests as it is written."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from grader.errors import CourseError

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""A slug: small letters and digits, with hyphens between."""


def new_exercise(exercises: Path, slug: str) -> list[Path]:
    """Write the folder ``exercises/slug``, and return its files.

    Raises:
        CourseError: the slug is none, there is no folder of exercises, or this one is taken.
    """
    if not SLUG.fullmatch(slug):
        raise CourseError(
            f'"{slug}" cannot be the name of an exercise; write small letters, digits and hyphens, '
            "such as demo-slug."
        )
    if not exercises.is_dir():
        raise CourseError(
            f"{exercises} is no folder; name the folder of exercises: --exercises DIR."
        )
    folder = exercises / slug
    if folder.exists():
        raise CourseError(f"{folder} is there already; choose another name or remove it.")
    written = []
    _write(files("grader.questions").joinpath("template"), folder, slug, written)
    return written


def _write(template: Traversable, folder: Path, slug: str, written: list[Path]) -> None:
    folder.mkdir()
    for one in sorted(template.iterdir(), key=lambda entry: entry.name):
        if one.is_dir():
            _write(one, folder / one.name, slug, written)
            continue
        # Python files are kept as text, so that nothing takes them for code of the package.
        path = folder / one.name.removesuffix(".txt")
        path.write_text(one.read_text("utf-8").replace("@SLUG@", slug), "utf-8")
        written.append(path)
