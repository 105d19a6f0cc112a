"""Where jobs run: here, or in N processes beside. A worker never runs a student's code itself."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from itertools import chain
from typing import Any

from grader.grading.execute import Executed, Job, run_job

AHEAD = 2
"""Submissions read in advance for each worker: enough to keep it busy, few enough to hold."""


def run_jobs(jobs: list[Job]) -> list[Executed]:
    """Run the notebooks of one submission, one after the other."""
    return [run_job(job) for job in jobs]


def mapped(
    work: Iterable[tuple[Any, list[Job]]],
    workers: int,
    run: Callable[[list[Job]], list[Executed]] = run_jobs,
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


def _mapped(work, workers: int, run) -> Iterator[tuple[Any, list[Executed] | Exception]]:
    if workers <= 1:
        for item, jobs in work:
            yield item, _attempt(run, jobs)
        return
    context = multiprocessing.get_context("spawn")  # no thread or lock of ours is copied
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_ctrl_c) as pool:
        waiting: dict[Future, Any] = {}
        for item, jobs in work:
            waiting[pool.submit(run, jobs)] = item
            if len(waiting) >= workers * AHEAD:
                yield from _finished(waiting)
        while waiting:
            yield from _finished(waiting)


def _finished(waiting: dict[Future, Any]) -> Iterator[tuple[Any, list[Executed] | Exception]]:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        error = future.exception()
        item = waiting.pop(future)
        yield item, error if isinstance(error, Exception) else future.result()


def _attempt(run, jobs: list[Job]) -> list[Executed] | Exception:
    try:
        return run(jobs)
    except Exception as error:
        return error


def _leave_ctrl_c() -> None:
    """Let the coordinator alone handle Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
