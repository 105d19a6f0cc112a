"""The network in numpy says what transformers says of the same weights."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.models import find_model
from grader.network import load_network
from support.random_networks import save_bert, save_roberta, texts
from support.torch_bert import TorchBert, TorchReader

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


def assert_alike(folder: Path, pairs) -> None:
    ours, theirs = load_network(folder), TorchBert(folder)
    for text, pair in pairs:
        tokens = ours.encode(text, pair)
        assert tokens.ids.tolist() == theirs.ids(text, pair)
        trace, output = ours.run(tokens), theirs.run(text, pair)
        assert np.abs(trace.pattern - np.concatenate(output.attentions)).max() <= PATTERN
        for mine, told in zip(trace.residuals, output.hidden_states, strict=True):
            assert np.abs(mine - told[0].numpy()).max() <= REST
        for name, told in theirs.inner(text, pair).items():
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


def test_the_reader_says_what_torch_says_of_its_adapter():
    model = find_model("minilm-qa")
    ours, theirs = load_network(model.path, model.adapter), TorchReader(model.path, model.adapter)
    for question, context in (
        ("Who saw the man?", "Ann saw the man with the telescope."),
        ("Where is the cat?", "The cat sat on the mat because it was tired. Bob left."),
    ):
        logits = ours.run(ours.encode(question, context)).logits
        assert np.abs(logits.T - theirs.span_logits(question, context)).max() <= REST


BITS = """
import hashlib
from grader.capture import load_model
trace = load_model().trace("The cat sat on the mat because it was tired.")
print(hashlib.sha256(trace.queries.tobytes() + trace.residuals.tobytes()).hexdigest())
"""


def test_the_bits_do_not_depend_on_the_number_of_threads():
    found = set()
    for threads in ("1", "2"):
        environment = os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        command = [sys.executable, "-c", BITS]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        found.add(ran.stdout)
    assert len(found) == 1
