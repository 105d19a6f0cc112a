"""A fork of the warm process runs a notebook's cells: ipykernel's own code without messaging.

The kernel, its shell, streams, hooks and formatters are ipykernel's, so that a cell shows what it
shows in a kernel. What is left out: sockets, threads, heartbeat, the control channel. A message is
written to one connection instead of being published. Where a notebook does something that needs
what was left out, or that could come out otherwise here, the engine says so and ends (`leave`); the
notebook then runs in a kernel from its first cell on.
"""

import asyncio
import contextlib
import functools
import gc
import importlib
import json
import os
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, NoReturn

from grader.grading.kernels import pages, wire
from grader.grading.kernels.kernel import (
    CONNECTION_FILE,
    base_environment,
    begin,
    keep_streams,
    own_the_cells,
)
from grader.grading.kernels.rlimits import Limits

WIRE = 3
"""The descriptor of the connection, once all others but 0, 1 and 2 are closed."""
LEAVE_SECONDS = 5
RAW = (1, 2)
NEEDED = (
    "IPython.core.pylabtools",
    "matplotlib.pyplot",
    "pygments.formatters.terminal256",
    "stack_data",
)
"""What a notebook's first picture and first error import; none of them acts when imported."""
NOT_OURS = (
    "init_connection_file",
    "init_poller",
    "init_sockets",
    "init_heartbeat",
    "write_connection_file",
    "log_connection_info",
)
"""Steps of ipykernel's application that are about messages alone."""
LEAVE_AT = frozenset(
    {
        "ctypes.dlopen",
        "ctypes.dlsym",
        "ctypes.string_at",
        "ctypes.wstring_at",
        "gc.get_objects",
        "gc.get_referents",
        "gc.get_referrers",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.killpg",
        "os.posix_spawn",
        "os.spawn",
        "os.startfile",
        "os.system",
        "pty.spawn",
        "signal.pthread_kill",
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "subprocess.Popen",
        "sys._current_exceptions",
        "sys._current_frames",
        "sys.addaudithook",
        "sys.setprofile",
        "sys.settrace",
    }
)
"""Audit events: other processes and their output, and looks at what differs from a kernel."""


class _Wired:
    """The one connection to the worker, and what a cell's end waits for."""

    connection: socket.socket
    reply: bytes | None = None


def leave(why: str, *_: Any, **__: Any) -> NoReturn:
    """Say that this notebook is a kernel's to run, and end this process."""
    try:
        wire.send(_Wired.connection, wire.LEAVE, why.encode("utf-8", "replace")[:200])
        # An order that nobody reads would take the words with it when the connection closes.
        _Wired.connection.settimeout(LEAVE_SECONDS)
        while _Wired.connection.recv(65_536):
            pass
    finally:
        os._exit(0)


class Beyond:
    """Stands where a kernel has sockets, streams and threads; whoever asks for them leaves."""

    def __init__(self, what: str):
        self.__dict__["_what"] = what

    def __getattr__(self, name: str) -> NoReturn:
        leave(f"{self._what}.{name}")

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        leave(f"{self._what}.{name}")


def prepare(folder: str) -> None:
    """Make the shell, in a fork of the warm process that becomes the parent of all engines.

    Args:
        folder: an empty one for what IPython writes at its start; a student never sees it.
    """
    os.environ.clear()
    os.environ.update(base_environment() | {"HOME": folder, "IPYTHONDIR": f"{folder}/.ipython"})
    os.chdir(folder)
    from IPython.core import application

    application.SYSTEM_CONFIG_DIRS.clear()  # a sandboxed kernel sees no /etc/ipython
    _Prepared.kernel = kernel = _kernel()
    kernel._execute_sleep = 0
    _import_what_cells_need()
    _leave_where_it_differs(kernel)
    os.chdir("/")
    gc.freeze()
    gc.disable()
    pages.join_pages()


