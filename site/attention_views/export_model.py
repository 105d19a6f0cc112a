"""The default model as files that a browser can fetch in parts: ``site/live`` computes with them.

Whatever the attentions need, and no more: the last layer keeps only its queries and keys. A matrix
is 16-bit whole numbers with one float32 scale for each row, ``weight = number * scale``; as large
as float16, five times nearer to the weights (attention within 0.0003 of PyTorch instead of 0.0015),
and any browser reads it. Word embeddings are cut into shards of consecutive ids.

| file | holds |
|---|---|
| ``model.json`` | sizes, where each tensor lies, the tokenizer's tables |
| ``start.bin`` | positions, token types, first norm |
| ``layer0.bin`` ... | a layer each |
| ``vocab.txt`` | the word pieces, one a line, in order of id |
| ``words/000.bin`` ... | ``SHARD`` word embeddings each |
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from grader.atomic import make_folder_once
from grader.models import find_model

FORMAT = 1
"""Rises with every change of what is written: it is part of the folder's name."""

SHARD = 128
"""Rows of a shard: 97 kB. Frequent words have near ids, so a sentence needs four to ten."""

POSITIONS = 128
"""How many places are exported; the page draws fewer."""

PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "mixed": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "norm2": "output.LayerNorm",
}
"""Our name of a layer's part -> the checkpoint's."""


def export_model(folder: Path) -> Path:
    """Export the default model into a folder of its own below `folder`, unless it is there.

    Returns:
        That folder. Its name changes with the weights and the format, so that caches never mix.

    Raises:
        ModelError: there is no such model, or its weights are not the known ones.
    """
    source = find_model("minilm")
    target = folder / f"{FORMAT}-{source.sha256[:12]}"
    make_folder_once(target, lambda made: _write_model(source.path, source.sha256, made))
    return target


def quantised(matrix: np.ndarray) -> bytes:
    """Return a matrix's bytes: the scale of each row as float32, then its numbers as int16."""
    scales = np.abs(matrix).max(axis=1, keepdims=True).astype("<f4") / np.float32(32767)
    scales[scales == 0] = 1
    return scales.tobytes() + np.rint(matrix / scales).astype("<i2").tobytes()


def _write_model(source: Path, sha256: str, target: Path) -> None:
    from safetensors.numpy import load_file

    (target / "words").mkdir()
    weights = load_file(source / "model.safetensors")
    config = json.loads((source / "config.json").read_text(encoding="utf-8"))
    n_layers = config["num_hidden_layers"]
    files = [_write(target, "start", _start(weights))]
    for layer in range(n_layers):
        named = _layer(weights, layer, last=layer == n_layers - 1)
        files.append(_write(target, f"layer{layer}", named))
    words = weights["embeddings.word_embeddings.weight"]
    for number, first in enumerate(range(0, len(words), SHARD)):
        path = target / "words" / f"{number:03d}.bin"
        path.write_bytes(quantised(words[first : first + SHARD]))
    shutil.copyfile(source / "vocab.txt", target / "vocab.txt")
    about = {
        "format": FORMAT,
        "model": sha256,
        "layers": n_layers,
        "heads": config["num_attention_heads"],
        "width": config["hidden_size"],
        "inner": config["intermediate_size"],
        "positions": POSITIONS,
        "epsilon": config["layer_norm_eps"],
        "vocabulary": {"size": len(words), "bytes": (target / "vocab.txt").stat().st_size},
        "shard": SHARD,
        "files": files,
        "tokenizer": tokenizer_tables(source / "tokenizer.json"),
    }
    text = json.dumps(about, separators=(",", ":"))
    (target / "model.json").write_text(text, encoding="ascii")


def _start(weights: dict) -> Iterator[tuple[str, np.ndarray]]:
    yield "position", weights["embeddings.position_embeddings.weight"][:POSITIONS]
    yield "type", weights["embeddings.token_type_embeddings.weight"]
    yield "norm.weight", weights["embeddings.LayerNorm.weight"]
    yield "norm.bias", weights["embeddings.LayerNorm.bias"]


def _layer(weights: dict, layer: int, *, last: bool) -> Iterator[tuple[str, np.ndarray]]:
    for ours, theirs in PARTS.items():
        if not last or ours in ("query", "key"):
            for kind in ("weight", "bias"):
                yield f"{ours}.{kind}", weights[f"encoder.layer.{layer}.{theirs}.{kind}"]


def _write(target: Path, name: str, tensors: Iterator[tuple[str, np.ndarray]]) -> dict:
    """Write tensors one after the other; tell where each starts and its shape."""
    body = bytearray()
    places = {}
    for part, tensor in tensors:
        places[part] = [len(body), *tensor.shape]
        body += tensor.astype("<f4").tobytes() if tensor.ndim == 1 else quantised(tensor)
    (target / f"{name}.bin").write_bytes(body)
    return {"name": f"{name}.bin", "bytes": len(body), "tensors": places}


PROBE = "\u01bf"
"""Between probed characters: a letter that the tokenizer leaves alone."""


def tokenizer_tables(path: Path) -> dict:
    """Ask the tokenizer itself what it does with every character.

    A browser's own Unicode tables are newer or older than the tokenizer's; with these, both cut a
    text alike. Each table is a list of ranges: distance from the end of the last, then length.

    Returns:
        ``gone`` (removed: control characters, accents once letters are decomposed), ``space``,
        ``apart`` (a word by itself, as Chinese characters are), ``punctuation``; ``longest``, the
        most characters that a word may have; ``special``, tokens found in a text as written.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    normalise, split = tokenizer.normalizer.normalize_str, tokenizer.pre_tokenizer.pre_tokenize_str
    found: dict[str, list[int]] = {"gone": [], "space": [], "apart": []}
    characters = [chr(code) for code in codes() if chr(code) not in (PROBE, PROBE.upper())]
    for character, became in _probed(characters, normalise):
        if became in ("", " "):
            found["space" if became else "gone"].append(ord(character))
        elif became.startswith(" "):
            found["apart"].append(ord(character))
    alone = {piece for piece, (start, end) in split(PROBE.join(characters)) if end - start == 1}
    found["punctuation"] = sorted(ord(piece) for piece in alone - {PROBE})
    model = json.loads(path.read_text(encoding="utf-8"))
    return {
        **{name: ranges(points) for name, points in found.items()},
        "longest": model["model"]["max_input_chars_per_word"],
        "special": [token["content"] for token in model["added_tokens"]],
    }


def codes() -> Iterator[int]:
    """Yield every code point that a text can hold."""
    yield from range(0xD800)
    yield from range(0xE000, 0x110000)


def _probed(characters: list[str], normalise: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for first in range(0, len(characters), 4096):
        some = characters[first : first + 4096]
        became = normalise(PROBE + PROBE.join(some) + PROBE).split(PROBE)[1:-1]
        yield from zip(some, became, strict=True)


def ranges(codes: Iterable[int]) -> list[int]:
    """Write [5, 6, 7, 20] as [5, 3, 12, 1]: gap, length, gap, length."""
    found: list[int] = []
    end = 0
    for code in codes:
        if found and code == end:
            found[-1] += 1
        else:
            found += [code - end, 1]
        end = code + 1
    return found
