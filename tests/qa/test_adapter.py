"""What is put beside the weights to learn, and how it is kept."""

import copy

import torch

from grader.qa import adapter


def test_an_untrained_change_changes_nothing(tiny_network, tokens):
    adapted = copy.deepcopy(tiny_network)
    adapter.attach(adapted)
    assert torch.equal(tiny_network(**tokens).start_logits, adapted(**tokens).start_logits)


def test_only_the_changes_and_the_span_head_learn(tiny_network):
    adapter.attach(tiny_network)
    learning = {n for n, p in tiny_network.named_parameters() if p.requires_grad}
    assert all(n.endswith((".A", ".B")) or n.startswith("qa_outputs") for n in learning)
    # Two layers of query, key, value and three dense layers, A and B each; weight and bias.
    assert len(learning) == 2 * 6 * 2 + 2


def test_an_adapter_is_kept_in_half_precision(tiny_network, tmp_path):
    adapter.attach(tiny_network)
    adapter.save(tiny_network, tmp_path / "a.safetensors")
    n_values = sum(p.numel() for p in tiny_network.parameters() if p.requires_grad)
    size = (tmp_path / "a.safetensors").stat().st_size
    assert 2 * n_values < size < 2 * n_values + 4096