def become_engine(env: dict[str, str], limits: Limits, connection: int) -> None:
    """Turn this process into an engine; it never returns. The sandbox stands already.

    Args:
        env: added to the base environment.
        limits: what the machine enforces for this process.
        connection: descriptor of a stream socket to the worker.
    """
    os.dup2(connection, WIRE)
    begin(env, limits, first_closed=WIRE + 1)
    _Wired.connection = socket.socket(fileno=WIRE)
    gc.enable()
    kernel = _Prepared.kernel
    _move_in(kernel.parent, kernel.shell)
    _raw_output_counts()
    sys.addaudithook(_audit)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    loop.run_until_complete(_serve(kernel, loop))


class _Prepared:
    """The kernel that each engine goes on with."""

    kernel: Any = None


def _move_in(app: Any, shell: Any) -> None:
    """Have the shell remember the folders of its own notebook, as if it had been made there."""
    home = os.environ["HOME"]
    app.ipython_dir = shell.ipython_dir = os.environ["IPYTHONDIR"]
    app.profile_dir._location_isset = False
    app.profile_dir.location = f"{app.ipython_dir}/profile_default"
    shell.home_dir, shell.starting_dir = home, os.getcwd()  # noqa: PTH109, both are text
    shell.history_manager.dir_hist[:] = [Path.cwd()]
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        stream._master_pid = os.getpid()
    shell.init_environment()
    app.init_path()


def _import_what_cells_need() -> None:
    for name in NEEDED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _kernel() -> Any:
    """Return ipykernel's kernel, initialized as its application does it, without a socket."""
    from ipykernel.displayhook import ZMQDisplayHook
    from ipykernel.iostream import IOPubThread, OutStream
    from ipykernel.kernelapp import IPKernelApp

    class Publisher(IOPubThread):
        """No thread: what is written waits for the next flush, which sends it."""

        def __init__(self):
            self.thread = self.io_loop = None  # type: ignore[assignment]  # there is none

        def schedule(self, f):
            pass

    sys.argv = ["ipykernel_launcher", "-f", CONNECTION_FILE]
    app: Any = IPKernelApp.instance()  # its parts are changed below
    app.session = _channel_class()(parent=app)
    publisher, iopub = Publisher(), Beyond("iopub_socket")
    main_thread = Beyond("shell_channel_thread")
    main_thread.__dict__["parent_thread"] = threading.current_thread()

    def init_io() -> None:
        for name in ("stdout", "stderr"):
            setattr(sys, name, OutStream(app.session, publisher, name, watchfd=False))
        app.displayhook = sys.displayhook = ZMQDisplayHook(app.session, iopub)
        app.patch_io()

    def init_kernel() -> None:
        app.kernel = app.kernel_class.instance(
            parent=app,
            session=app.session,
            control_thread=Beyond("control_thread"),
            shell_channel_thread=main_thread,
            iopub_thread=Beyond("iopub_thread"),
            iopub_socket=iopub,
            stdin_socket=Beyond("stdin_socket"),
            log=app.log,
            profile_dir=app.profile_dir,
            user_ns=app.user_ns,
        )
        app.displayhook.get_execution_count = lambda: app.kernel.execution_count

    for name in NOT_OURS:
        setattr(app, name, lambda: None)
    app.init_io, app.init_kernel = init_io, init_kernel
    # The history's file would have a thread; what this notebook ran can be asked for all the same.
    app.config.HistoryManager.hist_file = ":memory:"
    app.initialize(sys.argv[1:])
    app.shell.exit_now = False
    keep_streams(app.shell)
    own_the_cells(app.shell)
    return app.kernel


def _channel_class() -> type:
    from jupyter_client.jsonutil import json_default
    from jupyter_client.session import Session

    class Channel(Session):
        """What ipykernel packs for its sockets, written to the connection instead."""

        def send(self, stream, msg_or_type, content=None, parent=None, ident=None, buffers=None,
                 track=False, header=None, metadata=None):  # fmt: skip
            msg = msg_or_type
            if not isinstance(msg, dict):
                msg = self.msg(msg_or_type, content=content, parent=parent, header=header,
                               metadata=metadata)  # fmt: skip
            if buffers:
                leave("buffers")
            kind = msg["header"]["msg_type"]
            try:
                packed = json.dumps(
                    msg["content"], default=json_default, ensure_ascii=False, allow_nan=False
                ).encode()
            except Exception:
                leave("no JSON")  # a kernel sends something else instead, and warns
            if kind == "execute_reply":
                _Wired.reply = packed
            elif kind not in ("status", "execute_input"):
                wire.send(_Wired.connection, wire.MESSAGE, kind.encode() + b"\n" + packed)
            return msg

    Channel.__name__ = Channel.__qualname__ = "Session"
    return Channel


