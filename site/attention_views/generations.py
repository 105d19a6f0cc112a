"""Texts that a model wrote, kept beside the lessons: building the site needs no model that writes.

What a ``generation`` fence shows is kept as ``lessons/data/generations/<name>.json``, computed by
the model once and committed (``keep_generations``); a test computes it again where the model is.

A file holds ``text``, ``tokens``, ``prompt`` (how many tokens were given), ``shape`` (layers,
heads), ``guesses`` (for each token written the likeliest, with probabilities), ``model`` (sha256)
and ``weights``: base64 of gzip of the rows in which a token was written, a byte a weight, head by
head and in a head step by step.
"""

import base64
import gzip
import hashlib
import json
import re
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from attention_views.pack import data_script, packed_base64
from grader.atomic import write_atomically
from grader.errors import CourseError

FOLDER = Path(__file__).resolve().parents[2] / "lessons" / "data" / "generations"

FORMAT = 1
"""Of the packed script; an engine that knows another one keeps the still picture."""


@dataclass(frozen=True)
class KeptGeneration:
    """A beginning, what a model wrote after it, and what it looked at for each token."""

    text: str
    tokens: list[str]
    prompt: int
    """How many tokens were given."""
    shape: list[int]
    """Layers and heads."""
    guesses: list[list[list]]
    """For each token written the likeliest: token, probability."""
    model: str
    """sha256 of the model."""
    weights: str
    """Rows, packed: see the module."""

    @property
    def n_written(self) -> int:
        """How many tokens were written."""
        return len(self.tokens) - self.prompt

    @cached_property
    def _rows(self) -> list[Float[np.ndarray, "layer head key"]]:
        packed = np.frombuffer(gzip.decompress(base64.b64decode(self.weights)), np.uint8)
        layers, heads = self.shape
        lengths = [self.prompt + step for step in range(self.n_written)]
        table = packed.reshape(layers, heads, sum(lengths)).astype(np.float32) / 255
        return np.split(table, np.cumsum(lengths)[:-1], axis=2)

    def row(self, step: int) -> Float[np.ndarray, "layer head key"]:
        """Return what every head looked at when token `step` of those written was chosen."""
        return self._rows[step]


def kept_name(text: str, n: int) -> str:
    """Return the name of a kept generation: its first words, how many tokens, a hash of all."""
    words = "-".join(re.findall(r"[a-z0-9]+", text.lower())[:5]) or "text"
    return f"{words}-{n}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def read_kept(text: str, n: int, folder: Path = FOLDER) -> KeptGeneration:
    """Return what was kept of `n` tokens after `text`.

    Raises:
        CourseError: nothing was.
    """
    path = folder / f"{kept_name(text, n)}.json"
    if not path.is_file():
        raise CourseError(
            "what the model writes here is not kept yet; where smollm2 is, run "
            "python -m attention_views.keep_generations, and "
            f"commit lessons/data/generations/{path.name}"
        )
    return KeptGeneration(**json.loads(path.read_text(encoding="utf-8")))


def compute(text: str, n: int) -> KeptGeneration:
    """Let the model write."""
    from grader.generation import generate

    made = generate(text, n)
    rows = [made.row(step) for step in range(made.n_written)]
    return KeptGeneration(
        text=text,
        tokens=list(made.tokens),
        prompt=made.n_given,
        shape=list(made.weights.shape[:2]),
        guesses=[
            [[guess.token, round(guess.probability, 4)] for guess in step] for step in made.guesses
        ],
        model=made.model,
        weights=packed_base64(pack_rows(rows).tobytes()),
    )


def pack_rows(rows: list[Float[np.ndarray, "layer head key"]]) -> UInt8[np.ndarray, " byte"]:
    """Return the rows of all steps as bytes, head by head: neighbours in a head are alike."""
    joined = np.concatenate(rows, axis=2)
    return np.rint(joined.clip(0, 1) * 255).astype(np.uint8).ravel()


def keep(made: KeptGeneration, n: int, folder: Path = FOLDER) -> Path:
    """Write a generation into its file."""
    path = folder / f"{kept_name(made.text, n)}.json"
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(made), ensure_ascii=False, separators=(",", ":"))
    write_atomically(path, (text + "\n").encode())
    return path


def generation_key(made: KeptGeneration) -> str:
    """Return the name of the packed script: 16 hex digits that depend on all that is in it."""
    named = json.dumps([FORMAT, asdict(made)], sort_keys=True)
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def pack_generation(made: KeptGeneration) -> bytes:
    """Return the contents of ``<key>.js``: see `attention_views.pack`."""
    payload = {
        "generation": FORMAT,
        "tokens": made.tokens,
        "prompt": made.prompt,
        "shape": made.shape,
        "guesses": made.guesses,
        "weights": made.weights,
    }
    return data_script(generation_key(made), payload)
