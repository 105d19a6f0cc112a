"""What runs on a worker of a Dask cluster: jobs in as bytes, what came of them out as bytes."""

import atexit
import pickle
import socket
import threading
from contextlib import ExitStack

from grader.errors import GraderError
from grader.grading.kernels import CONFINED
from grader.grading.run.job import Executed, Job
from grader.grading.run.job_bytes import pack, pack_error, pack_results, unpack_jobs
from grader.grading.run.sandbox import kernels
from grader.grading.run.workers import run_jobs
from grader.grading.version import grader_version

_one_at_a_time = threading.Lock()
_standing: list = []
"""What mends this worker's warm process, once it is there."""


def answer(run: bytes, packed_jobs: bytes) -> bytes:
    """Run the jobs of one submission; an error comes back as words, never as an exception.

    Args:
        run: the coordinator's function that takes jobs, pickled: a worker trusts its coordinator.
        packed_jobs: the jobs.
    """
    about = {"grader": grader_version(), "worker": _name()}
    try:
        return pack_results(packed_jobs, pickle.loads(run)(unpack_jobs(packed_jobs)), **about)
    except Exception as error:
        return pack_error(packed_jobs, f"{type(error).__name__}: {error}", **about)


def run_confined(jobs: list[Job]) -> list[Executed]:
    """Run the jobs of one submission in confined kernels of this machine.

    Raises:
        GraderError: they ask for other kernels.
    """
    if any(job.provisioner != CONFINED for job in jobs):
        raise GraderError("a worker of a cluster runs confined kernels only.")
    _warm()
    return run_jobs(jobs)


def about_worker() -> bytes:
    """Say whether this worker can grade."""
    from grader.grading.kernels.confinement import missing
    from grader.models import find_model

    problems = [f"{one.what} ({one.repair})" for one in missing()]
    try:
        find_model()
    except GraderError as error:
        problems.append(str(error))
    return pack({"grader": grader_version(), "problems": problems})


def _warm() -> None:
    """Have a warm process on this worker, shared by its threads, until the worker ends."""
    with _one_at_a_time:
        if not _standing:
            stack = ExitStack()
            _standing.append(stack.enter_context(kernels(CONFINED)))
            atexit.register(stack.close)
        elif _standing[0] is not None:
            _standing[0]()


def _name() -> str:
    try:
        from distributed import get_worker

        return str(get_worker().name or get_worker().address)
    except (ImportError, ValueError):
        return socket.gethostname()
