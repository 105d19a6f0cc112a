"""The workers of a Dask cluster as a place where jobs run; no file system is shared.

A worker gets a submission as bytes, runs it in confined kernels of its own machine, from a warm
process of its own, and gives bytes back. The coordinator judges and writes, and counts each
submission once, however often the cluster ran it.
"""

import atexit
import ipaddress
import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack
from urllib.parse import urlsplit

from grader.errors import GraderError
from grader.grading.execute import Job
from grader.grading.kernels import CONFINED
from grader.grading.packed import (
    executed_from_json,
    executed_to_json,
    pack,
    pack_jobs,
    unpack,
    unpack_jobs,
)
from grader.grading.record import grader_version
from grader.grading.wall import kernels
from grader.grading.workers import AHEAD, PoolLost, Ran, run_jobs

CONNECT_SECONDS = 10
ASK_SECONDS = 60
COUNT_SECONDS = 5
LONELY_SECONDS = 120
"""How long a batch waits for workers when all are gone; they may be starting anew."""
GUIDE = "the guide's page on clusters shows how, with a worked example."


class LostWorker(Exception):
    """The workers that had these jobs died, one after the other."""


def open_cluster(address: str, *, unconfined: bool = False) -> "Cluster":
    """Connect to a Dask scheduler whose workers can grade.

    Args:
        address: as the scheduler prints it, ``tcp://127.0.0.1:8786`` or ``tls://host:8786``.
        unconfined: refused: a kernel without a wall could take the worker's place.

    Raises:
        GraderError: it is not this machine's and without TLS, does not answer, has no workers, or
            they cannot grade; with the repair.
    """
    if unconfined:
        raise GraderError(
            "--unconfined is for this machine alone: on a cluster a notebook could take a worker's "
            "certificate and speak in its place."
        )
    check_address(address)
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError:
        raise GraderError(
            "--cluster needs Dask: pip install 'seeing-attention[grading,cluster]'."
        ) from None
    # What it says of lost workers is ours to handle.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    security = None
    if address.startswith("tls://"):
        security = Security(require_encryption=True)
        if not (security.tls_ca_file and security.tls_client_cert):
            raise GraderError(
                "tls:// needs certificates: name them in Dask's configuration "
                f"(distributed.comm.tls.ca-file and client.cert, client.key); {GUIDE}"
            )
    try:
        client = Client(address, timeout=CONNECT_SECONDS, security=security, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise GraderError(f"The scheduler at {address} does not answer: {error}.") from None
    cluster = Cluster(client)
    try:
        cluster.check_workers()
    except BaseException:
        client.close()
        raise
    return cluster


def check_address(address: str) -> None:
    """Refuse a scheduler that others on the network could speak for.

    Raises:
        GraderError: with the repair.
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme not in ("tcp", "tls") or not parts.hostname:
        raise GraderError(f"{address!a} is no scheduler; write tcp://127.0.0.1:8786 or tls://...")
    if parts.scheme == "tcp" and not _is_loopback(parts.hostname):
        raise GraderError(
            f"{address} is reached over a network, without TLS: anybody there could read "
            "submissions and forge answers. Start scheduler and workers with certificates "
            "(--tls-ca-file, --tls-cert, --tls-key) and write "
            f"tls://{parts.hostname}:{parts.port or 8786}; {GUIDE}"
        )


class Cluster:
    """A pool whose workers are a Dask cluster's."""

    lost = (LostWorker,)
    look_seconds = 10.0
    provisioner = CONFINED

    def __init__(self, client, run: Callable[[bytes], bytes] | None = None):
        """Take jobs to `client`'s workers.

        Args:
            client: a ``distributed.Client``.
            run: what a worker does with packed jobs.
        """
        self.client, self.run = client, run or run_packed
        self.executor = client.get_executor(pure=False)
        self._counted, self._threads = 0.0, 0
        self._seen = time.monotonic()

    def begin(self) -> None:
        """Do nothing: the workers of a cluster are there already."""

    @property
    def room(self) -> int:
        """Submissions to hold: by how many the workers run at once, now."""
        if time.monotonic() - self._counted > COUNT_SECONDS:
            self._threads = sum(self.client.nthreads().values())
            self._counted = time.monotonic()
        return max(1, self._threads) * AHEAD

    def check_workers(self) -> None:
        """Ask each worker whether it can grade as this machine would.

        Raises:
            GraderError: there is none, or one cannot; names it.
        """
        about = self.client.run(about_worker, on_error="return")
        if not about:
            raise GraderError("The cluster has no workers; start some with `dask worker`.")
        for worker, told in sorted(about.items()):
            if isinstance(told, BaseException):
                raise GraderError(f"Worker {worker} has no grader of this version: {told}.")
            if told["grader"] != grader_version():
                raise GraderError(
                    f"Worker {worker} runs grader {told['grader']}, this is {grader_version()}; "
                    "install the same there."
                )
            if told["problems"]:
                raise GraderError(f"Worker {worker} cannot grade: {'; '.join(told['problems'])}.")

    def submit(self, jobs: list[Job]) -> Future:
        """Begin with the jobs of one submission."""
        ours: Future = Future()
        theirs = self.executor.submit(self.run, pack_jobs(jobs))
        theirs.add_done_callback(lambda done: _pass_on(done, ours))
        return ours

    def again(self, jobs: list[Job]) -> Future:
        """Begin once more with jobs whose workers died."""
        return self.submit(jobs)

    def look(self) -> None:
        """Stop waiting where there have been no workers for long.

        Raises:
            PoolLost: with the repair.
        """
        if self.client.nthreads():
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > LONELY_SECONDS:
            raise PoolLost(
                "The cluster has no workers left; start some with `dask worker`, and the same "
                "command goes on from here."
            )

    def stop(self, *, busy: bool) -> None:
        """Cancel what is under way, and leave the cluster as it was."""
        self.executor.shutdown(wait=not busy)
        self.client.close()


def run_packed(packed: bytes) -> bytes:
    """On a worker: run the jobs of one submission in kernels of this machine."""
    jobs = unpack_jobs(packed)
    if any(job.provisioner != CONFINED for job in jobs):
        raise GraderError("a worker of a cluster runs confined kernels only.")
    _warm()
    return pack_results(run_jobs(jobs))


def pack_results(executed) -> bytes:
    """On a worker: return what came of jobs as bytes, with who ran them."""
    return pack(
        {
            "grader": grader_version(),
            "worker": _name(),
            "executed": executed_to_json(executed),
        }
    )


def about_worker() -> dict:
    """On a worker: say whether it can grade."""
    from grader.grading.desk import MODEL
    from grader.grading.kernels.confinement import missing
    from grader.models import find_model

    problems = [f"{one.what} ({one.repair})" for one in missing()]
    try:
        find_model(MODEL)
    except GraderError as error:
        problems.append(str(error))
    return {"grader": grader_version(), "problems": problems}


_one_at_a_time = threading.Lock()
_standing: list = []
"""What mends this worker's warm process, once it is there."""


def _warm() -> None:
    """Have a warm process on this worker, shared by its threads, until the worker ends."""
    with _one_at_a_time:
        if not _standing:
            stack = ExitStack()
            _standing.append(stack.enter_context(kernels(CONFINED)))
            atexit.register(stack.close)
        elif _standing[0] is not None:
            _standing[0]()


def _pass_on(theirs: Future, ours: Future) -> None:
    """Turn what the cluster says of a job into a `Ran`."""
    from distributed.scheduler import KilledWorker

    try:
        told = unpack(theirs.result())
        if told["grader"] != grader_version():
            raise PoolLost(
                f"Worker {told['worker']} runs grader {told['grader']}, this is "
                f"{grader_version()}; install the same there and run the same command again."
            )
        ours.set_result(Ran(executed_from_json(told["executed"]), told["worker"]))
    except KilledWorker as error:
        ours.set_exception(LostWorker(str(error)))
    except CancelledError:
        ours.set_exception(
            PoolLost("The cluster's scheduler is gone; the same command goes on from here.")
        )
    except Exception as error:
        ours.set_exception(error)


def _name() -> str:
    try:
        from distributed import get_worker

        return str(get_worker().name or get_worker().address)
    except (ImportError, ValueError):
        return socket.gethostname()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
