"""Arrays held against right ones, and what a wrong shape or a wrong array shows."""

import numpy as np
import pytest

from grader.questions import Refusal
from grader.questions.kinds.compare import (
    as_array,
    decimals_of,
    near,
    recognise,
    shape_mistakes,
    to_array,
)
from grader.questions.kinds.rows import judge_rows, row_mistakes, row_tolerance

AXES = ("layer", "head", "query", "key")
THIRD = np.array([1 / 3, 2 / 3])


@pytest.mark.parametrize("value", [3, 0.5, [1, 2.5], [[1], [2]], np.zeros(3), np.zeros(3, int)])
def test_numbers_and_lists_of_numbers_are_an_array(value):
    assert np.array_equal(to_array(value), value)


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "3",
        {},
        [True],
        [1, [False]],
        [[1], [1, 2]],
        ["x"],
        [10**400],
        np.zeros(2, bool),
        np.zeros(2, complex),
        np.array(["x"]),
    ],
)
def test_what_holds_anything_but_numbers_is_none(value):
    assert to_array(value) is None
    with pytest.raises(Refusal):
        as_array(value)


def test_a_number_alone_is_no_answer_where_an_array_is_asked_for():
    with pytest.raises(Refusal):
        as_array(3)
    assert as_array([3]).shape == (1,)


@pytest.mark.parametrize(("off", "right"), [(0.099, True), (-0.099, True), (0.101, False)])
def test_every_number_must_be_within_the_tolerance(off, right):
    truth = np.array([0.3, 0.7])
    assert near(np.add(truth, [0, off]), truth, 0.1) == right
    assert near(np.add(truth, [off, 0]), truth, 0.1) == right


def test_half_precision_has_half_a_step_more():
    """Around 1000 its steps are .5: 1000.5 stands for what is .24 beside it, and .26."""
    assert near(np.array([1000.5]), np.array([1000.26]), 0.0)
    assert near(np.array([1000.5]), np.array([1000.5 - 0.48]), 0.0)
    assert not near(np.array([1000.5]), np.array([1000.5 - 0.5]), 0.0)
    assert not near(np.array([1000.5, 0.1]), np.array([1000.26, 0.1]), 0.0)  # .1 does not fit


@pytest.mark.parametrize(
    ("numbers", "decimals"),
    [
        ([0.123, 0.5], 3),
        ([1, 2], 3),
        ([0.1234, 0.5], 4),
        ([0.12345, 0.5], 5),
        ([0.123456, 0.5], None),
        (THIRD, None),
        ([np.nan], None),
        ([np.inf, 1], None),
    ],
)
def test_rounded_numbers_are_known_by_their_decimals(numbers, decimals):
    assert decimals_of(numbers) == decimals
    if decimals:
        assert decimals_of(np.array(numbers, np.float32)) == decimals


@pytest.mark.parametrize(
    ("got", "hints"),
    [
        ((2, 3, 5, 5), ()),
        ((1, 2, 3, 4, 5), ("batch",)),
        ((2, 1, 3, 4, 5), ("batch",)),
        ((5, 4, 3, 2), ("transposed", "axes")),
        ((3, 2, 4, 5), ("axes",)),
        ((2, 3, 5, 4), ("axes",)),
        ((2, 3, 2, 3), ("few_tokens",)),
        ((2, 3, 3, 4), ("few_tokens",)),
        ((2, 3, 1, 2), ()),
        ((2, 3, 3, 3), ()),
        ((1, 3, 2, 3), ()),
        ((2, 3, 5, 6), ()),
        ((4, 5), ("few_layers", "few_axes")),
        ((2, 2, 3, 4, 5), ("many_axes",)),
        ((2, 2, 4, 5), ()),
    ],
)
def test_what_a_wrong_shape_shows(got, hints):
    assert shape_mistakes(got, (2, 3, 4, 5), AXES) == hints


def test_tokens_are_missing_only_from_axes_of_tokens():
    assert shape_mistakes((4,), (6,), ("token",)) == ("few_tokens",)
    assert shape_mistakes((5,), (6,), ("query",)) == ("few_tokens",)
    assert shape_mistakes((4,), (6,), ("layer",)) == ()


