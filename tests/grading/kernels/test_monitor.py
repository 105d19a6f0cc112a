"""Whoever waits for a kernel hears how it ended, also where its warden cannot say it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from grader.grading.kernels import monitor
from grader.grading.kernels.monitor import Monitor
from grader.grading.kernels.provisioner import OUTCOMES
from grader.grading.kernels.report import Ending
from support.forks import forked


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(10)
    with ours, theirs:
        yield ours, theirs


def wait_for_its_end(watching: Monitor) -> None:
    while watching._forks:
        watching.wait(())


def test_a_warden_that_was_killed_is_its_notebooks_crash(pair):
    ours, theirs = pair
    watching, ended = Monitor(), []
    pid = forked(lambda: time.sleep(60))
    watching.watch(pid, theirs, 60, lambda: ended.append(pid))
    os.kill(pid, signal.SIGKILL)
    wait_for_its_end(watching)
    report = json.loads(ours.recv(4096))["report"]
    assert (report["ended"], report["signal"]) == ("crash", signal.SIGKILL)
    assert OUTCOMES[Ending(report["ended"])] == "crash"
    assert ours.recv(1) == b""
    assert ended == [pid]


def test_all_forks_end_with_the_monitor(pair):
    ours, theirs = pair
    watching = Monitor()
    pids = [forked(lambda: time.sleep(60)) for _ in range(2)]
    watching.watch(pids[0])
    watching.watch(pids[1], theirs, 60)
    watching.end()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert ours.recv(100) == b""  # no report: it is not what the notebook did


def test_a_warden_that_goes_on_for_too_long_is_its_notebooks_time_out(pair, monkeypatch):
    ours, theirs = pair
    monkeypatch.setattr(monitor, "GRACE_SECONDS", 0)
    watching = Monitor()
    watching.watch(forked(lambda: time.sleep(60)), theirs, 0.1)
    wait_for_its_end(watching)
    assert json.loads(ours.recv(4096))["report"]["ended"] == "wall"


def test_a_warden_that_ended_by_itself_has_said_how(pair):
    ours, theirs = pair
    watching = Monitor()
    watching.watch(forked(lambda: theirs.send(b"a report")), theirs, 60)
    wait_for_its_end(watching)
    assert ours.recv(100) == b"a report"
    assert ours.recv(1) == b""


def test_a_worker_that_is_gone_stops_nobody(pair):
    ours, theirs = pair
    ours.close()
    watching = Monitor()
    pid = forked(lambda: time.sleep(60))
    watching.watch(pid, theirs, 60)
    os.kill(pid, signal.SIGKILL)
    wait_for_its_end(watching)


def test_requests_are_heard_while_forks_run(pair):
    ours, theirs = pair
    watching = Monitor()
    pid = forked(lambda: time.sleep(60))
    watching.watch(pid)
    ours.send(b"a request")
    assert watching.wait((theirs,)) == {theirs}
    os.kill(pid, signal.SIGKILL)
    wait_for_its_end(watching)


def test_a_fork_holds_no_connection_of_another(pair):
    ours, theirs = pair
    watching = Monitor()
    watching.watch(forked(lambda: time.sleep(60)), theirs, 60)
    other = forked(lambda: (watching.forget(), time.sleep(60)))
    pid = next(iter(watching._forks.values())).pid
    os.kill(pid, signal.SIGKILL)
    wait_for_its_end(watching)
    ours.recv(4096)
    assert ours.recv(1) == b"", "the other fork keeps the connection open"
    os.kill(other, signal.SIGKILL)
    os.waitpid(other, 0)


def test_a_fork_of_ours_goes_on_as_one_of_pythons_does():
    """In a process of its own: ours has threads, whose locks such a fork would keep for ever."""
    told = subprocess.run(
        [sys.executable, "-c", OURS], capture_output=True, text=True, timeout=60, check=True
    )
    inner, parent, own = told.stdout.split()
    assert inner == "inner"
    assert parent == own


OURS = """
import os
from grader.grading.kernels import libc

pid = libc.fork(0)
if pid == 0:
    inner = os.fork()
    if inner == 0:
        os.write(1, b"inner ")
        os._exit(0)
    os.waitpid(inner, 0)
    os.write(1, b"%d " % os.getppid())
    os._exit(0)
os.waitpid(pid, 0)
os.write(1, b"%d" % os.getpid())
"""
