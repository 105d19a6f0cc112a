"""How a kernel ended and what it used: the one thing that a warden tells the outside."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Ending(StrEnum):
    """Why a kernel ended."""

    ASKED = "asked"
    """We asked it to, or it was still well when the notebook was done."""
    EXIT = "exit"
    """Its own code ended it: ``exit()``, ``os._exit``."""
    CRASH = "crash"
    """A signal ended it that none of us sent: a segmentation fault, a kill by its own code."""
    STOPPED = "stopped"
    """Its own code stopped it (SIGSTOP); it was ended then."""
    PROCESSES = "processes"
    """It had more processes than it may, where the machine does not refuse them (see `usage`)."""
    CPU = "cpu"
    MEMORY = "memory"
    WALL = "wall"
    LOST = "lost"
    """We cannot tell: the warden or the zygote died."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is known of a kernel when it has ended."""

    ended: Ending
    exit_code: int | None = None
    signal: int | None = None
    cpu_seconds: float = 0.0
    """Of all its processes, from the fork on."""
    max_rss_bytes: int = 0
    """The most that one of its processes held, the shared pages of the warm process included."""
    wall_seconds: float = 0.0
    last_words: str = ""
    """The end of what was written to the kernel's own stderr. Students can write there too."""

    @property
    def returncode(self) -> int:
        """The exit code as subprocess counts it: minus the signal where one ended the kernel."""
        if self.exit_code is not None:
            return self.exit_code
        return -(self.signal or 9)

    def to_json(self) -> dict[str, Any]:
        """Return the report as a plain dict."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Return the report of a dict."""
        return cls(**{**data, "ended": Ending(data["ended"])})
