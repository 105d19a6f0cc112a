"""A model's folder, as ``save_pretrained`` writes it, becomes a network."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import ModelError
from grader.network import bert, llama
from grader.network.bert import ACTIVATIONS, Bert
from grader.network.llama import Llama
from grader.network.text_reader import TextReader
from grader.network.weight_file import read_weights

ENCODERS = ("bert", "roberta")
"""The ``model_type`` of what `Bert` runs."""
MOST_TOKENS = 512
"""Of a Llama, whatever its config allows: with 270 heads, their patterns take 283 MB."""
OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}
"""As the first BERT's files have them, ``bert-base-uncased``'s for example."""
LORA_SCALE = 2.0
"""A low-rank change of a weight is this times ``B @ A`` (Hu et al., 2021)."""


def is_readable(folder: Path) -> bool:
    """Say whether the model in a folder is of a shape that runs here."""
    try:
        about = _about(folder)
    except ModelError:
        return False
    return (
        (_is_encoder(about) or _is_decoder(about))
        and (folder / "model.safetensors").is_file()
        and (folder / "tokenizer.json").is_file()
    )


def _is_encoder(about: dict[str, Any]) -> bool:
    return (
        about.get("model_type") in ENCODERS
        and about.get("position_embedding_type", "absolute") == "absolute"
        and not about.get("is_decoder")
        and about.get("hidden_act") in ACTIVATIONS
    )


def _is_decoder(about: dict[str, Any]) -> bool:
    rotation = about.get("rope_parameters") or about.get("rope_scaling") or {}
    return (
        about.get("model_type") == "llama"
        and about.get("hidden_act", "silu") == "silu"
        and rotation.get("rope_type", rotation.get("type", "default")) == "default"
    )


def load_network(folder: Path, adapter: Path | None = None) -> Bert | Llama:
    """Return the network of a folder.

    Args:
        folder: holds ``config.json``, ``model.safetensors`` and ``tokenizer.json``.
        adapter: a safetensors file with low-rank changes (``NAME.A``, ``NAME.B``), which are added
            to the weights, and further tensors, which are taken as they are.

    Raises:
        ModelError: it is not readable here, or a file is damaged.
    """
    if not is_readable(folder):
        raise ModelError(
            f"{folder} is no folder of a BERT, RoBERTa or Llama with model.safetensors and "
            "tokenizer.json; name one that save_pretrained wrote."
        )
    about = _about(folder)
    tensors = read_weights(folder / "model.safetensors")
    try:
        if _is_decoder(about):
            return _llama(about, tensors, folder)
        weights = _named(tensors, about["model_type"])
        if adapter is not None:
            weights = _adapted(weights, read_weights(adapter))
        return _bert(about, weights, folder)
    except (KeyError, TypeError) as error:
        raise ModelError(
            f"the model in {folder} is not whole: {error} is missing or of another kind in "
            "config.json or among the weights; name a folder that save_pretrained wrote."
        ) from error


def _bert(about: dict[str, Any], weights: dict[str, np.ndarray], folder: Path) -> Bert:
    roberta = about["model_type"] == "roberta"
    first = about["pad_token_id"] + 1 if roberta else 0
    config = bert.Config(
        n_layers=about["num_hidden_layers"],
        n_heads=about["num_attention_heads"],
        n_positions=about["max_position_embeddings"] - first,
        first_position=first,
        epsilon=about["layer_norm_eps"],
        activation=about["hidden_act"],
    )
    return Bert(config, weights, TextReader.of(folder))


def _llama(about: dict[str, Any], tensors: dict[str, np.ndarray], folder: Path) -> Llama:
    n_heads, ends = about["num_attention_heads"], about.get("eos_token_id")
    rotation = about.get("rope_parameters") or {}
    config = llama.Config(
        n_layers=about["num_hidden_layers"],
        n_heads=n_heads,
        n_kept=about.get("num_key_value_heads") or n_heads,
        n_positions=min(about["max_position_embeddings"], MOST_TOKENS),
        epsilon=about["rms_norm_eps"],
        rotation_base=rotation.get("rope_theta") or about.get("rope_theta", 10000.0),
        ends=frozenset(ends if isinstance(ends, list) else [] if ends is None else [ends]),
    )
    weights = {name.removeprefix("model."): tensor for name, tensor in tensors.items()}
    return Llama(config, weights, TextReader.of(folder))


def _about(folder: Path) -> dict[str, Any]:
    try:
        about = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if not isinstance(about, dict):
            raise ValueError("no table")
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{folder} has no readable config.json; name a folder that save_pretrained wrote."
        ) from error
    return about


def _named(tensors: dict[str, np.ndarray], model_type: str) -> dict[str, np.ndarray]:
    """Return the tensors by their names inside the encoder, whatever stands on top of it."""
    named = {}
    for name, tensor in tensors.items():
        for old, new in OLD_NAMES.items():
            name = name.replace(old, new)
        named[name.removeprefix(f"{model_type}.")] = tensor
    return named


def _adapted(
    weights: dict[str, np.ndarray], adapter: dict[str, np.ndarray]
) -> dict[str, np.ndarray]:
    adapted = dict(weights)
    for name, tensor in adapter.items():
        inner = name.removeprefix("bert.")
        if inner.endswith(".A"):
            layer = inner.removesuffix(".A")
            change = np.float32(LORA_SCALE) * adapter[name.removesuffix("A") + "B"] @ tensor
            adapted[f"{layer}.weight"] = weights[f"{layer}.weight"] + change
        elif not inner.endswith(".B"):
            adapted[inner] = tensor
    return adapted
