"""A worker of a cluster that has gone over to some students: it spoils their submissions alone."""

import os

import pytest

from grader.grading.batch import Settings, autograde
from grader.grading.run.cluster import Cluster
from grader.grading.store.record import read_record
from support.clusters import small_cluster
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released
from support.hostile_worker import PICKLES, STUDENTS, Evil, install

pytestmark = pytest.mark.long
HONEST = ("ann", "zoe")


def evil_of(path):
    return Evil(path)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Return what a batch left whose workers are hostile to some, and how it went."""
    distributed = pytest.importorskip("distributed", reason="pip install '.[cluster]'")
    folder = tmp_path_factory.mktemp("hostile")
    course = make_course(folder / "course")
    for student in (*HONEST, *STUDENTS):
        hand_in(course, student, filled(released(course), RIGHT, student))
    with small_cluster() as address:
        with distributed.Client(address, set_as_default=False) as client:
            client.run(install, str(folder / "ran"))
            workers = set(client.run(os.getpid).values())
        pool = Cluster(address, in_process)
        settings = Settings(run=in_process, load_model=NoModel, cluster=pool)
        batch = autograde(course, "mini", settings)
        ran = {int(line) for line in (folder / "ran").read_text().split()}
        # The control: Dask's own client runs what a worker pickles.
        with distributed.Client(address, set_as_default=False) as client:
            client.submit(evil_of, str(folder / "control")).result()
        control = {int(line) for line in (folder / "control").read_text().split()}
    record = read_record(course, "mini")
    return {
        "course": course,
        "batch": batch,
        "record": record,
        "workers": workers,
        "ran": ran,
        "control": control,
    }


def test_control_dasks_own_client_runs_what_a_worker_pickles(world):
    assert os.getpid() in world["control"]


def test_no_pickle_of_a_workers_runs_outside_the_workers(world):
    assert world["ran"] <= world["workers"]
    assert len(PICKLES) == 4


def test_the_neighbours_of_what_a_worker_spoils_keep_every_point(world):
    for student in HONEST:
        verdicts = world["record"][student].verdicts.values()
        assert sum(verdict["points"] for verdict in verdicts) == 3
    assert set(world["batch"].not_graded) <= set(STUDENTS)


@pytest.mark.parametrize(("student", "attack"), STUDENTS.items())
def test_whatever_a_worker_gives_it_spoils_one_submission(world, student, attack):
    entry = world["record"][student]
    assert "\x1b" not in entry.fault + entry.worker
    if attack == "markup and names":
        assert entry.fault == ""
        stored = world["course"].folder("autograded", "mini", student) / "mini.ipynb"
        assert "<script" not in stored.read_text()
        assert "svg" not in stored.read_text()
    else:
        assert entry.fault
        assert all(verdict["points"] == 0 for verdict in entry.verdicts.values())
