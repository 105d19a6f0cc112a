"""Errors meant for a person: each is one clear sentence that ends in the repair."""

import errno
from collections.abc import Iterable, Iterator
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


SQLITE = ("disk is full", "disk I/O error", "readonly database", "unable to open database")
"""What SQLite says of the same."""


def concerns_the_disk(error: BaseException | None) -> bool:
    """Say whether an error would meet the next file, too: then nothing goes on."""
    return any(
        (isinstance(one, OSError) and one.errno in DISK) or _is_sqlites(one)
        for one in _behind(error)
    )


def unwritten(error: BaseException | None) -> str | None:
    """Return a sentence for an error of the disk or of a file's rights; None for any other.

    Where it came from is looked for behind the errors of libraries, too.
    """
    for one in _behind(error):
        if isinstance(one, OSError) and (one.errno in DISK or one.filename is not None):
            where = f"{one.filename}: " if one.filename is not None else ""
            why = DISK.get(one.errno or 0) or one.strerror or "cannot be read or written"
            repair = "make room" if one.errno in DISK else "name a place that can be written"
            return f"{where}{why}; {repair} and run the same command again."
        if _is_sqlites(one):
            return f"The gradebook: {one}; make room or give the right to write, and run it again."
    return None


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_sqlites(error: BaseException) -> bool:
    return type(error).__module__ == "sqlite3" and any(one in str(error) for one in SQLITE)
