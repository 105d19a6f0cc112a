"""Results are kept by what they weigh, the latest ones."""

import numpy as np

from grader.recent import LEAST, Recent


def squares(most):
    """A function of n that gives n bytes, and the list of what it was asked."""
    asked = []

    def compute(n):
        asked.append(n)
        return np.zeros(n, "u1")

    return Recent(compute, most), asked


def test_a_result_is_worked_out_once():
    recent, asked = squares(10_000)
    assert recent(5) is recent(5)
    assert asked == [5]


def test_the_oldest_go_when_together_they_weigh_too_much():
    recent, asked = squares(3 * LEAST + 600)
    for n in (100, 200, 300, 100, 400, 200):  # 100 was asked again: 200 is the oldest
        recent(n)
    assert asked == [100, 200, 300, 400, 200]
    assert recent.n_bytes <= recent.most


def test_what_alone_weighs_too_much_is_given_and_not_kept():
    recent, asked = squares(2 * LEAST)
    recent(10)
    assert len(recent(5000)) == 5000
    recent(10)
    recent(5000)
    assert asked == [10, 5000, 5000]


def test_what_was_forgotten_is_worked_out_again():
    recent, asked = squares(10_000)
    recent(5)
    recent.clear()
    assert recent.n_bytes == 0
    recent(5)
    assert asked == [5, 5]
