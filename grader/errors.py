"""Errors meant for a person: each is one clear sentence that ends in the repair."""

import errno
from collections.abc import Iterable
from pathlib import Path


class GraderError(Exception):
    """The base of every error that we raise on purpose; ``str()`` is what a person reads."""


class CourseError(GraderError):
    """A file of an author or instructor is wrong: names the file, the line or cell, the repair."""


class ModelError(GraderError):
    """A model cannot be found, fetched or trusted."""


class TextError(GraderError, ValueError):
    """A text cannot be captured: it is empty or longer than the model reads."""


class WordError(GraderError, LookupError):
    """A word stands nowhere in the text, or more than once."""


def known(names: Iterable[str]) -> str:
    """Return the known names, for a sentence that refuses an unknown one."""
    return "known: " + ", ".join(sorted(names))


def shown_path(path: str | Path) -> str:
    """Return `path` as an author reads it: relative to the current folder where it lies in it."""
    absolute = Path(path).resolve()
    here = Path.cwd().resolve()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)


DISK = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your share of the disk is used up",
    errno.EFBIG: "files may not become that large here",
    errno.EROFS: "the disk cannot be written to",
    errno.EIO: "the disk fails",
}
"""What concerns everything that is written, and not one file alone."""


def is_of_the_disk(error: OSError) -> bool:
    """Say whether an error would meet the next file, too: then nothing goes on."""
    return error.errno in DISK
