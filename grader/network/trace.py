"""What a network worked out on its way from tokens to its last layer, by name."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from grader.errors import ModelError


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward pass. All arrays are float32; layers, heads and tokens count from 0."""

    embeddings: Float[np.ndarray, "token size"]
    """The row of the embedding table of each token, which has seen no other token, no position."""
    residuals: Float[np.ndarray, "state token size"]
    """The tokens' vectors before the first layer (state 0) and after each layer."""
    queries: Float[np.ndarray, "layer head query head_size"]
    """What each token looks for; in a Llama after it was rotated by its position."""
    keys: Float[np.ndarray, "layer head key head_size"]
    """What each token offers to those who look, rotated likewise. Where a Llama's heads share
    keys and values, each head has its copy here."""
    values: Float[np.ndarray, "layer head key head_size"]
    """What each token hands over to those who look at it."""
    pattern: Float[np.ndarray, "layer head query key"]
    """The weights as they were used, edits included; without an edit
    ``softmax(attention_scores)``, and each row sums to 1."""
    value_norms: Float[np.ndarray, "layer head key"]
    """The length of what each token would add to one that gave it the weight 1: its value after
    the head's part of the output projection, ``f(x)`` in Kobayashi et al. (2020)."""
    logits: Float[np.ndarray, "read output"] | None = None
    """What the head on top says of each token: where an answer starts and ends, or how each word of
    the vocabulary fits as the next one. None for a network without a head on top."""
    causal: bool = False
    """Whether each token sees itself and what came before it, and nothing behind it."""

    @cached_property
    def attention_scores(self) -> Float[np.ndarray, "layer head query key"]:
        """``queries @ keys.T / sqrt(head_size)``: what the softmax turns into the pattern.

        Minus infinity where a causal network's query would look ahead.
        """
        scale = np.float32(self.queries.shape[-1] ** -0.5)
        scores = self.queries @ self.keys.swapaxes(-1, -2) * scale
        if self.causal:
            scores[..., ~np.tri(scores.shape[-1], dtype=bool)] = -np.inf
        return scores

    @property
    def head_logits(self) -> Float[np.ndarray, "read output"]:
        """The logits of a network that has a head on top.

        Raises:
            ModelError: it has none.
        """
        if self.logits is None:
            raise ModelError("this model has no head on top, so it has no logits.")
        return self.logits

    @property
    def weighted_value_norms(self) -> Float[np.ndarray, "layer head query key"]:
        """The length of what a token adds to one that looks at it, by the weight it was given."""
        return self.pattern * self.value_norms[:, :, None, :]

    @cached_property
    def sentence(self) -> Float[np.ndarray, " size"]:
        """The text's vector, of length 1: the mean of the last layer over the tokens.

        Raises:
            ModelError: the network is causal; its last layer tells what comes next.
        """
        if self.causal:
            raise ModelError(
                "a model that reads one way has no vector of a text: each token knows only what "
                "came before it, and its last layer tells which token comes next. Compare the "
                "logits instead, or use a model that reads the whole text, such as minilm."
            )
        mean = self.residuals[-1].mean(axis=0)
        return mean / np.linalg.norm(mean)
