"""A text, or a pair of texts, as what a network reads: token ids, and where each token stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int


@dataclass(frozen=True, eq=False)
class Tokens:
    """What a network reads of a text or a pair of texts."""

    ids: Int[np.ndarray, " token"]
    """Rows of the embedding table."""
    type_ids: Int[np.ndarray, " token"]
    """Which of the two texts a token is of, for models that are told: 0 or 1."""
    names: tuple[str, ...]
    """How the tokenizer writes each token: ``("[CLS]", "the", "cat", "[SEP]")``."""
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


def load_tokenizer(folder: Path) -> Callable[[str, str | None], Tokens]:
    """Return the function that reads texts as the model in `folder` does.

    Nothing is padded or cut, whatever the file says.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()

    def encode(text: str, pair: str | None = None) -> Tokens:
        encoding = tokenizer.encode(text, pair)
        return Tokens(
            ids=np.array(encoding.ids, dtype=np.int64),
            type_ids=np.array(encoding.type_ids, dtype=np.int64),
            names=tuple(encoding.tokens),
            offsets=tuple(encoding.offsets),
            parts=tuple(encoding.sequence_ids),
        )

    return encode
