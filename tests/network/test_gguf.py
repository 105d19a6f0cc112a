"""A GGUF file that was packed by hand is read number by number, and becomes a folder."""

import json
import struct

import numpy as np
import pytest

from grader.errors import ModelError
from grader.network import load_network
from grader.network.from_gguf import PARTS, TURNED, write_folder
from grader.network.gguf import Gguf
from grader.network.weight_file import read_weights
from support.packed_gguf import F32, Q4_1, Q8_0, fact, packed


def half(*numbers: float) -> bytes:
    return struct.pack(f"<{len(numbers)}e", *numbers)


@pytest.fixture
def gguf(tmp_path):
    """A function: facts and tensors -> the file, read."""

    def read(facts, tensors) -> Gguf:
        (tmp_path / "a.gguf").write_bytes(packed(facts, tensors))
        return Gguf(tmp_path / "a.gguf")

    return read


def test_facts_of_every_type_are_read(gguf):
    facts = {
        "small": fact("B", 7),
        "below": fact("i", -7),
        "share": fact("f", 0.5),
        "yes": fact("?", True),
        "large": fact("Q", 1 << 40),
        "name": fact("text", "看见"),
        "names": fact("texts", ["Ġa", "b"]),
    }
    told = gguf(facts, {}).facts
    assert told == {
        "small": 7,
        "below": -7,
        "share": 0.5,
        "yes": True,
        "large": 1 << 40,
        "name": "看见",
        "names": ["Ġa", "b"],
    }


def test_numbers_of_four_bits_are_a_scale_and_a_least_value(gguf):
    low, high = range(16), [15, 0] * 8
    raw = half(0.5, -2) + bytes(a | b << 4 for a, b in zip(low, high, strict=True))
    found = gguf({}, {"w": (Q4_1, (1, 32), raw)}).tensor("w")
    assert found.tolist() == [[0.5 * q - 2 for q in (*low, *high)]]
    assert found.dtype == np.float32


def test_numbers_of_eight_bits_are_signed(gguf):
    numbers = [-128, 127, *range(-15, 15)]
    raw = half(0.25) + struct.pack("<32b", *numbers)
    assert gguf({}, {"w": (Q8_0, (32,), raw)}).tensor("w").tolist() == [q / 4 for q in numbers]


def test_tensors_lie_where_the_file_says_and_rows_come_first(gguf):
    tensors = {
        "a": (F32, (2, 3), np.arange(6, dtype="<f4").tobytes()),
        "b": (F32, (2,), np.array([7, 8], dtype="<f4").tobytes()),
    }
    read = gguf({"general.alignment": fact("I", 64)}, tensors)
    assert read.tensor("a").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read.tensor("b").tolist() == [7, 8]


def test_what_is_no_whole_file_of_this_kind_is_refused(gguf, tmp_path):
    (tmp_path / "b.gguf").write_bytes(b"GGML" + b"\0" * 60)
    with pytest.raises(ModelError, match=r"is no whole GGUF file \(it does not begin with GGUF 3"):
        Gguf(tmp_path / "b.gguf")
    whole = packed({"name": fact("text", "x" * 99)}, {"w": (F32, (8,), bytes(32))})
    for length in (3, 20, 60, 120):
        (tmp_path / "b.gguf").write_bytes(whole[:length])
        with pytest.raises(ModelError, match="is no whole GGUF file"):
            Gguf(tmp_path / "b.gguf")
    (tmp_path / "b.gguf").write_bytes(whole[:-4])
    with pytest.raises(ModelError, match="ends inside of w"):
        Gguf(tmp_path / "b.gguf").tensor("w")
    with pytest.raises(ModelError, match="blocks of kind 14; those that are read"):
        gguf({}, {"w": (14, (8,), bytes(32))}).tensor("w")


SIZES = {"layers": 2, "heads": 4, "kept": 2, "width": 32, "inner": 64}
WORDS = ["<|endoftext|>", "<|im_end|>", "a", "b", "Ġ", "ab", "1", "2", "Ċ", "!", "?", "."]


def facts() -> dict:
    about = {
        "embedding_length": SIZES["width"],
        "feed_forward_length": SIZES["inner"],
        "block_count": SIZES["layers"],
        "attention.head_count": SIZES["heads"],
        "attention.head_count_kv": SIZES["kept"],
        "rope.dimension_count": SIZES["width"] // SIZES["heads"],
        "context_length": 64,
    }
    return {
        "general.architecture": fact("text", "llama"),
        **{f"llama.{name}": fact("I", value) for name, value in about.items()},
        "llama.rope.freq_base": fact("f", 100000.0),
        "llama.attention.layer_norm_rms_epsilon": fact("f", 1e-5),
        "tokenizer.ggml.model": fact("text", "gpt2"),
        "tokenizer.ggml.pre": fact("text", "smollm"),
        "tokenizer.ggml.tokens": fact("texts", WORDS),
        "tokenizer.ggml.merges": fact("texts", ["a b"]),
        "tokenizer.ggml.token_type": fact("ints", [3, 3, *[1] * (len(WORDS) - 2)]),
        "tokenizer.ggml.bos_token_id": fact("I", 0),
        "tokenizer.ggml.eos_token_id": fact("I", 1),
    }


