"""A Llama in numpy says what transformers says of the same weights, edited or not."""

import json
import shutil

import numpy as np
import pytest
import torch

from grader.attention import HeadId
from grader.errors import GraderError, ModelError, TextError
from grader.network import (
    BlindToken,
    CutEdges,
    LeaveOut,
    LevelRow,
    ZeroHead,
    is_readable,
    load_network,
)
from support.random_networks import LLAMAS, save_llama, texts
from support.torch_llama import TorchLlama

PATTERN, REST = 1e-5, 1e-4
TEXT = "the cat sat on a mat, 看见 🙂 it was tired"
VARIANTS = {
    "untied": {"tie_word_embeddings": False},
    "biased": {"attention_bias": True, "mlp_bias": True},
    "unshared": {"num_key_value_heads": 4},
    "wide heads": {"head_dim": 12},
    "slow turns": {"rope_parameters": {"rope_type": "default", "rope_theta": 1e6}},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_llama(tmp_path_factory.mktemp("network"), "middle")


@pytest.fixture(scope="module")
def small(folder):
    return load_network(folder)


@pytest.fixture
def reference(folder):
    return TorchLlama(folder)


def assert_alike(folder, several) -> None:
    ours, theirs = load_network(folder), TorchLlama(folder)
    for text in several:
        tokens = ours.encode(text)
        assert tokens.ids.tolist() == theirs.ids(text)
        trace = ours.run(tokens)
        pattern, residuals, logits = theirs.run(tokens.ids)
        assert np.abs(trace.pattern - pattern).max() <= PATTERN
        assert np.abs(trace.residuals[:-1] - residuals[:-1]).max() <= REST
        assert np.abs(trace.logits - logits).max() <= REST


def single_texts(n: int, seed: int = 0) -> list[str]:
    return [text for text, _ in texts(n, seed)]


@pytest.mark.parametrize("size", LLAMAS)
def test_random_networks_say_what_transformers_says(tmp_path, size):
    assert_alike(save_llama(tmp_path, size), single_texts(12))


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_a_config_may_choose_is_done_as_transformers_does_it(tmp_path, variant):
    assert_alike(save_llama(tmp_path, "middle", **VARIANTS[variant]), single_texts(4))


@pytest.mark.parametrize(
    "settings",
    [
        {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}},
        {"hidden_act": "gelu"},
    ],
)
def test_what_would_come_out_otherwise_is_not_read_at_all(tmp_path, settings):
    folder = save_llama(tmp_path, "small", **settings)
    assert not is_readable(folder)
    with pytest.raises(ModelError, match="no folder of a BERT, RoBERTa or Llama"):
        load_network(folder)


def test_no_token_looks_ahead_and_a_row_is_the_softmax_of_its_scores(small):
    trace = small.run(small.encode(TEXT))
    assert trace.causal
    assert (np.triu(trace.pattern, 1) == 0).all()
    exps = np.exp(trace.attention_scores)
    assert np.abs(exps / exps.sum(axis=-1, keepdims=True) - trace.pattern).max() < 1e-6


def test_heads_that_share_keys_and_values_have_the_same_ones(small):
    trace = small.run(small.encode(TEXT))
    for found in (trace.keys, trace.values):
        assert (found[:, 0] == found[:, 1]).all()
        assert (found[:, 1] != found[:, 2]).any()


def test_value_norms_are_the_length_of_what_a_head_would_add(small):
    trace, head = small.run(small.encode(TEXT)), HeadId(1, 2)
    output = small.weights["layers.1.self_attn.o_proj.weight"]
    size = trace.values.shape[-1]
    part = output[:, head.head * size : (head.head + 1) * size]
    added = trace.values[head.layer, head.head] @ part.T
    told = np.linalg.norm(added, axis=-1)
    assert np.allclose(trace.value_norms[head.layer, head.head], told, atol=1e-5)


