import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.grading.run.workers import Local, mapped


def done(work, workers, run, around=contextlib.nullcontext):
    """Yield each item with what came of it."""
    return ((item, ran.result) for item, ran in mapped(work, Local(workers, run), around))


def well(jobs):
    return [job * 2 for job in jobs]


def fails(jobs):
    raise ValueError(jobs[0])


def kills(jobs):
    """Kill this worker: the first time, which leaves a mark; or always, once the mark is there."""
    often, mark = jobs
    mark = Path(mark)
    if often == "once" and mark.exists():
        return ["survived"]
    while often == "always" and not mark.exists():
        time.sleep(0.01)
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)
    return []


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
    work = [(often, [often, str(tmp_path / "mark")]) for often in ("once", "always")]
    found = dict(done(work, 2, kills))
    assert found["once"] == ["survived"]
    assert type(found["always"]).__name__ == "BrokenProcessPool"


def test_no_worker_stays_where_what_they_share_cannot_be_made():
    @contextlib.contextmanager
    def around():
        raise OSError("no warm process")
        yield

    pool = Local(2, well)
    with pytest.raises(OSError, match="no warm process"):
        list(mapped([("a", [1])], pool, around))
    with pytest.raises(RuntimeError, match="shutdown"):
        pool.executor.submit(os.getpid)


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
    root = Path(__file__).parents[3]
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
