"""Limits, reports and requests: what goes over a socket comes back the same."""

import os

import pytest

from grader.grading.kernels.limits import Limits, data_bytes
from grader.grading.kernels.report import Ending, Report
from grader.grading.kernels.request import Request
from grader.grading.kernels.usage import Usage


def test_a_request_survives_its_message():
    request = Request(
        connection={"ip": "x", "shell_port": 1},
        sockets="/s",
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
