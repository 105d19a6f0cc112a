"""A submission's files on their way in and out: plain files and folders only, within bounds."""

import contextlib
import os
import stat
import tarfile
from pathlib import Path
from typing import IO

MOST_FILES = 5_000


class TooMuch(Exception):
    """A folder holds more than a kernel's own disk may; says what."""


def copy_in(source: str, target: str, most_bytes: int, uid: int, gid: int) -> None:
    """Copy the plain files and folders of `source` into the folder `target`.

    Symlinks, devices, pipes and sockets are left out, also where one takes a file's place while we
    look: a link in a submission must not bring in what it points to.

    Raises:
        TooMuch: there are more files or bytes than fit.
    """
    left = most_bytes
    count = 0
    for folder, folders, names, fd in os.fwalk(source, follow_symlinks=False):
        here = os.path.join(target, os.path.relpath(folder, source))  # noqa: PTH118
        for name in folders:
            if stat.S_ISDIR(os.stat(name, dir_fd=fd, follow_symlinks=False).st_mode):
                path = os.path.join(here, name)  # noqa: PTH118
                Path(path).mkdir(mode=0o700)
                os.chown(path, uid, gid)
        for name in names:
            count += 1
            if count > MOST_FILES:
                raise TooMuch(f"{source} holds more than {MOST_FILES} files.")
            left -= _copy_file(name, fd, os.path.join(here, name), left, uid, gid)  # noqa: PTH118
            if left < 0:
                raise TooMuch(f"{source} holds more than {most_bytes} bytes.")


def _copy_file(name: str, folder: int, target: str, left: int, uid: int, gid: int) -> int:
    """Copy one file if it is a plain one; return its size, which may be more than was `left`."""
    try:
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:
        return 0
    with contextlib.closing(os.fdopen(fd, "rb")):
        about = os.fstat(fd)
        if not stat.S_ISREG(about.st_mode):
            return 0
        if about.st_size > left:
            return about.st_size
        out = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with contextlib.closing(os.fdopen(out, "wb")):
            os.fchown(out, uid, gid)
            os.fchmod(out, 0o600 | (about.st_mode & 0o100))
            return os.sendfile(out, fd, 0, left) if about.st_size else 0


def pack(folder: str, sink: IO[bytes], most_bytes: int) -> None:
    """Write the plain files of `folder` to `sink` as a tar, until `most_bytes` are reached."""
    left = most_bytes
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for count, path in enumerate(sorted(Path(folder).rglob("*"))):
            if count > MOST_FILES or left <= 0:
                break
            with contextlib.suppress(OSError):
                about = path.lstat()
                if not stat.S_ISREG(about.st_mode) or about.st_size > left:
                    continue
                entry = tarfile.TarInfo(str(path.relative_to(folder)))
                entry.size = about.st_size
                with path.open("rb") as source:
                    archive.addfile(entry, source)
                left -= about.st_size


def unpack_new(source: IO[bytes], folder: Path) -> list[str]:
    """Put the files of a tar that are not yet in `folder` there, and return their names.

    What is there stays as it is: a notebook that runs must not rewrite itself, nor its neighbours.
    A tar that was cut short, its writer ended, gives the files that are whole.
    """
    names = []
    with contextlib.suppress(tarfile.ReadError), tarfile.open(fileobj=source, mode="r:") as archive:
        for entry in archive:
            if not entry.isreg() or entry.name.endswith(".ipynb"):
                continue
            with contextlib.suppress(tarfile.FilterError, OSError):
                safe = tarfile.data_filter(entry, str(folder))
                target = folder / safe.name
                if target.is_symlink() or target.exists():
                    continue
                try:
                    archive.extract(safe, folder, filter="data")
                except tarfile.ReadError:
                    target.unlink(missing_ok=True)
                    raise
                names.append(safe.name)
    return names
