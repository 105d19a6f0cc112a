"""A decoder of another shape writes by transformers: what it writes, and what it looked at."""

import numpy as np
import pytest

from grader.attention import HeadId
from grader.capture import capture, load_model
from grader.errors import ModelError, TextError
from grader.generation import generate
from grader.network import ZeroHead

TEXT = "the cat sat on 看"


@pytest.fixture(scope="session")
def gpt2(tmp_path_factory):
    """A folder with a random GPT-2 of 2 layers that reads bytes, with its head."""
    return _save(tmp_path_factory.mktemp("gpt2"), "GPT2LMHeadModel")


def _save(folder, kind):
    import torch
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    letters = pre_tokenizers.ByteLevel.alphabet()
    reads = Tokenizer(models.BPE({letter: at for at, letter in enumerate(sorted(letters))}, []))
    reads.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    reads.decoder = decoders.ByteLevel()
    transformers.PreTrainedTokenizerFast(tokenizer_object=reads).save_pretrained(folder)
    torch.manual_seed(3)
    sizes = {"n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 48}
    config = transformers.GPT2Config(
        vocab_size=256, bos_token_id=None, eos_token_id=None, tie_word_embeddings=False, **sizes
    )
    model = getattr(transformers, kind)(config).eval()
    torch.nn.init.normal_(model.get_input_embeddings().weight, std=1.0)
    model.save_pretrained(folder)
    return str(folder)


def test_it_writes_what_transformers_writes(gpt2):
    import torch
    from transformers import AutoModelForCausalLM

    theirs = AutoModelForCausalLM.from_pretrained(gpt2).eval()
    made = generate(TEXT, 10, model=gpt2)
    ids = torch.tensor(load_model(gpt2).encode(TEXT).ids)[None]
    wanted = theirs.generate(ids, max_new_tokens=10, do_sample=False, pad_token_id=0)[0]
    assert [guess.id for guess in made.chosen] == wanted[ids.shape[1] :].tolist()
    assert made.n_given == ids.shape[1]


def test_a_row_is_that_of_a_capture_of_all(gpt2):
    made = generate("the cat", 6, model=gpt2)
    network = load_model(gpt2).network
    ids = [guess.id for guess in made.chosen]
    every, _ = network.reader.follow(network.encode("the cat"), "the cat", ids)
    whole = network.attend(every)  # of its ids: bytes that are no letter cannot be read again
    assert np.abs(made.attention.weights - whole[:, :, :-1, :-1]).max() < 1e-5
    first = capture("the cat", model=gpt2, cache=None)
    assert np.abs(made.row(0) - first.weights[:, :, -1]).max() < 1e-5
    for step in range(6):
        assert np.abs(made.row(step).sum(axis=-1) - 1).max() < 1e-5


def test_bytes_of_a_letter_are_shown_as_bytes_in_both_parts(gpt2):
    made = generate(TEXT, 2, model=gpt2)
    assert made.tokens[:4] == ("t", "h", "e", " ")
    assert made.tokens[made.n_given - 3 : made.n_given] == ("<E7>", "<9C>", "<8B>")


def test_nothing_inside_it_can_be_changed(gpt2):
    with pytest.raises(ModelError, match="what it works out inside cannot be read; use minilm"):
        generate(TEXT, 2, [ZeroHead(HeadId(0, 0))], model=gpt2)


def test_what_would_be_too_long_says_how_long_it_may_be(gpt2):
    with pytest.raises(TextError, match=r"have 57 tokens and .* reads at most 48; shorten it"):
        generate("the cat", 50, model=gpt2)


def test_a_folder_without_the_head_says_so(tmp_path):
    folder = _save(tmp_path, "GPT2Model")
    assert capture("the cat", model=folder, cache=None).causal
    with pytest.raises(ModelError, match=r"no head that says which token comes next \(lm_head"):
        generate("the cat", 2, model=folder)
