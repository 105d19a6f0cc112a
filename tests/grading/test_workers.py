import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from grader.grading.workers import Local, mapped


def done(work, workers, run, around=contextlib.nullcontext):
    """Yield each item with what came of it."""
    return ((item, ran.result) for item, ran in mapped(work, Local(workers, run), around))


def well(jobs):
    return [job * 2 for job in jobs]


def fails(jobs):
    raise ValueError(jobs[0])


def kills(jobs):
    """Kill this worker: always for "deadly", the first time for the path of a mark."""
    (job,) = jobs
    if job == "deadly" or not Path(job).exists():
        if job != "deadly":
            Path(job).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return ["survived"]


def test_each_item_comes_back_with_its_results_and_few_are_read_ahead():
    read = []

    def work():
        for number, name in enumerate("abcdefghijkl"):
            read.append(number)
            yield name, [number]

    results = done(work(), 2, well)
    first = next(results)
    assert len(read) <= 5
    assert dict([first, *results]) == {name: [n * 2] for n, name in enumerate("abcdefghijkl")}


def test_one_worker_keeps_the_order():
    work = [(n, [n]) for n in (3, 1, 2)]
    assert [item for item, _ in done(work, 1, well)] == [3, 1, 2]


def test_an_exception_is_the_items_result():
    ((item, error),) = done([("a", ["why"])], 1, fails)
    assert item == "a"
    assert isinstance(error, ValueError)


def test_a_lost_worker_costs_only_the_job_that_kills_it_each_time(tmp_path):
    work = [("once", [str(tmp_path / "mark")]), ("always", ["deadly"])]
    found = dict(done(work, 2, kills))
    assert found["once"] == ["survived"]
    assert type(found["always"]).__name__ == "BrokenProcessPool"


def test_what_workers_share_is_made_only_when_there_is_work():
    made = []

    @contextlib.contextmanager
    def around():
        made.append("made")
        yield None
        made.append("gone")

    assert list(done([], 1, well, around)) == []
    assert made == []
    assert list(done([("a", [1])], 1, well, around)) == [("a", [2])]
    assert made == ["made", "gone"]


def test_workers_end_with_a_coordinator_that_is_killed(tmp_path):
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-m", "support.lasting", str(tmp_path)]
    paths = os.pathsep.join([str(root), str(root / "tests")])
    coordinator = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths})
    workers = until(lambda: [int(path.name) for path in tmp_path.iterdir()], 2)
    coordinator.kill()
    coordinator.wait()
    until(lambda: [pid for pid in workers if Path(f"/proc/{pid}").exists()], 0)


def until(look, count):
    """Wait until as many are there as there should be."""
    end = time.monotonic() + 120
    while len(found := look()) != count:
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found
