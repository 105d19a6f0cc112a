"""Real kernels, a real command, a real kill -9: afterwards as if nothing had happened."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest

from grader.course.course import open_course
from grader.grading.kernels.zygote import SOCKET_VARIABLE
from grader.grading.store.record import broken, read_entries, read_record, results_hash
from support.courses import RIGHT, filled, hand_in, make_course, released
from support.outcome import gradebook_rows

pytest_plugins = ["support.walls"]
pytestmark = pytest.mark.soak

STUDENTS = [f"s{number}" for number in range(6)]
SECONDS = 180
POINTS = [
    ("coordinator", 0), ("coordinator", 2), ("coordinator", 4),
    ("zygote", 0), ("zygote", 1), ("zygote", 3),
    ("worker", 1), ("worker", 3),
]  # fmt: skip
"""What is killed, and once how many grades are in the record."""


def start(course, *options):
    command = [sys.executable, "-m", "grader.cli", "autograde", "mini", "--course", course.path]
    return subprocess.Popen(
        [*command, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process) -> int:
    """Wait for a command; returns its exit code. What it says is shown where a test fails."""
    _, words = process.communicate(timeout=SECONDS)
    print(words)
    return process.returncode


def wait_for(condition):
    until = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)
    return found


def processes(top: int, what: str) -> list[psutil.Process]:
    """Return the processes of one kind below the coordinator."""
    if what == "coordinator":
        return [psutil.Process(top)]
    found = []
    for child in psutil.Process(top).children():
        with suppress(psutil.NoSuchProcess):  # it may end, or have ended, while we look
            words = " ".join(child.cmdline())
            if what == "zygote" and "kernels.serve" in words:
                found.append(child)
            elif what == "worker" and "forkserver" in words:
                found += child.children()
    return found


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    folder = tmp_path_factory.mktemp("waiting")
    course = make_course(folder)
    for at, student in enumerate(STUDENTS):
        answers = RIGHT if at % 2 else RIGHT | {"pick": 'pick = "queries"'}
        slow = {"soft": "import time; time.sleep(1)\n" + RIGHT["soft"]}
        hand_in(course, student, filled(released(course), answers | slow, student))
    return folder


def another(waiting, folder):
    shutil.copytree(waiting, folder)
    return open_course(folder / "course")


def results(course) -> dict:
    return {
        "gradebook": gradebook_rows(course),
        "results": results_hash(course, "mini"),
        "broken": broken(course),
        "files": {
            path.relative_to(course.path): path.read_bytes()
            for path in sorted((course.path / "autograded").rglob("*"))
            if path.is_file()
        },
    }


@pytest.fixture(scope="module")
def undisturbed(waiting, zygote, tmp_path_factory):
    course = another(waiting, tmp_path_factory.mktemp("undisturbed") / "c")
    assert ended(start(course, "--workers", "2")) == 0
    return results(course)


@pytest.mark.parametrize(("what", "after"), POINTS)
def test_kill_9_and_the_same_command_again(
    what, after, waiting, undisturbed, tmp_path, monkeypatch
):
    shared = os.environ[SOCKET_VARIABLE]
    if what == "zygote":  # the batch's own, then
        monkeypatch.delenv(SOCKET_VARIABLE)
    course = another(waiting, tmp_path / "c")
    process = start(course, "--workers", "2")
    wait_for(lambda: processes(process.pid, "worker") and running(course, after))
    tree = psutil.Process(process.pid).children(recursive=True)
    victim = processes(process.pid, what)[0]
    os.kill(victim.pid, signal.SIGKILL)
    code = ended(process)
    assert (code == -signal.SIGKILL) == (what == "coordinator")
    _, alive = psutil.wait_procs(tree, timeout=20)
    assert alive == [], "something outlives the coordinator"
    monkeypatch.setenv(SOCKET_VARIABLE, shared)
    assert ended(start(course, "--workers", "2")) == 0
    assert results(course) == undisturbed
    well = Counter(entry.student for entry in read_entries(course) if not entry.fault)
    assert well == dict.fromkeys(STUDENTS, 1)


def running(course, after: int) -> bool:
    return len(read_record(course, "mini")) >= after


def test_five_repeats_with_one_two_and_four_workers_come_to_the_same(
    waiting, undisturbed, tmp_path
):
    course = another(waiting, tmp_path / "c")
    seen = []
    for workers in (1, 2, 4):
        for _ in range(5):
            assert ended(start(course, "--force", "--workers", str(workers))) == 0
            seen.append(results_hash(course, "mini"))
    assert set(seen) == {undisturbed["results"]}
    assert len(seen) == 15


def test_a_dask_worker_killed_in_the_middle_of_real_kernels(
    waiting, undisturbed, tmp_path, monkeypatch
):
    pytest.importorskip("distributed", reason="pip install '.[cluster]'")
    from support.clusters import small_cluster

    course = another(waiting, tmp_path / "c")
    with small_cluster(2) as address:
        process = start(course, "--cluster", address)
        wait_for(lambda: running(course, 2))
        (scheduler,) = [psutil.Process()]
        workers = [p for p in scheduler.children(recursive=True) if is_worker(p)]
        os.kill(workers[0].pid, signal.SIGKILL)
        assert ended(process) == 0
    assert results(course) == undisturbed
    counted = Counter(entry.student for entry in read_entries(course))
    assert counted == dict.fromkeys(STUDENTS, 1)


def is_worker(process: psutil.Process) -> bool:
    """Tell a Dask worker: a nanny's only child, which has the port that students' jobs come to."""
    try:
        words = " ".join(process.cmdline())
        return "spawn_main" in words and bool(process.net_connections("tcp"))
    except psutil.Error:
        return False
