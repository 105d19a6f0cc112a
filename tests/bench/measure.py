"""What a command costs as a whole: wall time, and CPU time and memory of it and all it started."""

import contextlib
import ctypes
import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ORPHAN_SECONDS = 20
LOOK_EVERY_SECONDS = 2


@dataclass(frozen=True)
class Cost:
    """What one or several commands at once cost."""

    wall: float
    """Seconds from the start of the first to the end of the last."""
    cpu: float
    """Seconds of processor time of all their processes."""
    memory: int
    """The most bytes that all of them held at once; a page that n share counts 1/n for each."""


def run(
    commands: list[list[str]], folder: Path, log: Path, environment: dict[str, str] | None = None
) -> Cost:
    """Run `commands` at once in `folder` and wait for all.

    Raises:
        RuntimeError: one could not run (exit 2 or a signal); points at the log.
    """
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    variables = {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"} | (environment or {})
    with log.open("w") as sink, _Memory() as memory:
        running = [
            subprocess.Popen(
                command, cwd=folder, env=os.environ | variables, stdout=sink, stderr=sink
            )
            for command in commands
        ]
        codes = [one.wait() for one in running]
    wall = time.monotonic() - started
    _wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command, code in zip(commands, codes, strict=True):
        if code not in (0, 1):
            raise RuntimeError(f"{' '.join(command)} ended with {code}; see {log}")
    cpu = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return Cost(wall, cpu, memory.most)


class _Memory:
    """Looks every now and then at what all descendants of this process hold."""

    def __init__(self) -> None:
        self.most = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY_SECONDS):
            self.most = max(self.most, sum(map(held_by, descendants(os.getpid()))))


def descendants(pid: int) -> list[int]:
    """Return the ids of all processes below `pid`."""
    found, left = [], [pid]
    while left:
        for task in Path(f"/proc/{left.pop()}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                children = [int(child) for child in task.read_text().split()]
                found += children
                left += children
    return found


def held_by(pid: int) -> int:
    """Return a process's memory in bytes, a page that n share counted as 1/n; 0 if it is gone."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _adopt_orphans() -> None:
    """Become the parent of what the command leaves behind, so that its CPU time counts too."""
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def _wait_for_orphans() -> None:
    until = time.monotonic() + ORPHAN_SECONDS
    while time.monotonic() < until:
        try:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.05)
        except ChildProcessError:
            return
    raise RuntimeError(f"something still runs {ORPHAN_SECONDS} s after the command's end")
