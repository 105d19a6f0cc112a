"""A fork of the warm process becomes an ipykernel, as if it had just been started.

Everything that the warm process remembers and a fresh one would not is set back here: environment,
folder, signals, seeds, the cached folder for temporary files, open descriptors.
"""

import contextlib
import gc
import inspect
import os
import random
import signal
import sys
import tempfile
from typing import Any

from grader.grading.kernels import libc
from grader.grading.kernels.new_root import HOME, WORK
from grader.grading.kernels.rlimits import Limits, limit_this_process

CONNECTION_FILE = "/run/kernel.json"
CANNOT_START = 70
LONGEST_PIECE = 1 << 20
"""In characters, of what is printed and sent in one message."""
HASH_SEED = "0"
"""Of the zygote, so of all kernels: sets of strings have the same order in every run."""
ALIKE = {
    "PYTHONHASHSEED": HASH_SEED,
    "PYTHONDONTWRITEBYTECODE": "1",
    # matplotlib reads it once, at import.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    # A model that a notebook loads itself comes without threads, which an engine has not.
    "HF_DEACTIVATE_ASYNC_LOAD": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""Of the environment of the warm process and of its forks: libraries read it when imported."""


def base_environment() -> dict[str, str]:
    """Return a kernel's environment before the request's own; nothing of ours is in it."""
    return {
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "TMPDIR": "/tmp",
        "USER": "student",
        "LOGNAME": "student",
        "SHELL": "/bin/bash",
        "LANG": "C.UTF-8",
        "TERM": "xterm-color",
        "IPYTHONDIR": f"{HOME}/.ipython",
        **ALIKE,
    }


def become_kernel(env: dict[str, str], arguments: tuple[str, ...], limits: Limits) -> None:
    """Turn this process into a kernel; it never returns.

    The sandbox stands already. Descriptors 0, 1 and 2 are the kernel's; all others are closed here.
    """
    begin(env, limits)
    sys.argv = ["ipykernel_launcher", "-f", CONNECTION_FILE, *arguments]
    gc.enable()

    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    app.initialize(sys.argv[1:])
    for stream in (sys.stdout, sys.stderr):
        send_in_pieces(stream)
    keep_streams(app.shell)
    own_the_cells(app.shell)
    app.start()
    # quit() or a stopped event loop end a kernel a moment later, in a cell that is not to blame.
    while app.kernel._shutdown_message is None:
        with contextlib.suppress(KeyboardInterrupt):
            app.io_loop.start()


def begin(env: dict[str, str], limits: Limits, *, first_closed: int = 3) -> None:
    """Make this fork as fresh as a process that was just started, within its limits.

    Args:
        env: added to the base environment.
        limits: what the machine enforces for this process.
        first_closed: descriptors from this one on are closed.
    """
    os.closerange(first_closed, os.sysconf("SC_OPEN_MAX"))
    _forget()
    os.environ.clear()
    os.environ.update(base_environment() | env)
    os.chdir(WORK)
    os.umask(0o022)
    limit_this_process(limits)
    # Undumpable, which the change of user made it, it could not read its own /proc entries.
    libc.prctl(libc.PR_SET_DUMPABLE, 1)


def send_in_pieces(stream: Any) -> None:
    """Have a stream send what is printed in messages of bounded length.

    It would send all that is printed within a fifth of a second as one message, and a message that
    is too long ends its kernel: honest work would be lost with a line that prints too much.
    """
    write, unsent = stream.write, 0

    def write_pieces(text: str) -> int | None:
        nonlocal unsent
        if not isinstance(text, str) or unsent + len(text) < LONGEST_PIECE:
            unsent += len(text) if isinstance(text, str) else 0
            return write(text)
        for at in range(0, len(text), LONGEST_PIECE):
            write(text[at : at + LONGEST_PIECE])
            stream.flush()
        unsent = 0
        return len(text)

    stream.write = write_pieces


def keep_streams(shell: Any) -> None:
    """Give the kernel its streams back after a cell that took them away.

    Without them IPython fails before a cell begins, never answers, and costs the next question.
    """
    streams = {"stdout": sys.stdout, "stderr": sys.stderr}

    def restore() -> None:
        for name, stream in streams.items():
            if not hasattr(getattr(sys, name, None), "write"):
                setattr(sys, name, stream)

    shell.events.register("post_execute", restore)


def own_the_cells(shell: Any) -> None:
    """Have inspect find a cell's code in ``__main__``.

    It would ask each of the loaded modules, four times for each frame of a traceback: the one of an
    endless recursion took 20 s.
    """
    name_of = shell.compile.get_code_name

    def get_code_name(*cell: Any) -> str:
        name = name_of(*cell)
        inspect.modulesbyfile[os.path.abspath(name)] = "__main__"  # noqa: PTH100, its own key
        return name

    shell.compile.get_code_name = get_code_name


def _forget() -> None:
    """Set back what the warm process remembers and a fresh one would not."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.set_wakeup_fd(-1)
    tempfile.tempdir = None
    sys.path[:] = [entry for entry in sys.path if entry]
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(None)
    if torch := sys.modules.get("torch"):
        # Not `torch.manual_seed`, which takes its time to seed devices that a kernel has not.
        torch.default_generator.manual_seed(int.from_bytes(os.urandom(7)))
    if tqdm := sys.modules.get("tqdm"):
        tqdm.tqdm.monitor_interval = 10
