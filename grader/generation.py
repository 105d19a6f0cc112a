"""A beginning in, and what a model writes after it, with what it looked at for each token.

    from grader.generation import generate

    story = generate("When Mary and John went to the store, John gave a drink to", 3)
    story.written               # " Mary. Mary"
    story.row(0)[24, 4]         # what L24H4 looked at when " Mary" was chosen
    story.guesses[0]            # the five tokens that fitted best, and how well

A token is chosen in the row of the token before it: that row is what the model saw at that moment.
Rows never change again; that is what a cache of keys and values rests on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from grader.attention import Attention
from grader.capture import load_model
from grader.errors import GraderError, ModelError
from grader.network import Edit
from grader.network.arithmetic import softmax
from grader.network.edits import left_out
from grader.words import group_tokens

N_GUESSES = 5


class Guess(NamedTuple):
    """A token that might come next."""

    token: str
    probability: float
    """0..1, among all tokens of the vocabulary."""
    id: int
    """Its row of the embedding table."""


@dataclass(frozen=True, eq=False)
class Generation:
    """A beginning and what a model wrote after it."""

    tokens: tuple[str, ...]
    """Those of the beginning, then those written; ``(..., " to", " Mary")``."""
    n_given: int
    """How many of them are the beginning's."""
    weights: Float[np.ndarray, "layer head query key"]
    """What each token but the last looked at, as it was used, edits included. A query or key
    counts from 0 in `tokens`; above the diagonal all is 0."""
    guesses: tuple[tuple[Guess, ...], ...]
    """For each token written, the likeliest ones, best first."""
    chosen: tuple[Guess, ...]
    """For each token written, itself and how likely it was."""
    words: tuple[str, ...]
    """The words of the whole text."""
    word_of: tuple[int, ...]
    """For each token the index of its word, never decreasing."""
    given: str
    """The beginning, as it was given."""
    written: str
    """What was written after it."""
    ended: bool
    """Whether the model wrote that the text is over; that token is the last."""
    model: str
    """sha256 of the weights of the model that wrote."""

    @property
    def n_written(self) -> int:
        """How many tokens were written."""
        return len(self.tokens) - self.n_given

    def row(self, step: int) -> Float[np.ndarray, "layer head key"]:
        """Return what every head looked at when token `step` of those written was chosen.

        Each head's weights over all tokens before that one; they sum to 1 where nothing was cut.

        Raises:
            GraderError: fewer tokens were written.
        """
        if not 0 <= step < self.n_written:
            raise GraderError(f"{self.n_written} tokens were written; there is no step {step}.")
        before = self.n_given + step
        return self.weights[:, :, before - 1, :before]

    @property
    def attention(self) -> Attention:
        """The weights over all tokens but the last, as `capture` returns them.

        Raises:
            GraderError: edges were cut after the softmax, and a row does not sum to 1.
        """
        n = len(self.tokens) - 1
        return Attention(
            tokens=self.tokens[:n],
            weights=self.weights,
            words=self.words[: self.word_of[n - 1] + 1],
            word_of=self.word_of[:n],
            text=self.given,
            pair=None,
            second_start=None,
            model=self.model,
            causal=True,
        )


def generate(
    text: str,
    n: int,
    edits: Sequence[Edit] = (),
    *,
    model: str = "smollm2",
    temperature: float = 0.0,
    seed: int | None = None,
) -> Generation:
    """Return what a model writes after `text`: up to `n` tokens, or until it ends.

    Each token is the likeliest one, the first of equals, so that the same text gives the same
    tokens.

    Args:
        text: the beginning.
        n: how many tokens to write, at least 1.
        edits: what is changed while it reads and writes. Places count over the beginning and what
            is written after it.
        model: a known name, or a folder of a model that writes.
        temperature: above 0, tokens are drawn by their probability instead, each taken to the
            power ``1 / temperature``. Needs a seed.
        seed: of the draw.

    Raises:
        GraderError: `n` is below 1, an edit names a place that is not there, or there is a
            temperature without a seed.
        TextError: the text is empty, or all together is longer than the model reads.
        ModelError: there is no such model, or it does not write.
    """
    if n < 1:
        raise GraderError(f"at least one token is to be written, not {n}.")
    if temperature < 0 or (temperature > 0) != (seed is not None):
        raise GraderError(
            "what is drawn by chance must come out again: give temperature=... above 0 together "
            "with seed=..., or neither for the likeliest token each time."
        )
    loaded = load_model(model)
    if not loaded.causal:
        raise ModelError(
            f"{loaded.name} reads a whole text and writes nothing; use a model that writes, "
            "such as smollm2."
        )
    network, tokens = loaded.network, loaded.encode(text)
    draw = None if seed is None else np.random.default_rng(seed)
    rows, ids, guesses, chosen = [], [], [], []
    reading = network.continued(tokens, edits, n)
    read = next(reading)
    while True:
        rows.append(read.pattern)
        fits = softmax(read.logits.astype(np.float64))
        best = np.argsort(-fits, kind="stable")[:N_GUESSES]
        guesses.append(tuple(_guess(network, fits, token) for token in best))
        token = int(best[0]) if draw is None else _drawn(fits, temperature, draw)
        chosen.append(_guess(network, fits, token))
        ids.append(token)
        if token in network.ends or len(ids) == n:
            break
        read = reading.send(token)
    tokens = left_out(tokens, edits)
    every, whole = network.reader.follow(tokens, text, ids)
    words, word_of = group_tokens(every, (whole, ""))
    return Generation(
        tokens=every.names,
        n_given=len(tokens),
        weights=_joined(rows),
        guesses=tuple(guesses),
        chosen=tuple(chosen),
        words=words,
        word_of=word_of,
        given=text,
        written=whole[len(text) :],
        ended=ids[-1] in network.ends,
        model=loaded.sha256,
    )


def _guess(network, fits: np.ndarray, token: int) -> Guess:
    return Guess(network.reader.name(int(token)), float(fits[token]), int(token))


def _drawn(fits: np.ndarray, temperature: float, draw: np.random.Generator) -> int:
    shares = softmax(np.log(np.maximum(fits, 1e-300)) / temperature)
    return int(np.searchsorted(np.cumsum(shares), draw.random()).clip(max=len(fits) - 1))


def _joined(parts: Sequence[np.ndarray]) -> Float[np.ndarray, "layer head query key"]:
    """Return the rows of all parts as one square."""
    n = parts[-1].shape[-1]
    square = np.zeros((*parts[0].shape[:2], n, n), dtype=np.float32)
    for rows in parts:
        n_rows, n_keys = rows.shape[2:]
        square[:, :, n_keys - n_rows : n_keys, :n_keys] = rows
    return square
