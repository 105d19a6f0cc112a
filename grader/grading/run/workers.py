"""Where jobs run: here, in N processes beside, or on a cluster.

Every place is an executor as `concurrent.futures` has them. A job is a stateless function of what
it is given, so that one whose worker is lost runs again; each counts once, as it is the coordinator
who counts. A worker never runs a student's code itself.
"""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from dataclasses import dataclass
from itertools import chain
from multiprocessing.connection import wait as wait_for_any
from typing import Any, Protocol

from grader.errors import GraderError
from grader.grading.run.execute import run_job
from grader.grading.run.job import Executed, Job
from grader.questions import Outcome

AHEAD = 2
"""Submissions read in advance for each worker: enough to keep it busy, few enough to hold."""
TRIES = 3
"""How often a submission is tried: retried where its kernels failed, not its own code."""

IMPORTED_ONCE = [
    "grader.grading.run.execute",
    "grader.grading.run.engine_client",
    # Pillow imports these five before it opens its first picture.
    *(f"PIL.{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Ppm", "Png")),
]
"""What every worker needs; they are forks of a process that has it."""

Run = Callable[[list[Job]], list[Executed]]


class PoolLost(GraderError):
    """The place where jobs run is gone as a whole: the batch stops; what was graded is kept."""


@dataclass(frozen=True)
class Ran:
    """What the jobs of one submission came to."""

    result: list[Executed] | Exception
    worker: str = ""
    """Where they ran."""


class Pool(Protocol):
    """A place where jobs run."""

    room: int
    """Submissions to hold, under way or waiting: what was read ahead."""
    lost: tuple[type[Exception], ...]
    """What a future raises whose worker was lost."""
    look_seconds: float | None
    """How long nothing may happen until `look` is asked; None for ever."""

    def begin(self) -> None:
        """Get ready beside other work: there will be jobs."""

    def submit(self, jobs: list[Job]) -> Future:
        """Begin with the jobs of one submission; the future gives a `Ran`."""

    def again(self, jobs: list[Job]) -> Future:
        """Begin once more, alone, with jobs whose worker was lost."""

    def look(self) -> None:
        """Raise `PoolLost` where waiting is in vain."""

    def stop(self, *, busy: bool) -> None:
        """End; at once where work is under way."""


def run_jobs(jobs: list[Job]) -> list[Executed]:
    """Run the notebooks of one submission, one after the other."""
    return [run_job(job) for job in jobs]


def mapped(
    work: Iterable[tuple[Any, list[Job]]],
    pool: Pool,
    around: Callable[[], AbstractContextManager] = nullcontext,
) -> Iterator[tuple[Any, Ran]]:
    """Yield each item of `work` with what its jobs came to, or with the exception they raised.

    `work` is consumed only a little ahead of the workers, so that a class need not fit in memory.
    Results come as they are ready; with one worker in the order of `work`. What the workers share
    is made by `around`, once there is any work; a function that it gives mends it, where what the
    workers share was lost.
    """
    work = iter(work)
    first = next(work, None)
    if first is None:
        return
    pool.begin()
    with ExitStack() as stack:
        try:
            mend = stack.enter_context(around())
        except BaseException:
            pool.stop(busy=True)
            raise
        yield from _Mapping(pool, mend).run(chain([first], work))


class _Mapping:
    """Work on its way through a pool."""

    def __init__(self, pool: Pool, mend: Callable[[], None] | None):
        self.pool, self.mend = pool, mend
        self.waiting: dict[Future, tuple[Any, list[Job], int]] = {}

    def run(self, work) -> Iterator[tuple[Any, Ran]]:
        try:
            for item, jobs in work:
                self.waiting[self.pool.submit(jobs)] = (item, jobs, 1)
                while len(self.waiting) >= self.pool.room:
                    yield from self._finished()
            while self.waiting:
                yield from self._finished()
        finally:
            self.pool.stop(busy=bool(self.waiting))

    def _finished(self) -> Iterator[tuple[Any, Ran]]:
        done, _ = wait(self.waiting, self.pool.look_seconds, return_when=FIRST_COMPLETED)
        if not done:
            self.pool.look()
        for future in done:
            item, jobs, tries = self.waiting.pop(future)
            ran = _ran(future)
            if not _ours(ran.result) or tries >= TRIES:
                yield item, ran
            elif isinstance(ran.result, self.pool.lost):
                # Alone, because nobody can say whose job killed the worker: an innocent one must
                # not pay for its neighbour. And only once: the second worker it loses is its doing.
                self.waiting[self.pool.again(jobs)] = (item, jobs, TRIES)
            else:
                if self.mend is not None:
                    self.mend()
                self.waiting[self.pool.submit(jobs)] = (item, jobs, tries + 1)


