"""The forward pass of an encoder built like BERT (Devlin et al., 2019), RoBERTa included.

Each layer is the attention of equation 1 in Vaswani et al. (2017), then two linear maps with an
activation in between; each part adds to the tokens' vectors, which are then normalised.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from grader.errors import TextError
from grader.network.arithmetic import one_thread, softmax
from grader.network.edits import (
    Edit,
    check_places,
    edited_pattern,
    edited_scores,
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
    n_positions: int
    """The most tokens that it reads."""
    first_position: int
    """The position of the first token: 0, in RoBERTa the one behind that of padding."""
    epsilon: float
    """What keeps a normalisation from dividing by zero."""
    activation: str
    """A name in ``ACTIVATIONS``."""


class Bert:
    """A network that reads a whole text at once.

    Args:
        config: its sizes.
        weights: its tensors, by transformers' names from ``embeddings.`` and ``encoder.`` on.
        reader: makes `Tokens` of a text, and perhaps a second one.
    """

    causal = False

    def __init__(
        self,
        config: Config,
        weights: dict[str, np.ndarray],
        reader: TextReader,
    ):
        self.config, self.weights, self.reader = config, weights, reader
        self.activation = ACTIVATIONS[config.activation]

    def encode(self, text: str, pair: str | None = None) -> Tokens:
        """Return what the network reads of a text or of two."""
        return self.reader.encode(text, pair)

    @property
    def n_positions(self) -> int:
        """The most tokens that it reads."""
        return self.config.n_positions

    def attend(self, tokens: Tokens) -> Float[np.ndarray, "layer head query key"]:
        """Return every head's pattern."""
        return self.run(tokens).pattern

    def run(self, tokens: Tokens, edits: Sequence[Edit] = ()) -> Trace:
        """Read `tokens`, with some things changed on the way.

        Raises:
            TextError: there are more tokens than the network has positions for.
            GraderError: an edit names a place that is not there.
        """
        with one_thread():
            return self._run(tokens, edits)

    def _run(self, tokens: Tokens, edits: Sequence[Edit]) -> Trace:
        tokens = left_out(tokens, edits)
        check_places(edits, self.config.n_layers, self.config.n_heads, len(tokens))
        if len(tokens) > self.config.n_positions:
            raise TextError(
                f"the text has {len(tokens)} tokens and the model reads at most "
                f"{self.config.n_positions}; shorten it."
            )
        residual = self._embed(tokens.ids, tokens.type_ids)
        residuals, layers = [residual], []
        for layer in range(self.config.n_layers):
            *found, mixed = self._attend(layer, residual, edits)
            layers.append(found)
            prefix = f"encoder.layer.{layer}"
            attended = self._normalise(f"{prefix}.attention.output", residual + mixed)
            inner = self.activation(self._linear(f"{prefix}.intermediate.dense", attended))
            outer = self._linear(f"{prefix}.output.dense", inner)
            residual = self._normalise(f"{prefix}.output", attended + outer)
            residuals.append(residual)
        queries, keys, values, pattern, value_norms = map(np.stack, zip(*layers, strict=True))
        return Trace(
            embeddings=self.weights["embeddings.word_embeddings.weight"][tokens.ids],
            residuals=np.stack(residuals),
            queries=queries,
            keys=keys,
            values=values,
            pattern=pattern,
            value_norms=value_norms,
            logits=self._linear("qa_outputs", residual) if self.answers else None,
        )

    @property
    def answers(self) -> bool:
        """Whether a head on top marks where an answer starts and ends."""
        return "qa_outputs.weight" in self.weights

    def _embed(
        self, ids: Int[np.ndarray, " token"], type_ids: Int[np.ndarray, " token"]
    ) -> Float[np.ndarray, "token size"]:
        first = self.config.first_position
        table = "embeddings.{}_embeddings.weight".format
        return self._normalise(
            "embeddings",
            self.weights[table("word")][ids]
            + self.weights[table("token_type")][type_ids]
            + self.weights[table("position")][first : first + len(ids)],
        )

    def _attend(self, layer: int, residual: Float[np.ndarray, "token size"], edits: Sequence[Edit]):
        """Return a layer's queries, keys, values, pattern, value norms, and what they add."""
        prefix = f"encoder.layer.{layer}.attention"
        queries, keys, values = (
            self._split(self._linear(f"{prefix}.self.{name}", residual))
            for name in ("query", "key", "value")
        )
        scale = np.float32(queries.shape[-1] ** -0.5)
        scores = edited_scores(queries @ keys.swapaxes(-1, -2) * scale, layer, edits)
        pattern = edited_pattern(softmax(scores), layer, edits)
        mixed = pattern @ values
        mixed[silenced(layer, edits)] = 0
        added = self._linear(f"{prefix}.output.dense", self._join(mixed))
        # head_size x size: each head's own part of the output projection
        output = self.weights[f"{prefix}.output.dense.weight"]
        parts = output.T.reshape(self.config.n_heads, -1, len(output))
        return queries, keys, values, pattern, np.linalg.norm(values @ parts, axis=-1), added

    def _split(self, x: Float[np.ndarray, "token size"]) -> Float[np.ndarray, "head token part"]:
        return x.reshape(len(x), self.config.n_heads, -1).swapaxes(0, 1)

    def _join(self, x: Float[np.ndarray, "head token part"]) -> Float[np.ndarray, "token size"]:
        return x.swapaxes(0, 1).reshape(x.shape[1], -1)

    def _linear(self, name: str, x: np.ndarray) -> np.ndarray:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _normalise(self, name: str, x: np.ndarray) -> np.ndarray:
        """Give each vector mean 0 and variance 1, then the learned scale and shift."""
        x = x - x.mean(axis=-1, keepdims=True)
        x /= np.sqrt((x * x).mean(axis=-1, keepdims=True) + np.float32(self.config.epsilon))
        return x * self.weights[f"{name}.LayerNorm.weight"] + self.weights[f"{name}.LayerNorm.bias"]


def erf(x: Float[np.ndarray, "..."]) -> Float[np.ndarray, "..."]:
    """Return the error function within 2e-7: Abramowitz and Stegun (1964), 7.1.26."""
    t = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    polynomial = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial = (polynomial + np.float32(factor)) * t
    return np.copysign(1 - polynomial * np.exp(-x * x), x)


def gelu(x: np.ndarray) -> np.ndarray:
    """Return ``x`` times the chance that a normal draw is below it (Hendrycks and Gimpel, 2016)."""
    return x * np.float32(0.5) * (1 + erf(x * np.float32(0.5**0.5)))


def gelu_tanh(x: np.ndarray) -> np.ndarray:
    """Return `gelu` as BERT's first code and GPT-2 have it, by a hyperbolic tangent."""
    inner = np.float32((2 / np.pi) ** 0.5) * (x + np.float32(0.044715) * x**3)
    return x * np.float32(0.5) * (1 + np.tanh(inner))


def relu(x: np.ndarray) -> np.ndarray:
    """Return ``x`` where it is positive, else 0."""
    return np.maximum(x, 0)


ACTIVATIONS = {
    "gelu": gelu,
    "gelu_new": gelu_tanh,
    "gelu_pytorch_tanh": gelu_tanh,
    "relu": relu,
}
"""By transformers' names (``hidden_act``)."""
