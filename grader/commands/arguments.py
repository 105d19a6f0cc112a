"""Arguments that several commands take."""

import argparse
from pathlib import Path

LANGUAGES = ("zh", "en")


def slug(parser: argparse.ArgumentParser) -> None:
    """Add the exercise that the command is about."""
    parser.add_argument("slug", metavar="SLUG", help="the exercise")


def exercises(parser: argparse.ArgumentParser) -> None:
    """Add ``--exercises``; read it with `exercises_folder`."""
    parser.add_argument("--exercises", metavar="DIR", help="the folder of exercises")


def exercises_folder(chosen: str | None) -> Path:
    """Return the folder of exercises: the one named, the one here, or this repository's."""
    if chosen:
        return Path(chosen)
    here = Path.cwd() / "exercises"
    ours = Path(__file__).resolve().parent.parent.parent / "exercises"
    return here if here.is_dir() or not ours.is_dir() else ours


def language(parser: argparse.ArgumentParser, of: str) -> None:
    """Add ``--language``, with help that says of what; ``--lang`` is its older spelling."""
    parser.add_argument("--language", choices=LANGUAGES, help=of)
    parser.add_argument(
        "--lang", dest="language", choices=LANGUAGES, help=argparse.SUPPRESS, default=None
    )


def course(arguments: argparse.Namespace, *, strict: bool = True):
    """Open the course that ``--course`` names; `strict` as in ``open_course``."""
    from grader.course.course import open_course

    return open_course(Path(arguments.course), strict=strict)


def at_least_one(text: str) -> int:
    """Read a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
