"""A page made in a process of its own, which the machine ends when it takes too long.

Markdown that its reader goes over again and again, pictures without end: what a stranger wrote is
shown within a limit of processor time and of time, and one student's page costs the others nothing.
"""

import contextlib
import multiprocessing
import os
from collections.abc import Callable

CPU_SECONDS = 4
WALL_SECONDS = 120
"""A machine that is busy with other things is no student's fault."""
LONGEST = 40 << 20
"""Of a page, in bytes: a notebook's outputs and pictures are at most a third of it."""


def bounded(make: Callable[[], str]) -> str | None:
    """Return what `make` returns; None if it fails, or takes too long.

    Where processes cannot be forked (Windows) it runs here, without a limit of time.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        with contextlib.suppress(Exception):
            return make()
        return None
    forks = multiprocessing.get_context("fork")
    ours, theirs = forks.Pipe(duplex=False)
    child = forks.Process(target=_answer, args=(make, theirs), daemon=True)
    with ours:
        child.start()
        theirs.close()
        try:
            page = ours.recv_bytes(LONGEST) if ours.poll(WALL_SECONDS) else None
        except (EOFError, OSError):
            page = None
        child.kill()
        child.join()
    return page.decode() if page is not None else None


def _answer(make: Callable[[], str], pipe) -> None:
    import resource

    for quiet in (1, 2):  # a failure is told by what is missing
        os.dup2(os.open(os.devnull, os.O_WRONLY), quiet)
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    pipe.send_bytes(make().encode())
    pipe.close()
    os._exit(0)
