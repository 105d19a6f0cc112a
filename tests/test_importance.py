"""Experiments on the real model: what is taken away, and what changes by it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.attention import HeadId
from grader.capture import load_model
from grader.errors import TextError
from grader.importance import (
    cut_edge,
    leave_one_out,
    level_row,
    rank_correlation,
    silence_heads,
    value_norms,
)

TELESCOPE = "I saw the man with the telescope."
CAT = "The cat sat on the mat because it was tired."


@pytest.fixture(scope="module")
def cat():
    return load_model().attend(CAT)


def test_leaving_out_a_content_word_turns_the_sentence_more_than_an_article(cat):
    effects = dict(zip(cat.tokens[1:-1], leave_one_out(CAT), strict=True))
    assert len(effects) == 10  # "the" stands twice
    assert effects["cat"] > 10 * effects["the"]


def test_silencing_copies_gives_what_silencing_one_gives():
    effects = silence_heads(CAT)
    assert effects.shape == (6, 12)
    assert HeadId(*map(int, np.unravel_index(effects.argmax(), (6, 12)))) == HeadId(5, 11)
    assert effects[5, 11] == pytest.approx(0.1445, abs=1e-3)
    assert effects[0, 2] == pytest.approx(0.0016, abs=2e-4)


def test_a_large_weight_may_carry_nothing_that_matters(cat):
    it, cats, because = (cat.position(word) for word in ("it", "cat", "because"))
    late = cut_edge(CAT, HeadId(layer=5, head=11), it, cats)[it]
    early = cut_edge(CAT, HeadId(layer=0, head=2), it, because)[it]
    assert late == pytest.approx(0.133, abs=1e-3)
    assert early == pytest.approx(0.0011, abs=2e-4)


def test_a_row_of_the_last_layer_reaches_exactly_no_other_token(cat):
    it = cat.position("it")
    changes = level_row(CAT, 5, it)
    assert changes[it] > 0.1
    assert (np.delete(changes, it) == 0).all()


def test_a_row_below_the_last_layer_reaches_others(cat):
    it = cat.position("it")
    assert np.delete(level_row(CAT, 4, it), it).max() > 0


def test_an_experiment_leaves_the_model_as_it_was(cat):
    silence_heads(CAT)
    cut_edge(CAT, HeadId(layer=0, head=0), 1, 2)
    assert (load_model()._attend(CAT, None).weights == cat.weights).all()


def test_an_empty_text_is_refused():
    with pytest.raises(TextError, match="the text is empty"):
        leave_one_out("")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [([1, 2, 3], [10, 20, 90], 1), ([1, 2, 3], [3, 2, 1], -1), ([1, 2, 2, 3], [1, 2, 2, 3], 1)],
)
def test_ranks_correlate_by_order_alone(a, b, expected):
    assert rank_correlation(np.array(a, dtype=float), np.array(b, dtype=float)) == pytest.approx(
        expected
    )


def test_equals_share_a_place():
    # places 0, 1.5, 1.5, 3 against 0, 1, 2, 3
    found = rank_correlation(np.array([1.0, 2, 2, 3]), np.array([1.0, 2, 3, 4]))
    assert found == pytest.approx(4.5 / np.sqrt(4.5 * 5))


@given(st.integers(3, 9), st.integers(0, 2**32 - 1))
def test_rank_correlation_is_symmetric_and_bounded(n, seed):
    a, b = np.random.default_rng(seed).random((2, n))
    assert rank_correlation(a, b) == pytest.approx(rank_correlation(b, a))
    assert abs(rank_correlation(a, b)) <= 1 + 1e-12


def test_a_norm_is_the_weight_times_a_length_of_the_key_alone():
    weights = load_model().attend(TELESCOPE).weights
    norms = value_norms(TELESCOPE)
    assert norms.shape == weights.shape
    lengths = norms / weights
    assert np.abs(lengths / lengths[:, :, :1] - 1).max() < 1e-4


def test_the_head_that_looks_most_at_cls_carries_little_by_it():
    weights = load_model().attend(TELESCOPE).weights[4, 5]
    norms = value_norms(TELESCOPE)[4, 5]
    assert weights[:, 0].sum() / weights.sum() > 0.8
    assert norms[:, 0].sum() / norms.sum() < 0.25


def test_an_empty_text_has_no_norms():
    with pytest.raises(TextError, match="the text is empty"):
        value_norms(" ")