def _raw_output_counts() -> None:
    """Give descriptors 1 and 2 a file each: a kernel would show what comes there, in a thread."""
    for number in RAW:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), number)
    tempfile.tempdir = None


def _leave_where_it_differs(kernel: Any) -> None:
    import _thread
    import inspect
    import traceback

    import comm
    from ipykernel.iostream import OutStream
    from ipykernel.zmqshell import ZMQInteractiveShell
    from traitlets import Any as AnyTrait

    def leaving(what: str):
        return lambda *_, **__: leave(what)

    class Kernel(AnyTrait):
        def get(self, obj, cls=None):
            leave("get_ipython().kernel")

    trait = Kernel()
    trait.class_init(ZMQInteractiveShell, "kernel")
    ZMQInteractiveShell.kernel = trait
    kernel.io_loop = Beyond("io_loop")
    comm.create_comm = comm.get_comm_manager = leaving("comm")
    _thread.start_new_thread = leaving("thread")
    threading._start_new_thread = _thread.start_new_thread  # type: ignore[attr-defined]  # private
    _thread.start_new = _thread.start_new_thread
    OutStream.fileno = OutStream.close = leaving("sys.stdout")  # type: ignore[method-assign]  # here only
    for module, name in (
        (traceback, "extract_stack"),
        (traceback, "format_stack"),
        (traceback, "print_stack"),
        (inspect, "stack"),
    ):
        setattr(module, name, _not_for_cells(getattr(module, name)))
    for name in ("run_line_magic", "run_cell_magic"):
        setattr(ZMQInteractiveShell, name, _magic(getattr(ZMQInteractiveShell, name)))
    kernel.shell.observe(leaving("exit"), "exit_now")


def _audit(event: str, _: tuple) -> None:
    if event in LEAVE_AT:
        leave(event)


def _not_for_cells(look: Any) -> Any:
    """Return `look`, which looks at the stack below a cell: for libraries alone (torch's seeds)."""

    @functools.wraps(look)
    def look_or_leave(*arguments, **keywords):
        if sys._getframe(1).f_globals.get("__name__") == "__main__":
            leave(look.__name__)
        return look(*arguments, **keywords)

    return look_or_leave


PLAIN_MAGICS = frozenset({"matplotlib", "pinfo", "precision", "pprint", "time", "timeit"})
"""What they do they do here; of the others many ask for processes, files, the history."""


def _magic(run: Any) -> Any:
    def run_if_plain(self, name, *arguments, **keywords):
        if name not in PLAIN_MAGICS:
            leave(f"%{name}")
        return run(self, name, *arguments, **keywords)

    return run_if_plain


async def _serve(kernel: Any, loop: asyncio.AbstractEventLoop) -> None:
    """Run one cell after the other, until the worker lets go."""
    session, number = kernel.session, 0
    while True:
        order = wire.receive_order(_Wired.connection)
        if order is None:
            os._exit(0)
        number += 1
        parent = session.msg("execute_request", order)
        kernel.set_parent([], parent, channel="shell")
        kernel.pre_handler_hook()
        _Wired.reply = None
        try:
            await kernel.execute_request(None, [], parent)
        except BaseException as error:
            leave(type(error).__name__)
        kernel.post_handler_hook()
        await asyncio.sleep(0)  # what the cell's own tasks left to be cleared away
        _end_cell(loop)


def _end_cell(loop: Any) -> None:
    """Send the reply, unless something goes on that a kernel would show later."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream:
            stream.flush()
    if any(os.fstat(number).st_size for number in RAW):
        leave("raw output")
    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208
        leave("thread")
    if loop._ready or loop._scheduled or len(asyncio.all_tasks(loop)) > 1:
        leave("task")
    if _Wired.reply is None:
        leave("no reply")
    wire.send(_Wired.connection, wire.REPLY, _Wired.reply)
