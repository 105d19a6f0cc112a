"""What an attack could harm: a course, a peer, a grader's process, listeners; and how harm is seen.

Everything is made for one attack and looked at from outside afterwards. MARKER stands for every
secret: an attack that shows it has read what it may not.
"""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VICTIM = """
import os, sys, time
secret = open(sys.argv[1])
text = secret.read()
print("up", flush=True)
time.sleep(600)
"""


class World:
    """A course with secrets, a process of the grader's, and listeners that count who comes."""

    def __init__(self) -> None:
        self.marker = f"MARKER{secrets.token_hex(8)}"
        self.token = f"probe-{secrets.token_hex(4)}"
        self.root = Path(tempfile.mkdtemp(prefix="sa-world-"))
        self.planted: list[Path] = []
        self._fill()
        self._listen()
        self._start_victim()
        self._before = self._state()

    def _fill(self) -> None:
        course = self.root / "course"
        for name, text in {
            "secret": self.marker,
            "source/mini/mini.ipynb": f'{{"solution": "{self.marker}"}}',
            "submitted/alice/mini/mini.ipynb": f'{{"alice": "{self.marker}"}}',
            "submitted/mallory/mini/mini.ipynb": "{}",
            "autograded/alice/mini/mini.ipynb": f'{{"alice": "{self.marker}"}}',
        }.items():
            path = course / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (course / "secret").chmod(0o600)
        with contextlib.closing(sqlite3.connect(course / "gradebook.db")) as database, database:
            database.execute("create table grade (student, score, note)")
            database.execute("insert into grade values ('alice', 10, ?)", (self.marker,))
        self.course = course
        self.own = course / "submitted" / "mallory" / "mini"
        self.home = self.root / "home"
        self.home.mkdir()
        self.shared = Path("/dev/shm") / self.token
        self.shared.write_text(self.marker)
        self.temporary = Path(tempfile.gettempdir()) / self.token
        self.temporary.write_text(self.marker)

    def _listen(self) -> None:
        self.listeners = {}
        for name, family, kind, address in (
            ("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            ("tcp6", socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            ("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("unix", socket.AF_UNIX, socket.SOCK_STREAM, str(self.root / "listener")),
            ("abstract", socket.AF_UNIX, socket.SOCK_STREAM, f"\0{self.token}"),
        ):
            listener = socket.socket(family, kind)
            try:
                listener.bind(address)
            except OSError:  # no IPv6 here
                listener.close()
                continue
            if kind == socket.SOCK_STREAM:
                listener.listen()
            listener.setblocking(False)
            self.listeners[name] = listener
        with socket.socket() as any_port:
            any_port.bind(("127.0.0.1", 0))
            self.free_port = any_port.getsockname()[1]

    def _start_victim(self) -> None:
        self.victim = subprocess.Popen(
            [sys.executable, "-S", "-c", VICTIM, str(self.course / "secret"), self.marker],
            env={"GRADER_TOKEN": self.marker},
            cwd=self.course,
            stdout=subprocess.PIPE,
        )
        assert self.victim.stdout.readline() == b"up\n"

    @property
    def names(self) -> dict[str, object]:
        """What an attack's code may name in braces; never the marker itself."""
        ports = {
            name: listener.getsockname()[1]
            for name, listener in self.listeners.items()
            if listener.family != socket.AF_UNIX
        }
        return {
            "course": self.course,
            "root": self.root,
            "own": self.own,
            "victim": self.victim.pid,
            "token": self.token,
            "shared": self.shared,
            "temporary": self.temporary,
            "listener": self.root / "listener",
            "free_port": self.free_port,
            "tcp": ports["tcp"],
            "udp": ports["udp"],
            "tcp6": ports.get("tcp6", 0),
        }

    def _state(self) -> dict:
        """Everything outside mallory's own folder: content, mode and time of each file."""
        state = {}
        for path in sorted(self.root.rglob("*")):
            if path.is_relative_to(self.own) or path.is_relative_to(self.home / ".ipython"):
                continue
            about = path.lstat()
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            times = about.st_mtime_ns if path.is_file() else 0
            state[str(path)] = (content, about.st_mode, times)
        startup = self.home / ".ipython" / "profile_default" / "startup"
        for path in startup.glob("*.py"):
            state[str(path)] = path.read_bytes()
        for path in (self.shared, self.temporary):
            state[str(path)] = path.read_bytes() if path.exists() else None
        return state

    def changed(self) -> list[str]:
        """Return what is not as it was: files, and the plain marks that an attack leaves."""
        after = self._state()
        differs = [
            p for p in after.keys() | self._before.keys() if after.get(p) != self._before.get(p)
        ]
        return differs + [str(path) for path in self.planted if path.exists()]

    def reached(self) -> list[str]:
        """Return the listeners that someone came to."""
        came = []
        for name, listener in self.listeners.items():
            with contextlib.suppress(BlockingIOError):
                if listener.type == socket.SOCK_DGRAM:
                    listener.recv(100)
                else:
                    listener.accept()[0].close()
                came.append(name)
        return came

    def served(self) -> bool:
        """Tell whether someone listens on the free port."""
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.free_port)) == 0

    def victim_state(self) -> dict[str, object]:
        """Return what can be done to a process: its state, niceness, limits, scores."""
        if self.victim.poll() is not None:
            return {"dead": True, "stopped": False, "nice": None, "limits": "", "oom": ""}
        stat = Path(f"/proc/{self.victim.pid}/stat").read_text().rpartition(")")[2].split()
        limits = Path(f"/proc/{self.victim.pid}/limits").read_text()
        return {
            "dead": False,
            "stopped": stat[0] in "Tt",
            "nice": int(stat[16]),
            "limits": limits,
            "oom": Path(f"/proc/{self.victim.pid}/oom_score_adj").read_text().strip(),
        }

    def survivors(self) -> list[int]:
        """Return the processes that carry this world's token in their arguments."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if any(f"stay-{self.token}".encode() in word for word in words):
                    found.append(int(process.name))
        return found

    def close(self) -> None:
        for pid in self.survivors():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.victim.kill()
        self.victim.wait()
        self.victim.stdout.close()
        for listener in self.listeners.values():
            listener.close()
        for path in (self.shared, self.temporary, *self.planted):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def soon(true, seconds: float = 2.0) -> bool:
    """Wait a little for something to become true."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.05)
    return bool(true())
