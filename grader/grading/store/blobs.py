"""What grades rest on and a line of the record is too short for, each by the hash of its bytes.

That are the answers that check cells recorded, and the questions that they were judged by. Nothing
is ever changed here: the same bytes lie there once, whoever gave them.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.atomic import write_atomically
from grader.course.course import Course
from grader.errors import GraderError
from grader.questions import Outcome


class NotKept(GraderError):
    """What the record speaks of is not there, or is not what it was."""


@dataclass(frozen=True)
class Answers:
    """What the check cells of one notebook recorded; with the questions, all that a judge needs."""

    recorded: dict[str, str]
    """grade_id -> JSON text of the cell's outputs."""
    endings: dict[str, Outcome]
    """grade_id -> how it ended, for check cells that recorded nothing."""


def keep(course: Course, data: bytes) -> str:
    """Keep `data`; returns its sha256. It is on the disk when this returns."""
    name = hashlib.sha256(data).hexdigest()
    path = _path(course, name)
    if path.is_file():
        return name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(path, zlib.compress(data), mode=0o600, lasting=True)
    return name


def kept(course: Course, sha256: str) -> bytes:
    """Return what was kept under a hash.

    Raises:
        NotKept: it is gone, or damaged.
    """
    path = _path(course, sha256)
    try:
        data = zlib.decompress(path.read_bytes())
    except (OSError, zlib.error):
        data = b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise NotKept(f"{path} is missing or damaged; bring it back from a copy of the course.")
    return data


def keep_answers(course: Course, executed: Mapping[str, Any]) -> str:
    """Keep what the notebooks of a submission recorded; "" where none was executed.

    Args:
        course: whose folder.
        executed: name of the notebook -> its ``Executed``, None where it was not executed.
    """
    data = {
        name: {"recorded": one.recorded, "endings": {g: str(o) for g, o in one.endings.items()}}
        for name, one in executed.items()
        if one is not None
    }
    return keep(course, _bytes(data)) if data else ""


def kept_answers(course: Course, sha256: str) -> dict[str, Answers]:
    """Return what `keep_answers` kept, by notebook.

    Raises:
        NotKept: it is gone, or damaged.
    """
    return {
        name: Answers(
            recorded=one["recorded"],
            endings={g: Outcome(outcome) for g, outcome in one["endings"].items()},
        )
        for name, one in json.loads(kept(course, sha256)).items()
    }


def keep_questions(course: Course, files: dict[str, bytes]) -> str:
    """Keep the files that questions were read from; "" where there are none."""
    return keep(course, _bytes({n: d.decode() for n, d in sorted(files.items())})) if files else ""


def kept_questions(course: Course, sha256: str) -> dict[str, bytes]:
    """Return the files that `keep_questions` kept.

    Raises:
        NotKept: they are gone, or damaged.
    """
    return {name: text.encode() for name, text in json.loads(kept(course, sha256)).items()}


def _path(course: Course, sha256: str) -> Path:
    return course.path / "kept" / sha256[:2] / f"{sha256}.z"


def _bytes(data) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
