"""A zip from a stranger, opened so that nothing in it can do harm.

Nothing is unpacked by name: a member is read into memory, within limits, and what its name asks
for beyond a plain relative file is refused with a sentence. How large the zip's own directory may
be, how many names it may hold and how long a name may be is looked at before any of it is parsed.
A folder is read by the same rules.
"""

import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from grader.course.encoding import choose_encoding, decode
from grader.errors import CourseError

MEMBER = 64 << 20
"""Bytes that one file may have."""
TOTAL = 1 << 30
"""Bytes that an archive may have in any case; a larger archive up to RATIO times its size."""
RATIO = 200
NAME, PART, DEPTH = 1_000, 255, 20
"""Bytes of a name in UTF-8, bytes of each part of it, and how many parts it may have."""
EXTRA = 2_000
"""Bytes of the extra fields of a member; what is longer is not looked at."""
SHOWN = 200
"""Letters of a name that a message repeats."""
CHUNK = 1 << 16
JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", "__pycache__")
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""How members may be packed: the others unpack without a bound that one could set."""
UTF8 = 0x800
ENCRYPTED = 0x1
UNICODE_PATH = 0x7075
ENTRY = b"PK\1\2"


@dataclass(frozen=True)
class Bounds:
    """What a zip may be at most."""

    total: int
    """Bytes that it may unpack to."""
    members: int = 200_000
    directory: int = 64 << 20
    """Bytes of the table at its end that names the members."""


OWN = Bounds(total=128 << 20, members=5_000, directory=1 << 20)
"""Of a zip that a student made."""


@dataclass(frozen=True)
class Refused:
    """Something that was not taken, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Member:
    """One file: its name as a relative path, its size, and how to read it."""

    name: str
    size: int
    """Bytes; what a zip says of itself, and no more is read."""
    read: Callable[[], bytes]
    """Raises `CourseError` where the bytes are damaged."""


@dataclass
class Archive:
    """What can be taken from a zip or a folder."""

    members: list[Member] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def open_archive(path: Path, known: Callable[[str], bool] | None = None) -> Archive:
    """Open a zip file, a folder, or a notebook alone.

    Args:
        path: of it.
        known: whether a name names somebody who is known; by it the encoding of names is chosen.

    Raises:
        CourseError: it is none of these, is damaged as a whole, or would unpack to far too much.
    """
    if path.is_dir():
        return _folder(path, known)
    try:
        size = path.stat().st_size
        if path.suffix == ".ipynb" and size <= MEMBER and not zipfile.is_zipfile(path):
            return Archive([Member(path.name, size, path.read_bytes)])
        bounds = Bounds(max(TOTAL, RATIO * size))
        return read_zip(path.open("rb"), str(path), bounds, known)
    except FileNotFoundError:
        raise CourseError(f"{path}: there is no such file.") from None
    except PermissionError as error:
        raise CourseError(f"{path}: {error.strerror}.") from None


def read_zip(
    file: BinaryIO, name: str, bounds: Bounds, known: Callable[[str], bool] | None = None
) -> Archive:
    """List a zip.

    Args:
        file: the zip's bytes; members are read from it later.
        name: for messages.
        bounds: what it may be at most.
        known: see `open_archive`.

    Raises:
        CourseError: it is none, or would be or unpack to far too much.
    """
    bounded = _Bounded(file, bounds)
    try:
        zipped = zipfile.ZipFile(bounded)
    except _TooMuchError:
        raise _bomb(name, bounds) from None
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, struct.error) as error:
        raise CourseError(f"{name} is no zip file ({error}); download it again.") from None
    bounded.opened = True
    infos = zipped.infolist()
    if sum(info.file_size for info in infos) > bounds.total:
        raise _bomb(name, bounds)
    archive = Archive()
    for info, shown in zip(infos, _names(infos, known), strict=True):
        if info.is_dir() or shown.endswith("/") or _junk(shown):
            continue
        why = _no_plain_file(info) or no_plain_name(shown)
        if why:
            archive.refused.append(Refused(shown[:SHOWN], why))
        else:
            archive.members.append(Member(shown, info.file_size, _reader(zipped, info, shown)))
    return _without_collisions(archive)


class _TooMuchError(Exception):
    pass


class _Bounded:
    """Lets zipfile read a directory within bounds alone, before it makes an object of each entry.

    zipfile reads the whole directory in one piece and believes its length alone, not its count.
    """

    def __init__(self, file: BinaryIO, bounds: Bounds):
        self.file, self.bounds, self.opened = file, bounds, False

    def read(self, size: int = -1) -> bytes:
        if self.opened:
            return self.file.read(size)
        if size < 0:
            at = self.file.tell()
            size = self.file.seek(0, os.SEEK_END) - at
            self.file.seek(at)
        if size > self.bounds.directory:
            raise _TooMuchError
        data = self.file.read(size)
        if data.count(ENTRY) > self.bounds.members:
            raise _TooMuchError
        return data

    def __getattr__(self, name: str):
        return getattr(self.file, name)


def _bomb(name: str, bounds: Bounds) -> CourseError:
    return CourseError(
        f"{name} unpacks to more than {bounds.total >> 20} MiB or {bounds.members} files, or lists "
        "them at far too great a length: that is a zip bomb or no set of submissions; nothing of "
        "it was taken."
    )


