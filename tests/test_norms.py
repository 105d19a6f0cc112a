"""Lengths of weighted values, on the real model."""

import numpy as np
import pytest

from grader.capture import load_model
from grader.errors import TextError
from grader.norms import value_norms

TELESCOPE = "I saw the man with the telescope."


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
