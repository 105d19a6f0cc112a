"""A model's folder and the hash of its weights."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from grader.errors import ModelError

WEIGHTS = ("model.safetensors", "pytorch_model.bin")


@dataclass(frozen=True)
class ModelFolder:
    """A folder that transformers can load, and what is known of it."""

    name: str
    """What the user called it: ``minilm``, a path, a hub id."""
    path: Path
    sha256: str
    """Of the weights; a grade is bound to it."""
    source: str
    """Where it came from, in words: ``the cache``, ``the package index``."""
    adapter: Path | None = None
    """What is added to the weights in `path`; then `sha256` tells both."""


def cache_folder() -> Path:
    """Return where models and captures are kept: ``$SEEING_ATTENTION_CACHE`` or the home cache."""
    chosen = os.environ.get("SEEING_ATTENTION_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "seeing-attention"


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_sha256(folder: Path) -> str:
    """Return the sha256 of the weights in `folder`; shards are hashed in the order of their names.

    Raises:
        ModelError: the folder holds no weights.
    """
    for name in WEIGHTS:
        if (folder / name).is_file():
            return file_sha256(folder / name)
    shards = sorted(folder.glob("model-*.safetensors"))
    if not shards:
        raise ModelError(
            f"{folder} holds no weights ({' or '.join(WEIGHTS)}); "
            "name a folder that save_pretrained wrote."
        )
    together = "\n".join(file_sha256(shard) for shard in shards)
    return hashlib.sha256(together.encode()).hexdigest()
