"""A zip from a stranger, opened so that nothing in it can do harm.

Nothing is unpacked by name: a member is read into memory, within limits, and what its name asks
for beyond a plain relative file is refused with a sentence. A folder is read by the same rules.
"""

import os
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import CourseError

MEMBER = 64 << 20
"""Bytes that one file may have."""
TOTAL = 1 << 30
"""Bytes that an archive may have in any case; a larger archive up to RATIO times its size."""
RATIO = 200
MEMBERS = 200_000
JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".ipynb_checkpoints", "__pycache__")
UTF8 = 0x800
ENCRYPTED = 0x1
UNICODE_PATH = 0x7075


@dataclass(frozen=True)
class Refused:
    """Something that was not taken, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Member:
    """One file: its name as a relative path, when it was packed, and how to read it."""

    name: str
    packed: tuple[int, ...]
    read: Callable[[], bytes]
    """Raises `CourseError` where the bytes are damaged."""


@dataclass
class Archive:
    """What can be taken from a zip or a folder."""

    members: list[Member] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def open_archive(path: Path) -> Archive:
    """Open a zip file or a folder.

    Raises:
        CourseError: it is neither, is damaged as a whole, or would unpack to far too much.
    """
    if path.is_dir():
        return _folder(path)
    try:
        most = max(TOTAL, RATIO * path.stat().st_size)
        return read_zip(zipfile.ZipFile(path), str(path), most)
    except FileNotFoundError:
        raise CourseError(f"{path}: there is no such file.") from None
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise CourseError(f"{path} is no zip file ({error}); download it again.") from None


def read_zip(zipped: zipfile.ZipFile, name: str, most: int) -> Archive:
    """List a zip that is open.

    Args:
        zipped: the zip.
        name: for messages.
        most: bytes that it may unpack to.

    Raises:
        CourseError: it would unpack to far too much.
    """
    infos = zipped.infolist()
    if len(infos) > MEMBERS or sum(info.file_size for info in infos) > most:
        raise CourseError(
            f"{name} unpacks to more than {most >> 20} MiB or {MEMBERS} files: that is a zip bomb "
            "or no set of submissions; nothing of it was taken."
        )
    archive = Archive()
    for info in infos:
        shown = member_name(info)
        if info.is_dir() or shown.endswith("/") or _junk(shown):
            continue
        why = _no_plain_file(info) or no_plain_name(shown)
        if why:
            archive.refused.append(Refused(shown, why))
        else:
            archive.members.append(Member(shown, info.date_time, _reader(zipped, info, shown)))
    _refuse_collisions(archive)
    return archive


def member_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name: UTF-8 where it says so or is it, else GBK, else as zip has it.

    Windows in China writes GBK without a word; Python reads such names as code page 437.
    """
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        told = _unicode_path(info)
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        name = told or name
    return name.replace("\\", "/")


def _unicode_path(info: zipfile.ZipInfo) -> str | None:
    """Return the name in the extra field in which Info-ZIP and WinRAR put it in UTF-8."""
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
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
    return None


def no_plain_name(name: str) -> str | None:
    """Say what is wrong with a name as a relative path; None where nothing is."""
    parts = name.split("/")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return "an absolute name"
    if ".." in parts:
        return "a name that leads out of the folder (..)"
    if any(unicodedata.category(c) == "Cc" for c in name):
        return "a control character in its name"
    if "" in parts or "." in parts or any(len(part.encode()) > 255 for part in parts):
        return "no usable name"
    return None


def _refuse_collisions(archive: Archive) -> None:
    """Refuse all of what would be one file where capitals do not count."""
    groups: dict[str, list[Member]] = {}
    for member in archive.members:
        groups.setdefault(unicodedata.normalize("NFC", member.name).casefold(), []).append(member)
    folders = {key.rsplit("/", n)[0] for key in groups for n in range(1, key.count("/") + 1)}
    for key, group in groups.items():
        clash = len(group) > 1 or key in folders
        for member in group if clash else ():
            archive.members.remove(member)
            others = ", ".join(m.name for m in group if m is not member)[:200]
            archive.refused.append(
                Refused(member.name, f"the same name as {others or 'a folder'} but for capitals")
            )


def _reader(zipped: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with zipped.open(info) as file:
                data = file.read(MEMBER + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise CourseError(f"{name}: damaged ({error})") from None
        except (NotImplementedError, RuntimeError, MemoryError) as error:
            raise CourseError(f"{name}: packed in a way that cannot be read ({error})") from None
        if len(data) > MEMBER:
            raise CourseError(f"{name}: larger than {MEMBER >> 20} MiB")
        return data

    return read


def _folder(path: Path) -> Archive:
    archive = Archive()
    for base, folders, names in os.walk(path, followlinks=False):
        folders.sort()
        for name in sorted(names):
            file = Path(base) / name
            shown = file.relative_to(path).as_posix()
            known = file.lstat()
            if _junk(shown):
                continue
            if not stat.S_ISREG(known.st_mode):
                archive.refused.append(Refused(shown, "no regular file"))
            elif known.st_size > MEMBER:
                archive.refused.append(Refused(shown, f"larger than {MEMBER >> 20} MiB"))
            else:
                archive.members.append(Member(shown, (), file.read_bytes))
    return archive


def _junk(name: str) -> bool:
    return any(part in JUNK or part.startswith("._") for part in name.split("/"))
