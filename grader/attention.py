"""What attention is here: its names, its axes, and how word pieces become words.

The one rule of rows and columns: in a pattern the row is the **query** (the token that looks),
the column is the **key** (the token looked at), and every row sums to 1. Axes always stand in the
order layer, head, query, key. Layers and heads count from 0, as bertviz counts; many papers count
from 1, so "head 8-10" in Clark et al. (2019) is ``L7H9`` here.

| here | Hugging Face | bertviz | CircuitsVis |
|---|---|---|---|
| ``weights[layer, head, query, key]`` | ``attentions[layer][batch, head, query, key]`` | the same list | ``attention[head, dest, src]`` |
| query (row) | ``query_layer`` | left column of the head view | destination |
| key (column) | ``key_layer`` | right column of the head view | source |
"""  # noqa: E501 (a table's rows cannot be broken)

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from grader.errors import GraderError, WordError

ROW_SUM_TOLERANCE = 1e-4
"""How far a row may sum from 1: float32 noise is 3e-6, dropout left on moves it by 0.1 and more."""

MOST_SHOWN = 64
"""Tokens of a text that an error repeats."""


class HeadId(NamedTuple):
    """Which head: ``HeadId(layer=5, head=11)``, shown as ``L5H11``. Both count from 0."""

    layer: int
    head: int

    def __str__(self) -> str:
        return f"L{self.layer}H{self.head}"

    @classmethod
    def parse(cls, name: str) -> "HeadId":
        """Read ``L5H11``.

        Raises:
            GraderError: the name is not of that form.
        """
        found = re.fullmatch(r"[Ll](\d{1,3})[Hh](\d{1,3})", name.strip())
        if not found:
            raise GraderError(f"{name!r} names no head; write it like L5H11, both from 0.")
        return cls(layer=int(found[1]), head=int(found[2]))


@dataclass(frozen=True, eq=False)
class Attention:
    """The attention weights of all heads of a model on one text or on a pair of texts."""

    tokens: tuple[str, ...]
    """Word pieces in order, special tokens included: ``("[CLS]", "the", "cat", "[SEP]")``."""
    weights: Float[np.ndarray, "layer head query key"]
    """After softmax, float32, 0..1, read-only; each row (over the keys) sums to 1."""
    words: tuple[str, ...]
    """The words as the text has them; a special token is a word of its own."""
    word_of: tuple[int, ...]
    """For each token the index of its word, never decreasing."""
    text: str
    """The text, or the first of the pair."""
    pair: str | None
    """The second text, if there is one."""
    second_start: int | None
    """Index of the first token of the second text."""
    model: str
    """sha256 of the weights of the model that made this."""
    queries: Float[np.ndarray, "layer head query size"] | None = None
    """What each token looks for, where asked for: ``capture(text, queries_keys=True)``."""
    keys: Float[np.ndarray, "layer head key size"] | None = None
    """What each token offers to those who look, where asked for. A pattern is
    ``softmax(queries @ keys.T / sqrt(size))``; words cannot be merged in either."""
    causal: bool = False
    """Whether the model reads one way: each token looks at itself and what came before it, and the
    weights above the diagonal are 0."""

    def __post_init__(self):
        weights = np.asarray(self.weights, dtype=np.float32)
        n = len(self.tokens)
        if weights.ndim != 4 or weights.shape[2:] != (n, n):
            raise GraderError(
                f"attention of {n} tokens needs shape (layer, head, {n}, {n}), got {weights.shape}."
            )
        if len(self.word_of) != n:
            raise GraderError(f"{n} tokens need {n} word indices, got {len(self.word_of)}.")
        away = np.abs(weights.sum(axis=-1) - 1)
        if not (away <= ROW_SUM_TOLERANCE).all():  # a NaN row is refused too
            raise GraderError(
                f"rows must sum to 1, one is off by {np.nanmax(away):.3g}; "
                "put the model in evaluation mode with model.eval(): dropout was on."
            )
        if weights is self.weights:
            weights = weights.copy()
        weights.flags.writeable = False
        object.__setattr__(self, "weights", weights)

    @property
    def n_layers(self) -> int:
        """Number of layers."""
        return self.weights.shape[0]

    @property
    def n_heads(self) -> int:
        """Number of heads in each layer."""
        return self.weights.shape[1]

    @property
    def n_tokens(self) -> int:
        """Number of tokens, special tokens included."""
        return len(self.tokens)

    def pattern(self, head: HeadId) -> Float[np.ndarray, "query key"]:
        """Return one head's pattern.

        Raises:
            GraderError: the model has no such head.
        """
        layer, number = head
        if not (0 <= layer < self.n_layers and 0 <= number < self.n_heads):
            raise GraderError(
                f"there is no head L{layer}H{number}; this model has layers 0 to "
                f"{self.n_layers - 1} with heads 0 to {self.n_heads - 1}."
            )
        return self.weights[layer, number]

    def merge_words(self) -> "Attention":
        """Return the attention between words instead of word pieces; rows still sum to 1.

        As Clark et al. (2019), section 4.1: the weight *to* a split word is the sum over its
        pieces, the weight *from* a split word is the mean over its pieces.
        """
        return self._merged

    @cached_property
    def _merged(self) -> "Attention":
        starts = [i for i, w in enumerate(self.word_of) if i == 0 or w != self.word_of[i - 1]]
        if len(starts) == self.n_tokens:
            weights = self.weights
        else:
            counts = np.diff([*starts, self.n_tokens])
            weights = np.add.reduceat(self.weights, starts, axis=3)
            weights = np.add.reduceat(weights, starts, axis=2) / counts[:, None]
        second = None if self.second_start is None else self.word_of[self.second_start]
        return Attention(
            tokens=self.words,
            weights=weights.astype(np.float32),
            words=self.words,
            word_of=tuple(range(len(self.words))),
            text=self.text,
            pair=self.pair,
            second_start=second,
            model=self.model,
            causal=self.causal,
        )

    def position(self, word: str, which: int | None = None) -> int:
        """Return the index in ``tokens`` of the one token that reads `word`.

        Case is ignored, and so are spaces around: a model that writes has them in its tokens.

        Args:
            word: What the token reads.
            which: Of several, from 1 at the start of the text; None where there is but one.

        Raises:
            WordError: no token reads so, several do, or fewer than `which`.
        """
        wanted = word.strip().lower()
        found = [i for i, token in enumerate(self.tokens) if token.strip().lower() == wanted]
        if (len(found) != 1) if which is None else not 1 <= which <= len(found):
            often = {0: "nowhere", 1: "once"}.get(len(found), f"{len(found)} times")
            shown = " ".join(self.tokens[:MOST_SHOWN])
            more = " …" if self.n_tokens > MOST_SHOWN else ""
            raise WordError(f"{word!r} stands {often} in: {shown}{more}")
        return found[(which or 1) - 1]

    def between(self, query: str, key: str) -> Float[np.ndarray, "layer head"]:
        """Return, for every head, the weight from the word `query` to the word `key`.

        Raises:
            WordError: a word stands nowhere in the text, or more than once.
        """
        merged = self.merge_words()
        return merged.weights[:, :, merged.position(query), merged.position(key)]
