"""Measures of what a head does, on patterns whose answer one can see."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.heads import previous_token_score, previous_token_scores


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
