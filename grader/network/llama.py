"""The forward pass of a decoder built like Llama (Touvron et al., 2023), and how it goes on.

Each layer is the attention of equation 1 in Vaswani et al. (2017), in which a token sees itself and
what came before it, then a gated product of linear maps (SwiGLU: Shazeer, 2020). Each part reads
the tokens' vectors normalised (Zhang and Sennrich, 2019) and adds to them. Positions turn queries
and keys (Su et al., 2021); several heads may share keys and values (Ainslie et al., 2023).
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from grader.errors import TextError
from grader.network.arithmetic import one_thread, softmax
from grader.network.edits import (
    Edit,
    check_places,
    edited_pattern,
    edited_scores,
    first_layer,
    left_out,
    silenced,
)
from grader.network.text_reader import TextReader, Tokens
from grader.network.trace import Trace


@dataclass(frozen=True)
class Config:
    """The sizes of a network and the few choices that its weights do not show."""

    n_layers: int
    n_heads: int
    n_kept: int
    """Heads of keys and values: each serves ``n_heads / n_kept`` heads of queries."""
    n_positions: int
    """The most tokens that it reads."""
    epsilon: float
    """What keeps a normalisation from dividing by zero."""
    rotation_base: float
    """How slowly the slowest pair of numbers turns from one position to the next."""
    ends: frozenset[int] = frozenset()
    """Tokens that say that the text is over."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What a causal network keeps of the tokens that it has read: none of it changes again."""

    keys: tuple[Float[np.ndarray, "kept token head_size"], ...]
    """Of each layer, rotated."""
    values: tuple[Float[np.ndarray, "kept token head_size"], ...]

    def __len__(self) -> int:
        return self.keys[0].shape[1] if self.keys else 0


class Next(NamedTuple):
    """What a network that writes made of the tokens that it just read."""

    pattern: Float[np.ndarray, "layer head token key"]
    """Their rows, over all tokens so far."""
    logits: Float[np.ndarray, " word"]
    """How well each word of the vocabulary fits after the last of them."""


@dataclass(frozen=True, eq=False)
class Step:
    """What some further tokens came to, in each layer."""

    residuals: Float[np.ndarray, "state token size"]
    queries: Float[np.ndarray, "layer head token head_size"]
    pattern: Float[np.ndarray, "layer head token key"]
    """Rows of the further tokens, over all tokens so far."""
    kept: Kept
    """Of all tokens so far."""


