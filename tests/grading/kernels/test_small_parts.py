"""Limits, reports and requests: what goes over a socket comes back the same."""

import mmap
import os
import signal
import time
from types import SimpleNamespace

import psutil
import pytest

from grader.grading.kernels.report import Ending, Report
from grader.grading.kernels.request import Request
from grader.grading.kernels.rlimits import Limits, data_bytes
from grader.grading.kernels.usage import Usage
from support.forks import forked


def test_a_request_survives_its_message():
    request = Request(
        connection={"ip": "x", "shell_port": 1},
        base="/b",
        folder=None,
        keep_files=True,
        arguments=("--a",),
        env={"A": "b"},
        limits=Limits(cpu_seconds=7),
    )
    assert Request.from_bytes(request.to_bytes()) == request


def test_a_report_survives_its_message():
    report = Report(ended=Ending.MEMORY, signal=9, cpu_seconds=1.5)
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (Report(ended=Ending.EXIT, exit_code=3), 3),
        (Report(ended=Ending.CRASH, signal=11), -11),
        (Report(ended=Ending.LOST), -9),
    ],
)
def test_a_return_code_counts_as_subprocess_does(report, code):
    assert report.returncode == code


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "1"])
def test_a_limit_is_a_whole_number_above_zero(value):
    with pytest.raises(ValueError, match="cpu_seconds must be a whole number above 0"):
        Limits(cpu_seconds=value)


def test_usage_counts_time_and_memory():
    assert data_bytes() > 0
    usage = Usage()
    assert usage.cpu_seconds() >= 0
    assert usage.memory_bytes(1 << 50) >= 0
    assert os.getpid() not in usage._others()


def burn(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_the_time_of_a_child_counts_that_nobody_waited_for(monkeypatch):
    usage = Usage()
    nobody = SimpleNamespace(ru_utime=0, ru_stime=0)
    monkeypatch.setattr("grader.grading.kernels.usage.resource.getrusage", lambda _: nobody)
    handler = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        pid = forked(lambda: (burn(0.3), time.sleep(60)))
        monkeypatch.setattr(usage, "_others", lambda: [pid])
        while usage.cpu_seconds() < 0.25:
            time.sleep(0.02)
        os.kill(pid, signal.SIGKILL)
        while psutil.pid_exists(pid):
            time.sleep(0.01)
        assert [usage.cpu_seconds() for _ in range(3)] == pytest.approx([0.3] * 3, abs=0.06)
    finally:
        signal.signal(signal.SIGCHLD, handler)


def test_page_tables_and_sockets_are_memory_too(monkeypatch):
    usage = Usage()
    monkeypatch.setattr("grader.grading.kernels.usage._sockets", lambda: 0)
    far_apart = mmap.mmap(
        -1, 8 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, prot=mmap.PROT_READ
    )
    pid = forked(lambda: (far_apart[:: 2 << 20], time.sleep(60)))
    monkeypatch.setattr(usage, "_others", lambda: [pid])
    try:
        until = time.monotonic() + 20
        while usage.memory_bytes(1 << 50) < (16 << 20) - usage._shared:
            assert time.monotonic() < until
            time.sleep(0.02)
        before = usage.memory_bytes(1 << 50)
        monkeypatch.setattr("grader.grading.kernels.usage._sockets", lambda: 1000)
        assert usage.memory_bytes(1 << 50) >= before + 1000 * 212_992
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
