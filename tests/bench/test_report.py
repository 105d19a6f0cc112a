"""Ratios come from the middle of several runs, and a difference from equal ones."""

from bench.report import of, summary


def ran(who, submissions, workers, wall, cpu):
    return {
        "who": who,
        "submissions": submissions,
        "workers": workers,
        "wall": wall,
        "cpu": cpu,
        "memory": 100,
    }


def test_of_several_runs_the_middle_counts():
    runs = [ran("ours", 40, 2, wall, 2 * wall) for wall in (10.0, 30.0, 11.0)]
    assert (of(runs, "ours", 40, 2)["wall"], of(runs, "ours", 40, 2)["cpu"]) == (11.0, 22.0)
    assert of(runs, "ours", 80, 2) is None


def test_what_one_more_costs_is_what_a_class_twice_as_large_costs_more():
    runs = [
        ran("ours", 40, 2, 12.0, 16.0),
        ran("ours", 80, 2, 16.0, 24.0),
        ran("stock", 40, 1, 240.0, 220.0),
        ran("stock", 80, 1, 480.0, 420.0),
    ]
    found = summary(runs, 40, 2)
    assert found["marginal"]["ours"]["each"] == {"wall": 0.1, "cpu": 0.2}
    assert found["marginal"]["ours"]["start"] == {"wall": 8.0, "cpu": 8.0}
    assert found["throughput_ratio"] == 20.0
    assert found["cpu_ratio"] == 13.75
    assert found["marginal_cpu_ratio"] == 25.0
