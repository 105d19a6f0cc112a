"""An array held against the right one, on patterns that one can work out in the head."""

import numpy as np
import pytest

from support.one_question import Drawn, heads, one_question

VARIANT = '[[variant]]\nsentence = "one two"\n'

# "[CLS] one two [SEP]" in L1H2: `two` gives .25 to `one`; what is left of a row goes to [CLS].
MODEL = Drawn({("two", "one"): heads({(1, 2): 0.25, (0, 1): 0.5})})
RIGHT = np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0.75, 0.25, 0, 0], [1, 0, 0, 0]])


def off_by(difference, at=(2, 1)):
    """Return the right pattern but for one number."""
    found = RIGHT.copy()
    found[at] += difference
    return found


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    of = 'of = {pattern = {text = "{sentence}", layer = 1, head = 2}}\nrows = true'
    folder = tmp_path_factory.mktemp("equal") / "trial"
    judged = one_question(folder, "equal", ["shape", "rows", "numbers"], of, VARIANT)
    return lambda value: judged(value, MODEL)


@pytest.fixture(scope="module")
def without_rows(tmp_path_factory):
    """`tolerance` is .1, and rows are not looked at."""
    of = 'of = {pattern = {text = "{sentence}", layer = 1, head = 2}}\ntolerance = 0.1\n'
    of += 'because = {zh = "读图", en = "read off a picture"}'
    folder = tmp_path_factory.mktemp("equal") / "trial"
    judged = one_question(folder, "equal", ["shape", "numbers"], of, VARIANT)
    return lambda value: judged(value, MODEL)


def test_the_right_array_earns_everything(ask):
    judged = ask(RIGHT)
    assert judged.points == {"shape": 1, "rows": 1, "numbers": 1}
    assert judged.hints == ()


@pytest.mark.parametrize("difference", [0.00099, -0.00099])
def test_a_number_off_by_less_than_a_thousandth_is_right(ask, difference):
    assert ask(off_by(difference)).points["numbers"] == 1


@pytest.mark.parametrize("difference", [0.0011, -0.0011, 0.09])
def test_a_number_off_by_more_than_a_thousandth_is_wrong(ask, difference):
    assert ask(off_by(difference)).points["numbers"] == 0


@pytest.mark.parametrize(("difference", "points"), [(0.0999, 1), (-0.0999, 1), (0.1001, 0)])
def test_an_author_may_set_another_tolerance(without_rows, difference, points):
    assert without_rows(off_by(difference)).points == {"shape": 1, "numbers": points}


def test_all_numbers_must_be_right_not_most(ask):
    assert ask(off_by(0.5, at=(0, 0))).points["numbers"] == 0


def test_an_array_of_another_shape_loses_what_waits_for_the_shape(ask):
    judged = ask(RIGHT[None])
    assert judged.points == {"shape": 0, "rows": 0, "numbers": 0}
    assert judged.hints == ("batch",)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (RIGHT.T, "transposed"),
        (100 * RIGHT, "percent"),
        ([[1, 0, 0, 0], [1, 0, 0, 0], [0.5, 0.5, 0, 0], [1, 0, 0, 0]], "counted_from_one"),  # L0H1
    ],
)
def test_an_array_that_a_known_mistake_leads_to_is_recognised(without_rows, value, hint):
    judged = without_rows(value)
    assert judged.points["numbers"] == 0
    assert judged.hints == (hint,)


def test_an_array_that_no_known_mistake_leads_to_gets_no_hint(without_rows):
    assert without_rows(off_by(0.3)).hints == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_told_so(without_rows, bad):
    judged = without_rows(off_by(bad))
    assert judged.points == {"shape": 1, "numbers": 0}
    assert judged.hints == ("not_finite",)


def test_infinity_everywhere_is_right_nowhere(ask):
    """Every number of it fits half precision, whose steps must not excuse it."""
    judged = ask(np.full((4, 4), np.inf))
    assert judged.points == {"shape": 1, "rows": 0, "numbers": 0}


def test_rows_are_looked_at_only_where_the_author_asks(ask):
    twice = ask(2 * RIGHT)
    assert twice.points == {"shape": 1, "rows": 0, "numbers": 0}


def test_rows_that_sum_to_one_earn_their_points_without_right_numbers(ask):
    assert ask(np.full((4, 4), 0.25)).points == {"shape": 1, "rows": 1, "numbers": 0}