class TestRecognise:
    truth = np.array([[0.1, 0.9], [0.6, 0.4]])

    def test_the_first_mistake_that_fits_is_named(self):
        told = [("other", self.truth + 1), ("turned", self.truth.T), ("again", self.truth.T)]
        assert recognise(self.truth.T, self.truth, told, 1e-3) == "turned"
        assert recognise(self.truth + 2, self.truth, told, 1e-3) is None

    def test_one_number_off_by_more_than_the_tolerance_shows_nothing(self):
        got = np.add(self.truth.T, [[0, 0], [0, 0.002]])
        assert recognise(got, self.truth, [("turned", self.truth.T)], 1e-3) is None
        assert recognise(got, self.truth, [("turned", self.truth.T)], 3e-3) == "turned"

    def test_what_leads_to_the_right_numbers_is_no_mistake(self):
        same, other = ("same", self.truth + 5e-4), ("other", self.truth + 8e-4)
        assert recognise(self.truth + 1.2e-3, self.truth, [same], 1e-3) is None
        assert recognise(self.truth + 1.2e-3, self.truth, [same, other], 1e-4) is None

    def test_a_mistake_of_another_shape_is_passed_over(self):
        told = [("row", self.truth[0]), ("turned", self.truth.T)]
        assert recognise(self.truth.T, self.truth, told, 1e-3) == "turned"

    def test_a_mistake_may_have_another_shape_than_the_truth(self):
        assert recognise(self.truth[0], self.truth, [("row", self.truth[0])], 1e-3) == "row"

    def test_a_mistake_that_makes_no_numbers_is_known_by_them(self):
        none = np.full((2, 2), np.nan)
        assert recognise(none, self.truth, [("none", none)], 1e-3) == "none"


class TestRows:
    def test_rows_may_sum_to_one_as_far_as_they_are_rounded(self):
        """Each of three numbers with three decimals is off by .0005 at most: .0015 together."""
        assert row_tolerance(np.full((2, 3), 0.333)) == pytest.approx(0.0015)
        assert row_tolerance(np.full((2, 3), 0.3333)) == pytest.approx(0.00015)
        assert row_tolerance(np.full((2, 3), 1 / 3)) == pytest.approx(1e-3, abs=1e-3)

    @pytest.mark.parametrize(
        ("rows", "share", "hints"),
        [
            ([[0.333, 0.333, 0.333]], 1, None),
            ([[0.332, 0.333, 0.333]], 0, ("rounded",)),
            ([[0.33, 0.33, 0.33]], 0, ("rounded",)),
            ([[0.32, 0.33, 0.32]], 0, ()),
            ([[0.3, 0.3, 0.4], [0.2, 0.4, 0.4]], 1, None),
            ([[0.5, 0.7], [0.5, 0.3]], 0, ("columns", "transposed")),
            ([[20, 30, 50]], 0, ("percent",)),
            ([[0.1, 0.3], [0.2, 0.4]], 0, ("whole",)),
            ([[0.1, 0.3], [0.2, 0.5]], 0, ()),
            ([[np.nan, 1]], 0, None),
        ],
    )
    def test_what_rows_with_a_wrong_sum_show(self, rows, share, hints):
        found = judge_rows("sums", np.array(rows))
        assert (found.criterion, found.share, found.hint) == ("sums", share, hints)

    def test_right_numbers_are_rows_however_they_were_rounded(self):
        truth = np.full((1, 400), 1 / 400)
        got = np.full((1, 400), 0.003)  # they sum to 1.2
        assert judge_rows("rows", got, truth).share == 1
        assert judge_rows("rows", got + 0.001, truth).share == 0

    def test_scores_are_known_by_what_a_softmax_makes_of_them(self):
        truth = np.array([[0.2, 0.8], [0.5, 0.5]])
        assert row_mistakes(np.log(truth) + 3, truth) == ["no_softmax"]
        assert row_mistakes(np.add(np.log(truth), [[3, 3.1], [0, 0]]), truth) == []
        assert row_mistakes(np.full((2, 2), np.nan), truth) == []

    def test_dropout_leaves_holes_and_one_factor(self):
        truth = np.array([[0.2, 0.8], [0.5, 0.5]])
        assert row_mistakes(truth * [[1.1, 0], [1.1, 1.1]], truth) == ["dropout"]
        assert row_mistakes(truth * [[1.1, 0], [1.1, 1.3]], truth) == []  # not one factor
        assert row_mistakes(truth * 1.1, truth) == []  # no holes
        assert row_mistakes(truth * [[1.01, 0], [1.01, 1.01]], truth) == []  # hardly larger
        assert row_mistakes(truth * [[0.9, 0], [0.9, 0.9]], truth) == []
        assert row_mistakes(np.zeros((2, 2)), truth) == []
