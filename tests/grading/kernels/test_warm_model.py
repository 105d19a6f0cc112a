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


@pytest.mark.parametrize("what", ["value_norms", "embedding", "leave_one_out"])
def test_it_says_what_else_a_loaded_model_says(model, what):
    ours, theirs = (getattr(one, what)("A cat sat.") for one in (model, load_model()))
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() < 1e-4


@pytest.mark.parametrize("what", ["reader_weights", "reader_logits", "reader_cuts"])
def test_it_reads_a_question_and_its_context_as_the_loaded_reader_does(model, what):
    pair = "Who sat?", "A cat sat."
    ours, theirs = (getattr(one, what)(*pair) for one in (model, load_model()))
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() < 1e-3


def test_cutting_the_question_off_in_the_last_layer_changes_no_logit_of_the_context(model):
    """Exactly zero comes through the socket as exactly zero."""
    pair = "Who sat?", "A cat sat."
    cuts, second = model.reader_cuts(*pair), model.attend(*pair).second_start
    change = np.abs(cuts[1] - cuts[0])[:, :, second:-1].max(axis=(1, 2))
    assert change[-1] == 0
    assert change[:-1].min() > 0
