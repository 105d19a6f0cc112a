"""The workers of a Dask cluster as a place where jobs run; no file system is shared.

A worker gets a submission as bytes, runs it in confined kernels of its own machine, from a warm
process of its own, and gives bytes back. The coordinator judges and writes, and counts each
submission once, however often the cluster ran it. It believes a worker nothing but what a kernel
could have done (`job_bytes`), and Dask's protocol is spoken by another process (`cluster_relay`).
"""

import importlib.util
import ipaddress
import json
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from multiprocessing import Pipe
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import urlsplit

from grader.errors import GraderError
from grader.extras import install
from grader.grading.kernels import CONFINED
from grader.grading.run import cluster_relay
from grader.grading.run.cluster_worker import run_confined
from grader.grading.run.job import Executed, Job
from grader.grading.run.job_bytes import BadBytes, pack_jobs, printable, unpack, unpack_results
from grader.grading.run.workers import AHEAD, PoolLost, Ran
from grader.grading.version import grader_version

CONNECT_SECONDS = 10
ASK_SECONDS = 60
LONELY_SECONDS = 120
"""How long a batch waits for workers when all are gone; they may be starting anew."""
MAX_ABOUT = 1 << 16
"""Bytes of what a worker says about itself."""
GUIDE = "the guide's page on clusters shows how, with a worked example."
GONE = "The cluster's scheduler is gone; the same command goes on from here."


class LostWorker(Exception):
    """The workers that had these jobs died, one after the other."""


