"""What jupyter_client calls to get a kernel: a warm and confined one, for any of its users.

Chosen by the name ``confined`` in a kernelspec, a configuration, or the variable
``JUPYTER_DEFAULT_PROVISIONER_NAME``; nbclient and nbgrader then drive it without knowing.
"""

import asyncio
import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Integer

from grader.errors import GraderError
from grader.grading.kernels import files
from grader.grading.kernels.report import Ending, Report
from grader.grading.kernels.request import LONGEST_MESSAGE, SOCKET_PREFIX, Request
from grader.grading.kernels.rlimits import Limits
from grader.grading.kernels.zygote import ROOT, SOCKET_VARIABLE, ZygoteError, send_request, warm

START_SECONDS = 60
END_SECONDS = 10
BOX_PREFIX = "sa-kernel-"
CONNECTION_FILE = "kernel.json"
PASSED_ON = ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING")
"""Of the environment that jupyter_client hands over, this alone reaches the kernel."""

OUTCOMES = {
    Ending.EXIT: "exit",
    Ending.CRASH: "crash",
    Ending.STOPPED: "stopped",
    Ending.PROCESSES: "crash",
    Ending.CPU: "time-out",
    Ending.WALL: "time-out",
    Ending.MEMORY: "memory",
    Ending.LOST: "internal",
}
"""How a kernel ended -> the outcome of the question that it worked on."""

_defaults = Limits()


class KernelError(GraderError):
    """A confined kernel could not be started; says why."""


class ConfinedProvisioner(LocalProvisioner):
    """Starts kernels as forks of a warm process, inside the sandbox of ``confinement``."""

    cpu_seconds = Integer(_defaults.cpu_seconds, help="of all its processes").tag(config=True)
    wall_seconds = Integer(_defaults.wall_seconds, help="from start to end").tag(config=True)
    memory_bytes = Integer(_defaults.memory_bytes, help="beyond the warm process").tag(config=True)
    disk_bytes = Integer(_defaults.disk_bytes, help="home and /tmp together").tag(config=True)
    file_bytes = Integer(_defaults.file_bytes, help="of one file").tag(config=True)
    processes = Integer(_defaults.processes, help="processes and threads").tag(config=True)
    open_files = Integer(_defaults.open_files, help="open files").tag(config=True)
    keep_files = Bool(
        False, help="copy new files of the kernel's folder back when it ends; never notebooks"
    ).tag(config=True)

    _box: Path | None = None
    _door: int | None = None
    """The descriptor of the folder of the kernel's sockets: there is no other way to them."""
    _kernel: "_Kernel | None" = None
    _sink: Any = None
    _report: Report | None = None

    @property
    def report(self) -> Report | None:
        """How the last kernel ended and what it used; None while it lives."""
        return self._kernel.report if self._kernel else self._report

    @property
    def ending(self) -> str | None:
        """Why the last kernel ended, in the words for outcomes; None where nothing went wrong."""
        return OUTCOMES.get(self.report.ended) if self.report else None

    @property
    def has_process(self) -> bool:
        """Whether a kernel is being managed."""
        return self._kernel is not None

    async def poll(self) -> int | None:
        """Return None while the kernel lives, then its exit code."""
        return self._kernel.poll() if self._kernel else 0

    async def wait(self) -> int | None:
        """Wait for the kernel's end and return its exit code."""
        if not self._kernel:
            return 0
        code = (await self._kernel.ended()).returncode
        self._forget_kernel()
        return code

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and its children."""
        if self._kernel:
            self._kernel.order(signal=int(signum))

    async def kill(self, restart: bool = False) -> None:
        """End the kernel and all its processes, and wait until they have."""
        await self.send_signal(signal.SIGKILL)
        await self._settle(END_SECONDS)

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel's processes to end."""
        await self.send_signal(signal.SIGTERM)
        await self._settle(1)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Wait a moment for a kernel asked to end: jupyter_client looks only each 0.1 s."""
        if self._kernel:
            self._kernel.order(asked=True)
            await self._settle(0.5)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Put the connection into a folder that only we and this kernel know."""
        manager: Any = self.parent
        self._box = _box_of_restarted(manager.connection_file) or _new_box()
        manager.transport = "ipc"  # the kernel has no network but its own
        if self._door is None:
            self._door = os.open(self._box, os.O_PATH)  # until there is a kernel
        # A restarted kernel's sockets come under the same names: its clients keep them.
        manager.ip = f"/proc/self/fd/{self._door}/{SOCKET_PREFIX}"
        manager.connection_file = str(self._box / CONNECTION_FILE)
        kwargs["transport_encryption"] = "disabled"  # the folder is ours alone
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Have the zygote fork a kernel.

        Raises:
            KernelError: this is no Python kernel, or the sandbox could not be built.
            ZygoteError: there is no warm process and none could be started.
        """
        if "-f" not in cmd or not any("ipykernel" in part for part in cmd):
            raise KernelError(
                f"only Python kernels can be confined, not {' '.join(cmd)[:80]!r}; "
                "set the notebook's kernelspec to python3."
            )
        self.cwd = kwargs.get("cwd") or None
        connection = {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in self.connection_info.items()
        }
        assert self._box is not None  # `pre_launch` comes before
        assert self._door is not None
        self._sink = tempfile.TemporaryFile() if self.keep_files and self.cwd else None  # noqa: SIM115
        request = Request(
            connection=connection,
            base=str(self._box / ROOT),
            folder=str(self.cwd) if self.cwd else None,
            keep_files=self._sink is not None,
            arguments=tuple(cmd[cmd.index("-f") + 2 :]),
            env=passed_on(kwargs.get("env") or {}),
            limits=self._limits(),
        )
        self._report = None
        self._kernel = await _Kernel.start(_zygote_socket(), request, self._sink, self._door)
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Make sure that the kernel is gone, and remove its folder."""
        if self._kernel:
            await self.kill()
            self._forget_kernel()
        if self._door is not None and not restart:
            os.close(self._door)
            self._door = None
        if self._box and not restart:
            shutil.rmtree(self._box, ignore_errors=True)
            self._box = None

    async def get_provisioner_info(self) -> dict[str, Any]:
        """Return nothing to come back by: a kernel ends with the process that started it."""
        return {}

    async def load_provisioner_info(self, provisioner_info: dict[str, Any]) -> None:
        """Do nothing; see ``get_provisioner_info``."""

    def get_shutdown_wait_time(self, recommended: float = 5.0) -> float:
        """Return how long a kernel may take to end by itself; nothing of it is needed then."""
        return min(recommended, 1.0)

    def _limits(self) -> Limits:
        names = _defaults.to_json()
        return Limits(**{name: getattr(self, name) for name in names})

    async def _settle(self, seconds: float) -> None:
        if self._kernel:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._kernel.ended(), seconds)

    def _forget_kernel(self) -> None:
        assert self._kernel is not None
        self._report = self._kernel.report
        self._kernel.close()
        self._kernel = None
        if self._sink and self.cwd:
            with self._sink as sink, contextlib.suppress(OSError):
                sink.seek(0)
                if sink.read(1):
                    sink.seek(0)
                    files.unpack_new(sink, Path(self.cwd))
            self._sink = None


