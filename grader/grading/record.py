"""The record: one line of JSON for each grade that was given, appended and never rewritten.

The last line of a submission is its present grade. It holds the hashes of all that went into the
grade, so that a batch that runs again grades only what changed, and verdicts with their reasons, so
that reports need neither gradebook nor notebook.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

import grader
from grader.course.folder import Course
from grader.errors import CourseError

SCHEMA = 1
DECIDING = ("attention.py", "capture.py", "heads.py", "check.py", "questions", "grading", "models")
"""The parts of this package that decide a grade."""


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

    @property
    def outcomes(self) -> dict[str, str]:
        """Question -> how it ended."""
        return {v["question"]: v["outcome"] for v in self.verdicts.values()}


def record_path(course: Course) -> Path:
    """Return where a course's record lies."""
    return course.path / "record.jsonl"


def append(course: Course, entry: Entry) -> None:
    """Write an entry to disk before anything else happens."""
    line = json.dumps(asdict(entry), ensure_ascii=True, separators=(",", ":"))
    path = record_path(course)
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # an append was cut short: its grade never counted
                file.write(b"\n")
        file.write(line.encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_record(course: Course, slug: str) -> dict[str, Entry]:
    """Return the present grade of each student in `slug`, in the order of their ids.

    A line that was cut short by a crash counts as not written.

    Raises:
        CourseError: the record was written by a newer grader.
    """
    found: dict[str, Entry] = {}
    try:
        lines = record_path(course).read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line)
        except ValueError:
            continue
        if data.get("schema", SCHEMA) > SCHEMA:
            raise CourseError(
                f"{record_path(course)}:{number}: written by a newer grader; update this one."
            )
        if data["exercise"] == slug:
            found[data["student"]] = Entry(**data)
    return dict(sorted(found.items()))


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
