"""What a worker gets and what it gives back: plain data, the same in a process and on a cluster."""

from dataclasses import dataclass, field

from grader.grading.kernels import STOCK
from grader.grading.limits import DEFAULT, Limits
from grader.questions import Outcome


@dataclass(frozen=True)
class Note:
    """Something that happened on the way, for the feedback: ``kind`` of ``cell`` number."""

    kind: str
    """An ``Outcome``'s value, or ``replayed``, ``cut``."""
    cell: int


@dataclass
class Executed:
    """What came of a notebook."""

    notebook: dict
    """With outputs made harmless (`keep_outputs`)."""
    recorded: dict[str, str]
    """grade_id -> JSON text of the outputs of its check cell, as they stood when it ended."""
    endings: dict[str, Outcome]
    """grade_id -> how it ended, for check cells that recorded nothing."""
    notes: list[Note] = field(default_factory=list)
    seconds: float = 0.0
    kernels: int = 1
    cpu_seconds: float = 0.0
    """Of its kernels, as far as their provisioner can tell."""
    peak_bytes: int = 0
    """The most that one of their processes held, as far as their provisioner can tell."""
    left: str | None = None
    """Why the engine left the notebook to a kernel: a student's words. None where none was asked,
    empty where it ran there."""


@dataclass(frozen=True)
class Job:
    """Everything that a worker gets: no path of the course, no key, no expected value."""

    name: str
    notebook: dict
    files: dict[str, bytes]
    """Files beside the notebook, by relative path."""
    questions: dict[str, tuple[str, list | None]]
    """grade_id of a check cell -> (question id, inputs for a function or None)."""
    provisioner: str = STOCK
    limits: Limits = DEFAULT
