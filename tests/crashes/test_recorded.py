"""A batch killed at any step, then the same command: as if nothing had happened.

Recorded outcomes stand in for kernels. The coordinator is a fork that kills itself at the n-th call
that writes, or that enters or leaves a function of ours; workers kill themselves at their jobs, and
a zygote is lost where its kernels are asked for.
"""

import os
import shutil
import signal
import sys
from functools import partial
from pathlib import Path

import pytest

from grader.course.course import open_course
from grader.grading.batch import Settings, autograde
from grader.grading.kernels.zygote import ZygoteError
from grader.grading.run.job import Executed, Note
from grader.questions import Outcome
from support.courses import (
    RIGHT,
    NoModel,
    filled,
    hand_in,
    in_process,
    make_course,
    own_cell,
    released,
)
from support.forks import forked
from support.outcome import left_behind

COORDINATOR, WORKERS, ZYGOTE = 80, 10, 10
"""Kill points; a hundred together. Of the coordinator's `make test` tries every eighth."""
WRITING = {"write", "flush", "fsync", "open", "close", "truncate", "rename", "replace", "mkdir"}
WRITING |= {"chmod", "unlink", "rmdir", "execute", "executemany", "commit", "rollback"}
OURS = ("/grader/grading/", "/grader/course/")


def grade(course, run=in_process, **settings):
    return autograde(course, "mini", Settings(run=run, load_model=NoModel, **settings))


@pytest.fixture(scope="module")
def waiting(tmp_path_factory):
    """A course that waits for a batch: one submission anew, one for the first time, one broken."""
    folder = tmp_path_factory.mktemp("waiting")
    course = make_course(folder)
    hand_in(course, "ann", filled(released(course), {}, "ann"))
    grade(course)
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    when = course.folder("submitted", "mini", "ann") / "timestamp.txt"
    when.write_text("2026-01-02 03:04:05 UTC")
    hand_in(course, "bob", filled(released(course), RIGHT | {"pick": 'pick = "queries"'}, "bob"))
    (course.folder("submitted", "mini", "bob") / "notes.csv").write_text("1,2\n")
    hand_in(course, "eve", b'{"cells": [')
    return folder


@pytest.fixture(scope="module")
def undisturbed(waiting, tmp_path_factory):
    return graded_at_once(waiting, tmp_path_factory.mktemp("undisturbed"))


def another(waiting, folder):
    """Copy the course that waits."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(waiting, folder)
    return open_course(folder / "course")


def graded_at_once(waiting, folder):
    """Grade a copy of the course that waits; returns what that leaves behind."""
    course = another(waiting, folder)
    grade(course)
    return left_behind(course)


def in_a_fork(work) -> int:
    """Do `work` in a fork; returns how it ended, as `os.waitpid` says."""
    return os.waitpid(forked(work), 0)[1]


def steps(course, kill_at=0) -> int:
    """Grade, counting steps; at step `kill_at` this process ends."""
    count = 0

    def step(frame, event, arg):
        nonlocal count
        if event.startswith("c_"):
            if getattr(arg, "__name__", "") not in WRITING:
                return
        elif not any(part in frame.f_code.co_filename for part in OURS):
            return
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(step)
    try:
        grade(course)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "points", [COORDINATOR // 8, pytest.param(COORDINATOR, marks=pytest.mark.long)]
)
def test_the_coordinator_killed_at_any_step(waiting, undisturbed, tmp_path, points):
    folder = tmp_path / "counted"
    there = tmp_path / "count"
    course = another(waiting, folder)
    assert in_a_fork(lambda: there.write_text(str(steps(course)))) == 0
    total = int(there.read_text())
    assert total > 10 * COORDINATOR
    killed, halfway = 0, 0
    for number in range(points):
        at = 1 + (total - 1) * number // (points - 1)
        course = another(waiting, folder)
        killed += in_a_fork(lambda course=course, at=at: steps(course, at)) == signal.SIGKILL
        halfway += left_behind(course)["entries"] not in ({"ann": 1}, undisturbed["entries"])
        grade(course)
        assert left_behind(course) == undisturbed, f"killed at step {at} of {total}"
        if number % 8 == 0:
            assert grade(course).graded == []
    assert killed >= points - 2  # the last steps may be one more or less
    assert halfway >= points // 4


def kills_its_worker_once(mark, jobs):
    """Run jobs, but kill this worker first, unless `mark` says that it was."""
    path = Path(mark) / own_cell(jobs[0].notebook)["source"].split('"')[1]
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return in_process(jobs)


@pytest.fixture(scope="module")
def class_of_ten(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ten")
    course = make_course(folder)
    for number in range(WORKERS):
        name = f"s{number}"
        hand_in(course, name, filled(released(course), RIGHT, name))
    return folder


@pytest.fixture(scope="module")
def ten_undisturbed(class_of_ten, tmp_path_factory):
    return graded_at_once(class_of_ten, tmp_path_factory.mktemp("ten-undisturbed"))


def test_each_job_killing_its_worker_once(class_of_ten, ten_undisturbed, tmp_path):
    course = another(class_of_ten, tmp_path / "c")
    marks = tmp_path / "marks"
    marks.mkdir()
    batch = grade(course, run=partial(kills_its_worker_once, str(marks)), workers=2)
    assert len(list(marks.iterdir())) == WORKERS
    # A job that had bad luck twice, by its neighbour and by itself, is the next run's.
    assert all("BrokenProcessPool" in why for why in batch.not_graded.values())
    grade(course)
    found = left_behind(course)
    assert found["gradebook"] == ten_undisturbed["gradebook"]
    assert found["results"] == ten_undisturbed["results"]


def loses_its_zygote_once(lost, jobs):
    """Run jobs; the first time the zygote, or a kernel's guard, was killed before or during."""
    name = own_cell(jobs[0].notebook)["source"].split('"')[1]
    if name not in lost:
        lost.append(name)
        if len(lost) % 2:
            raise ZygoteError("the warm process does not answer")
        (done,) = in_process(jobs)
        check = next(iter(done.recorded))
        return [
            Executed(
                notebook=done.notebook,
                recorded={},
                endings={check: Outcome.INTERNAL},
                notes=[Note(Outcome.INTERNAL.value, 2)],
            )
        ]
    return in_process(jobs)


def test_the_zygote_lost_at_each_job_changes_nothing(class_of_ten, ten_undisturbed, tmp_path):
    course = another(class_of_ten, tmp_path / "c")
    lost = []
    batch = grade(course, run=partial(loses_its_zygote_once, lost))
    assert len(lost) == ZYGOTE
    assert batch.not_graded == {}
    assert left_behind(course) == ten_undisturbed


def test_ctrl_c_stops_at_once_and_the_same_command_goes_on(waiting, undisturbed, tmp_path):
    course = another(waiting, tmp_path / "c")

    def interrupted(jobs):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(course, run=interrupted)
    grade(course)
    assert left_behind(course) == undisturbed
