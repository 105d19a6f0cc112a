"""What a command costs as a whole: wall time, and CPU time of it and of all that it started."""

import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


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
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with log.open("w") as sink:
        environment = dict(os.environ, OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false")
        ran = subprocess.run(
            command, cwd=folder, env=environment, stdout=sink, stderr=sink, check=False
        )
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)} ended with {ran.returncode}; see {log}")
    cpu = (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
    return Cost(wall, cpu)
