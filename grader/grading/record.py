"""The record: one line of JSON for each grade that was given, appended and never rewritten.

The last line of a submission is its present grade. It holds the hashes of all that went into the
grade, so that a batch that runs again grades only what changed, and verdicts with their reasons, so
that reports need neither gradebook nor notebook. What is too long for a line (recorded answers,
the questions that they were judged by) lies in `kept`, by its hash.

Each line holds the hash of the line before, so that none can be changed, taken out or put in
without all later hashes changing. Whoever has written down the last one, the head, can tell.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cache
from pathlib import Path

import grader
from grader.course.folder import Course
from grader.errors import CourseError, GraderError

SCHEMA = 2
DECIDING = ("attention.py", "capture.py", "heads.py", "check.py", "questions", "grading", "models")
"""The parts of this package that decide a grade."""
START = "0" * 64
"""What stands in the first entry for the hash of the one before."""
_BEFORE_HASH, _AFTER_HASH = b'{"hash":"', b'",'


@dataclass(frozen=True)
class Entry:
    """One grade of one submission, and all that it rests on."""

    student: str
    exercise: str
    notebook: str
    """Name of the graded file, without a folder; empty when none was handed in."""
    key: str
    """Hash of all that decides the grade: the same key, the same grade."""
    submission: str
    """sha256 of the file."""
    material: str
    """Hash of questions, recipes and source cells."""
    grader: str
    """Version and hash of the grader."""
    model: str
    """sha256 of the model's weights; empty for an assignment that asks none."""
    variant_id: str
    verdicts: dict[str, dict]
    """grade_id -> ``Verdict.to_json()``."""
    stock: dict[str, list]
    """grade_id of an in-kernel test -> [points or None, maximum]."""
    written: dict[str, list]
    """grade_id of a written answer -> [points or None, maximum]; a person's marks come later."""
    door: dict | None = None
    """Why it is no notebook: ``{"reason": key, "values": {}}``."""
    notes: list[dict] = field(default_factory=list)
    """What happened on the way: ``{"kind": ..., "cell": n}``."""
    fault: str = ""
    """What went wrong on our side, for the instructor."""
    confined: bool = False
    seconds: float = 0.0
    kernels: int = 0
    stored: str = ""
    """sha256 of the graded notebook that was written."""
    at: str = ""
    """When, in UTC."""
    schema: int = SCHEMA
    questions: str = ""
    """sha256 of the questions' files; `kept` holds them. Empty for a stock assignment."""
    recipe: str = ""
    """sha256 of probes.toml; empty where there is none."""
    answers: str = ""
    """sha256 of what check cells recorded; `kept` holds it. Empty where nothing was executed."""
    cpu_seconds: float = 0.0
    """Of the kernels, as far as they could be measured."""
    peak_bytes: int = 0
    """The most memory that a process of a kernel held, as far as it could be measured."""
    worker: str = ""
    """Where it ran."""
    cause: dict = field(default_factory=dict)
    """Why this entry is there when it is no batch's: ``{"kind": "regrade", "reason": ...}``."""
    number: int = 0
    """Its place in the record, from 1."""
    previous: str = START
    """Hash of the entry before."""
    hash: str = ""
    """Of this entry, `previous` included."""

    @property
    def outcomes(self) -> dict[str, str]:
        """Question -> how it ended."""
        return {v["question"]: v["outcome"] for v in self.verdicts.values()}


PASSING = frozenset(
    {"seconds", "cpu_seconds", "peak_bytes", "worker", "at", "number", "previous", "hash"}
)
"""What two runs over the same submissions may differ in."""


