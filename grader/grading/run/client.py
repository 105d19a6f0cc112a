"""nbclient, made to survive what a student's kernel sends: size, malformed messages, silence."""

import asyncio
import itertools
import json
import logging
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import ValidationError
from nbformat.v4 import new_output

from grader.bounded_json import TooMuch, loads
from grader.grading.kernels import STOCK
from grader.grading.limits import Limits
from grader.grading.run.bounded_channel import bound_channels
from grader.questions import MIME, Outcome

TIMEOUT_ERROR = {
    "ename": "CellTimeoutError",
    "evalue": "",
    "traceback": ["\x1b[0;31mCellTimeoutError\x1b[0m: the cell took too long and was interrupted"],
}
CUT = "\n... output cut ...\n"
MALFORMED = (
    KeyError,
    TypeError,
    AttributeError,
    ValueError,
    IndexError,
    RecursionError,
    ValidationError,
)
MALFORMED_MESSAGES = 1000
ALIVE_SECONDS = 0.2
WATCH_SECONDS = 0.02
LONGEST_MESSAGE = 64 << 20
"""In bytes; a confined kernel that sends a longer one is cut off, and its cell is lost."""
LONGEST_OF_STOCK = 256 << 20
"""The same of a kernel that is not ours, which sends all that a cell prints at once."""
HEADERS = 1 << 20
"""In bytes: what a message may hold beside its longest part."""
HEAVIEST_MESSAGE = 16 << 20
"""In bytes that its lists and objects would take here, without the letters of its strings."""
MOST_WAITING = 96 << 20
"""In bytes, by which this process may grow while a kernel runs: messages that wait to be read have
no other bound, as there may be any number, and any number of parts in one."""
OUTPUT_BYTES, PIECE_BYTES = 1500, 100
"""What an output, and a piece of a stream, takes here beside what it shows."""
SHOWING = frozenset({"stream", "display_data", "execute_result", "error", "update_display_data"})
NOTED = frozenset({"status", "clear_output", "execute_input"})
"""The messages that count. What widgets send is not kept, as nobody could click on them."""
LONGEST_TRACEBACK = 100
LONGEST_LINE = 20_000

SILENT = logging.Logger("kernels", logging.CRITICAL)
"""nbclient tells a terminal about each timeout; the outcome tells it better, and once."""


class LeaveEngine(Exception):
    """This notebook is a kernel's to run; says why."""


