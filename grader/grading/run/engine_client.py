"""Cells run by the confined engine (`kernels.engine`), which leaves what a kernel does otherwise.

It is a client like the one of a kernel: it says a cell's source and gets messages, which nbclient's
own code turns into outputs, within the same limits. What comes is a student's bytes. A frame that
is malformed or too long, silence, the engine's end, a limit that is reached: each means that the
notebook runs in a kernel from its first cell on. So what an engine cannot do, or is prevented from
doing, is never seen in a grade; a kernel's word counts.
"""

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from typing import Any

from nbclient.exceptions import CellExecutionComplete

from grader.grading.kernels import CONFINED, wire
from grader.grading.kernels.provisioner import END_SECONDS, START_SECONDS, passed_on
from grader.grading.kernels.report import Report
from grader.grading.kernels.request import LONGEST_MESSAGE, Request
from grader.grading.kernels.rlimits import Limits as KernelLimits
from grader.grading.kernels.zygote import SOCKET_VARIABLE, engines_of, root_of, send_request
from grader.grading.run.client import KernelClient, LeaveEngine

SWITCH = "SEEING_ATTENTION_ENGINE"
"""Set to ``off``, every notebook runs in a kernel: to compare, never needed otherwise."""
SECONDS = 20
"""For all cells together; a notebook that takes longer gains nothing here."""
OVERHEAD = 1 << 20
"""Of a cell's frames beyond what it may show and answer, in bytes."""


def wanted(provisioner: str) -> bool:
    """Return whether notebooks that ask for `provisioner` may run in an engine."""
    shared = SOCKET_VARIABLE in os.environ
    return provisioner == CONFINED and shared and os.environ.get(SWITCH) != "off"


class EngineClient(KernelClient):
    """Runs the cells of one notebook in one engine; raises LeaveEngine instead of replacing it."""

    def __init__(self, notebook: Any, **settings: Any):
        super().__init__(notebook, **settings)
        self.deadline = min(self.deadline, time.monotonic() + SECONDS)
        self.folder = self.resources["metadata"]["path"]

    report: Report | None = None
    """What the engine used, once it has ended."""

    @contextlib.contextmanager
    def new_kernel(self) -> Iterator["EngineClient"]:
        """Have an engine forked, for as long as the block runs."""
        self.reset_execution_trackers()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as self._warden:
            self._wire, theirs = socket.socketpair()
            with self._wire:
                try:
                    with theirs:
                        self._start(theirs)
                    yield self
                    self._end()
                except Exception as error:
                    self.give_up(error)

    def execute_cell(self, cell: Any, cell_index: int, **_: Any) -> Any:
        """Run a code cell and put what it showed into it.

        Raises:
            LeaveEngine: the cell, or what came of it, is a kernel's to run.
        """
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        cell.outputs = []
        self.clear_before_next_output = False
        content = self._run(cell.source, cell, cell_index)
        self._error_of_reply(cell=cell, execute_reply={"content": content})
        if self.cut or self.flooded or self.malformed:
            raise LeaveEngine("more than is kept")
        return cell

    def request(self, code: str, seconds: float) -> None:
        """Run `code` silently."""
        self._run(code, None, -1)

    def give_up(self, error: Exception) -> None:
        """Have the notebook run in a kernel, whatever went wrong."""
        if isinstance(error, LeaveEngine):
            raise error
        raise LeaveEngine(f"{type(error).__name__}: {error}") from error

    def forget_kernel(self) -> None:
        """Do nothing; an engine's folder is gone when its notebook is done."""

    def _start(self, theirs: socket.socket) -> None:
        zygote = os.environ[SOCKET_VARIABLE]
        request = Request(
            connection=None,
            base=str(root_of(zygote)),
            folder=str(self.folder),
            env=passed_on({"NBGRADER_EXECUTION": "autograde"}),
            limits=KernelLimits(),
        )
        self._warden.settimeout(START_SECONDS)
        self._warden.connect(str(engines_of(zygote)))
        send_request(self._warden, request, theirs)
        answer = json.loads(self._warden.recv(LONGEST_MESSAGE) or b"{}")
        if "started" not in answer:
            raise LeaveEngine("not started")

    def _end(self) -> None:
        """End every process of the notebook, and keep what they used."""
        self._warden.settimeout(END_SECONDS)
        self._warden.send(json.dumps({"signal": signal.SIGKILL}).encode())
        told = json.loads(self._warden.recv(LONGEST_MESSAGE) or b"{}")
        self.report = Report.from_json(told["report"])

    def _run(self, code: str, cell: Any, cell_index: int) -> dict:
        silent = cell is None
        wire.send_order(
            self._wire,
            {
                "code": code,
                "silent": silent,
                "store_history": not silent,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": False,
            },
        )
        until = time.monotonic() + self.seconds_left(self.limits.cell_seconds)
        left = self.limits.cell_output + self.limits.answer + OVERHEAD
        while True:
            kind, body = self._frame(until, left)
            left -= len(body)
            if kind == wire.REPLY:
                content = self._unpack(body)
                if content["status"] == "ok" or content["ename"] not in UNLIKE:
                    if not silent and type(content["execution_count"]) is int:
                        cell["execution_count"] = content["execution_count"]
                    return content
                raise LeaveEngine(content["ename"])
            if kind != wire.MESSAGE:
                raise LeaveEngine(body.decode(errors="replace")[:100])
            if not silent:
                self._show(body, cell, cell_index)

    def _show(self, body: bytes, cell: Any, cell_index: int) -> None:
        name, _, packed = body.partition(b"\n")
        kind = name.decode()
        message = {
            "msg_type": kind,
            "header": {"msg_type": kind},
            "parent_header": {},
            "content": self._unpack(packed),
        }
        try:
            self.process_message(message, cell, cell_index)
        except CellExecutionComplete:
            raise LeaveEngine("a forged end") from None

    def _frame(self, until: float, at_most: int) -> tuple[bytes, bytes]:
        kind, size = wire.HEAD.unpack(self._exactly(wire.HEAD.size, until))
        if size > at_most:
            raise LeaveEngine("too much output")
        return kind, self._exactly(size, until)

    def _exactly(self, size: int, until: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._wire.settimeout(max(0.001, until - time.monotonic()))
            part = self._wire.recv(min(size - len(data), 1 << 20))
            if not part:
                raise LeaveEngine("the engine ended")
            data += part
        return bytes(data)


UNLIKE = frozenset({"RecursionError", "MemoryError", "OSError", "BlockingIOError"})
"""Errors that tell of a limit: how deep the stack is and how many files are open differs here."""
