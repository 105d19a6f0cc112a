"""A PostgreSQL server of the tests' own: a private folder, no port, an ordinary user's."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

SECONDS = 60


@pytest.fixture(scope="session")
def postgres():
    """Run a server for the session; gives a function that makes a database and returns its url."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs:
        pytest.skip("there is no PostgreSQL server: apt-get install postgresql")
    psycopg = pytest.importorskip("psycopg", reason="pip install '.[postgresql]'")
    folder = Path(tempfile.mkdtemp(prefix="sa-postgres-", dir="/tmp"))  # sockets have short paths
    user = _ordinary_user()
    if user is not None:
        os.chown(folder, user, -1)
    as_user = {"user": user, "cwd": folder, "stdout": subprocess.DEVNULL}
    data = folder / "data"
    initdb = [
        programs[-1].parent / "initdb",
        "-D",
        data,
        "-U",
        "grader",
        "-A",
        "trust",
        "--no-sync",
    ]
    subprocess.run([*initdb, "-E", "UTF8", "--locale", "C"], check=True, **as_user)
    settings = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([programs[-1], "-D", data, *options], stderr=log, **as_user)
    count = 0

    def connect():
        return psycopg.connect(host=str(folder), user="grader", dbname="postgres", autocommit=True)

    def database() -> str:
        nonlocal count
        count += 1
        with connect() as connection:
            connection.execute(f"CREATE DATABASE course{count}")
        return f"postgresql+psycopg://grader@/course{count}?host={folder}"

    try:
        until = time.monotonic() + SECONDS
        while True:
            try:
                connect().close()
                break
            except psycopg.OperationalError:
                gone = server.poll() is not None or time.monotonic() > until
                assert not gone, (folder / "log").read_text()
                time.sleep(0.1)
        yield database
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> int | None:
    """Return whom to be: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam("postgres").pw_uid
    return 65534
