"""The record: one line of JSON for each grade that was given, appended and never rewritten.

The last line of a submission is its present grade. It holds the hashes of all that went into the
grade, so that a batch that runs again grades only what changed, and verdicts with their reasons, so
that reports need neither gradebook nor notebook. What is too long for a line (recorded answers,
the questions that they were judged by) lies in `blobs`, by its hash.

Its lines are a `hash_chain`. Whoever has written down the last hash, the head, can tell whether one
was changed, taken out or put in.
"""

import fcntl
import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_origin

from grader.course.course import Course
from grader.errors import CourseError, GraderError
from grader.grading.store import hash_chain
from grader.grading.store.hash_chain import START

SCHEMA = 2
log = logging.getLogger(__name__)


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
    """sha256 of the questions' files; `blobs` holds them. Empty for a stock assignment."""
    recipe: str = ""
    """sha256 of probes.toml; empty where there is none."""
    answers: str = ""
    """sha256 of what check cells recorded; `blobs` holds it. Empty where nothing was executed."""
    cpu_seconds: float = 0.0
    """Of the kernels, as far as they could be measured."""
    peak_bytes: int = 0
    """The most memory that a process of a kernel held, as far as it could be measured."""
    worker: str = ""
    """Where it ran."""
    changes: list[dict] = field(default_factory=list)
    """What is not as it was handed in: ``Change.to_json()`` of each (`changes.sentence` says it).
    Those of a kind in `changes.WAITING` wait for a person."""
    tests: dict[str, dict] = field(default_factory=dict)
    """grade_id of an in-kernel test -> what it came to: ``{"how": key, "said": text}``."""
    cause: dict = field(default_factory=dict)
    """Why this entry is there when it is no batch's: ``{"kind": "regrade", "reason": ...}``."""
    course_id: str = ""
    language: str = ""
    """Both as course.toml had them; empty where an older grader did not write them down."""
    secret: str = ""
    """Tag of the course's secret, from which probes were drawn."""
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


_KINDS: dict[str, Any] = {
    one.name: int | float if one.type is float else get_origin(one.type) or one.type
    for one in fields(Entry)
} | {"door": dict | None}
"""Field -> what its value is."""
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
    data = asdict(entry)
    for name in ("number", "previous", "hash"):
        del data[name]
    return replace(entry, **hash_chain.append_line(record_path(course), data))


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

    A line that is no entry is passed over, with a warning; `broken` names it.

    Raises:
        CourseError: the record was written by a newer grader, or is no file.
    """
    for line in hash_chain.read_lines(record_path(course)):
        if not line.written:
            continue
        try:
            yield _entry(hash_chain.parse_line(line.text.removesuffix(b"\r")))
        except _Newer:
            raise CourseError(
                f"{record_path(course)}:{line.number}: written by a newer grader; update this one."
            ) from None
        except ValueError:
            log.warning(
                "%s:%d cannot be read and counts as not written; `grader verify` says more.",
                record_path(course),
                line.number,
            )


def head(course: Course) -> str:
    """Return the hash of the last entry: who has noted it can tell whether the record was changed.

    Of an empty record it is 64 zeros.
    """
    return hash_chain.head(record_path(course))


def faults(course: Course) -> list[hash_chain.Fault]:
    """Return the lines that are not what was written; none if the record is whole."""
    return list(hash_chain.find_faults(record_path(course), _entry))


def broken(course: Course) -> tuple[int, str] | None:
    """Return the first entry that does not fit, and what about it; None if the record is whole.

    What a crash left of the last line is no entry, and the next one takes its place.
    """
    found = (fault for fault in faults(course) if fault.how != "cut")
    return next(((fault.line, fault.how) for fault in found), None)


class _Newer(ValueError):
    """A line holds what this version does not know."""


def _entry(data: dict) -> Entry:
    """Return the entry that a line holds.

    Raises:
        ValueError: it holds none.
    """
    if isinstance(data.get("schema", SCHEMA), int) and data.get("schema", SCHEMA) > SCHEMA:
        raise _Newer
    if not data.keys() <= _KINDS.keys():
        raise _Newer
    for name, value in data.items():
        if not isinstance(value, _KINDS[name]) or isinstance(value, bool) != (_KINDS[name] is bool):
            raise ValueError(f"{name} is {type(value).__name__}")
    nested = {dict: ("verdicts",), list: ("stock", "written")}
    for kind, names in nested.items():
        if not all(isinstance(v, kind) for n in names for v in data.get(n, {}).values()):
            raise ValueError(f"{', '.join(names)}: not each is {kind.__name__}")
    try:
        return Entry(**data)
    except TypeError as error:  # a field is missing
        raise ValueError(str(error)) from None


def results_hash(course: Course, slug: str) -> str:
    """Return one hash of all present grades in `slug`: the same for every run on the same input."""
    entries = [
        {name: value for name, value in asdict(entry).items() if name not in PASSING}
        for entry in read_record(course, slug).values()
    ]
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()


def secret_tag(secret: bytes) -> str:
    """Return by what the record knows a secret again, and from which nobody gets it."""
    return hashlib.sha256(b"seeing-attention secret\0" + secret).hexdigest()[:16]


def now() -> str:
    """Return the time as the record holds it, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
