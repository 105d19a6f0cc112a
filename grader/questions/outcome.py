"""How a question can end, and whose doing each end is."""

from enum import StrEnum
from typing import Any

from grader.questions.messages import Message


class Outcome(StrEnum):
    """How a question ended; the values are written into records and shown."""

    GRADED = "graded"
    NO_ANSWER = "no answer"
    REFUSED = "refused"
    TIMEOUT = "time-out"
    MEMORY = "memory"
    CRASH = "crash"
    EXIT = "exit"
    STOPPED = "stopped"
    FLOOD = "flood"
    NOT_A_NOTEBOOK = "not a notebook"
    ANOTHER_VARIANT = "another variant"
    ANOTHER_MODEL = "another model"
    INTERNAL = "internal"

    @property
    def open(self) -> bool:
        """Whether we caused it or cannot tell: no points yet, a person looks."""
        return self in _OPEN

    @property
    def costs_points(self) -> bool:
        """Whether the student caused it: 0 points, with this outcome named."""
        return self is not Outcome.GRADED and not self.open


_OPEN = {Outcome.ANOTHER_VARIANT, Outcome.ANOTHER_MODEL, Outcome.INTERNAL}


class Refusal(Exception):
    """An answer that cannot be judged at all; its message says why in both languages.

    Refusals never cost a traceback: whatever stands in a cell gives an answer or one of these.
    """

    def __init__(self, key: str, *, outcome: Outcome = Outcome.REFUSED, **values: Any):
        self.message = Message(f"refused.{key}", values)
        self.outcome = outcome
        super().__init__(key)

    @property
    def key(self) -> str:
        """Which refusal, without the ``refused.`` of its text."""
        return self.message.key.removeprefix("refused.")