def tensors(draw: np.random.Generator) -> dict:
    """Random weights in transformers' order, by llama.cpp's names."""
    width, inner = SIZES["width"], SIZES["inner"]
    shared = width * SIZES["kept"] // SIZES["heads"]
    shapes = {"attn_q": (width, width), "attn_k": (shared, width), "attn_v": (shared, width)}
    shapes |= {"attn_output": (width, width), "attn_norm": (width,), "ffn_norm": (width,)}
    shapes |= {"ffn_gate": (inner, width), "ffn_up": (inner, width), "ffn_down": (width, inner)}
    named = {f"blk.{n}.{p}.weight": s for n in range(SIZES["layers"]) for p, s in shapes.items()}
    named |= {"token_embd.weight": (len(WORDS), width), "output_norm.weight": (width,)}
    return {name: draw.normal(0, 0.3, shape).astype("<f4") for name, shape in named.items()}


def interleaved(rows: np.ndarray, heads: int) -> np.ndarray:
    """The order in which llama.cpp keeps what it rotates: the halves of each head in turn."""
    first, second = np.split(rows.reshape(heads, -1, rows.shape[-1]), 2, axis=1)
    return np.stack([first, second], axis=2).reshape(rows.shape)


def as_llama_cpp(weights: dict) -> dict:
    heads = {"attn_q": SIZES["heads"], "attn_k": SIZES["kept"]}
    kept = {}
    for name, tensor in weights.items():
        part = name.split(".")[-2]
        tensor = interleaved(tensor, heads[part]) if part in TURNED else tensor
        kept[name] = (F32, tensor.shape, tensor.tobytes())
    return kept


@pytest.fixture
def written(tmp_path):
    """The weights, and the folder that a file of them becomes."""
    weights = tensors(np.random.default_rng(0))
    (tmp_path / "a.gguf").write_bytes(packed(facts(), as_llama_cpp(weights)))
    (tmp_path / "model").mkdir()
    write_folder(tmp_path / "a.gguf", tmp_path / "model")
    return weights, tmp_path / "model"


def test_a_file_becomes_a_folder_with_the_same_weights_in_transformers_order(written):
    weights, folder = written
    found = read_weights(folder / "model.safetensors")
    assert len(found) == len(weights)
    for part, theirs in PARTS.items():
        told = weights[f"blk.1.{part}.weight"]
        assert np.array_equal(found[f"model.layers.1.{theirs}.weight"], told), part
    config = json.loads((folder / "config.json").read_text())
    assert config["rope_theta"] == 100000.0
    assert config["rms_norm_eps"] == 1e-5
    assert config["tie_word_embeddings"] is True


def test_the_folder_is_that_of_transformers_too(written):
    from support.torch_llama import TorchLlama

    _, folder = written
    ours, theirs = load_network(folder), TorchLlama(folder)
    tokens = ours.encode("ab a 12\n.")
    assert tokens.names == ("ab", " ", "a", " ", "1", "2", "\n", ".")
    assert tokens.ids.tolist() == theirs.ids("ab a 12\n.")
    assert np.abs(ours.run(tokens).logits - theirs.run(tokens.ids)[2]).max() < 1e-4


def test_the_same_file_gives_the_same_bytes(written, tmp_path):
    _, folder = written
    (tmp_path / "again").mkdir()
    write_folder(tmp_path / "a.gguf", tmp_path / "again")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("general.architecture", "gpt2", "holds no Llama"),
        ("tokenizer.ggml.pre", "llama-bpe", r"cuts texts in another way \(gpt2, llama-bpe\)"),
        ("llama.rope.scaling.type", "yarn", "scales its positions"),
    ],
)
def test_a_model_that_would_come_out_wrong_is_refused(tmp_path, name, value, sentence):
    weights = as_llama_cpp(tensors(np.random.default_rng(0)))
    (tmp_path / "a.gguf").write_bytes(packed(facts() | {name: fact("text", value)}, weights))
    with pytest.raises(ModelError, match=sentence):
        write_folder(tmp_path / "a.gguf", tmp_path)
    assert not (tmp_path / "model.safetensors").exists()
