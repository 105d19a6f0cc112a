"""A GGUF file, llama.cpp's format for a whole model: its facts and its weights, as numpy arrays.

A magic word, a version, the facts (name, type, value), the names, shapes and places of the tensors,
then their numbers in blocks: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Three
kinds of block are read, those of the model of the course. The package ``gguf`` reads all of them,
and brings requests, PyYAML and tqdm to every student for one file that is read once.
"""

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

from grader.errors import ModelError

MAGIC, VERSION = b"GGUF", 3
SCALARS = dict(zip((*range(8), 10, 11, 12), "BbHhIif?Qqd", strict=True))
"""Types of facts, by the format's number, as struct writes them; little-endian."""
STRING, ARRAY = 8, 9
ALIGNMENT = 32
"""Bytes: where the numbers may begin, unless the file says otherwise."""


class Block(NamedTuple):
    """How some numbers stand together in a file."""

    numbers: int
    size: int
    """Bytes."""
    read: Callable[[UInt8[np.ndarray, "block size"]], Float[np.ndarray, "block number"]]


def _plain(raw: UInt8[np.ndarray, "block size"]) -> Float[np.ndarray, "block number"]:
    return raw.view("<f4")


def _q4_1(raw: UInt8[np.ndarray, "block size"]) -> Float[np.ndarray, "block number"]:
    """Scale and least value in half precision, then 32 numbers of 4 bits: low halves first."""
    about = raw[:, :4].copy().view("<f2").astype(np.float32)
    numbers = np.concatenate([raw[:, 4:] & 15, raw[:, 4:] >> 4], axis=1).astype(np.float32)
    return numbers * about[:, :1] + about[:, 1:]


def _q8_0(raw: UInt8[np.ndarray, "block size"]) -> Float[np.ndarray, "block number"]:
    """A scale in half precision, then 32 signed bytes."""
    scale = raw[:, :2].copy().view("<f2").astype(np.float32)
    return raw[:, 2:].view(np.int8) * scale


BLOCKS = {0: Block(1, 4, _plain), 3: Block(32, 20, _q4_1), 8: Block(32, 34, _q8_0)}
"""By the format's numbers: F32, Q4_1, Q8_0."""


@dataclass(frozen=True)
class Place:
    """Where a tensor lies."""

    kind: int
    shape: tuple[int, ...]
    """As numpy has it: rows first."""
    start: int
    """Bytes from the beginning of the numbers."""


class Gguf:
    """A file, read by memory map.

    Raises:
        ModelError: it is no GGUF file of version 3, or it is cut off.
    """

    def __init__(self, path: Path):
        self.path = path
        try:
            self._bytes = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
            self._at = 0
            if self._take("4s") != MAGIC or self._take("I") != VERSION:
                raise ValueError(f"it does not begin with {MAGIC.decode()} {VERSION}")
            n_tensors, n_facts = self._take("Q"), self._take("Q")
            self.facts: dict[str, Any] = {
                self._string(): self._fact(self._take("I")) for _ in range(n_facts)
            }
            """What the file says of the model, by llama.cpp's names."""
            self.places = {self._string(): self._place() for _ in range(n_tensors)}
            """The tensors, by llama.cpp's names."""
        except (OSError, ValueError, KeyError, struct.error) as error:
            raise ModelError(
                f"{path} is no whole GGUF file ({error}); name the file as it was published."
            ) from error
        alignment = self.facts.get("general.alignment", ALIGNMENT)
        if not isinstance(alignment, int) or alignment < 1:
            raise ModelError(f"{path} aligns its numbers to {alignment!r}; bring another file.")
        self._numbers = -(-self._at // alignment) * alignment

    def tensor(self, name: str) -> Float[np.ndarray, "..."]:
        """Return a tensor in float32.

        Raises:
            ModelError: it is in blocks of another kind, or the file is cut off.
        """
        place = self.places[name]
        if place.kind not in BLOCKS:
            raise ModelError(
                f"{self.path}: {name} is kept in blocks of kind {place.kind}; "
                "those that are read here are F32 (0), Q4_1 (3) and Q8_0 (8)."
            )
        block = BLOCKS[place.kind]
        n_blocks = math.prod(place.shape) // block.numbers
        start = self._numbers + place.start
        raw = self._bytes[start : start + n_blocks * block.size]
        if len(raw) < n_blocks * block.size:
            raise ModelError(f"{self.path} ends inside of {name}; bring the whole file.")
        return block.read(raw.reshape(n_blocks, block.size)).reshape(place.shape)

    def _take(self, form: str) -> Any:
        (value,) = struct.unpack_from("<" + form, self._bytes.data, self._at)
        self._at += struct.calcsize("<" + form)
        return value

    def _string(self) -> str:
        return self._take(f"{self._take('Q')}s").decode("utf-8")

    def _fact(self, kind: int) -> Any:
        if kind == STRING:
            return self._string()
        if kind == ARRAY:
            inner, length = self._take("I"), self._take("Q")
            return [self._fact(inner) for _ in range(length)]
        return self._take(SCALARS[kind])

    def _place(self) -> Place:
        shape = tuple(self._take("Q") for _ in range(self._take("I")))
        return Place(kind=self._take("I"), shape=shape[::-1], start=self._take("Q"))
