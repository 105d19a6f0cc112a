"""The network in numpy says what transformers says of the same weights."""

from pathlib import Path

import numpy as np
import pytest

from grader.models import find_model
from grader.network import load_network
from support.random_networks import save_bert, save_roberta, texts

PATTERN, REST = 1e-5, 1e-4


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    """A function: kind and size -> a folder with random weights, made once."""
    made: dict[tuple, Path] = {}

    def folder(save, *about) -> Path:
        if (save, about) not in made:
            made[save, about] = save(tmp_path_factory.mktemp("network"), *about)
        return made[save, about]

    return folder


class Reference:
    """transformers' own network and tokenizer of a folder."""

    def __init__(self, folder: Path):
        import torch
        from transformers import AutoModel, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.network = AutoModel.from_pretrained(
            folder, attn_implementation="eager", dtype=torch.float32, local_files_only=True
        ).eval()

    def ids(self, text, pair):
        return self.tokenizer(text, pair, verbose=False)["input_ids"]

    def run(self, text, pair):
        import torch

        encoding = self.tokenizer(text, pair, return_tensors="pt", verbose=False)
        with torch.inference_mode():
            return self.network(**encoding, output_attentions=True, output_hidden_states=True)

    def inner(self, text, pair):
        """Queries, keys, values and value norms, by the layers' own linear maps."""
        import torch

        heads = self.network.config.num_attention_heads
        states = self.run(text, pair).hidden_states
        found = []
        with torch.inference_mode():
            for layer, state in zip(self.network.encoder.layer, states, strict=False):
                parts = [
                    getattr(layer.attention.self, name)(state[0]).unflatten(-1, (heads, -1))
                    for name in ("query", "key", "value")
                ]
                mixes = layer.attention.output.dense.weight.unflatten(-1, (heads, -1))
                norms = torch.einsum("khd,ohd->hko", parts[2], mixes).norm(dim=-1)
                found.append([*(part.transpose(0, 1).numpy() for part in parts), norms.numpy()])
        return [np.stack(one) for one in zip(*found, strict=True)]


def assert_alike(folder: Path, pairs) -> None:
    ours, theirs = load_network(folder), Reference(folder)
    for text, pair in pairs:
        tokens = ours.encode(text, pair)
        assert tokens.ids.tolist() == theirs.ids(text, pair)
        trace, output = ours.run(tokens), theirs.run(text, pair)
        assert np.abs(trace.pattern - np.concatenate(output.attentions)).max() <= PATTERN
        for mine, told in zip(trace.residuals, output.hidden_states, strict=True):
            assert np.abs(mine - told[0].numpy()).max() <= REST
        names = ("queries", "keys", "values", "value_norms")
        for name, told in zip(names, theirs.inner(text, pair), strict=True):
            assert np.abs(getattr(trace, name) - told).max() <= REST, name


@pytest.mark.parametrize("size", ["small", "middle"])
@pytest.mark.parametrize("save", [save_bert, save_roberta])
def test_random_networks_say_what_transformers_says(folders, save, size):
    assert_alike(folders(save, size), texts(12))


@pytest.mark.parametrize("activation", ["gelu_new", "relu"])
def test_other_activations_are_transformers_too(folders, activation):
    assert_alike(folders(save_bert, "small", activation), texts(4))


def test_minilm_says_what_transformers_says():
    assert_alike(find_model().path, texts(6))


@pytest.mark.long
@pytest.mark.parametrize("size", ["small", "middle", "large"])
@pytest.mark.parametrize("save", [save_bert, save_roberta])
def test_random_networks_of_three_sizes_on_many_texts(folders, save, size):
    pairs = texts(170, seed=1)
    # The longest and the shortest that there can be: 512 tokens and one word.
    pairs += [(" ".join(["cat"] * 510), None), ("the", None)] if save is save_bert else []
    assert_alike(folders(save, size), pairs)


@pytest.mark.long
def test_minilm_on_many_texts():
    full = " ".join(["the man saw it."] * 102)  # 5 tokens each, 512 with the special ones
    assert_alike(find_model().path, [*texts(120, seed=2), (full, None)])


def test_the_reader_says_what_transformers_says_of_its_adapter():
    from grader.models.qa import ADAPTER
    from grader.models.qa.reader import load_reader

    model = find_model("minilm-qa")
    ours, theirs = load_network(model.path, model.adapter), load_reader(ADAPTER)
    for question, context in (
        ("Who saw the man?", "Ann saw the man with the telescope."),
        ("Where is the cat?", "The cat sat on the mat because it was tired. Bob left."),
    ):
        trace = ours.run(ours.encode(question, context))
        told = theirs.span_logits(question, context)
        assert np.abs(trace.logits.T - told).max() <= REST
