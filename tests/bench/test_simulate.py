"""The arithmetic of a large class, by examples that one can do in the head."""

from bench.simulate import coordinators_limit, makespan


def test_workers_share_the_notebooks():
    assert makespan([2.0], 0.0, submissions=10, workers=1) == 20
    assert makespan([2.0], 0.0, submissions=10, workers=5) == 4


def test_the_coordinator_stores_one_after_the_other():
    assert makespan([1.0], 3.0, submissions=4, workers=4) == 13
    assert makespan([4.0], 1.0, submissions=4, workers=1, start=2) == 19


def test_notebooks_come_in_turn():
    assert makespan([1.0, 3.0], 0.0, submissions=4, workers=1) == 8


def test_the_coordinator_sets_the_pace_from_here_on():
    assert coordinators_limit([1.0, 3.0], 0.5) == 4
