"""A GGUF file of a Llama becomes a folder: config.json, tokenizer.json, model.safetensors.

The weights are written as float32, four bytes a number, so that they can be used where they lie in
the mapped file: nothing is unpacked when the model is loaded, and processes share its pages. The
same file gives the same folder to the last byte.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import ModelError
from grader.network.gguf import Gguf
from grader.network.weight_file import write_weights

PARTS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
"""A layer's tensors: llama.cpp's name -> transformers'."""
WHOLE = {
    "token_embd.weight": "model.embed_tokens.weight",
    "output_norm.weight": "model.norm.weight",
    "output.weight": "lm_head.weight",
}
TURNED = ("attn_q", "attn_k")
"""Whose rows llama.cpp keeps in the order in which it rotates them: pairs side by side."""
SPECIAL = 3
"""The type of a token that stands for no text (``tokenizer.ggml.token_type``)."""


def write_folder(source: Path, folder: Path) -> None:
    """Write the model of a GGUF file into a folder that `load_network` and transformers read.

    Raises:
        ModelError: the file is damaged, no Llama, or written in a way that is not read here.
    """
    gguf = Gguf(source)
    if gguf.facts.get("general.architecture") != "llama":
        raise ModelError(f"{source} holds no Llama; those are the GGUF files that are read here.")
    try:
        _write_json(folder / "config.json", _config(gguf))
        _tokenizer(gguf).save(str(folder / "tokenizer.json"), pretty=False)
        _write_json(folder / "tokenizer_config.json", _tokenizer_config(gguf.facts))
        shapes = {_their_name(name): place.shape for name, place in gguf.places.items()}
        write_weights(folder / "model.safetensors", shapes, _tensors(gguf))
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{source} lacks what a Llama's file says of it ({error}); bring another file."
        ) from error


def _config(gguf: Gguf) -> dict[str, Any]:
    facts = gguf.facts
    if facts.get("llama.rope.scaling.type", "none") != "none":
        raise ModelError(f"{gguf.path} scales its positions, which is not read here.")
    # A float32 in the file: its shortest decimal is what was meant.
    base, epsilon = (
        float(str(np.float32(facts[f"llama.{name}"])))
        for name in ("rope.freq_base", "attention.layer_norm_rms_epsilon")
    )
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "float32",
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "hidden_size": facts["llama.embedding_length"],
        "intermediate_size": facts["llama.feed_forward_length"],
        "num_hidden_layers": facts["llama.block_count"],
        "num_attention_heads": facts["llama.attention.head_count"],
        "num_key_value_heads": facts["llama.attention.head_count_kv"],
        "head_dim": facts["llama.rope.dimension_count"],
        "max_position_embeddings": facts["llama.context_length"],
        "rms_norm_eps": epsilon,
        "rope_theta": base,
        "rope_parameters": {"rope_theta": base, "rope_type": "default"},
        "vocab_size": len(facts["tokenizer.ggml.tokens"]),
        "tie_word_embeddings": "output.weight" not in gguf.places,
        "bos_token_id": facts["tokenizer.ggml.bos_token_id"],
        "eos_token_id": facts["tokenizer.ggml.eos_token_id"],
        "pad_token_id": facts.get("tokenizer.ggml.padding_token_id"),
    }


def _tokenizer(gguf: Gguf):
    """Return the tokenizer: pieces of bytes, merged as the file says, digits one by one."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    facts = gguf.facts
    kind = facts.get("tokenizer.ggml.model"), facts.get("tokenizer.ggml.pre")
    if kind != ("gpt2", "smollm"):
        raise ModelError(
            f"{gguf.path} cuts texts in another way ({kind[0]}, {kind[1]}) than SmolLM does, "
            "which is not read here."
        )
    names = facts["tokenizer.ggml.tokens"]
    merges = [tuple(merge.split(" ")) for merge in facts["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE({name: at for at, name in enumerate(names)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    kinds = zip(names, facts["tokenizer.ggml.token_type"], strict=True)
    special = [name for name, kind in kinds if kind == SPECIAL]
    tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in special])
    return tokenizer


def _tokenizer_config(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what transformers wants to know beside the tokenizer."""
    about = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "clean_up_tokenization_spaces": False,
        "model_max_length": facts["llama.context_length"],
        "chat_template": facts.get("tokenizer.chat_template"),
    }
    ids = (("bos", "bos"), ("eos", "eos"), ("unk", "unknown"), ("pad", "padding"))
    for theirs, ours in ids:
        at = facts.get(f"tokenizer.ggml.{ours}_token_id")
        if at is not None:
            about[f"{theirs}_token"] = facts["tokenizer.ggml.tokens"][at]
    return about


def _tensors(gguf: Gguf) -> Iterator[tuple[str, np.ndarray]]:
    heads = {
        "attn_q": gguf.facts["llama.attention.head_count"],
        "attn_k": gguf.facts["llama.attention.head_count_kv"],
    }
    for name in gguf.places:
        tensor = gguf.tensor(name)
        part = name.split(".")[-2]
        if part in TURNED:
            pairs = tensor.reshape(heads[part], -1, 2, tensor.shape[-1])
            tensor = pairs.swapaxes(1, 2).reshape(tensor.shape)
        yield _their_name(name), tensor


def _their_name(name: str) -> str:
    if name in WHOLE:
        return WHOLE[name]
    try:
        _, layer, part, end = name.split(".")
        return f"model.layers.{layer}.{PARTS[part]}.{end}"
    except (ValueError, KeyError):
        raise ModelError(f"the tensor {name} belongs to no Llama that is read here.") from None


def _write_json(path: Path, about: dict[str, Any]) -> None:
    text = json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
