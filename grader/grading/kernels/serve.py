"""The warm process itself, as a program: preloads, says so, and forks for each request.

``zygote`` starts it. It is two processes: one for kernels, and the parent of engines,
a fork of it that has a shell.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from functools import partial
from typing import IO

from grader.errors import GraderError
from grader.grading.kernels.request import LONGEST_MESSAGE, Request
from grader.grading.kernels.zygote import NO_MODEL

REQUEST_SECONDS = 5
END_SECONDS = 1
"""For the parent of engines to end by itself, which leaves nothing behind."""
LAST_WORDS = 2_000


def serve(listener: socket.socket, lifeline: socket.socket, readable: tuple[str, ...]) -> None:
    """Fork a warden for each request, until the lifeline closes."""
    from grader.grading.kernels import cgroup, namespaces, warden
    from grader.grading.kernels.monitor import Monitor

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the coordinator's to handle
    monitor, groups, user = Monitor(), cgroup.groups(), namespaces.kernel_user()
    while True:
        ready = monitor.wait((listener, lifeline))
        if lifeline in ready:
            monitor.end()
            groups.remove()
            return
        if listener not in ready:
            continue
        worker, _ = listener.accept()
        worker.settimeout(REQUEST_SECONDS)
        try:
            request, sink = _receive(worker)
            worker.settimeout(None)
            group = groups.take()
            pid = namespaces.fork()
        except (OSError, ValueError, TypeError, KeyError) as error:
            with worker, contextlib.suppress(OSError):  # or it died, or sent nonsense; others wait
                worker.send(json.dumps({"error": f"{error}"}).encode())
            continue
        if pid == 0:
            try:
                listener.close()
                lifeline.close()
                monitor.forget()
                warden.run(request, worker, sink, readable, user, group)
            except BaseException:
                with contextlib.suppress(OSError):
                    last = traceback.format_exc()[-LAST_WORDS:]
                    worker.send(json.dumps({"error": last}).encode())
            finally:
                os._exit(0)
        if sink:
            sink.close()
        back = partial(groups.give_back, group)
        monitor.watch(pid, worker, request.limits.wall_seconds, back)


def _receive(worker: socket.socket) -> tuple[Request, IO[bytes] | None]:
    """Read one request, and the file for the results if one came along."""
    message, fds, _, _ = socket.recv_fds(worker, LONGEST_MESSAGE, 1)
    return Request.from_bytes(message), os.fdopen(fds[0], "wb") if fds else None


def main() -> None:
    """Preload, say so over the lifeline, and serve."""
    import gc
    import time

    gc.disable()  # what is imported stays: looking for what does not takes a quarter of the time
    from grader.grading.kernels import preload

    kernels, engines, lifeline = (socket.socket(fileno=int(fd)) for fd in sys.argv[1:4])
    for inherited in (kernels, engines, lifeline):
        inherited.set_inheritable(False)
    started = time.monotonic()
    model = None if sys.argv[4] == NO_MODEL else sys.argv[4]
    try:
        readable = preload.preload(model)
    except GraderError as error:
        sys.exit(str(error))
    message = lifeline.recv(LONGEST_MESSAGE)
    if not message:
        return  # nobody needs us
    wanted = json.loads(message)
    preload.import_libraries(wanted["libraries"])
    if model:
        preload.read_in_advance(model, wanted["texts"])
    preload.settle()
    lifeline.send(json.dumps({"seconds": round(time.monotonic() - started, 2)}).encode())
    parent_of_engines = os.fork()
    if parent_of_engines == 0:
        kernels.close()
        _serve_engines(engines, lifeline, readable, sys.argv[5])
    handle = os.pidfd_open(parent_of_engines)
    engines.close()
    serve(kernels, lifeline, readable)
    select.select([handle], [], [], END_SECONDS)  # it sees the lifeline close, too
    with contextlib.suppress(ProcessLookupError, ChildProcessError):
        signal.pidfd_send_signal(handle, signal.SIGKILL)  # it may still be importing
        os.waitpid(parent_of_engines, 0)
    os._exit(0)  # unloading every module takes a third of a second


def _serve_engines(
    engines: socket.socket, lifeline: socket.socket, readable: tuple[str, ...], home: str
) -> None:
    """Be the parent of engines: the same process with a shell in it; never returns."""
    from grader.grading.kernels import engine, libc

    try:
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        engine.prepare(home)
        serve(engines, lifeline, readable)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
