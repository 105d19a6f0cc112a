"""Measures of what a head does, on patterns whose answer one can see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.attention import Attention
from grader.errors import GraderError
from grader.heads import (
    best_offset,
    delimiter_scores,
    is_delimiter,
    local_scores,
    mass_scores,
    most_attended,
    next_token_scores,
    offset_scores,
    previous_token_score,
    previous_token_scores,
    spread_scores,
    window_scores,
)


def test_a_head_that_only_looks_one_step_back_scores_one():
    pattern = np.array([[1.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    assert previous_token_score(pattern) == 1


def test_a_uniform_pattern_of_four_tokens_scores_a_quarter():
    assert previous_token_score(np.full((4, 4), 0.25)) == 0.25


def test_looking_ahead_earns_nothing():
    assert previous_token_score(np.array([[0, 1.0], [0, 1]])) == 0


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_the_score_of_any_pattern_lies_between_zero_and_one(n, seed):
    pattern = np.random.default_rng(seed).dirichlet(np.ones(n), size=n)
    assert 0 <= previous_token_score(pattern) <= 1


def test_one_token_has_no_previous_token():
    with pytest.raises(GraderError, match="at least two tokens"):
        previous_token_score(np.ones((1, 1)))


def test_no_sentence_has_no_score():
    with pytest.raises(GraderError, match="at least one sentence"):
        previous_token_scores([])


def one_head(*rows):
    return np.array([[rows]], dtype=np.float32)


LOOKS = one_head([0.1, 0.2, 0.3, 0.4], [0.5, 0, 0.5, 0], [0, 0.9, 0, 0.1], [1, 0, 0, 0])


@pytest.mark.parametrize(("offset", "expected"), [(-1, (0.5 + 0.9) / 2), (1, (0.5 + 0.1) / 2)])
def test_an_offset_score_is_the_mean_over_the_named_rows(offset, expected):
    assert offset_scores(LOOKS, [1, 2], offset).item() == pytest.approx(expected)


def test_rows_without_a_token_at_the_offset_are_left_out():
    assert offset_scores(LOOKS, [0, 1], -1).item() == 0.5
    with pytest.raises(GraderError, match="no token has another one -1 away"):
        offset_scores(LOOKS, [0], -1)


def test_mass_adds_keys_and_averages_rows():
    assert mass_scores(LOOKS, [1, 2], [0, 3]).item() == pytest.approx((0.5 + 0.1) / 2)


def test_a_window_holds_the_token_itself():
    assert window_scores(LOOKS, [0], 1).item() == pytest.approx(0.3)
    assert window_scores(LOOKS, [0], 3).item() == pytest.approx(1)


def test_a_uniform_row_is_spread_wholly_and_a_pointed_one_not_at_all():
    uniform = np.full((1, 1, 4, 4), 0.25, dtype=np.float32)
    assert spread_scores(uniform, [0, 1]).item() == pytest.approx(1)
    assert spread_scores(LOOKS, [3]).item() == 0


def test_a_word_is_never_its_own_most_attended_word():
    stays = one_head([0.9, 0.1, 0], [0, 0.8, 0.2], [0.3, 0, 0.7])
    assert most_attended(stays, [0, 1, 2]).ravel().tolist() == [1, 2, 0]


def test_the_most_attended_word_is_among_the_keys():
    assert most_attended(LOOKS, [1, 2]).ravel().tolist() == [2, 2, 1, 1]


def test_one_word_has_no_other_to_attend():
    with pytest.raises(GraderError, match="at least two words"):
        most_attended(LOOKS, [1])


def test_the_best_offset_is_right_most_often():
    assert best_offset([1, 1, -2, 3]) == (1, 0.5)


def test_of_equal_offsets_the_nearest_is_best():
    assert best_offset([3, -1, 2]) == (-1, 1 / 3)


def test_no_pair_has_no_best_offset():
    with pytest.raises(GraderError, match="at least one pair"):
        best_offset([])


@pytest.mark.parametrize("score", [spread_scores, lambda w, q: mass_scores(w, q, [0])])
def test_a_score_over_no_rows_is_refused(score):
    with pytest.raises(GraderError, match="at least one query"):
        score(LOOKS, [])


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_scores_of_any_pattern_lie_between_zero_and_one(n, seed):
    weights = np.random.default_rng(seed).dirichlet(np.ones(n), size=(2, 3, n)).astype(np.float32)
    for score in (
        offset_scores(weights, range(n), -1),
        mass_scores(weights, range(n), [0, n - 1]),
        window_scores(weights, range(n), 1),
        spread_scores(weights, range(n)),
    ):
        assert score.shape == (2, 3)
        assert (score >= 0).all()
        assert (score <= 1 + 1e-6).all()


def seen(weights, tokens):
    n = len(tokens)
    return Attention(
        tokens=tokens,
        weights=np.asarray(weights, np.float32).reshape(1, -1, n, n),
        words=tokens,
        word_of=tuple(range(n)),
        text="a text",
        pair=None,
        second_start=None,
        model="by hand",
    )


AHEAD = np.array([[0, 1.0, 0], [0, 0, 1], [0, 0, 1]])
FIRST = np.array([[1.0, 0, 0], [1, 0, 0], [1, 0, 0]])
TOKENS = ("[CLS]", "cat", "[SEP]")


def test_a_head_that_looks_one_step_ahead_scores_one_and_another_nothing():
    assert next_token_scores([seen([AHEAD, FIRST], TOKENS)]).tolist() == [[1, 0]]


def test_delimiters_are_special_tokens_and_punctuation_and_their_own_rows_are_left_out():
    assert delimiter_scores([seen([AHEAD, FIRST], TOKENS)]).tolist() == [[1, 1]]
    assert delimiter_scores([seen([AHEAD, FIRST], ("[CLS]", "cat", "sat"))]).tolist() == [[0, 1]]


def test_within_one_token_is_local_and_two_away_is_not():
    scores = local_scores([seen([AHEAD, FIRST], TOKENS)], width=1)
    assert np.allclose(scores, [[1, 2 / 3]])


@pytest.mark.parametrize("token", ["[CLS]", "[SEP]", "<s>", "</s>", ".", ",", "…"])
def test_what_is_no_word_is_a_delimiter(token):
    assert is_delimiter(token)


@pytest.mark.parametrize("token", ["cat", "##s", "3", "é", "猫"])
def test_words_and_pieces_are_no_delimiters(token):
    assert not is_delimiter(token)


@pytest.mark.parametrize("score", [next_token_scores, local_scores, delimiter_scores])
def test_a_score_over_no_sentence_is_refused(score):
    with pytest.raises(GraderError, match="needs at least one sentence"):
        score([])
