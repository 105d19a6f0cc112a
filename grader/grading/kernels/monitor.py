"""Outside the sandbox: reaps the wardens that the zygote forked, and answers for one that died.

A warden enforces the limits of its kernel and reports how it ended. One that is killed, or goes on
long after its kernel's time, cannot; then the report comes from here: a crash, or a time-out. What
befell a warden its notebook did; it is not run again as if the fault were ours.
"""

import contextlib
import json
import math
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from grader.grading.kernels.report import Ending, Report

GRACE_SECONDS = 5
"""On top of the wall limit that the warden enforces."""


@dataclass
class _Fork:
    """A process that the zygote forked."""

    pid: int
    worker: socket.socket | None
    """Who is told when it dies without a report; None: nobody waits for one."""
    until: float
    """On the clock of ``time.monotonic``; infinite once it was killed for its time."""
    when_ended: Callable[[], None]


class Monitor:
    """The forks of one zygote, from their first moment to their last."""

    def __init__(self) -> None:
        self._forks: dict[int, _Fork] = {}  # by the descriptor that tells of its end

    def watch(
        self,
        pid: int,
        worker: socket.socket | None = None,
        seconds: float = math.inf,
        when_ended: Callable[[], None] = lambda: None,
    ) -> None:
        """Watch over a fork.

        Args:
            pid: of a child of this process.
            worker: the connection that the fork has too; ours is closed when the fork has ended.
            seconds: how long the fork may take.
            when_ended: called when it has ended, and all that it started with it.
        """
        until = time.monotonic() + seconds + GRACE_SECONDS
        fork = _Fork(pid, worker, until, when_ended)
        self._forks[os.pidfd_open(pid)] = fork

    def wait(self, others: Collection[socket.socket]) -> set[socket.socket]:
        """Wait until something comes from `others`; return from which. Whoever ends is seen off."""
        poll = select.poll()
        by_fd = {other.fileno(): other for other in others}
        for fd in (*by_fd, *self._forks):
            poll.register(fd, select.POLLIN)
        first = min((fork.until for fork in self._forks.values()), default=math.inf)
        left = max(0.0, first - time.monotonic())
        ready = {fd for fd, _ in poll.poll(None if left == math.inf else 1000 * left + 1)}
        for fd in ready & self._forks.keys():
            self._see_off(fd)
        for fork in self._forks.values():
            if time.monotonic() >= fork.until:
                os.kill(fork.pid, signal.SIGKILL)
                fork.until = math.inf
        return {by_fd[fd] for fd in ready & by_fd.keys()}

    def end(self) -> None:
        """End every fork, with all that it started; whoever waits for one hears nothing more."""
        for fork in self._forks.values():
            os.kill(fork.pid, signal.SIGKILL)
            if fork.worker:
                fork.worker.close()
                fork.worker = None
        for fd in list(self._forks):
            self._see_off(fd)

    def forget(self) -> None:
        """In a fork: close what tells of the others and hears from them."""
        for fd, fork in self._forks.items():
            os.close(fd)
            if fork.worker:
                fork.worker.close()
        self._forks.clear()

    def _see_off(self, fd: int) -> None:
        fork = self._forks.pop(fd)
        os.close(fd)
        _, status, used = os.wait4(fork.pid, 0)
        fork.when_ended()
        if fork.worker is None:
            return
        with fork.worker:
            if os.WIFEXITED(status):
                return  # it has said how
            report = Report(
                ended=Ending.WALL if fork.until == math.inf else Ending.CRASH,
                signal=os.WTERMSIG(status),
                cpu_seconds=round(used.ru_utime + used.ru_stime, 3),
            )
            with contextlib.suppress(OSError):
                fork.worker.send(json.dumps({"report": report.to_json()}).encode())
