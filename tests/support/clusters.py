"""A small Dask cluster on this machine: a scheduler here, workers as processes of their own."""

import contextlib
import logging
import os
import signal
from pathlib import Path

from support.courses import in_process, own_cell


@contextlib.contextmanager
def small_cluster(workers: int = 2):
    """Run a scheduler and `workers` processes; yields its address."""
    from distributed import LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address="127.0.0.1:0",
        host="127.0.0.1",
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster.scheduler_address


def student(jobs) -> str:
    """Return whose jobs these are."""
    return own_cell(jobs[0].notebook)["source"].split('"')[1]


def killing_once(mark: str, jobs):
    """On a worker: kill it at the first job that comes, and count each time that jobs run."""
    path = Path(mark) / "killed"
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    with (Path(mark) / "ran").open("a") as file:
        file.write(student(jobs) + "\n")
    return in_process(jobs)


def killing_always(jobs):
    """On a worker: kill it whenever mal's jobs come."""
    if student(jobs) == "mal":
        os.kill(os.getpid(), signal.SIGKILL)
    return in_process(jobs)
