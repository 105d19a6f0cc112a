"""From a question and a context to tokens, and from two rows of logits back to words.

Training and serving share these functions, so that both see the same windows and the same tokens.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from grader.network import Tokens

LONGEST_ANSWER = 24
"""Tokens; all but two in a thousand of the answers learned from are shorter."""
LONGEST_QUESTION = 128
"""Tokens; a window must leave room for the context."""
WINDOW = 320
STRIDE = 96
"""A context too long for one window is read in several that overlap by as many tokens."""


@dataclass(frozen=True)
class Span:
    """An answer in a context; `text` is empty where the model finds none."""

    text: str
    margin: float
    """Sum of its start and end logits above that of "no answer" ([CLS]); below 0 it finds none."""
    best: str
    """The best span, whether or not it beats "no answer"."""


def windows(network, question: str, context: str) -> list[Tokens]:
    """Return a pair as the network reads it: whole, or with pieces of the context that overlap."""
    tokens = network.encode(question, context)
    inner = tokens.places(1)
    if len(tokens) <= WINDOW or not inner:
        return [tokens]
    before, behind = range(inner[0]), range(inner[-1] + 1, len(tokens))
    room = WINDOW - len(before) - len(behind)
    starts = range(0, len(inner) - STRIDE, room - STRIDE)
    return [tokens.take([*before, *inner[at : at + room], *behind]) for at in starts]


def context_mask(tokens: Tokens) -> Bool[np.ndarray, " token"]:
    """Tell which tokens are the context's."""
    return np.array([part == 1 for part in tokens.parts])


def span_tokens(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    """Return the tokens that hold the characters `start` to `end` of the context; 0, 0 if cut off.

    Args:
        tokens: one of `windows`.
        start: the first character.
        end: the character after the last.
    """
    first = last = 0
    for at in tokens.places(1):
        a, b = tokens.offsets[at]
        first = at if a <= start < b else first
        last = at if a < end <= b else last
    return (first, last) if first and last else (0, 0)


def best_span(
    start_logits: Float[np.ndarray, " token"],
    end_logits: Float[np.ndarray, " token"],
    mask: Bool[np.ndarray, " token"],
) -> tuple[int, int, float]:
    """Return the best span of one window: first token, last token, sum of their logits."""
    n_tokens = len(mask)
    allowed = np.triu(np.ones((n_tokens, n_tokens), dtype=bool))
    allowed &= np.tril(allowed | True, LONGEST_ANSWER - 1) & mask[:, None] & mask
    together = np.where(allowed, start_logits[:, None] + end_logits, -np.inf)
    first, last = np.unravel_index(together.argmax(), together.shape)
    return int(first), int(last), float(together[first, last])


def find_span(network, question: str, context: str) -> Span:
    """Return the best span over the windows of a context, beside the surest "no answer"."""
    best: tuple[float, str] | None = None
    none = float("inf")
    for tokens in windows(network, question, context):
        start, end = network.run(tokens).logits.T
        first, last, score = best_span(start, end, context_mask(tokens))
        none = min(none, float(start[0] + end[0]))
        if best is None or score > best[0]:
            best = score, context[tokens.offsets[first][0] : tokens.offsets[last][1]]
    assert best is not None  # every text has a window
    score, text = best
    return Span(text=text if score > none else "", margin=score - none, best=text)
