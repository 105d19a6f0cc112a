"""Pid 1 of a kernel's own process ids: starts the kernel, watches its limits, ends what is left.

It stands in the same sandbox as the kernel and gives up every right before the kernel exists. The
kernel cannot signal it (pid 1 ignores what it does not handle), trace it, read its memory, slow it
down or limit it (``seccomp``); when it ends, every process of the notebook ends with it. It holds
the only connection to the worker.
"""

import contextlib
import json
import os
import select
import signal
import socket
import time
import traceback
from collections.abc import Iterator
from typing import IO

from grader.grading.kernels import confinement, engine, files, kernel, libc, new_root
from grader.grading.kernels.cgroup import Group
from grader.grading.kernels.namespaces import KernelUser
from grader.grading.kernels.report import Ending, Report
from grader.grading.kernels.request import Request
from grader.grading.kernels.usage import Usage, too_many_processes

LOOK_EVERY_MS = 200
LAST_WORDS = 2_000
"""Of the kernel's own stderr, in bytes: enough to say why it could not start."""
MOST_MESSAGE = 4_096
MOST_REAPED = 1_000
"""In one go: a notebook may have children end as fast as they are noted."""
KEPT_BYTES = 64 * 1024 * 1024


def run(
    request: Request,
    worker: socket.socket,
    sink: IO[bytes] | None,
    readable: tuple[str, ...],
    user: KernelUser,
    group: Group | None = None,
) -> None:
    """Build the sandbox, run one kernel to its end, report.

    Args:
        request: what the worker asked for.
        worker: the connection to it.
        sink: an engine's end of its connection, or the file for what a kernel wrote.
        readable: what kernels may read of this machine.
        user: who the kernel will be, from `namespaces.kernel_user` before the fork.
        group: the kernel's cgroup; where there is none, what it uses is counted in `usage`.
    """
    try:
        os.setsid()
        libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        try:
            if group:
                group.limit(request.limits.memory_bytes)
        except OSError:  # its last kernel's memory is not free yet, say
            group = None
        killed_first = os.open(
            "/proc/self/oom_score_adj", os.O_RDWR
        )  # inside the sandbox it is shut
        confinement.confine(request, readable, user)
        warden = Warden(request, worker, sink, group, killed_first)
        _say_started(request, worker)
    except (OSError, files.TooMuch) as error:
        worker.send(json.dumps({"error": f"{error}"[:MOST_MESSAGE]}).encode())
        return
    try:
        report = warden.watch()
    except Exception as error:  # all the same it is this notebook's end, and not to be run again
        last = repr(error)[:LAST_WORDS]
        report = Report(ended=Ending.CRASH, signal=signal.SIGKILL, last_words=last)
    if request.keep_files and sink is not None:
        with contextlib.suppress(OSError):
            files.pack(os.curdir, sink, KEPT_BYTES)
            sink.flush()
    with contextlib.suppress(OSError):  # the worker may be gone
        worker.send(json.dumps({"report": report.to_json()}).encode())


def _say_started(request: Request, worker: socket.socket) -> None:
    """Tell the worker, and hand it the folder of the kernel's sockets: no path leads there."""
    doors = []
    if request.connection is not None:
        doors.append(os.open(new_root.SOCKETS, os.O_PATH | os.O_DIRECTORY))
    socket.send_fds(worker, [json.dumps({"started": True}).encode()], doors)
    for door in doors:
        os.close(door)