def _names(infos: list[zipfile.ZipInfo], known: Callable[[str], bool] | None) -> list[str]:
    """Return the members' names: in UTF-8 where a member says so, else as all the others are."""
    sure: dict[int, str] = {}
    raw: dict[int, bytes] = {}
    for at, info in enumerate(infos):
        told = info.orig_filename if info.flag_bits & UTF8 else _unicode_path(info)
        if told is None:
            raw[at] = info.orig_filename.encode("cp437", "replace")
        else:
            sure[at] = told
    encoding = choose_encoding((name[:NAME] for name in raw.values()), known)
    found = sure | {at: decode(name, encoding) for at, name in raw.items()}
    return [found[at].replace("\\", "/") for at in range(len(infos))]


def _unicode_path(info: zipfile.ZipInfo) -> str | None:
    """Return the name in the extra field in which Info-ZIP and WinRAR put it in UTF-8."""
    extra, at = info.extra, 0
    while len(extra) <= EXTRA and at + 4 <= len(extra):
        kind = int.from_bytes(extra[at : at + 2], "little")
        size = int.from_bytes(extra[at + 2 : at + 4], "little")
        data = extra[at + 4 : at + 4 + size]
        if kind == UNICODE_PATH and len(data) > 5:
            crc = zlib.crc32(info.orig_filename.encode("cp437", "replace"))
            if data[0] == 1 and int.from_bytes(data[1:5], "little") == crc:
                return data[5:].decode("utf-8", "replace")
        at += 4 + size
    return None


def _no_plain_file(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if stat.S_ISLNK(info.external_attr >> 16):
        return "a symbolic link"
    if kind not in (0, stat.S_IFREG):
        return "no regular file"
    if info.flag_bits & ENCRYPTED:
        return "encrypted; ask for it without a password"
    if info.file_size > MEMBER:
        return f"larger than {MEMBER >> 20} MiB"
    if info.compress_type not in PACKED:
        return "packed in an unusual way; ask for an ordinary zip (deflate)"
    return None


def no_plain_name(name: str) -> str | None:
    """Say what is wrong with a name as a relative path; None where nothing is."""
    if len(name) > NAME or name.count("/") >= DEPTH:
        return f"a name of more than {NAME} letters or {DEPTH} folders"
    parts = name.split("/")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "an absolute name"
    if ".." in parts:
        return "a name that leads out of the folder (..)"
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
        return "a control character in its name"
    if "" in parts or "." in parts or any(len(part.encode()) > PART for part in parts):
        return "no usable name"
    return None


def _without_collisions(archive: Archive) -> Archive:
    """Refuse all of what would be one file where capitals do not count."""
    groups: dict[str, list[Member]] = {}
    for member in archive.members:
        groups.setdefault(unicodedata.normalize("NFC", member.name).casefold(), []).append(member)
    folders = {key.rsplit("/", n)[0] for key in groups for n in range(1, key.count("/") + 1)}
    made = Archive(refused=archive.refused)
    for key, group in groups.items():
        if len(group) == 1 and key not in folders:
            made.members += group
            continue
        for member in group:
            others = ", ".join(islice((m.name for m in group if m is not member), 3))[:SHOWN]
            why = f"the same name as {others or 'a folder'} but for capitals"
            made.refused.append(Refused(member.name[:SHOWN], why))
    return made


def _reader(zipped: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        data = bytearray()
        try:
            with zipped.open(info) as file:
                while block := file.read(CHUNK):
                    data += block
                    if len(data) > MEMBER:
                        raise CourseError(f"{name}: larger than {MEMBER >> 20} MiB")
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise CourseError(f"{name}: damaged ({error})") from None
        except (NotImplementedError, RuntimeError, MemoryError) as error:
            raise CourseError(f"{name}: packed in a way that cannot be read ({error})") from None
        return bytes(data)

    return read


def _folder(path: Path, known: Callable[[str], bool] | None) -> Archive:
    archive = Archive()
    files = list(islice(_files(path), Bounds.members + 1))
    if len(files) > Bounds.members:
        raise CourseError(f"{path} holds more than {Bounds.members} files; name the right folder.")
    raw = [os.fsencode(file.relative_to(path)) for file in files]
    encoding = choose_encoding(raw, known)  # what was unpacked without a word keeps its bytes
    for file, name in zip(files, raw, strict=True):
        shown = decode(name, encoding).replace(os.sep, "/")
        status = file.lstat()
        if _junk(shown):
            continue
        if not stat.S_ISREG(status.st_mode):
            archive.refused.append(Refused(shown[:SHOWN], "no regular file"))
        elif status.st_size > MEMBER:
            archive.refused.append(Refused(shown[:SHOWN], f"larger than {MEMBER >> 20} MiB"))
        elif why := no_plain_name(shown):
            archive.refused.append(Refused(shown[:SHOWN], why))
        else:
            archive.members.append(Member(shown, status.st_size, file.read_bytes))
    return _without_collisions(archive)


def _files(path: Path) -> Iterable[Path]:
    for base, folders, names in os.walk(path, followlinks=False):
        folders.sort()
        yield from (Path(base) / name for name in sorted(names))


def _junk(name: str) -> bool:
    return any(part in JUNK or part.startswith("._") for part in name.split("/"))
