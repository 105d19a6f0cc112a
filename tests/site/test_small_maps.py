"""The picture of all heads: a dot is the mean shade of its square, at its head's place."""

from dataclasses import replace

import numpy as np

from attention_views.small_maps import DOTS, LIFT, small_maps
from support.long_text import random_long
from support.pictures import opacity


def with_pattern(pattern, layer, head, **options):
    """Two layers of three heads that look everywhere alike, but for one."""
    n = len(pattern)
    weights = np.full((2, 3, n, n), 1 / n, dtype=np.float32)
    weights[layer, head] = pattern
    return replace(random_long(n=n), weights=weights, **options)


def test_a_dot_is_the_mean_of_its_square():
    """Twice the dots: squares of 2 x 2 cells, of which the first column is black."""
    n = 2 * DOTS
    pattern = np.zeros((n, n))
    pattern[:, 0] = 1
    seen = opacity(small_maps(with_pattern(pattern, 1, 2), (0, 1)))
    assert seen.shape == (2 * DOTS, 3 * DOTS)
    tile = seen[DOTS:, 2 * DOTS :]
    assert np.abs(tile[:, 0] - 0.5**LIFT).max() <= 0.5 / 15
    assert not tile[:, 1:].any()
    seen[DOTS:, 2 * DOTS :] = 0
    assert not seen.any()


def test_a_last_square_that_is_smaller_is_a_mean_of_what_it_has():
    n = DOTS + 1  # squares of two, the last one of one
    pattern = np.zeros((n, n))
    pattern[:, -1] = 1
    dots = -(-n // 2)
    tile = opacity(small_maps(with_pattern(pattern, 0, 0), (0, 1)))[:dots, :dots]
    assert (tile[:, -1] == 1).all()
    assert not tile[:, :-1].any()


def test_layers_that_are_not_carried_are_not_in_it():
    pattern = np.zeros((90, 90))
    pattern[:, 0] = 1
    attention = with_pattern(pattern, 1, 0)
    assert not opacity(small_maps(attention, (0,))).any()
    assert opacity(small_maps(attention, (1,))).any()


def test_many_heads_have_fewer_dots_each():
    attention = random_long(n=200, layers=18, heads=16, size=2)
    side = opacity(small_maps(attention, tuple(range(18)))).shape[1] // 16
    assert side <= DOTS / 2


def test_a_row_of_a_model_that_looks_back_is_measured_by_what_it_sees():
    """All rows even over what they see: nothing is darker than chance."""
    n = 90
    even = np.tril(np.ones((n, n))) / np.arange(1, n + 1)[:, None]
    attention = with_pattern(even, 0, 0, causal=True)
    assert not opacity(small_maps(attention, (0,)))[:, : n // 2].any()


def test_the_same_weights_are_the_same_bytes():
    assert small_maps(random_long(n=90), (0, 1)) == small_maps(random_long(n=90), (0, 1))
