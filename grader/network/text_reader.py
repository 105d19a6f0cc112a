"""A text, or a pair of texts, as what a network reads: token ids, and where each token stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int

if TYPE_CHECKING:
    from tokenizers import Tokenizer


@dataclass(frozen=True, eq=False)
class Tokens:
    """What a network reads of a text or a pair of texts."""

    ids: Int[np.ndarray, " token"]
    """Rows of the embedding table."""
    type_ids: Int[np.ndarray, " token"]
    """Which of the two texts a token is of, for models that are told: 0 or 1."""
    names: tuple[str, ...]
    """How each token is shown: ``("[CLS]", "the", "cat", "[SEP]")``, ``("The", " cat")``."""
    offsets: tuple[tuple[int, int], ...]
    """The characters of its text that a token stands for; ``(0, 0)`` for special tokens."""
    parts: tuple[int | None, ...]
    """0 for the first text, 1 for the second, None for special tokens."""

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, places: Sequence[int]) -> "Tokens":
        """Return the tokens at some places, in that order."""
        return Tokens(
            ids=self.ids[list(places)],
            type_ids=self.type_ids[list(places)],
            names=tuple(self.names[at] for at in places),
            offsets=tuple(self.offsets[at] for at in places),
            parts=tuple(self.parts[at] for at in places),
        )

    def places(self, part: int) -> tuple[int, ...]:
        """Return where the tokens of the first (0) or the second (1) text stand."""
        return tuple(at for at, one in enumerate(self.parts) if one == part)


class TextReader:
    """How a model reads texts; nothing is padded or cut, whatever its files say.

    Args:
        tokenizer: of the ``tokenizers`` package.
    """

    def __init__(self, tokenizer: "Tokenizer"):
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        about = tokenizer.to_str()
        self._bytewise = '"ByteLevel"' in about
        self._underlined = '"Metaspace"' in about or '"ByteFallback"' in about
        self._special = frozenset(self._tokenizer.get_added_tokens_decoder())

    @classmethod
    def of(cls, folder: Path) -> "TextReader":
        """Return how the model of a folder reads; its ``tokenizer.json`` says it."""
        from tokenizers import Tokenizer

        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")))

    def encode(self, text: str, pair: str | None = None) -> Tokens:
        """Return what the network reads of a text or of two."""
        encoding = self._tokenizer.encode(text, pair)
        return Tokens(
            ids=np.array(encoding.ids, dtype=np.int64),
            type_ids=np.array(encoding.type_ids, dtype=np.int64),
            names=tuple(map(self.name, encoding.ids)),
            offsets=tuple(encoding.offsets),
            parts=tuple(encoding.sequence_ids),
        )

    def name(self, token: int) -> str:
        """Return how a token of the vocabulary is shown.

        As the tokenizer writes it (``##s``). Where it writes bytes or spaces by stand-ins
        (``Ġcat``, ``▁cat``), as the text that it stands for: ``" cat"``; where its bytes are no
        whole characters, as these: ``<E6 9C>``. A number that no token has: ``<49152>``.
        """
        raw = self._raw(token)
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return f"<{raw.hex(' ').upper()}>"

    def follow(self, tokens: Tokens, text: str, ids: Sequence[int]) -> tuple[Tokens, str]:
        """Return the tokens of a text with others written behind it, and the whole text.

        Args:
            tokens: those of the text, or some of them.
            text: where their offsets count.
            ids: what was written; bytes that are no whole character read as U+FFFD.
        """
        offsets = []
        letters: list[bytes] = []
        for token in ids:
            start = len(letters)
            for byte in self._raw(token):
                if letters and byte & 0xC0 == 0x80:  # goes on with a character of several bytes
                    start = min(start, len(letters) - 1)
                    letters[-1] += bytes([byte])
                else:
                    letters.append(bytes([byte]))
            offsets.append((len(text) + start, len(text) + len(letters)))
        # one character for each, so that the offsets hold
        whole = text + "".join(letter.decode("utf-8", "replace")[0] for letter in letters)
        n = len(ids)
        return Tokens(
            ids=np.concatenate([tokens.ids, np.array(ids, dtype=np.int64)]),
            type_ids=np.concatenate([tokens.type_ids, np.zeros(n, dtype=np.int64)]),
            names=(*tokens.names, *map(self.name, ids)),
            offsets=(*tokens.offsets, *offsets),
            parts=(*tokens.parts, *(None if token in self._special else 0 for token in ids)),
        ), whole

    def _raw(self, token: int) -> bytes:
        written = self._tokenizer.id_to_token(token)
        if written is None:  # an embedding table may have more rows than there are tokens
            return f"<{token}>".encode()
        if token in self._special:
            return written.encode()
        if self._bytewise:
            return bytes(STAND_INS[letter] for letter in written)
        if self._underlined:
            byte = BYTE.fullmatch(written)
            return bytes.fromhex(byte[1]) if byte else written.replace("▁", " ").encode()
        return written.encode()


BYTE = re.compile("<0x([0-9A-F]{2})>")
"""How SentencePiece writes a byte that is no whole character (Kudo and Richardson, 2018)."""


def _stand_ins() -> dict[str, int]:
    """Return which byte a letter stands for where texts are cut by their bytes.

    Bytes that print stand for themselves, the others for letters from 256 on: Radford et al.
    (2019), ``bytes_to_unicode`` in GPT-2's code.
    """
    prints = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in prints]
    letters = {chr(byte): byte for byte in prints}
    return letters | {chr(256 + place): byte for place, byte in enumerate(others)}


STAND_INS = _stand_ins()
