"""The model in a fork of the warm process says what a loaded one says."""

import numpy as np
import pytest

from grader.capture import load_model
from grader.errors import GraderError, TextError
from grader.grading.kernels.warm_model import WarmModel
from grader.models import MINILM_SHA256


@pytest.fixture(scope="module")
def model(zygote):
    return WarmModel(zygote.path, MINILM_SHA256)


@pytest.mark.parametrize("pair", [None, "It sat."])
def test_it_attends_as_a_loaded_model_does(model, pair):
    ours, theirs = model.attend("Gaudí sat.", pair), load_model().attend("Gaudí sat.", pair)
    assert np.abs(ours.weights - theirs.weights).max() < 1e-5
    for field in ("tokens", "words", "word_of", "text", "pair", "second_start", "model"):
        assert getattr(ours, field) == getattr(theirs, field)


def test_a_text_that_cannot_be_captured_is_refused_and_the_next_is_answered(model):
    with pytest.raises(TextError, match="the text is empty"):
        model.attend(" ")
    assert model.attend("A cat.").n_tokens == 5


def test_two_ask_two_forks(zygote, model):
    other = WarmModel(zygote.path, MINILM_SHA256)
    assert other.attend("A cat.").tokens == model.attend("A cat.").tokens


def test_a_fork_that_is_gone_is_told_in_a_sentence(zygote):
    gone = WarmModel(zygote.path, MINILM_SHA256)
    gone._stream.close()
    with pytest.raises(GraderError, match="is gone"):
        gone.attend("A cat.")