@contextmanager
def only_one(course: Course) -> Iterator[None]:
    """Hold the course's lock: two graders at once would overwrite each other.

    Raises:
        GraderError: another grader holds it.
    """
    with (course.path / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise GraderError(
                f"Another grader is at work in {course.path}; wait until it is done."
            ) from None
        yield


def record_path(course: Course) -> Path:
    """Return where a course's record lies."""
    return course.path / "record.jsonl"


def append(course: Course, entry: Entry) -> Entry:
    """Write an entry to disk before anything else happens; the caller holds `only_one`.

    Returns:
        The entry as written: with its number and hashes.
    """
    with record_path(course).open("a+b") as file:
        last = _last_line(file)
        entry = replace(entry, number=_number(last) + 1, previous=hash_of(last), hash="")
        data = asdict(entry)
        del data["hash"]
        body = json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(body).hexdigest()
        file.write(_BEFORE_HASH + digest.encode() + _AFTER_HASH + body[1:] + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return replace(entry, hash=digest)


def read_record(course: Course, slug: str) -> dict[str, Entry]:
    """Return the present grade of each student in `slug`, in the order of their ids.

    A line that was cut short by a crash counts as not written.

    Raises:
        CourseError: the record was written by a newer grader.
    """
    found = {entry.student: entry for entry in read_entries(course) if entry.exercise == slug}
    return dict(sorted(found.items()))


def read_entries(course: Course) -> Iterator[Entry]:
    """Yield every entry, in the order in which they were written.

    Raises:
        CourseError: the record was written by a newer grader.
    """
    known = {one.name for one in fields(Entry)}
    for number, line in enumerate(read_lines(course), 1):
        try:
            data = json.loads(line)
        except ValueError:
            continue  # `broken` names it
        if data.get("schema", SCHEMA) > SCHEMA or not data.keys() <= known:
            raise CourseError(
                f"{record_path(course)}:{number}: written by a newer grader; update this one."
            )
        yield Entry(**data)


def read_lines(course: Course) -> list[bytes]:
    """Return the whole lines of the record; what a crash left of another is no line."""
    try:
        data = record_path(course).read_bytes()
    except FileNotFoundError:
        return []
    return data[: data.rfind(b"\n") + 1].splitlines()


def head(course: Course) -> str:
    """Return the hash of the last entry: who has noted it can tell whether the record was changed.

    Of an empty record it is 64 zeros.
    """
    try:
        with record_path(course).open("rb") as file:
            return hash_of(_last_line(file, mend=False))
    except FileNotFoundError:
        return START


def hash_of(line: bytes) -> str:
    """Return the hash by which the next line names this one."""
    if not line:
        return START
    if line.startswith(_BEFORE_HASH):
        return line[len(_BEFORE_HASH) :][:64].decode(errors="replace")
    return hashlib.sha256(line).hexdigest()  # written before the record was a chain


def broken(course: Course) -> tuple[int, str] | None:
    """Return the first entry that does not fit, and what about it; None if the chain is whole.

    Returns:
        The number of the line, from 1, and "changed" (it is not what was written), "moved" (the
        one before it is not the one that was there), or "illegible".
    """
    previous, count = START, 0
    for number, line in enumerate(read_lines(course), 1):
        try:
            data = json.loads(line)
            if line.startswith(_BEFORE_HASH):
                body = b"{" + line[len(_BEFORE_HASH) + 64 + len(_AFTER_HASH) :]
                if hashlib.sha256(body).hexdigest() != data["hash"]:
                    return number, "changed"
                count += 1  # lines from before the chain have no number
                if data["previous"] != previous or data["number"] != count:
                    return number, "moved"
            elif data.get("schema", SCHEMA) > 1:
                return number, "changed"
        except (ValueError, KeyError, TypeError, AttributeError):
            return number, "illegible"
        previous = hash_of(line)
    return None


def results_hash(course: Course, slug: str) -> str:
    """Return one hash of all present grades in `slug`: the same for every run on the same input."""
    entries = [
        {name: value for name, value in asdict(entry).items() if name not in PASSING}
        for entry in read_record(course, slug).values()
    ]
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()


@cache
def grader_version() -> str:
    """Return version and hash of what decides a grade, e.g. ``0.1.0+3f2a...``."""
    digest = hashlib.sha256()
    root = Path(grader.__file__).parent
    for part in DECIDING:
        paths = [root / part] if part.endswith(".py") else sorted((root / part).rglob("*"))
        for path in paths:
            if path.suffix in (".py", ".toml") and path.is_file():
                digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return f"{grader.__version__}+{digest.hexdigest()[:16]}"


def key_of(*parts: str) -> str:
    """Return one hash for everything that decides a grade."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _last_line(file, *, mend: bool = True) -> bytes:
    """Return the last whole line; cut off what a crash left after it, which counted nowhere."""
    size = end = file.seek(0, os.SEEK_END)
    tail = b""
    while end and tail.count(b"\n", 0, max(0, tail.rfind(b"\n"))) < 1:
        start = max(0, end - (1 << 16))
        file.seek(start)
        tail = file.read(end - start) + tail
        end = start
    whole = tail[: tail.rfind(b"\n") + 1]
    if mend and len(whole) < len(tail):
        file.truncate(size - (len(tail) - len(whole)))
    file.seek(0, os.SEEK_END)
    return whole[:-1].rsplit(b"\n", 1)[-1]


def _number(line: bytes) -> int:
    try:
        return int(json.loads(line)["number"])
    except (ValueError, KeyError, TypeError):
        return 0
