"""How much one kernel may use, and the part of it that the machine enforces by itself.

rlimits count for one process each. What all processes of a notebook use together a cgroup counts,
or the warden, five times a second.
"""

import resource
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

MIB = 1024 * 1024
THREAD_STACKS = 128 * MIB
"""What ipykernel's dozen threads map and hardly ever touch; it is not the student's."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of one kernel, whole numbers."""

    cpu_seconds: int = 120
    """Of all its processes together."""
    wall_seconds: int = 600
    """From the fork to the end."""
    memory_bytes: int = 2048 * MIB
    """On top of what the warm process had already loaded; of all processes together."""
    disk_bytes: int = 256 * MIB
    """Its home, /tmp and /dev/shm together: they lie in memory, none of it on the disk."""
    file_bytes: int = 128 * MIB
    """Of one file."""
    processes: int = 128
    """Processes and threads, our own two and ipykernel's dozen included."""
    open_files: int = 512

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int or value <= 0:
                raise ValueError(f"{field.name} must be a whole number above 0, not {value!r}.")

    def to_json(self) -> dict[str, int]:
        """Return the limits as a plain dict."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, int]) -> Self:
        """Return the limits of a dict; what it lacks is as by default."""
        return cls(**data)


def data_bytes() -> int:
    """Return how much private memory this process has mapped."""
    pages = int(Path("/proc/self/statm").read_text().split()[5])
    return pages * resource.getpagesize()


def dump_no_core() -> None:
    """Have a crash leave nothing on the disk; ``seccomp`` keeps it so.

    A program that the machine hands core dumps to gets them whatever the limit, unless it is 1.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    least = min(1, hard) if hard != resource.RLIM_INFINITY else 1
    resource.setrlimit(resource.RLIMIT_CORE, (least, least))


def limit_this_process(limits: Limits) -> None:
    """Set the rlimits of this process and of those it will start; they can only be lowered again.

    RLIMIT_DATA and not RLIMIT_AS: the address space of torch and of a mapped model counts in the
    latter, and would make the limit mean something else with each version. It gives a student a
    MemoryError instead of a dead kernel.
    """
    for which, value in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_DATA, data_bytes() + THREAD_STACKS + limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, 1024),
        (resource.RLIMIT_RTPRIO, 0),
        (resource.RLIMIT_NICE, 0),
        (resource.RLIMIT_MEMLOCK, 64 * 1024),
    ):
        _, hard = resource.getrlimit(which)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        # One second between the signals: SIGXCPU first, so that the report can say which limit.
        soft = max(value - 1, 1) if which == resource.RLIMIT_CPU else value
        resource.setrlimit(which, (soft, value))