class Local:
    """Processes of this machine; with one worker this process itself."""

    lost: tuple[type[Exception], ...] = (BrokenProcessPool,)
    look_seconds: float | None = None

    def __init__(self, workers: int, run: Run = run_jobs):
        self.workers, self.run = workers, run
        self.room = workers * AHEAD if workers > 1 else 1
        self.executor: ProcessPoolExecutor | None = None
        self.starting: threading.Thread | None = None

    def begin(self) -> None:
        """Start the workers, which import what they need while the warm process does."""
        if self.workers > 1:
            self.executor = _new(self.workers)
            self.starting = threading.Thread(target=_wake, args=(self.executor, self.workers))
            self.starting.start()

    def submit(self, jobs: list[Job]) -> Future:
        """Begin with the jobs of one submission."""
        if self.workers <= 1:
            return _now(self.run, jobs)
        if self.starting:
            self.starting.join()
        executor = self.executor = self.executor or _new(self.workers)
        try:
            return executor.submit(_run, self.run, jobs, _shared())
        except BrokenProcessPool:
            executor.shutdown(wait=False)
            self.executor = _new(self.workers)
            return self.executor.submit(_run, self.run, jobs, _shared())

    def again(self, jobs: list[Job]) -> Future:
        """Run jobs in a worker of their own, to the end."""
        with _new(1) as alone:
            future = alone.submit(_run, self.run, jobs, _shared())
            future.exception()
        return future

    def look(self) -> None:
        """Wait on: a process that ends says so."""

    def stop(self, *, busy: bool) -> None:
        """End the workers; with work under way (Ctrl-C) at once, their kernels end with them."""
        if self.executor is None:
            return
        if self.starting:
            self.starting.join()
        processes = list((self.executor._processes or {}).values()) if busy else []
        self.executor.shutdown(wait=not busy, cancel_futures=True)
        for process in processes:
            process.terminate()


def _ran(future: Future) -> Ran:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, PoolLost) or not isinstance(error, Exception):
        raise error
    return Ran(error)


def _ours(result: list[Executed] | Exception) -> bool:
    """Say whether the machinery failed, and not the notebook: then it is worth another try."""
    if isinstance(result, Exception):
        return True
    lost = Outcome.INTERNAL.value
    return any(note.kind == lost for one in result for note in getattr(one, "notes", ()))


def _now(run: Run, jobs: list[Job]) -> Future:
    """Return the future of jobs that ran here and now; Ctrl-C is no result."""
    future: Future = Future()
    try:
        future.set_result(Ran(run(jobs), "coordinator"))
    except Exception as error:
        future.set_exception(error)
    return future


def _new(workers: int) -> ProcessPoolExecutor:
    # Not fork: no thread or lock of ours is copied. Not spawn: what they import is imported once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED_ONCE)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)


def _wake(executor: Executor, workers: int) -> None:
    with suppress(RuntimeError):  # broken or shut down: who submits jobs will see
        for _ in range(workers):
            executor.submit(os.getpid)


def _run(run: Run, jobs: list[Job], shared: dict[str, str]) -> Ran:
    """In a worker: run jobs with what the workers of this batch share, whoever forked us."""
    os.environ |= shared
    return Ran(run(jobs), f"process {os.getpid()}")


def _shared() -> dict[str, str]:
    from grader.grading.kernels.zygote import SOCKET_VARIABLE

    return {name: os.environ[name] for name in (SOCKET_VARIABLE,) if name in os.environ}


def _begin() -> None:
    """Let the coordinator alone handle Ctrl-C, and end when it does, however it ends."""
    gc.freeze()  # what is imported stays
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_coordinator, daemon=True).start()


def _end_with_coordinator() -> None:
    """End this worker when the coordinator is gone.

    A worker waits for jobs for ever otherwise: its siblings hold the pipe that they come through.
    Its kernels end with it.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None  # a worker has one
    wait_for_any([parent.sentinel])
    os._exit(1)
