"""An edit changes what it names and nothing before it; the same change in torch says the same."""

import numpy as np
import pytest

from grader.attention import HeadId
from grader.errors import GraderError, TextError
from grader.models import find_model
from grader.network import CutEdges, LeaveOut, LevelRow, ZeroHead, load_network
from support.random_networks import save_bert
from support.torch_bert import TorchBert, TorchReader

TEXT = "The cat sat on the mat because it was tired."


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return load_network(save_bert(tmp_path_factory.mktemp("network"), "middle"))


@pytest.fixture(scope="module")
def minilm():
    return load_network(find_model().path)


@pytest.fixture(scope="module")
def reference():
    return TorchBert(find_model().path)


def outputs(network, *edits):
    return network.run(network.encode(TEXT), edits).residuals[-1]


def distance(before, after):
    """1 minus the cosine, row by row."""
    lengths = np.linalg.norm(before, axis=-1) * np.linalg.norm(after, axis=-1)
    return 1 - (before * after).sum(axis=-1) / lengths


def test_without_an_edit_a_row_is_the_softmax_of_its_scores(small):
    trace = small.run(small.encode(TEXT))
    exps = np.exp(trace.attention_scores)
    assert np.abs(exps / exps.sum(axis=-1, keepdims=True) - trace.pattern).max() < 1e-6


def test_silencing_every_head_of_a_layer_leaves_the_bias_alone(small):
    every = [ZeroHead(HeadId(0, head)) for head in range(4)]
    silenced, whole = (small.run(small.encode(TEXT), edits) for edits in (every, ()))
    assert (silenced.residuals[0] == whole.residuals[0]).all()
    bias = small.weights["encoder.layer.0.attention.output.dense.bias"]
    added = small._normalise("encoder.layer.0.attention.output", whole.residuals[0] + bias)
    inner = small.activation(small._linear("encoder.layer.0.intermediate.dense", added))
    after = small._normalise(
        "encoder.layer.0.output", added + small._linear("encoder.layer.0.output.dense", inner)
    )
    assert np.abs(silenced.residuals[1] - after).max() < 1e-6


def test_a_cut_edge_has_no_weight_and_its_row_still_sums_to_one(small):
    cut = CutEdges(queries=(2, 3), keys=(1,), layers=(1,), heads=(0, 2))
    whole, edited = (small.run(small.encode(TEXT), edits) for edits in ((), [cut]))
    assert (edited.pattern[1][np.ix_([0, 2], [2, 3], [1])] == 0).all()
    assert np.abs(edited.pattern.sum(axis=-1) - 1).max() < 1e-5
    assert (edited.pattern[0] == whole.pattern[0]).all()
    assert (edited.pattern[1, [1, 3]] == whole.pattern[1, [1, 3]]).all()
    rest = np.delete(whole.pattern[1, 0, 2], 1)
    assert np.allclose(np.delete(edited.pattern[1, 0, 2], 1), rest / rest.sum(), atol=1e-6)


def test_what_lies_before_an_edit_stays_to_the_last_bit(small):
    whole = small.run(small.encode(TEXT))
    for edit in (ZeroHead(HeadId(2, 1)), LevelRow(2, 3), CutEdges((1,), (2,), layers=(2,))):
        edited = small.run(small.encode(TEXT), [edit])
        assert (edited.residuals[:3] == whole.residuals[:3]).all()
        assert (edited.residuals[3] != whole.residuals[3]).any()


def test_a_level_row_looks_at_all_alike(small):
    tokens = small.encode(TEXT)
    row = small.run(tokens, [LevelRow(1, 4)]).pattern[1, :, 4]
    assert (row == np.float32(1 / len(tokens))).all()


def test_a_token_left_out_was_never_there(small):
    edited = small.run(small.encode("the cat sat"), [LeaveOut(2)])
    assert np.array_equal(edited.residuals, small.run(small.encode("the sat")).residuals)


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (ZeroHead(HeadId(3, 0)), "there is no layer 3: they count from 0 to 2."),
        (ZeroHead(HeadId(0, 4)), "there is no head 4: they count from 0 to 3."),
        (LevelRow(-1, 0), "there is no layer -1"),
        (LevelRow(0, 99), "there is no token 99"),
        (LeaveOut(99), "there is no token 99"),
        (CutEdges((0,), (99,)), "there is no token 99"),
        (CutEdges((0,), (1,), heads=(7,)), "there is no head 7"),
        (CutEdges((0,), (1,), layers=(5,)), "there is no layer 5"),
        (CutEdges((0,), tuple(range(5))), "must be left something to look at"),
    ],
)
def test_an_edit_of_a_place_that_is_not_there_is_refused(small, edit, sentence):
    with pytest.raises(GraderError, match=sentence):
        small.run(small.encode("the cat sat"), [edit])


def test_a_text_too_long_says_how_long_it_may_be(small):
    with pytest.raises(TextError, match="has 602 tokens and the model reads at most 512"):
        small.run(small.encode("cat " * 600))


def test_edits_are_values():
    assert ZeroHead(HeadId(1, 2)) == ZeroHead(HeadId(1, 2))
    assert len({CutEdges((1,), (2,)), CutEdges((1,), (2,))}) == 1


def test_silenced_heads_change_as_much_as_in_torch(minilm, reference):
    whole = outputs(minilm).mean(axis=0)
    for head in (HeadId(0, 3), HeadId(3, 7), HeadId(5, 11)):
        found = distance(whole, outputs(minilm, ZeroHead(head)).mean(axis=0))
        assert found == pytest.approx(reference.silence_head(TEXT, head), abs=1e-4)


def test_a_cut_edge_changes_as_much_as_in_torch(minilm, reference):
    head, query, key = HeadId(3, 2), 8, 2
    edit = CutEdges((query,), (key,), layers=(head.layer,), heads=(head.head,))
    found = distance(outputs(minilm), outputs(minilm, edit))
    assert np.abs(found - reference.cut_edge(TEXT, head, query, key)).max() < 1e-4


def test_a_level_row_changes_as_much_as_in_torch(minilm, reference):
    found = np.abs(outputs(minilm) - outputs(minilm, LevelRow(5, 8))).max(axis=-1)
    told = reference.level_row(TEXT, 5, 8)
    assert np.abs(found - told).max() < 1e-4
    assert ((found == 0) == (told == 0)).all()  # only the row's own token changes in the last layer


def test_leaving_a_word_out_changes_as_much_as_in_torch(minilm, reference):
    whole = outputs(minilm).mean(axis=0)
    found = [distance(whole, outputs(minilm, LeaveOut(at)).mean(axis=0)) for at in range(1, 11)]
    assert np.abs(np.array(found) - reference.leave_one_out(TEXT)[:10]).max() < 1e-4


def test_edges_cut_between_question_and_context_change_the_reader_as_in_torch():
    model = find_model("minilm-qa")
    ours, theirs = load_network(model.path, model.adapter), TorchReader(model.path, model.adapter)
    pair = "Who left?", "Bob left. The cat sat."
    tokens = ours.encode(*pair)
    first, second = tokens.places(0), tokens.places(1)
    cut = ours.run(tokens, [CutEdges(first, second, layers=(2, 3))]).logits.T
    told = theirs.span_logits(*pair, first, second, (2, 3))
    assert np.abs(cut - told).max() < 1e-4
    assert np.abs(cut - theirs.span_logits(*pair)).max() > 0.1
