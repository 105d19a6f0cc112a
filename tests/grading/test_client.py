"""What a kernel sends is bounded before it is held."""

from grader.grading import client
from support.courses import RIGHT


def test_a_message_that_is_too_long_is_never_held_and_costs_no_answer(bench, monkeypatch):
    monkeypatch.setattr(client, "LONGEST_OF_STOCK", 1 << 20)
    executed = bench.execute(
        RIGHT | {"pick": "print('x' * (3 << 20)); pick = 'keys'"},
        cell_seconds=20,
        silence_seconds=1,
    )
    assert bench.judge(executed)["soft_check"].points == 2.0
    assert len(str(bench.raw)) < 1 << 20
