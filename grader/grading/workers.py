"""Where jobs run: here, or in N processes beside. A worker never runs a student's code itself."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import Any

from grader.grading.execute import Executed, Job, run_job

AHEAD = 2
"""Submissions read in advance for each worker: enough to keep it busy, few enough to hold."""

Run = Callable[[list[Job]], list[Executed]]


def run_jobs(jobs: list[Job]) -> list[Executed]:
    """Run the notebooks of one submission, one after the other."""
    return [run_job(job) for job in jobs]


def mapped(
    work: Iterable[tuple[Any, list[Job]]],
    workers: int,
    run: Run = run_jobs,
    around: Callable[[], AbstractContextManager] = nullcontext,
) -> Iterator[tuple[Any, list[Executed] | Exception]]:
    """Yield each item of `work` with what its jobs came to, or with the exception they raised.

    `work` is consumed only a little ahead of the workers, so that a class need not fit in memory.
    Results come as they are ready; with one worker in the order of `work`. What the workers share
    is made by `around`, once there is any work.
    """
    work = iter(work)
    first = next(work, None)
    if first is None:
        return
    with around():
        yield from _mapped(chain([first], work), workers, run)


def _mapped(work, workers: int, run: Run) -> Iterator[tuple[Any, list[Executed] | Exception]]:
    if workers <= 1:
        for item, jobs in work:
            yield item, _attempt(run, jobs)
        return
    pool = _Pool(workers, run)
    try:
        for item, jobs in work:
            pool.submit(item, jobs)
            if len(pool.waiting) >= workers * AHEAD:
                yield from pool.finished()
        while pool.waiting:
            yield from pool.finished()
    finally:
        pool.stop()


class _Pool:
    """Worker processes. When one is lost, what was under way runs again, each job alone.

    Alone, because the executor cannot say whose job killed the worker: an innocent one must not
    pay for its neighbour.
    """

    def __init__(self, workers: int, run: Run):
        self.workers, self.run = workers, run
        self.waiting: dict[Future, tuple[Any, list[Job]]] = {}
        self.executor = _new(workers)

    def submit(self, item: Any, jobs: list[Job]) -> None:
        try:
            future = self.executor.submit(self.run, jobs)
        except BrokenProcessPool:
            self.executor.shutdown(wait=False)
            self.executor = _new(self.workers)
            future = self.executor.submit(self.run, jobs)
        self.waiting[future] = (item, jobs)

    def finished(self) -> Iterator[tuple[Any, list[Executed] | Exception]]:
        done, _ = wait(self.waiting, return_when=FIRST_COMPLETED)
        for future in done:
            item, jobs = self.waiting.pop(future)
            error = future.exception()
            if isinstance(error, BrokenProcessPool):
                with _new(1) as alone:
                    error = (future := alone.submit(self.run, jobs)).exception()
            yield item, error if isinstance(error, Exception) else future.result()

    def stop(self) -> None:
        """End the workers; with work under way (Ctrl-C) at once, their kernels end with them."""
        processes = list((self.executor._processes or {}).values()) if self.waiting else []
        self.executor.shutdown(wait=not self.waiting, cancel_futures=True)
        for process in processes:
            process.terminate()


def _new(workers: int) -> ProcessPoolExecutor:
    # Not fork: no thread or lock of ours is copied. Not spawn: what they import is imported once.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["grader.grading.execute", "grader.grading.client"])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_ctrl_c)


def _attempt(run: Run, jobs: list[Job]) -> list[Executed] | Exception:
    try:
        return run(jobs)
    except Exception as error:
        return error


def _leave_ctrl_c() -> None:
    """Let the coordinator alone handle Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