class _Kernel:
    """One kernel, by its connection to the warden."""

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self.report: Report | None = None

    @classmethod
    async def start(cls, zygote: str, request: Request, sink: Any, door: int) -> "_Kernel":
        """Ask for a kernel and wait until it has been forked; `door` then leads to its sockets."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            connection.setblocking(False)
            try:
                connection.connect(zygote)
            except OSError as error:
                raise ZygoteError(f"the warm process does not answer: {error}.") from error
            send_request(connection, request, sink)
            await asyncio.wait_for(_readable(connection), START_SECONDS)
            answer, fds, _, _ = socket.recv_fds(connection, LONGEST_MESSAGE, 1)
            for fd in fds:
                os.dup2(fd, door, inheritable=False)
                os.close(fd)
        except BaseException:
            connection.close()
            raise
        told = json.loads(answer) if answer else {"error": "the warm process ended"}
        if "started" not in told:
            connection.close()
            raise KernelError(f"the kernel could not be confined: {told.get('error')}")
        return cls(connection)

    def poll(self) -> int | None:
        """Return the exit code if the kernel has ended."""
        if self.report is None:
            try:
                self._read(self._connection.recv(LONGEST_MESSAGE))
            except BlockingIOError:
                return None
            except OSError:
                self._read(b"")
        assert self.report is not None  # `_read` makes one
        return self.report.returncode

    async def ended(self) -> Report:
        """Wait for the end."""
        while self.poll() is None:
            await _readable(self._connection)
        assert self.report is not None  # it has ended
        return self.report

    def order(self, **what: Any) -> None:
        """Tell the warden something; one that is gone does not listen."""
        if self.report is None:
            with contextlib.suppress(OSError):
                self._connection.send(json.dumps(what).encode())

    def close(self) -> None:
        """Let go of the kernel; the warden ends it if it still lives."""
        self._connection.close()

    def _read(self, message: bytes) -> None:
        told = json.loads(message) if message else {}
        if "report" in told:
            self.report = Report.from_json(told["report"])
        else:
            self.report = Report(ended=Ending.LOST, last_words=str(told.get("error", "")))


async def _readable(connection: socket.socket) -> None:
    """Wait until something can be read."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)


def passed_on(env: dict[str, str]) -> dict[str, str]:
    """Return what a kernel's environment has beside its base."""
    added = {name: env[name] for name in PASSED_ON if env.get(name) is not None}
    cache = os.environ.get("SEEING_ATTENTION_CACHE")
    if cache is None:
        from grader.models import cache_folder

        cache = str(cache_folder())
    return added | {"SEEING_ATTENTION_CACHE": cache}


def _new_box() -> Path:
    """Make a kernel's private folder: its connection file, a place for its root."""
    box = Path(tempfile.mkdtemp(prefix=BOX_PREFIX))
    (box / ROOT).mkdir(mode=0o700)
    return box


def _box_of_restarted(connection_file: str) -> Path | None:
    """Return the folder that a restarted kernel had: its clients know it."""
    box = Path(connection_file).parent
    return box if box.name.startswith(BOX_PREFIX) and (box / ROOT).is_dir() else None


_own = contextlib.ExitStack()
"""Holds the zygote that this process started for itself, if it did, until it ends."""
atexit.register(_own.close)
_own_socket: list[str] = []


def _zygote_socket() -> str:
    """Return where a zygote listens: the shared one, or one of this process's own."""
    shared = os.environ.get(SOCKET_VARIABLE)
    if shared:
        return shared
    if not _own_socket:
        _own_socket.append(str(_own.enter_context(warm()).path))
    return _own_socket[0]
