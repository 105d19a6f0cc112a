"""A model of another shape shows its attention by transformers, and says what it cannot tell."""

import builtins
import re

import pytest

from grader.capture import capture, load_model
from grader.errors import GraderError, ModelError
from grader.extras import install


@pytest.fixture(scope="session")
def other(tmp_path_factory):
    """A folder with a random DistilBERT of 2 layers, and its tokenizer."""
    import torch
    from transformers import BertTokenizerFast, DistilBertConfig, DistilBertModel

    folder = tmp_path_factory.mktemp("other")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "sat", "."]
    (folder / "vocab.txt").write_text("\n".join(pieces))
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    sizes = {"dim": 8, "n_layers": 2, "n_heads": 2, "hidden_dim": 8}
    config = DistilBertConfig(vocab_size=len(pieces), max_position_embeddings=16, **sizes)
    DistilBertModel(config).save_pretrained(folder)
    return str(folder)


def test_its_attention_is_captured(other):
    seen = capture("the cats sat.", "the cat", model=other, cache=None)
    assert seen.tokens[:5] == ("[CLS]", "the", "cat", "##s", "sat")
    assert seen.words[1:4] == ("the", "cats", "sat")
    assert seen.tokens[seen.second_start] == "the"
    assert seen.weights.shape == (2, 2, 10, 10)


def test_a_text_too_long_says_how_long_it_may_be(other):
    with pytest.raises(GraderError, match=r"has 22 tokens and .* reads at most 16; shorten it"):
        capture("cat " * 20, model=other, cache=None)


def test_an_empty_tuple_of_attentions_names_eager(other):
    network = load_model(other).network.network
    network.set_attn_implementation("sdpa")
    try:
        with pytest.raises(GraderError, match="attn_implementation='eager'"):
            load_model(other).attend("the cat")
    finally:
        network.set_attn_implementation("eager")


def test_a_model_left_in_training_mode_is_told_so(other):
    network = load_model(other).network.network
    network.train()
    try:
        with pytest.raises(GraderError, match=r"model\.eval\(\)"):
            load_model(other).attend("the cat sat")
    finally:
        network.eval()


@pytest.mark.parametrize("what", ["queries_keys", "value_norms", "embedding", "leave_one_out"])
def test_what_it_works_out_inside_cannot_be_read(other, what):
    with pytest.raises(ModelError, match=r"is not built like BERT.*use minilm"):
        getattr(load_model(other), what)("the cat sat")


def test_without_transformers_one_line_says_what_to_install(other, monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name.split(".")[0] in ("torch", "transformers"):
            raise ImportError(name)
        return real(name, *rest, **more)

    from grader.models.hub import HubNetwork

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ModelError, match=re.escape(install("hub"))):
        HubNetwork(other, other)


def test_a_model_of_one_type_of_tokens_is_not_told_of_two(tmp_path):
    """Its tokenizer numbers the second text 1, and says that the model is not to hear of it."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import CamembertConfig, CamembertModel, PreTrainedTokenizerFast

    words = ["<pad>", "<unk>", "the", "cat", "sat"]
    reads = Tokenizer(models.WordLevel(dict(zip(words, range(5), strict=True)), "<unk>"))
    reads.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=reads, model_input_names=["input_ids", "attention_mask"]
    ).save_pretrained(tmp_path)
    torch.manual_seed(0)
    sizes = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = CamembertConfig(
        vocab_size=5, intermediate_size=16, max_position_embeddings=32, type_vocab_size=1, **sizes
    )
    CamembertModel(config).save_pretrained(tmp_path)
    assert capture("the cat", "sat", model=str(tmp_path), cache=None).n_tokens == 3