class Warden:
    """One kernel and the watch over it."""

    def __init__(
        self,
        request: Request,
        worker: socket.socket,
        along: IO[bytes] | None,
        group: Group | None,
        killed_first: int,
    ):
        self.limits = request.limits
        self.worker = worker
        self.started = time.monotonic()
        self.usage = group or Usage()
        self.asked = False
        self.ended: Ending | None = None
        self.status: int | None = None
        self.max_rss = 0
        self.last_words = b""
        self.words, theirs = os.pipe()
        os.set_blocking(self.words, False)
        with _killed_first(killed_first):
            self.pid = os.fork()
        if self.pid == 0:
            _start_kernel(request, theirs, along, group)
        os.close(theirs)
        self.handle = os.pidfd_open(self.pid)

    def watch(self) -> Report:
        """Wait for the kernel's end, bring it about where a limit is passed, and report."""
        poll = select.poll()
        poll.register(self.worker, select.POLLIN)
        poll.register(self.handle, select.POLLIN)
        look = 0.0
        while self.status is None:
            for fd, _ in poll.poll(LOOK_EVERY_MS):
                if fd == self.worker.fileno():
                    self._obey()
            self._reap()
            # By the clock: nothing that a notebook does has its warden look, or read, more often.
            if self.status is None and time.monotonic() >= look:
                look = time.monotonic() + LOOK_EVERY_MS / 1000
                self._listen()
                self._check_limits()
        self._listen()
        self._end_all()
        return self._report()

    def _obey(self) -> None:
        """Do what the worker asks; a worker that is gone asks for the end."""
        message = self.worker.recv(MOST_MESSAGE)
        order = json.loads(message) if message else {"signal": signal.SIGKILL}
        number = order.get("signal")
        if order.get("asked") or number in (signal.SIGTERM, signal.SIGKILL):
            self.asked = True
        if number is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)
        if number == signal.SIGKILL:
            self._kill_all()

    def _listen(self) -> None:
        """Keep the end of the kernel's own stderr."""
        with contextlib.suppress(BlockingIOError):
            self.last_words = (self.last_words + os.read(self.words, 65_536))[-LAST_WORDS:]

    def _reap(self) -> None:
        """Take note of who ended; the orphans of a kernel's children come to pid 1."""
        for _ in range(MOST_REAPED):
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid != self.pid:
                continue
            if os.WIFSTOPPED(status):
                self._end(Ending.STOPPED)
            else:
                self.status = status
                self.max_rss = used.ru_maxrss * 1024

    def _check_limits(self) -> None:
        if time.monotonic() - self.started > self.limits.wall_seconds:
            self._end(Ending.WALL)
        elif self.usage.cpu_seconds() > self.limits.cpu_seconds:
            self._end(Ending.CPU)
        elif self.usage.out_of_memory(self.limits.memory_bytes):
            self._end(Ending.MEMORY)
        elif too_many_processes(self.limits.processes):
            self._end(Ending.PROCESSES)

    def _end(self, why: Ending) -> None:
        if self.ended is None:
            self.ended = why
        self._kill_all()

    def _kill_all(self) -> None:
        """Kill every process that we can see; as pid 1 we see ours, all of them and no others."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)

    def _end_all(self) -> None:
        """Leave no process of the notebook; what is forked while we kill is killed in turn."""
        while True:
            self._kill_all()
            try:
                os.wait4(-1, 0)
            except ChildProcessError:
                return

    def _report(self) -> Report:
        assert self.status is not None  # the kernel has ended
        code = os.waitstatus_to_exitcode(self.status)
        number = -code if code < 0 else None
        cpu = self.usage.cpu_seconds()
        ended = self.ended
        if ended is None:
            if self.asked:
                ended = Ending.ASKED
            elif self.usage.out_of_memory(self.limits.memory_bytes):
                ended = Ending.MEMORY
            elif number == signal.SIGXCPU or (
                number == signal.SIGKILL and cpu >= self.limits.cpu_seconds - 1
            ):
                ended = Ending.CPU
            else:
                ended = Ending.EXIT if number is None else Ending.CRASH
        return Report(
            ended=ended,
            exit_code=code if code >= 0 else None,
            signal=number,
            cpu_seconds=round(cpu, 3),
            max_rss_bytes=self.max_rss,
            wall_seconds=round(time.monotonic() - self.started, 3),
            last_words=self.last_words.decode(errors="replace"),
        )


@contextlib.contextmanager
def _killed_first(score: int) -> Iterator[None]:
    """Have what is forked inside be the first to go where the whole machine runs out of memory."""
    before = os.pread(score, 10, 0)
    try:
        os.write(score, b"1000")
        yield
    finally:
        os.write(score, before)
        os.close(score)


def _start_kernel(
    request: Request, stderr: int, along: IO[bytes] | None, group: Group | None
) -> None:
    """In the fork: put the descriptors in place and become the kernel, or the engine."""
    code = kernel.CANNOT_START
    try:
        if group:
            group.join()
        # A session of its own: a signal to its group reaches its children, and not the warden.
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
        os.dup2(stderr, 2)
        if request.connection is None:
            assert along is not None  # an engine's way to the worker
            engine.become_engine(request.env, request.limits, along.fileno())
        kernel.become_kernel(request.env, request.arguments, request.limits)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        with contextlib.suppress(Exception):
            os.write(2, traceback.format_exc().encode())
    finally:
        os._exit(code & 0xFF)