def test_rows_of_a_beginning_are_those_of_the_whole_text(small):
    tokens = small.encode(TEXT)
    whole = small.run(tokens)
    beginning = small.run(tokens.take(range(7)))
    assert np.abs(whole.pattern[:, :, :7, :7] - beginning.pattern).max() < 1e-6
    assert np.abs(whole.logits[:7] - beginning.logits).max() < 1e-5


EDITS = {
    "none": (),
    "silenced": (ZeroHead(HeadId(1, 2)),),
    "cut": (CutEdges((4, 9), (0, 2), layers=(1,), heads=(0, 3)),),
    "cut after": (CutEdges((4, 9), (0,), after_softmax=True),),
    "blind": (BlindToken(3),),
    "level": (LevelRow(1, 8),),
    "several": (ZeroHead(HeadId(0, 1)), BlindToken(5), CutEdges((6,), (5,), layers=(2,))),
}


@pytest.mark.parametrize("name", EDITS)
def test_token_by_token_comes_out_what_comes_out_at_once(small, name):
    tokens, edits = small.encode(TEXT), EDITS[name]
    whole = small.run(tokens, edits)
    reading = small.continued(tokens.take(range(4)), edits, len(tokens) - 4)
    found = next(reading)
    assert np.abs(found.pattern - whole.pattern[:, :, :4, :4]).max() < 1e-5
    for at in range(4, len(tokens)):
        assert np.abs(found.logits - whole.logits[at - 1]).max() < 1e-5
        found = reading.send(int(tokens.ids[at]))
        assert np.abs(found.pattern[:, :, 0] - whole.pattern[:, :, at, : at + 1]).max() < 1e-5


@pytest.mark.parametrize("name", EDITS)
def test_layers_before_the_first_edit_may_be_taken_from_a_run_before(small, name):
    tokens, edits = small.encode(TEXT), EDITS[name]
    plain, afresh = small.run(tokens), small.run(tokens, edits)
    resumed = small.run(tokens, edits, before=plain)
    for field in ("residuals", "queries", "keys", "values", "pattern", "value_norms", "logits"):
        assert np.array_equal(getattr(resumed, field), getattr(afresh, field)), field


def test_a_silenced_head_changes_as_much_as_in_torch(small, reference):
    tokens = small.encode(TEXT)
    reference.silence(1, 2)
    told = reference.run(tokens.ids)[2]
    found = small.run(tokens, [ZeroHead(HeadId(1, 2))]).logits
    assert np.abs(found - told).max() < REST
    assert np.abs(found - small.run(tokens).logits).max() > 100 * REST


def test_a_cut_edge_changes_as_much_as_in_torch(small, reference):
    tokens = small.encode(TEXT)
    mask = torch.zeros(4, len(tokens), len(tokens))
    mask[0, 9, 2] = -torch.inf
    reference.layers[1].added = mask
    pattern, _, told = reference.run(tokens.ids)
    trace = small.run(tokens, [CutEdges((9,), (2,), layers=(1,), heads=(0,))])
    assert trace.pattern[1, 0, 9, 2] == 0
    assert np.abs(trace.pattern - pattern).max() < PATTERN
    assert np.abs(trace.logits - told).max() < REST


def test_an_edge_cut_after_the_softmax_leaves_the_rest_of_its_row(small, reference):
    tokens = small.encode(TEXT)
    factor = torch.ones(len(tokens), len(tokens))
    factor[9, 2] = 0
    reference.layers[1].factor = factor
    pattern, _, told = reference.run(tokens.ids)
    trace = small.run(tokens, [CutEdges((9,), (2,), layers=(1,), after_softmax=True)])
    plain = small.run(tokens)
    assert np.array_equal(np.delete(trace.pattern[1], 2, 2), np.delete(plain.pattern[1], 2, 2))
    assert np.abs(trace.pattern - pattern).max() < PATTERN
    assert np.abs(trace.logits - told).max() < REST


