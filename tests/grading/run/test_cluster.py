import dataclasses
from functools import partial

import pytest

from grader.errors import GraderError
from grader.grading.batch import Settings, autograde
from grader.grading.limits import Limits
from grader.grading.run import cluster as cluster_module
from grader.grading.run.cluster import Cluster, check_address, open_cluster
from grader.grading.run.cluster_worker import run_confined
from grader.grading.run.job import Executed, Job, Note
from grader.grading.run.job_bytes import pack_jobs, pack_results, unpack_jobs, unpack_results
from grader.grading.run.workers import PoolLost
from grader.grading.store.record import read_entries
from grader.questions import Outcome
from support.clusters import killing_always, killing_once, small_cluster
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released
from support.outcome import left_behind

STUDENTS = ("ann", "bob", "cat", "dan", "eve", "fay")
JOB = Job(
    name="mini",
    notebook={"cells": [{"cell_type": "markdown", "metadata": {}, "source": "词"}]},
    files={"data/a.bin": bytes(range(256))},
    questions={"soft_check": ("mini.soft", [[1.5, [2]]]), "pick_check": ("mini.pick", None)},
    provisioner="confined",
    limits=Limits(cell_seconds=3),
)


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:8786", "localhost:8786", "tcp://[::1]:1", "tls://cluster.example.org:8786"],
)
def test_this_machine_and_tls_are_well(address):
    check_address(address)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://192.0.2.7:8786", "write tls://192.0.2.7:8786"),
        ("cluster.example.org:8786", "without TLS"),
        ("tcp://localhost.example.org:1", "without TLS"),
        ("ucx://127.0.0.1:8786", "is no scheduler"),
        ("", "is no scheduler"),
    ],
)
def test_a_scheduler_that_others_could_speak_for_is_refused_with_the_repair(address, told):
    with pytest.raises(GraderError, match=told):
        open_cluster(address)


def test_tls_without_certificates_says_where_they_are_named():
    with pytest.raises(GraderError, match="ca-file"):
        open_cluster("tls://192.0.2.7:8786")


def test_kernels_without_a_wall_stay_on_this_machine():
    with pytest.raises(GraderError, match="this machine alone"):
        open_cluster("tcp://127.0.0.1:8786", unconfined=True)
    stock = dataclasses.replace(JOB, provisioner="local-provisioner")
    with pytest.raises(GraderError, match="confined kernels only"):
        run_confined([stock])


def test_jobs_and_what_came_of_them_pass_as_bytes():
    assert unpack_jobs(pack_jobs([JOB])) == [JOB]
    done = Executed(
        notebook=JOB.notebook,
        recorded={"pick_check": "[]"},
        endings={"soft_check": Outcome.MEMORY},
        notes=[Note("memory", 0)],
        seconds=1.5,
        cpu_seconds=0.5,
    )
    packed = pack_jobs([JOB])
    told = unpack_results(pack_results(packed, [done], grader="g", worker="w"), [JOB], packed)
    assert told == {"grader": "g", "worker": "w", "executed": [done]}


@pytest.fixture(scope="module")
def address():
    pytest.importorskip("distributed", reason="pip install '.[cluster]'")
    with small_cluster() as found:
        yield found


@pytest.fixture
def on_cluster(address):
    """Return a function that makes a pool of the cluster's workers."""

    def make(run=in_process):
        return Cluster(address, run)

    return make


def course_of(folder, *students):
    course = make_course(folder)
    for student in students:
        hand_in(course, student, filled(released(course), RIGHT, student))
    return course


def grade(course, cluster=None):
    settings = Settings(run=in_process, load_model=NoModel, cluster=cluster)
    return autograde(course, "mini", settings)


@pytest.fixture
def undisturbed(tmp_path):
    course = course_of(tmp_path / "undisturbed", *STUDENTS)
    grade(course)
    return left_behind(course)


def test_a_cluster_grades_as_this_machine_does(on_cluster, undisturbed, tmp_path):
    course = course_of(tmp_path / "c", *STUDENTS)
    assert grade(course, on_cluster()).graded == list(STUDENTS)
    found = left_behind(course)
    assert found == undisturbed
    assert all(entry.worker not in ("", "coordinator") for entry in read_entries(course))


def test_jobs_of_a_killed_worker_run_again_and_count_once(on_cluster, undisturbed, tmp_path):
    course = course_of(tmp_path / "c", *STUDENTS)
    grade(course, on_cluster(partial(killing_once, str(tmp_path))))
    assert (tmp_path / "killed").exists()
    ran = (tmp_path / "ran").read_text().split()
    assert set(ran) == set(STUDENTS)
    assert left_behind(course) == undisturbed


def test_workers_with_another_grader_are_refused(on_cluster, monkeypatch, tmp_path):
    monkeypatch.setattr(cluster_module, "grader_version", lambda: "0.0.0+another")
    pool = on_cluster()
    with pytest.raises(GraderError, match="install the same there"):
        pool.check_workers()
    course = course_of(tmp_path / "c", "ann")
    told = grade(course, pool).not_graded  # one that came later
    assert "install the same there" in told["ann"]


def test_a_cluster_without_workers_is_not_waited_for_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(cluster_module, "LONELY_SECONDS", 0)
    monkeypatch.setattr(Cluster, "look_seconds", 0.1)
    course = course_of(tmp_path, "ann")
    with small_cluster(workers=0) as address, pytest.raises(PoolLost, match="no workers left"):
        grade(course, Cluster(address, in_process))


def test_a_scheduler_that_does_not_answer_is_named():
    with pytest.raises(GraderError, match=r"127\.0\.0\.1:9 does not answer"):
        Cluster("tcp://127.0.0.1:9", in_process)


def test_a_relay_that_ends_stops_the_batch_and_leaves_nothing_waiting(on_cluster):
    pool = on_cluster()
    pool.process.kill()
    with pytest.raises(PoolLost, match="the same command goes on"):
        pool.submit([JOB]).result(20)
    pool.stop(busy=True)


@pytest.mark.long
def test_a_job_that_kills_every_worker_costs_no_other(tmp_path):
    course = course_of(tmp_path / "c", "ann", "mal", "zoe")
    with small_cluster() as address:
        batch = grade(course, Cluster(address, killing_always))
    assert list(batch.not_graded) == ["mal"]
    assert "LostWorker" in batch.not_graded["mal"]