class Llama:
    """A network that reads one way: what a token comes to depends on nothing behind it.

    Args:
        config: its sizes.
        weights: its tensors, by transformers' names without ``model.``.
        reader: makes `Tokens` of a text.
    """

    causal = True

    def __init__(
        self,
        config: Config,
        weights: dict[str, np.ndarray],
        reader: TextReader,
    ):
        self.config, self.reader = config, reader
        # a plain view: a product with a memmap would ask for its file each time
        self.weights = {name: np.asarray(tensor) for name, tensor in weights.items()}
        size = self.weights["layers.0.self_attn.q_proj.weight"].shape[0] // config.n_heads
        turns = config.rotation_base ** -(np.arange(0, size, 2, dtype=np.float32) / size)
        angles = np.arange(config.n_positions, dtype=np.float32)[:, None] * turns
        self._cos, self._sin = (f(np.tile(angles, 2)).astype("f4") for f in (np.cos, np.sin))

    def encode(self, text: str, pair: str | None = None) -> Tokens:
        """Return what the network reads of a text.

        Raises:
            TextError: a second text was given.
        """
        if pair is not None:
            raise TextError("a model that writes reads one text; put both into one.")
        return self.reader.encode(text)

    @property
    def n_positions(self) -> int:
        """The most tokens that it reads."""
        return self.config.n_positions

    @property
    def ends(self) -> frozenset[int]:
        """Tokens that say that the text is over."""
        return self.config.ends

    def attend(
        self, tokens: Tokens, edits: Sequence[Edit] = ()
    ) -> Float[np.ndarray, "layer head query key"]:
        """Return every head's pattern, without what comes after it. Raises as `run`."""
        tokens = left_out(tokens, edits)
        check_places(edits, self.config.n_layers, self.config.n_heads, len(tokens))
        with one_thread():
            return self._read(tokens.ids, edits).pattern

    def run(
        self,
        tokens: Tokens,
        edits: Sequence[Edit] = (),
        *,
        before: Trace | None = None,
        last: bool = False,
    ) -> Trace:
        """Read `tokens`, with some things changed on the way.

        Args:
            tokens: what is read.
            edits: what is changed.
            before: a run of the same tokens without edits, if there is one: the layers below the
                first edit are taken from it, which gives the same and costs less.
            last: whether the logits of the last token are enough; then only they are sure to be
                there, in the last row.

        Raises:
            TextError: there are more tokens than the network has positions for.
            GraderError: an edit names a place that is not there.
        """
        tokens = left_out(tokens, edits)
        check_places(edits, self.config.n_layers, self.config.n_heads, len(tokens))
        if before is not None and not edits:
            return before
        with one_thread():
            start = 0 if before is None else first_layer(edits, self.config.n_layers)
            residual = before.residuals[start] if before is not None and start else None
            step = self._read(tokens.ids, edits, start=start, residual=residual)
            values = self._spread(np.stack(step.kept.values), axis=1)
            found = {
                "residuals": step.residuals,
                "queries": step.queries,
                "keys": self._spread(np.stack(step.kept.keys), axis=1),
                "values": values,
                "pattern": step.pattern,
                "value_norms": self._value_norms(values, start),
            }
            if start:
                found = {
                    name: np.concatenate([getattr(before, name)[:start], part])
                    for name, part in found.items()
                }
            return Trace(
                embeddings=self.weights["embed_tokens.weight"][tokens.ids],
                logits=self.logits(step.residuals[-1][-1:] if last else step.residuals[-1]),
                causal=True,
                **found,
            )

    def continued(
        self, tokens: Tokens, edits: Sequence[Edit], n: int
    ) -> Generator[Next, int, None]:
        """Read `tokens`, then each token id that is sent, keeping what does not change.

        Args:
            tokens: the beginning.
            edits: what is changed, in the beginning and in what follows it.
            n: how many ids may follow.

        Yields:
            what the beginning came to, then what each token sent came to.

        Raises:
            TextError: all together would be more tokens than the network has positions for.
            GraderError: an edit names a place that is not there.
        """
        tokens = left_out(tokens, edits)
        self._refuse_long(len(tokens) + n)
        check_places(edits, self.config.n_layers, self.config.n_heads, len(tokens) + n)
        ids, kept = tokens.ids, None
        while True:
            with one_thread():
                step = self._read(ids, edits, kept)
                logits = self.logits(step.residuals[-1][-1:])[0]
            kept = step.kept
            ids = np.array([(yield Next(step.pattern, logits))])

    def logits(self, residual: Float[np.ndarray, "token size"]) -> Float[np.ndarray, "token word"]:
        """Return how well each word of the vocabulary fits after each token."""
        table = self.weights.get("lm_head.weight", self.weights["embed_tokens.weight"])
        return self._normalise("norm", residual) @ table.T

    def _refuse_long(self, n_tokens: int) -> None:
        if n_tokens > self.config.n_positions:
            raise TextError(
                f"the text has {n_tokens} tokens and the model reads at most "
                f"{self.config.n_positions}; shorten it."
            )

    def _read(
        self,
        ids: Int[np.ndarray, " token"],
        edits: Sequence[Edit],
        kept: Kept | None = None,
        *,
        start: int = 0,
        residual: np.ndarray | None = None,
    ) -> Step:
        """Read further tokens, from layer `start` on."""
        first = len(kept) if kept else 0
        self._refuse_long(first + len(ids))
        if residual is None:
            residual = self.weights["embed_tokens.weight"][ids]
        residuals, layers = [residual], []
        for layer in range(start, self.config.n_layers):
            old = (kept.keys[layer], kept.values[layer]) if kept else None
            *found, mixed = self._attend(layer, residual, edits, old, first)
            layers.append(found)
            residual = residual + mixed
            normal = self._normalise(f"layers.{layer}.post_attention_layernorm", residual)
            gate = silu(self._linear(f"layers.{layer}.mlp.gate_proj", normal))
            inner = gate * self._linear(f"layers.{layer}.mlp.up_proj", normal)
            residual = residual + self._linear(f"layers.{layer}.mlp.down_proj", inner)
            residuals.append(residual)
        queries, keys, values, pattern = zip(*layers, strict=True)
        return Step(np.stack(residuals), np.stack(queries), np.stack(pattern), Kept(keys, values))

    def _attend(
        self,
        layer: int,
        residual: Float[np.ndarray, "token size"],
        edits: Sequence[Edit],
        old: tuple[np.ndarray, np.ndarray] | None,
        first: int,
    ):
        """Return a layer's queries, keys, values, pattern, and what its heads add."""
        prefix = f"layers.{layer}.self_attn"
        normal = self._normalise(f"layers.{layer}.input_layernorm", residual)
        queries, keys, values = (
            self._split(self._linear(f"{prefix}.{name}_proj", normal), n)
            for name, n in (
                ("q", self.config.n_heads),
                ("k", self.config.n_kept),
                ("v", self.config.n_kept),
            )
        )
        queries, keys = self._turn(queries, first), self._turn(keys, first)
        if old:
            keys, values = (
                np.concatenate(both, axis=1) for both in zip(old, (keys, values), strict=True)
            )
        n_new, n_all = queries.shape[1], keys.shape[1]
        # head = (kept head, one of those that it serves): the shared keys are not copied
        grouped = queries.reshape(self.config.n_kept, -1, queries.shape[-1])
        scale = np.float32(queries.shape[-1] ** -0.5)
        scores = (grouped @ keys.swapaxes(-1, -2) * scale).reshape(-1, n_new, n_all)
        scores[:, ~np.tri(n_new, n_all, first, dtype=bool)] = -np.inf
        scores = edited_scores(scores, layer, edits, first)
        pattern = edited_pattern(softmax(scores), layer, edits, first)
        mixed = (pattern.reshape(self.config.n_kept, -1, n_all) @ values).reshape(queries.shape)
        mixed[silenced(layer, edits)] = 0
        joined = mixed.swapaxes(0, 1).reshape(n_new, -1)
        return queries, keys, values, pattern, self._linear(f"{prefix}.o_proj", joined)

    def _turn(
        self, x: Float[np.ndarray, "head token head_size"], first: int
    ) -> Float[np.ndarray, "head token head_size"]:
        """Turn each number of the first half with its partner in the second, by the position."""
        places = slice(first, first + x.shape[1])
        left, right = np.split(x, 2, axis=-1)
        turned = np.concatenate([-right, left], axis=-1)
        return x * self._cos[places] + turned * self._sin[places]

    def _value_norms(
        self, values: Float[np.ndarray, "layer head key head_size"], start: int
    ) -> Float[np.ndarray, "layer head key"]:
        norms = []
        for layer, those in enumerate(values, start):
            output = self.weights[f"layers.{layer}.self_attn.o_proj.weight"]
            parts = output.T.reshape(self.config.n_heads, -1, len(output))
            norms.append(np.linalg.norm(those @ parts, axis=-1))
        return np.stack(norms)

    def _spread(self, x: np.ndarray, axis: int) -> np.ndarray:
        """Give each head its copy of the keys or values that it shares."""
        return np.repeat(x, self.config.n_heads // self.config.n_kept, axis=axis)

    def _split(
        self, x: Float[np.ndarray, "token size"], n: int
    ) -> Float[np.ndarray, "head token head_size"]:
        return x.reshape(len(x), n, -1).swapaxes(0, 1)

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        product = x @ self.weights[f"{name}.weight"].T
        bias = self.weights.get(f"{name}.bias")
        return product if bias is None else product + bias

    def _normalise(self, name: str, x: np.ndarray) -> np.ndarray:
        """Give each vector a mean square of 1, then the learned scale."""
        square = (x * x).mean(axis=-1, keepdims=True)
        return (
            x / np.sqrt(square + np.float32(self.config.epsilon)) * self.weights[f"{name}.weight"]
        )


def silu(x: np.ndarray) -> np.ndarray:
    """Return ``x`` times the logistic function of it (Elfwing et al., 2018)."""
    return x / (1 + np.exp(np.minimum(-x, 80)))  # exp(88) would be too large for a float32
