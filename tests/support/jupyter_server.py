"""A real Jupyter server in a course's folder, as an instructor starts it to open formgrader."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 120
"""How long the server and each step may take on a busy machine."""
PLACES = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")


@contextmanager
def jupyter_server(program: str, folder: Path, home: Path, *options: str) -> Iterator[str]:
    """Run `python -m PROGRAM` in a folder; gives its address once it answers there.

    The port is a free one: a server that others use would answer for another course.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home.mkdir(exist_ok=True)
    command = [sys.executable, "-m", *program.split(), "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"]
    env = os.environ | dict.fromkeys(PLACES, str(home))
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    address, log = f"http://127.0.0.1:{port}", home / "log"
    with log.open("w") as said:
        server = subprocess.Popen(
            [*command, *options], cwd=folder, env=env, stdout=said, stderr=said
        )
    try:
        until(lambda: server.poll() is not None or _answers(address), log)
        assert server.poll() is None, log.read_text()[-3000:]
        yield address
    finally:
        server.terminate()
        server.wait()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/api", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def until(happened, log: Path) -> None:
    """Wait until something has happened; else fail with the end of the server's log."""
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end, log.read_text()[-3000:]
        time.sleep(0.2)
