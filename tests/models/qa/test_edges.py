"""A cut edge carries nothing, all else stays, and the network is left as it was."""

import pytest
import torch

from grader.models.qa.edges import Cut, edges_cut

CONTEXT = [4, 5, 6, 7]


def run(network, tokens):
    with torch.inference_mode():
        return network(**tokens, output_attentions=True)


def test_without_cuts_every_bit_is_as_in_eager_attention(tiny_network, tokens):
    plain = run(tiny_network, tokens)
    with edges_cut(tiny_network):
        same = run(tiny_network, tokens)
    assert torch.equal(plain.start_logits, same.start_logits)
    assert torch.equal(torch.cat(plain.attentions), torch.cat(same.attentions))


def test_a_cut_edge_weighs_nothing_and_rows_still_sum_to_1(tiny_network, tokens):
    with edges_cut(tiny_network, Cut(queries=[1], keys=[5, 6], layers=[0], heads=[1])):
        weights = torch.cat(run(tiny_network, tokens).attentions)
    assert (weights[0, 1, 1, [5, 6]] == 0).all()
    assert torch.allclose(weights.sum(-1), torch.ones(2, 2, 9))
    assert (weights[0, 0] > 0).all()
    assert (weights[1] > 0).all()


def test_what_the_question_reads_in_the_last_layer_cannot_reach_the_span_logits(
    tiny_network, tokens
):
    plain = run(tiny_network, tokens)
    with edges_cut(tiny_network, Cut(queries=[1, 2], keys=CONTEXT, layers=[1])):
        cut = run(tiny_network, tokens)
    assert (plain.start_logits - cut.start_logits)[0, CONTEXT].abs().max() < 1e-6
    assert (plain.start_logits - cut.start_logits)[0, [1, 2]].abs().max() > 1e-6


def test_the_same_cut_one_layer_earlier_does_reach_them(tiny_network, tokens):
    plain = run(tiny_network, tokens)
    with edges_cut(tiny_network, Cut(queries=[1, 2], keys=CONTEXT, layers=[0])):
        cut = run(tiny_network, tokens)
    assert (plain.start_logits - cut.start_logits)[0, CONTEXT].abs().max() > 1e-6


def test_the_network_is_left_as_it_was(tiny_network, tokens):
    plain = run(tiny_network, tokens)
    with pytest.raises(RuntimeError), edges_cut(tiny_network, Cut([1], CONTEXT)):
        raise RuntimeError
    assert tiny_network.config._attn_implementation == "eager"
    assert torch.equal(plain.start_logits, run(tiny_network, tokens).start_logits)


def test_a_network_in_training_mode_is_refused(tiny_network):
    with pytest.raises(ValueError, match=r"call network\.eval\(\) first"):
        edges_cut(tiny_network.train()).__enter__()
