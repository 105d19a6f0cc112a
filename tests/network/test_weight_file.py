"""A safetensors file read by memory map is what the safetensors package reads."""

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from grader.errors import ModelError
from grader.models import find_model
from grader.network import is_readable, load_network
from grader.network.weight_file import read_weights
from support.random_networks import save_bert


def test_tensors_are_those_that_were_written(tmp_path):
    written = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "half": np.array([0.5, -2], dtype=np.float16),
        "double": np.array([[1 / 3]]),
        "ids": np.arange(3, dtype=np.int64),
        "empty": np.zeros((0, 4), dtype=np.float32),
        "scalar": np.array(7, dtype=np.float32),
    }
    save_file(written, tmp_path / "w.safetensors", {"format": "np"})
    read = read_weights(tmp_path / "w.safetensors")
    assert set(read) == set(written)
    for name, tensor in written.items():
        assert read[name].shape == tensor.shape
        assert np.array_equal(read[name], tensor.astype(read[name].dtype))


def test_bfloat16_becomes_float32(tmp_path):
    import torch
    from safetensors.torch import save_file as save

    numbers = torch.tensor([[1.5, -0.375], [3e38, 0.0]], dtype=torch.bfloat16)
    save({"w": numbers}, tmp_path / "w.safetensors")
    read = read_weights(tmp_path / "w.safetensors")["w"]
    assert np.array_equal(read, numbers.float().numpy())


def test_the_numbers_of_the_model_lie_in_its_file():
    path = find_model().path / "model.safetensors"
    read, told = read_weights(path), load_file(path)
    assert all(np.array_equal(read[name], told[name]) for name in told)
    name = "encoder.layer.0.attention.self.query.weight"
    assert isinstance(read[name], np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        read[name][0, 0] = 0


@pytest.mark.parametrize(
    "data",
    [b"", b"short", b"\xff" * 16, b"\x02" + b"\0" * 7 + b"[]", b"\x10" + b"\0" * 7 + b'{"a": {}}'],
)
def test_what_is_no_such_file_is_refused_by_name(tmp_path, data):
    (tmp_path / "w.safetensors").write_bytes(data)
    with pytest.raises(ModelError, match="is no safetensors file"):
        read_weights(tmp_path / "w.safetensors")


def test_a_tensor_that_ends_behind_the_file_is_refused(tmp_path):
    save_file({"a": np.ones(4, dtype=np.float32)}, tmp_path / "w.safetensors")
    whole = (tmp_path / "w.safetensors").read_bytes()
    (tmp_path / "w.safetensors").write_bytes(whole[:-4])
    with pytest.raises(ModelError, match="is no safetensors file"):
        read_weights(tmp_path / "w.safetensors")


def test_a_folder_of_another_shape_is_not_readable(tmp_path):
    folder = save_bert(tmp_path, "small")
    assert is_readable(folder)
    config = (folder / "config.json").read_text()
    (folder / "config.json").write_text(config.replace('"bert"', '"mamba"'))
    assert not is_readable(folder)
    with pytest.raises(ModelError, match="no folder of a BERT, RoBERTa or Llama"):
        load_network(folder)


def test_names_of_the_first_bert_and_of_a_model_with_a_head_are_known(tmp_path):
    folder = save_bert(tmp_path, "small")
    told = load_network(folder)
    tensors = load_file(folder / "model.safetensors")
    old = {
        "bert." + n.replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta"): t
        for n, t in tensors.items()
    }
    save_file(old, folder / "model.safetensors")
    tokens = told.encode("the cat sat")
    assert np.array_equal(load_network(folder).run(tokens).residuals, told.run(tokens).residuals)
