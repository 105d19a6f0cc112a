"""The warm process: everything is imported, the model is loaded, and a request makes it fork.

What it does is in ``serve``; here are those who start it and ask it. ``warm()`` starts one that
several worker processes share; its socket lies in a folder that only we may enter. It starts with
an environment of its own, since a fork's memory, and its /proc entry, would show whatever tokens
ours holds.
"""

import array
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.errors import GraderError
from grader.grading.kernels.kernel import ALIKE
from grader.grading.kernels.request import LONGEST_MESSAGE, Request

SOCKET_VARIABLE = "SEEING_ATTENTION_ZYGOTE"
"""The environment variable that tells workers where a shared zygote listens."""
INHERITED = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "SEEING_ATTENTION_CACHE", "XDG_CACHE_HOME")
END_SECONDS = 5
PROGRAM = "grader.grading.kernels.serve"
NO_MODEL = "-"
ROOT, HOME = "root", "home"
"""Empty folders beside the zygote's socket: engines' roots, and the home of their parent."""
LIBRARIES = ("torch", "transformers", "bertviz", "pandas")
"""What takes seconds to import and few notebooks need: imported where an assignment does, or
several hand-ins."""


class ZygoteError(GraderError):
    """The warm process could not be started, or is gone."""


@dataclass(frozen=True)
class Zygote:
    """A running zygote, as the process that started it sees it."""

    path: Path
    """Its socket; give it to workers in ``SEEING_ATTENTION_ZYGOTE``."""
    pid: int
    ready_seconds: float
    """How long preloading took."""


@contextlib.contextmanager
def warm(
    model: str | None = "minilm", texts: Sequence[str] = (), libraries: Sequence[str] = ()
) -> Iterator[Zygote]:
    """Run a zygote for as long as the block runs.

    Args:
        model: what ``load_model`` will return without loading; None warms ipykernel alone.
        texts: what the model reads in advance, since notebooks will ask for it.
        libraries: of `LIBRARIES`, those that notebooks import.

    Raises:
        ZygoteError: it could not be started; with its own words.
    """
    with warming(model) as begun:
        yield begun.ready(texts, libraries)


@contextlib.contextmanager
def warming(model: str | None = "minilm") -> Iterator["Warming"]:
    """Begin with a zygote, which imports for seconds beside other work, and end it at last."""
    folder = Path(tempfile.mkdtemp(prefix="sa-zygote-"))  # 0700
    begun = None
    try:
        for name in (ROOT, HOME):
            (folder / name).mkdir()
        begun = Warming(folder / "socket", model)
        yield begun
    finally:
        if begun:
            begun.end()
        shutil.rmtree(folder, ignore_errors=True)


class Warming:
    """A zygote on its way."""

    def __init__(self, path: Path, model: str | None):
        """Start it; it will listen at `path`."""
        self.path = path
        self.zygote: Zygote | None = None
        self.lifeline, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, _listener(path) as kernels, _listener(engines_of(path)) as engines:
            fds = (kernels.fileno(), engines.fileno(), theirs.fileno())
            about = (*map(str, fds), model or NO_MODEL, str(path.with_name(HOME)))
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", PROGRAM, *about],
                pass_fds=fds,
                env=environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        assert self.process.stderr is not None  # a pipe
        self.stderr = self.process.stderr

    def ready(self, texts: Sequence[str] = (), libraries: Sequence[str] = ()) -> Zygote:
        """Wait until it serves, the model having read `texts`, and `libraries` imported.

        Raises:
            ZygoteError: it could not be started; with its own words.
        """
        hello = b""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.lifeline.send(_message(texts, libraries))
            hello = self.lifeline.recv(LONGEST_MESSAGE)
        if not hello:
            words = self.stderr.read().decode(errors="replace").strip().splitlines()
            last = words[-1] if words else "no word"
            raise ZygoteError(f"the warm process did not start: {last}")
        self.zygote = Zygote(self.path, self.process.pid, json.loads(hello)["seconds"])
        return self.zygote

    def end(self) -> None:
        """End it, and all kernels with it."""
        self.lifeline.close()  # it ends when this closes, also where we are killed
        if self.zygote:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(END_SECONDS)
        self.process.kill()
        self.process.wait()
        self.stderr.close()


def _message(texts: Sequence[str], libraries: Sequence[str]) -> bytes:
    """Return what to read and import, with as many of the first texts as one message holds."""
    while len(message := _packed(texts, libraries)) > LONGEST_MESSAGE:
        texts = texts[: len(texts) // 2]
    return message


def _packed(texts: Sequence[str], libraries: Sequence[str]) -> bytes:
    return json.dumps({"texts": list(texts), "libraries": list(libraries)}).encode()


def environment() -> dict[str, str]:
    """Return the environment that a zygote starts with: nothing that a student may not see."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    # A daemon of debugpy's or a bar of tqdm's must not be started by an import.
    return kept | ALIKE | {"TQDM_DISABLE": ""}


def engines_of(path: Path | str) -> Path:
    """Return where the parent of engines listens, beside the zygote at `path`."""
    return Path(path).with_name("engines")


def root_of(path: Path | str) -> Path:
    """Return the empty folder on which each engine builds its root, in mounts of its own."""
    return Path(path).with_name(ROOT)


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(path))
    listener.listen(64)
    return listener


def send_request(
    worker: socket.socket, request: Request, sink: IO[bytes] | socket.socket | None
) -> None:
    """Send a request over a connection to a zygote.

    Args:
        worker: the connection.
        request: what is asked for.
        sink: comes along: a file for a kernel's new files, or an engine's end of its connection.
    """
    fds = array.array("i", [sink.fileno()]) if sink else array.array("i")
    control = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if sink else []
    worker.sendmsg([request.to_bytes()], control)
