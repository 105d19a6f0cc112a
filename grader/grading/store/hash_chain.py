"""A file of JSON lines, appended and never rewritten: a hash chain.

Each line holds the hash of the line before, so that none can be changed, taken out or put in
without all later hashes changing. Lines are read as bytes from anywhere: bounded and strictly.
"""

import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from grader.errors import CourseError

START = "0" * 64
"""What stands in the first line for the hash of the one before."""
MAX_LINE = 32 << 20
"""The longest line that is read, in bytes."""
_BEFORE_HASH, _AFTER_HASH = b'{"hash":"', b'",'
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Fault:
    """A line that is not as it was written."""

    line: int
    """Its number in the file, from 1."""
    how: str
    """changed: its own hash does not fit. moved: it does not follow the line before. cut: the last
    one, not written to its end. illegible, line ends (CRLF), mark (byte order mark), long."""


@dataclass(frozen=True)
class Line:
    """One line of the file."""

    number: int
    """From 1."""
    text: bytes
    """Without its end; of a line that is too long, the beginning."""
    ended: bool = True
    """Whether a line end follows; only the last line may lack it."""

    @property
    def long(self) -> bool:
        """Whether it is longer than any line that was ever written."""
        return len(self.text) > MAX_LINE

    @property
    def written(self) -> bool:
        """Whether it was written to its end: what a crash left of a line is none."""
        return self.ended or fits(self.text)


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of the file, also what a crash left of the last; none if there is no file.

    Raises:
        CourseError: it is no file.
        OSError: it cannot be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise CourseError(f"{path} is no file; bring the record back from a copy.")
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        number = 0
        while text := file.readline(MAX_LINE + 1):
            number += 1
            ended = text.endswith(b"\n")
            if not ended and len(text) > MAX_LINE:
                ended = _skip_line(file)
            yield Line(number, text[:-1] if text.endswith(b"\n") else text, ended)


def parse_line(text: bytes) -> dict:
    """Return the object that a line is.

    Raises:
        ValueError: it is none, holds a name twice or NaN, or is nested without end.
    """
    try:
        data = json.loads(
            text.decode("ascii"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(data, dict):
        raise ValueError("not an object")
    return data


def append_line(path: Path, data: dict) -> dict:
    """Append an object; it is on the disk when this returns. One writer at a time.

    Args:
        path: of the file; made if it is not there.
        data: without ``number``, ``previous`` and ``hash``.

    Returns:
        Those three.
    """
    with path.open("a+b") as file:
        last = _last_line(file)
        place = {"number": _number(last) + 1, "previous": hash_of(last)}
        body = json.dumps(data | place, ensure_ascii=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(body).hexdigest()
        file.write(_BEFORE_HASH + digest.encode() + _AFTER_HASH + body[1:] + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return place | {"hash": digest}


def head(path: Path) -> str:
    """Return the hash of the last line: who has noted it can tell whether the file was changed.

    Of an empty file it is 64 zeros.
    """
    try:
        with path.open("rb") as file:
            return hash_of(_last_line(file, mend=False))
    except FileNotFoundError:
        return START


def hash_of(text: bytes) -> str:
    """Return the hash by which the next line names this one."""
    if not text:
        return START
    if text.startswith(_BEFORE_HASH):
        return text[len(_BEFORE_HASH) :][:64].decode(errors="replace")
    return hashlib.sha256(text).hexdigest()  # written before the file was a chain


def fits(text: bytes) -> bool:
    """Say whether a line is what was written: its hash is that of its body."""
    body = b"{" + text[len(_BEFORE_HASH) + 64 + len(_AFTER_HASH) :]
    return (
        text.startswith(_BEFORE_HASH)
        and hashlib.sha256(body).hexdigest().encode() == text[len(_BEFORE_HASH) :][:64]
    )


def find_faults(path: Path, check: Callable[[dict], Any]) -> Iterator[Fault]:
    """Yield each line that is not as it was written.

    Args:
        path: of the file.
        check: raises ValueError for an object that no line holds.
    """
    previous: str | None = START
    number = 0
    for line in read_lines(path):
        how, data = _look_at(line, check)
        if data is None:
            previous = None  # what comes next cannot be compared
        else:
            there = (data.get("previous"), data.get("number"))
            if not how and "hash" in data and previous and there != (previous, number + 1):
                how = "moved"
            whole = type(data.get("number", 0)) is int
            previous, number = hash_of(line.text) if whole else None, data.get("number", 0)
        if how:
            yield Fault(line.number, how)


def _look_at(line: Line, check: Callable[[dict], Any]) -> tuple[str, dict | None]:
    """Return what is wrong with a line by itself, and its object where it has one."""
    if not line.written:
        return "cut", None
    if line.long:
        return "long", None
    if line.text.endswith(b"\r"):
        return "line ends", None
    if line.text.startswith(b"\xef\xbb\xbf"):
        return "mark", None
    try:
        data = parse_line(line.text)
        if ("hash" in data or data.get("schema") != 1) and not fits(line.text):
            return "changed", data
        check(data)
    except ValueError:
        return "illegible", None
    return "", data


def _unique(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


def _no_constant(token: str) -> NoReturn:
    raise ValueError(f"{token} is no number")


def _skip_line(file: BinaryIO) -> bool:
    """Go behind the end of a line without holding it; False if the file ends before."""
    while block := file.readline(_BLOCK):
        if block.endswith(b"\n"):
            return True
    return False


def _last_line(file: BinaryIO, *, mend: bool = True) -> bytes:
    """Return the last line that was written to its end.

    Mending cuts off what a crash left of another, which counted nowhere, and ends a line that
    lacks nothing but its end.
    """
    size = end = file.seek(0, os.SEEK_END)
    tail = b""
    while end and tail.count(b"\n", 0, max(0, tail.rfind(b"\n"))) < 1:
        start = max(0, end - _BLOCK)
        file.seek(start)
        tail = file.read(end - start) + tail
        end = start
    whole = tail[: tail.rfind(b"\n") + 1]
    left = tail[len(whole) :]
    if fits(left):
        if mend:
            file.write(b"\n")
        return left
    if mend and left:
        file.truncate(size - len(left))
    file.seek(0, os.SEEK_END)
    return whole[:-1].rsplit(b"\n", 1)[-1]


def _number(text: bytes) -> int:
    try:
        return int(parse_line(text)["number"])
    except (ValueError, KeyError, TypeError):
        return 0
