"""Outside the wall: opens the first namespaces, forks the warden, and answers for it if it dies."""

import contextlib
import gc
import json
import os
import signal
import socket
import traceback
from typing import IO

from grader.grading.kernels import libc, namespaces, warden
from grader.grading.kernels.report import Ending, Report
from grader.grading.kernels.request import Request

GRACE_SECONDS = 10
"""On top of the wall limit that the warden enforces."""


def run(
    request: Request, worker: socket.socket, sink: IO[bytes] | None, readable: tuple[str, ...]
) -> None:
    """See one kernel through; never raises, since a fork of the zygote must not go on as one."""
    try:
        gc.disable()  # touching every object would copy the pages that we share
        os.setsid()
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        user = namespaces.kernel_user()
        namespaces.leave()
        pid = os.fork()
        if pid == 0:
            os._exit(_run_warden(request, worker, sink, readable, user))
        _wait(pid, request, worker)
    except Exception as error:
        with contextlib.suppress(OSError):
            worker.send(json.dumps({"error": f"{error}"}).encode())


def _run_warden(
    request: Request,
    worker: socket.socket,
    sink: IO[bytes] | None,
    readable: tuple[str, ...],
    user: tuple[int, int],
) -> int:
    try:
        return warden.run(request, worker, sink, readable, user)
    except BaseException:
        with contextlib.suppress(OSError):
            last = traceback.format_exc()[-2000:]
            worker.send(json.dumps({"error": last}).encode())
        return 1


def _wait(pid: int, request: Request, worker: socket.socket) -> None:
    """Wait for the warden; where it ended without a report, say so in its place."""

    def too_long(*_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(request.limits.wall_seconds + GRACE_SECONDS)
    _, status, used = os.wait4(pid, 0)
    signal.alarm(0)
    if os.WIFEXITED(status):
        return
    report = Report(
        ended=Ending.LOST,
        signal=os.WTERMSIG(status),
        cpu_seconds=round(used.ru_utime + used.ru_stime, 3),
    )
    with contextlib.suppress(OSError):
        worker.send(json.dumps({"report": report.to_json()}).encode())
