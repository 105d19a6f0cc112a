"""A new exercise to begin with: small, whole, and passing its own tests as it is written."""

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from grader.errors import CourseError
from grader.questions.authoring import Problems, parse_toml, read_toml

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
    written: list[Path] = []
    _write(files("grader.questions").joinpath("template"), folder, slug, written)
    return written


def check_named(folder: Path) -> None:
    """Refuse an exercise that still has the names that `new_exercise` wrote, before students do.

    Raises:
        CourseError: file, line and repair for each text that is the scaffold's.
    """
    template = files("grader.questions").joinpath("template")
    path = folder / "questions.toml"
    ours = parse_toml(template.joinpath("questions.toml").read_text("utf-8"), "template")
    problems = Problems(str(path), path.read_text("utf-8"))
    theirs = read_toml(path)
    for language, title in ours["title"].items():
        if theirs["title"].get(language) == title:
            problems.add(("title",), f'title is still "{title}"; write the name of your exercise.')
    problems.stop()


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