def test_a_blind_token_sees_itself_alone_as_in_torch(small, reference):
    tokens = small.encode(TEXT)
    mask = torch.zeros(len(tokens), len(tokens))
    mask[5, :5] = -torch.inf
    for layer in reference.layers:
        layer.added = mask
    told = reference.run(tokens.ids)[2]
    trace = small.run(tokens, [BlindToken(5)])
    assert (trace.pattern[:, :, 5, 5] == 1).all()
    assert np.abs(trace.logits - told).max() < REST


def test_a_level_row_looks_at_all_that_it_sees_alike(small):
    row = small.run(small.encode(TEXT), [LevelRow(1, 4)]).pattern[1, :, 4]
    assert (row[:, :5] == np.float32(1 / 5)).all()
    assert (row[:, 5:] == 0).all()


def test_a_token_left_out_was_never_there(small):
    tokens = small.encode(TEXT)
    rest = tokens.take([at for at in range(len(tokens)) if at != 2])
    assert np.array_equal(small.run(tokens, [LeaveOut(2)]).logits, small.run(rest).logits)
    edits = [LeaveOut(2), ZeroHead(HeadId(1, 0))]
    after = small.run(tokens, edits, before=small.run(tokens))
    assert np.array_equal(after.logits, small.run(tokens, edits).logits)


def test_something_is_left_to_read(small):
    tokens = small.encode("a")
    with pytest.raises(GraderError, match="no token would be left to read; leave fewer out"):
        small.run(tokens, [LeaveOut(0)])


def test_what_makes_no_sense_is_refused_and_says_so(small):
    tokens = small.encode("the cat sat")
    with pytest.raises(TextError, match="a model that writes reads one text"):
        small.encode("the cat", "sat")
    with pytest.raises(ModelError, match="reads one way has no vector of a text"):
        _ = small.run(tokens).sentence
    with pytest.raises(GraderError, match="must be left something to look at"):
        small.run(tokens, [CutEdges((0,), (0,))])
    with pytest.raises(GraderError, match="there is no token 99"):
        small.run(tokens, [BlindToken(99)])
    with pytest.raises(TextError, match="and the model reads at most 512"):
        next(small.continued(tokens, (), 600))


@pytest.mark.parametrize("key", ["rope_type", "type"])
def test_positions_that_are_scaled_are_not_read_by_either_name(folder, tmp_path, key):
    shutil.copytree(folder, tmp_path / "scaled")
    path = tmp_path / "scaled" / "config.json"
    about = json.loads(path.read_text("utf-8"))
    about.pop("rope_parameters", None)
    path.write_text(json.dumps(about | {"rope_scaling": {key: "linear", "factor": 4.0}}), "utf-8")
    assert not is_readable(tmp_path / "scaled")


@pytest.mark.parametrize("about", ["[]", "null", "{", '{"model_type": "llama"}'])
def test_a_config_without_what_is_needed_is_named(folder, tmp_path, about):
    shutil.copytree(folder, tmp_path / "damaged")
    (tmp_path / "damaged" / "config.json").write_text(about, "utf-8")
    with pytest.raises(ModelError, match="damaged"):
        load_network(tmp_path / "damaged")


def test_tokens_that_underline_spaces_are_shown_and_written_as_text(folder, tmp_path):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    shutil.copytree(folder, tmp_path / "model")
    names = ["<0xF0>", "<0x9F>", "<0x99>", "<0x82>", "▁the", "▁cat", "s", "▁"]
    tokenizer = Tokenizer(models.BPE({name: at for at, name in enumerate(names)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Sequence(
        [decoders.ByteFallback(), decoders.Fuse(), decoders.Metaspace()]
    )
    tokenizer.save(str(tmp_path / "model" / "tokenizer.json"))
    reader = load_network(tmp_path / "model").reader
    assert [reader.name(at) for at in (4, 6, 0)] == [" the", "s", "<F0>"]
    every, whole = reader.follow(reader.encode("s"), "s", [5, 6, 0, 1, 2, 3, 99])
    assert whole == "s cats🙂<99>"
    assert every.names[-1] == "<99>"
