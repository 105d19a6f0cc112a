"""What a model writes, and what it looked at while it wrote."""

import numpy as np
import pytest

from grader.attention import HeadId
from grader.capture import capture
from grader.errors import GraderError, ModelError, TextError
from grader.generation import generate
from grader.importance import leave_one_out, silence_heads
from grader.network import BlindToken, CutEdges, LeaveOut, ZeroHead
from support.random_networks import save_bert, save_llama
from support.torch_llama import TorchLlama

TEXT = "the cat sat on 看"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(save_llama(tmp_path_factory.mktemp("llama"), "middle"))


def test_it_writes_what_transformers_writes(model):
    found, theirs = generate(TEXT, 12, model=model), TorchLlama(model)
    ids = theirs.ids(TEXT)
    assert [guess.id for guess in found.chosen] == theirs.written(ids, 12)
    assert found.n_given == len(ids)
    assert found.n_written == len(found.guesses) == 12


def test_a_row_is_what_was_seen_when_its_token_was_chosen(model):
    found = generate(TEXT, 6, model=model)
    whole = capture(TEXT + found.written, model=model, cache=None)
    for step in range(6):
        row = found.row(step)
        assert row.shape == (3, 4, found.n_given + step)
        assert np.abs(row.sum(axis=-1) - 1).max() < 1e-5
    first = whole.weights[:, :, found.n_given - 1, : found.n_given]
    assert np.abs(found.row(0) - first).max() < 1e-5
    with pytest.raises(GraderError, match="6 tokens were written; there is no step 6"):
        found.row(6)


def test_its_attention_is_that_of_a_capture(model):
    found = generate(TEXT, 6, model=model)
    attention = found.attention
    assert attention.causal
    assert attention.n_tokens == found.n_given + 5
    assert (np.triu(attention.weights, 1) == 0).all()
    assert attention.merge_words().causal


def test_guesses_are_the_likeliest_and_the_first_is_written(model):
    found = generate(TEXT, 4, model=model)
    for chosen, guesses in zip(found.chosen, found.guesses, strict=True):
        assert guesses[0] == chosen
        shares = [guess.probability for guess in guesses]
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1
    assert found.tokens[found.n_given :] == tuple(guess.token for guess in found.chosen)


def test_the_same_beginning_and_seed_give_the_same_text(model):
    greedy = {generate(TEXT, 8, model=model).written for _ in range(2)}
    drawn = [generate(TEXT, 8, model=model, temperature=1.5, seed=seed).written for seed in (1, 1)]
    other = generate(TEXT, 8, model=model, temperature=1.5, seed=2).written
    assert len(greedy) == 1
    assert drawn[0] == drawn[1] != other


def test_chance_without_a_seed_is_refused(model):
    for chance in ({"temperature": 1.0}, {"seed": 3}, {"temperature": -1.0, "seed": 3}):
        with pytest.raises(GraderError, match="what is drawn by chance must come out again"):
            generate(TEXT, 2, model=model, **chance)


def test_edits_hold_for_what_is_written_too(model):
    plain = generate(TEXT, 6, model=model)
    place = plain.n_given + 2
    found = generate(TEXT, 6, [BlindToken(place)], model=model)
    assert found.tokens[: place + 1] == plain.tokens[: place + 1]
    assert (found.weights[:, :, place, place] == 1).all()
    silent = generate(TEXT, 6, [ZeroHead(HeadId(layer, 1)) for layer in range(3)], model=model)
    assert silent.chosen != plain.chosen
    every = range(1, plain.n_given + 6)
    cut = generate(TEXT, 6, [CutEdges(every, (0,))], model=model)
    assert (cut.weights[:, :, 1:, 0] == 0).all()
    left = generate(TEXT, 6, [LeaveOut(0)], model=model)
    assert left.n_given == plain.n_given - 1
    with pytest.raises(GraderError, match="there is no token 99"):
        generate(TEXT, 6, [BlindToken(99)], model=model)


def test_it_ends_where_the_model_says_so(tmp_path):
    folder = str(save_llama(tmp_path, "small", eos_token_id=list(range(50, 400))))
    found = generate(TEXT, 50, model=folder)
    assert found.ended
    assert found.n_written < 50


def test_what_cannot_be_written_says_why(model, tmp_path):
    with pytest.raises(GraderError, match="at least one token is to be written, not 0"):
        generate(TEXT, 0, model=model)
    with pytest.raises(TextError, match="the text is empty"):
        generate(" ", 1, model=model)
    with pytest.raises(TextError, match="and the model reads at most 512"):
        generate(TEXT, 511, model=model)
    with pytest.raises(ModelError, match="reads a whole text and writes nothing"):
        generate(TEXT, 1, model=str(save_bert(tmp_path, "small")))


@pytest.mark.parametrize("measure", [leave_one_out, silence_heads])
def test_what_makes_no_sense_one_way_says_so(model, measure):
    with pytest.raises(ModelError, match="reads one way has no vector of a text"):
        measure(TEXT, model=model)
