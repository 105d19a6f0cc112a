"""Atomic writes: a file is there as a whole or not at all, whoever else writes it meanwhile."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644, lasting: bool = False) -> bool:
    """Write a file in one step; who reads meanwhile sees the old one or the new one.

    Each writer has a scratch file of its own, so several may write the same path at once.

    Args:
        path: its folder is made where it is missing.
        data: what the file holds afterwards.
        mode: the file's permissions.
        lasting: whether it is on the disk when this returns, and not only on its way there.

    Returns:
        Whether anything changed; a file that holds `data` already is left alone.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    if path.is_file() and path.read_bytes() == data:
        return False
    if path.exists() and not path.is_file():  # a pipe, a terminal
        path.write_bytes(data)
        return True
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        scratch.chmod(mode)
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise
    return True


def make_folder_once(folder: Path, write: Callable[[Path], None]) -> None:
    """Make a folder in one step unless it is there; of several makers the first wins.

    Args:
        folder: whose name says what is in it, so that one that is there is the right one.
        write: fills the empty folder that it is given.

    Raises:
        OSError: it cannot be made; nothing is left behind.
    """
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder.parent) as scratch:
        made = Path(scratch, folder.name)
        made.mkdir()
        write(made)
        try:
            made.replace(folder)
        except OSError:
            if not folder.is_dir():  # another maker may have been sooner
                raise


def append_line(path: Path, line: str) -> None:
    """Append a line to a file, whole or not at all.

    Raises:
        OSError: it cannot be written; the file is as it was.
    """
    with path.open("ab") as file:
        size = file.seek(0, os.SEEK_END)
        try:
            file.write(line.encode("utf-8") + b"\n")
            file.flush()
        except OSError:
            with suppress(OSError):
                os.truncate(path, size)
            raise