class KernelClient(NotebookClient):
    """Runs cells in one kernel after another; keeps what a cell shows within `limits`."""

    def __init__(self, notebook, *, folder: Path, provisioner: str, limits: Limits):
        super().__init__(
            notebook,
            resources={"metadata": {"path": str(folder)}},
            allow_errors=True,
            interrupt_on_timeout=True,
            error_on_timeout=TIMEOUT_ERROR,
            raise_on_iopub_timeout=True,
            startup_timeout=max(1, round(limits.start_seconds)),
            shell_timeout_interval=1,
            shutdown_kernel="immediate",  # a jammed kernel would hold a graceful one for seconds
            store_widget_state=False,
            record_timing=False,  # the same notebook is the same bytes
            log=SILENT,
        )
        self.on_cell_executed = self._error_of_reply
        self.timeout_func = self._seconds_of_cell
        self.limits = limits
        self.provisioner_name = provisioner
        self.deadline = time.monotonic() + limits.notebook_seconds
        self.shown = self.messages = self.answers = 0
        self.cell_shown = self.cell_answer = self.malformed = 0
        self.timed_out = self.flooded = self.cut = self.overwhelmed = False

    def seconds_left(self, at_most: float) -> float:
        """Return how long the next step may take, in seconds; at least a moment."""
        return max(0.1, min(at_most, self.deadline - time.monotonic()))

    def _seconds_of_cell(self, cell) -> Any:  # nbclient says whole ones, and takes any
        return self.seconds_left(self.limits.cell_seconds)

    def begin_cell(self) -> None:
        """Forget what the last cell showed."""
        self.iopub_timeout = max(1, round(self.seconds_left(self.limits.cell_seconds)))
        self.cell_shown = self.cell_answer = self.malformed = 0
        self.timed_out = self.flooded = self.cut = self.overwhelmed = False

    def new_kernel(self):
        """Return the context of a new kernel over ipc sockets in a private folder."""
        self.reset_execution_trackers()
        self._most_held = held_here() + MOST_WAITING
        self.km = self.kc = None
        self.owns_km = True
        self.kernel_name = ""
        environment = {
            **os.environ,
            "NBGRADER_EXECUTION": "autograde",
            "OMP_NUM_THREADS": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "HF_HUB_OFFLINE": "1",
        }
        # What a kernel writes past ipykernel's capture must not reach the instructor's terminal.
        return self.setup_kernel(
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def create_kernel_manager(self):
        """Make a manager whose kernel is launched by our provisioner."""
        name = self.nb.metadata.get("kernelspec", {}).get("name") or "python3"
        self.box = Path(tempfile.mkdtemp(prefix="sa-"))  # short: socket paths end at 107 bytes
        manager: Any = AsyncKernelManager(kernel_name=name, transport="ipc", log=SILENT)
        manager.connection_file = str(self.box / "kernel.json")
        manager.ip = str(self.box / "s")
        manager.kernel_spec.metadata = {
            **(manager.kernel_spec.metadata or {}),
            "kernel_provisioner": {"provisioner_name": self.provisioner_name, "config": {}},
        }
        manager.client = self._bounded(manager.client)
        self.km = manager
        return manager

    def give_up(self, error: Exception) -> None:
        """Raise where no other kernel may take the place of one that is lost."""

    def forget_kernel(self) -> None:
        """Remove the private folder of the last kernel."""
        shutil.rmtree(getattr(self, "box", ""), ignore_errors=True)

    def why_dead(self) -> Outcome:
        """Say how the kernel ended, as far as its provisioner can tell."""
        provisioner: Any = getattr(self.km, "provisioner", None)
        told = getattr(provisioner, "ending", None)  # a confined kernel's: memory, time-out ...
        if told:
            return Outcome(told)
        try:
            code = run_sync(provisioner.poll)()
        except Exception:
            return Outcome.CRASH
        return Outcome.EXIT if code is not None and code >= 0 else Outcome.CRASH

    def request(self, code: str, seconds: float) -> None:
        """Run `code` silently: no output, no execution count, no trace in the notebook."""
        assert self.kc is not None
        message = self.kc.execute(code, silent=True, store_history=False, stop_on_error=False)
        self.timeout = self.seconds_left(seconds)  # type: ignore[assignment]  # any number
        self.wait_for_reply(message)

    def _error_of_reply(self, *, cell, execute_reply, **_: Any) -> None:
        """Append the reply's error when the outputs lack it: nbgrader's rule.

        A cell that hides its traceback has failed all the same.
        """
        content = execute_reply["content"]
        if content.get("status") != "error":
            return
        ename = str(content.get("ename"))
        if not any(o.output_type == "error" and o.ename == ename for o in cell.outputs):
            error = {
                "ename": ename[:200],
                "evalue": str(content.get("evalue"))[:LONGEST_LINE],
                "traceback": _short(content.get("traceback"))
                or ["ERROR: the cell failed without a traceback"],
            }
            if not self._has_room("error", error, cell.outputs):
                error["traceback"] = []
            cell.outputs.append(new_output("error", **error))

    def process_message(self, msg, cell, cell_index):
        """Process a message; one that is malformed is dropped, and the cell goes on."""
        try:
            kind = msg["msg_type"]
            if kind in NOTED or (
                kind in SHOWING and self._has_room(kind, msg["content"], cell.outputs)
            ):
                return super().process_message(msg, cell, cell_index)
        except MALFORMED:
            self._count_malformed()
        return None

    def _has_room(self, kind: str, content: dict, outputs: list) -> bool:
        """Count what is shown, or shown instead of something else; say whether it is kept.

        Answers are counted apart: printing too much must not cost the answer.
        """
        size = len(json.dumps(content, default=str))
        if isinstance(content.get("data"), dict) and MIME in content["data"]:
            self.cell_answer += size
            self.answers += size
            over = self.answers > self.limits.notebook_answers
            self.flooded |= over or self.cell_answer > self.limits.answer
            return not self.flooded
        size += PIECE_BYTES if kind == "stream" else OUTPUT_BYTES
        self.cell_shown += size
        self.shown += size
        if self.cell_shown > self.limits.cell_output or self.shown > self.limits.notebook_output:
            self._cut(outputs)
            return False
        return True

    def _cut(self, outputs: list) -> None:
        if not self.cut:
            self.cut = True
            outputs.append(new_output("stream", name="stdout", text=CUT))

    def output(self, outs, msg, display_id, cell_index):
        """Append an output; a stream that goes on is one output in many pieces."""
        last = outs[-1] if outs and not self.clear_before_next_output else {}
        content = msg["content"]
        goes_on = msg["msg_type"] == "stream" == last.get("output_type")
        if goes_on and last["name"] == content["name"] and isinstance(content["text"], str):
            pieces = last["text"] if isinstance(last["text"], list) else [last["text"]]
            pieces.append(content["text"])
            last["text"] = pieces
            return last
        return super().output(outs, msg, display_id, cell_index)

    def _unpack(self, data: bytes) -> Any:
        """Parse a part of a message, if it is no more than can be kept.

        Raises:
            TooMuch: it is more; it may hold an answer where ``what`` is ``answer``.
        """
        try:
            return loads(
                data, longest=2 * self.limits.answer, heaviest=HEAVIEST_MESSAGE, deepest=900
            )
        except TooMuch as error:
            if error.what != "deep" and MIME.encode() in data:
                raise TooMuch("answer") from None
            raise

    def _bounded(self, make: Callable[..., Any]) -> Callable[..., Any]:
        """Return what makes a client that neither takes nor parses messages that are too long."""

        def made_bounded(**settings: Any) -> Any:
            made = make(**settings)
            made.session.unpack = self._unpack
            bound_channels(made, 2 * self.limits.answer + HEADERS)
            stock = self.provisioner_name == STOCK
            made.context.setsockopt(zmq.MAXMSGSIZE, LONGEST_OF_STOCK if stock else LONGEST_MESSAGE)
            return made

        return made_bounded

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index) -> None:
        assert self.kc is not None
        while True:
            try:
                msg = await ensure_async(self.kc.iopub_channel.get_msg(timeout=None))
                self.messages += 1
                if msg["parent_header"].get("msg_id") == parent_msg_id:
                    self.process_message(msg, cell, cell_index)
            except CellExecutionComplete:
                return
            except TooMuch as error:
                self._count_malformed()
                if error.what == "answer":
                    self.flooded = True
                elif error.what != "deep":
                    self._cut(cell.outputs)
            except MALFORMED:  # too deep for the parser, a wrong signature
                self._count_malformed()

    def _count_malformed(self) -> None:
        self.malformed += 1
        if self.malformed > MALFORMED_MESSAGES:
            raise RuntimeError("the kernel sends malformed messages without end")

    async def _async_poll_for_reply(self, msg_id, cell, timeout, outputs, alive):
        patient: Any = _Patient(self, outputs)
        return await super()._async_poll_for_reply(msg_id, cell, timeout, patient, alive)

    async def _async_poll_kernel_alive(self) -> None:
        # nbclient looks once a second; a dead kernel costs that long.
        client: Any = self.kc
        for look in itertools.count(1):
            await asyncio.sleep(WATCH_SECONDS)
            self.overwhelmed = held_here() > self._most_held and self.provisioner_name != STOCK
            asked = look % round(ALIVE_SECONDS / WATCH_SECONDS) == 0
            if self.overwhelmed or (asked and not await ensure_async(client.is_alive())):
                if self.task_poll_for_reply:
                    self.task_poll_for_reply.cancel()
                return

    async def _async_handle_timeout(self, timeout, cell=None):
        self.timed_out = True
        return await super()._async_handle_timeout(timeout, cell)


def held_here() -> int:
    """Return how many bytes of memory this process holds; 0 where the machine does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _short(traceback: Any) -> list[str]:
    """Return the first and the last lines of a traceback, none of them endless."""
    lines = traceback if isinstance(traceback, list) else []
    if len(lines) > LONGEST_TRACEBACK:
        half = LONGEST_TRACEBACK // 2
        lines = [*lines[:half], CUT.strip(), *lines[-half:]]
    return [str(line)[:LONGEST_LINE] for line in lines]


class _Patient:
    """A cell's outputs, awaited once it has replied: for as long as there are more of them.

    nbclient gives all of them a fixed time together, which a long output would need for itself.
    """

    def __init__(self, client: KernelClient, outputs: asyncio.Task):
        self.client, self.outputs = client, outputs

    def __await__(self):
        return self._last().__await__()

    async def _last(self) -> None:
        seen = None
        while seen != self.client.messages:
            seen = self.client.messages
            done, _ = await asyncio.wait([self.outputs], timeout=self.client.limits.silence_seconds)
            if done:
                return self.outputs.result()
        raise TimeoutError