def open_cluster(address: str, *, unconfined: bool = False) -> "Cluster":
    """Connect to a Dask scheduler whose workers can grade.

    Args:
        address: as the scheduler prints it, ``tcp://127.0.0.1:8786`` or ``tls://host:8786``.
        unconfined: refused: a kernel without a sandbox could take the worker's place.

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
    if importlib.util.find_spec("distributed") is None:
        raise GraderError(f"--cluster needs Dask: {install('cluster')}.")
    cluster = Cluster(address)
    try:
        cluster.check_workers()
    except BaseException:
        cluster.stop(busy=True)
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

    def __init__(self, address: str, run: Callable[[list[Job]], list[Executed]] = run_confined):
        """Connect.

        Args:
            address: of the scheduler.
            run: what a worker does with the jobs of a submission.

        Raises:
            GraderError: the scheduler does not answer.
        """
        self.pipe, theirs = Pipe()
        self.process = _start(theirs.fileno())
        theirs.close()
        self.under_way: dict[int, tuple[Future, list[Job], bytes]] = {}
        self.said: SimpleQueue = SimpleQueue()
        self.number, self.threads = 0, 0
        self._seen = time.monotonic()
        self._lock = threading.Lock()
        self._gone = False
        settings = {"address": address, "seconds": CONNECT_SECONDS}
        self.pipe.send_bytes(json.dumps(settings).encode())
        self.pipe.send_bytes(pickle.dumps(run))
        self.listening = threading.Thread(target=self._listen, daemon=True)
        self.listening.start()
        kind, words = self._answer(CONNECT_SECONDS + ASK_SECONDS)
        if kind != cluster_relay.STARTED:
            self.stop(busy=True)
            said = printable(words.decode(errors="replace"), 500) or "it ended"
            raise GraderError(f"The scheduler at {address} does not answer: {said}; {GUIDE}")

    def begin(self) -> None:
        """Do nothing: the workers of a cluster are there already."""

    @property
    def room(self) -> int:
        """Submissions to hold: by how many the workers run at once, now."""
        return max(1, self.threads) * AHEAD

    def check_workers(self) -> None:
        """Ask each worker whether it can grade as this machine would.

        Raises:
            GraderError: there is none, or one cannot; names it.
        """
        self.pipe.send_bytes(cluster_relay.HEAD.pack(cluster_relay.ABOUT, 0, ASK_SECONDS))
        asked = 0
        while told := self._answer(2 * ASK_SECONDS)[1]:
            asked += 1
            _check_worker(told)
        if not asked:
            raise GraderError("The cluster has no workers; start some with `dask worker`.")

    def submit(self, jobs: list[Job]) -> Future:
        """Begin with the jobs of one submission."""
        future: Future = Future()
        packed = pack_jobs(jobs)
        with self._lock:
            self.number += 1
            number = self.number
            self.under_way[number] = (future, jobs, packed)
        try:
            self.pipe.send_bytes(
                cluster_relay.HEAD.pack(cluster_relay.JOB, number, _seconds(jobs)) + packed
            )
        except OSError:
            self._end()
        if self._gone:
            self._end()
        return future

    def again(self, jobs: list[Job]) -> Future:
        """Begin once more with jobs whose workers died."""
        return self.submit(jobs)

    def look(self) -> None:
        """Stop waiting where there have been no workers for long.

        Raises:
            PoolLost: with the repair.
        """
        if not self.threads and time.monotonic() - self._seen > LONELY_SECONDS:
            raise PoolLost(
                "The cluster has no workers left; start some with `dask worker`, and the same "
                "command goes on from here."
            )

    def stop(self, *, busy: bool) -> None:
        """Give up what is under way, and leave the cluster as it was."""
        self._gone = True
        with suppress(OSError):
            self.pipe.send_bytes(cluster_relay.HEAD.pack(cluster_relay.STOP, 0, 0))
        try:
            self.process.wait(1 if busy else CONNECT_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.listening.join()  # it reads to the end of what the relay said
        self.pipe.close()

    def _answer(self, seconds: float) -> tuple[bytes, bytes]:
        try:
            return self.said.get(timeout=seconds)
        except Empty:
            raise GraderError(f"The cluster did not answer within {seconds:g} seconds.") from None

    def _listen(self) -> None:
        """Take what the relay says, until it or this pool ends."""
        with suppress(EOFError, OSError):
            while True:
                message = self.pipe.recv_bytes(cluster_relay.MAX_RESULT + cluster_relay.HEAD.size)
                kind, number, _ = cluster_relay.HEAD.unpack_from(message)
                data = message[cluster_relay.HEAD.size :]
                if kind == cluster_relay.COUNT:
                    self.threads = min(number, 1 << 20)
                    if self.threads:
                        self._seen = time.monotonic()
                elif kind in (cluster_relay.STARTED, cluster_relay.ABOUT, cluster_relay.FAILED):
                    self.said.put((kind, data))
                elif kind == cluster_relay.GONE and not number:
                    break
                else:
                    with self._lock:
                        under_way = self.under_way.pop(number, None)
                    if under_way:
                        _pass_on(kind, data, *under_way)
        self.said.put((cluster_relay.FAILED, b""))
        self._end()

    def _end(self) -> None:
        """Let nobody wait for what will not come."""
        self._gone = True
        with self._lock:
            left, self.under_way = list(self.under_way.values()), {}
        for future, _, _ in left:
            future.set_exception(PoolLost(GONE))


def _seconds(jobs: list[Job]) -> float:
    """Return after how long a worker sits on jobs, and does not run them: those ahead count too."""
    each = (job.limits.notebook_seconds + job.limits.start_seconds for job in jobs)
    return 2 * AHEAD * sum(each) + ASK_SECONDS


def _start(descriptor: int) -> subprocess.Popen:
    """Start the relay; it sees no course: its folder is the root, and it is told of none."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", cluster_relay.__name__, str(descriptor)],
        pass_fds=(descriptor,),
        cwd="/",
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _check_worker(told: bytes) -> None:
    """Refuse a worker that cannot grade as this machine would.

    Raises:
        GraderError: names it and what it lacks.
    """
    kind, size = told[:1], int.from_bytes(told[1:3], "big")
    worker = printable(told[3 : 3 + size].decode(errors="replace"))
    data = told[3 + size :]
    if kind != cluster_relay.RESULT:
        words = printable(data.decode(errors="replace"), 300)
        raise GraderError(f"Worker {worker} has no grader of this version: {words}.")
    try:
        about: Any = unpack(data, MAX_ABOUT, values=1000)
        version, problems = printable(about["grader"]), [printable(p) for p in about["problems"]]
    except (BadBytes, KeyError, TypeError):
        raise GraderError(f"Worker {worker} does not say what it is.") from None
    if version != grader_version():
        raise GraderError(
            f"Worker {worker} runs grader {version}, this is {grader_version()}; "
            "install the same there."
        )
    if problems:
        raise GraderError(f"Worker {worker} cannot grade: {'; '.join(problems)}.")


def _pass_on(kind: bytes, data: bytes, ours: Future, jobs: list[Job], packed: bytes) -> None:
    """Turn what came of a submission into a `Ran`; a worker can spoil that submission alone."""
    try:
        if kind == cluster_relay.RESULT:
            told = unpack_results(data, jobs, packed)
            if told["grader"] != grader_version():
                raise GraderError(
                    f"worker {told['worker']} runs grader {told['grader']}, this is "
                    f"{grader_version()}; install the same there and run the same command again."
                )
            if "error" in told:
                raise GraderError(f"worker {told['worker']}: {told['error']}")
            ours.set_result(Ran(told["executed"], told["worker"]))
        elif kind == cluster_relay.KILLED:
            ours.set_exception(LostWorker("every worker that had this submission died"))
        elif kind == cluster_relay.GONE:
            ours.set_exception(PoolLost(GONE))
        else:
            words = printable(data.decode(errors="replace"), 500)
            ours.set_exception(GraderError(f"the cluster could not run it: {words}"))
    except Exception as error:
        ours.set_exception(error)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
