"""What a command costs as a whole: wall time, and CPU time of it and of all that it started."""

import ctypes
import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

ORPHAN_SECONDS = 20


@dataclass(frozen=True)
class Cost:
    """Seconds."""

    wall: float
    cpu: float


def run(command: list[str], folder: Path, log: Path) -> Cost:
    """Run `command` in `folder`; its CPU time counts every process that was waited for.

    Raises:
        RuntimeError: it could not run (exit 2 or a signal); points at the log.
    """
    _adopt_orphans()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with log.open("w") as sink:
        environment = dict(os.environ, OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")
        ran = subprocess.run(
            command, cwd=folder, env=environment, stdout=sink, stderr=sink, check=False
        )
    wall = time.monotonic() - started
    _wait_for_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {ran.returncode}; see {log}")
    cpu = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return Cost(wall, cpu)


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
