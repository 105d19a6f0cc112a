"""The model that runs in the browser is the model that grades: same ids, same attention.

Here in Node, on the sources the site is built from; tests/browser holds the page itself.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from attention_views.bundle import assemble_kernel
from attention_views.export_model import POSITIONS, SHARD, export_model, quantised
from attention_views.live import KERNEL
from grader.capture import capture
from grader.models import find_model
from support.live_model import run_live
from support.strings import strange_strings

CLOSE = 2e-3
"""How far an attention weight may be off; measured: 0.0003."""

TIE = 2 * CLOSE
"""Two keys this near may change places."""

SENTENCES = Path(__file__).parents[2] / "lessons" / "data"


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return export_model(tmp_path_factory.mktemp("live"))


@pytest.fixture(scope="module")
def tokenizer():
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(find_model("minilm").path / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def assert_same_ids(exported, tokenizer, texts):
    found = run_live(exported, [{"text": text} for text in texts])
    expected = tokenizer.encode_batch(texts)
    different = [
        (text, one["tokens"], other.tokens)
        for text, one, other in zip(texts, found, expected, strict=True)
        if one["ids"] != other.ids
    ]
    assert different == []


def test_ids_equal_python_s_on_strange_strings(exported, tokenizer):
    texts = list(strange_strings(8000))
    assert len(set(texts)) > 5000
    assert_same_ids(exported, tokenizer, texts)


@pytest.mark.long
def test_ids_equal_python_s_on_every_character(exported, tokenizer):
    """Alone, within a word and capital or small as it is."""
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    texts = [
        " ".join(f"a{chr(code)}b {chr(code)}" for code in codes[first : first + 64])
        for first in range(0, len(codes), 64)
    ]
    assert_same_ids(exported, tokenizer, texts)


def test_a_pair_is_read_as_python_reads_it(exported, tokenizer):
    [found] = run_live(exported, [{"text": "Who sat?", "pair": "The cat sat."}])
    expected = tokenizer.encode("Who sat?", "The cat sat.")
    assert found["ids"] == expected.ids
    assert found["types"] == expected.type_ids
    assert found["second"] == 5


@pytest.fixture(scope="module")
def sentences():
    """Sixty of the course's sentences, some strange ones and one as long as the page allows."""
    found = []
    for name in ("varied", "short", "repeated", "ambiguous"):
        header, *rows = (SENTENCES / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        column = header.split("\t").index("text")
        found += [row.split("\t")[column] for row in rows[:18]]
    strange = [text for text in strange_strings(60, seed=3) if 0 < len(text.strip()) < 40]
    return [*dict.fromkeys(found), *strange[:6], " ".join(["a telescope"] * 31)]


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)])
def test_attention_equals_pytorch_s(exported, sentences, every):
    assert len(sentences) >= 60
    tried = sentences[::-1][::every]  # the longest is among them
    found = run_live(exported, [{"text": text, "attention": True} for text in tried])
    for text, live in zip(tried, found, strict=True):
        expected = capture(text)
        weights = live["weights"].reshape(expected.weights.shape)
        assert list(expected.tokens) == live["tokens"]
        assert np.abs(weights - expected.weights).max() <= CLOSE, text
        second, first = np.sort(expected.weights, axis=-1)[..., -2:].T
        clear = (first - second).T > TIE
        assert (weights.argmax(-1) == expected.weights.argmax(-1))[clear].all(), text


def test_the_kernel_computes_what_the_readable_code_computes(exported, sentences, tmp_path):
    kernel = assemble_kernel(KERNEL, tmp_path / "linear.wasm")
    inputs = [{"text": text, "attention": True} for text in [*sentences[::6], sentences[-1]]]
    for plain, fast in zip(
        run_live(exported, inputs), run_live(exported, inputs, kernel), strict=True
    ):
        assert plain["ids"] == fast["ids"]
        assert np.abs(plain["weights"] - fast["weights"]).max() <= 1e-5


def test_weights_follow_from_queries_and_keys(exported):
    """What the neuron view draws: softmax of q k / sqrt(features)."""
    [live] = run_live(exported, [{"text": "Who sat on the mat?", "attention": True}])
    n = len(live["ids"])
    queries, keys = (live[name].reshape(6, 12, n, 32) for name in ("queries", "keys"))
    scores = np.einsum("lhqf,lhkf->lhqk", queries, keys) / np.sqrt(32)
    expected = np.exp(scores - scores.max(-1, keepdims=True))
    expected /= expected.sum(-1, keepdims=True)
    assert np.abs(live["weights"].reshape(6, 12, n, n) - expected).max() < 1e-5


def test_a_quantised_row_is_within_half_a_step():
    matrix = np.random.default_rng(0).normal(size=(5, 32)).astype(np.float32)
    matrix[2] = 0
    data = quantised(matrix)
    scales = np.frombuffer(data[:20], "<f4")[:, None]
    numbers = np.frombuffer(data[20:], "<i2").reshape(5, 32)
    assert np.all(np.abs(numbers * scales - matrix) <= scales * 0.51)
    assert numbers.max() == 32767 or numbers.min() == -32767


def test_every_file_is_named_with_its_size(exported):
    about = json.loads((exported / "model.json").read_text())
    for file in about["files"]:
        assert (exported / file["name"]).stat().st_size == file["bytes"]
    shards = sorted((exported / "words").iterdir())
    assert len(shards) == -(-about["vocabulary"]["size"] // SHARD)
    assert about["positions"] == POSITIONS
    assert sum(file["bytes"] for file in about["files"]) < 19e6


def test_two_exports_are_the_same_to_the_byte(exported, tmp_path):
    again = export_model(tmp_path)
    assert again.name == exported.name

    def digests(folder):
        return {
            path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert digests(exported) == digests(again)
