"""A long text of no model, with the queries and keys that its weights come from."""

import base64
import gzip

import numpy as np

from grader.attention import Attention


def random_long(*, n, causal=False, seed=0, layers=2, heads=3, size=16):
    """Every word is ``w0`` to ``w9`` in turn; queries and keys are drawn."""
    draw = np.random.default_rng(seed)
    queries, keys = draw.normal(0, 1.5, (2, layers, heads, n, size)).astype(np.float32)
    words = ["[CLS]", *(f"w{i % 10}" for i in range(n - 2)), "[SEP]"]
    scores = queries @ keys.swapaxes(-1, -2) / np.sqrt(size)
    if causal:
        scores = scores + np.triu(np.full((n, n), -np.inf), 1)
    weights = softmax(scores)
    return Attention(
        tokens=tuple(words),
        weights=weights.astype(np.float32),
        words=tuple(words),
        word_of=tuple(range(n)),
        text=" ".join(words[1:-1]),
        pair=None,
        second_start=None,
        model="random",
        queries=queries,
        keys=keys,
        causal=causal,
    )


def unpacked_rows(payloads, key, head, *, low=True, causal=False):
    """Weights worked out from packed payloads, as the page does it."""
    _, n, size = payloads[key]["shape"]
    about = payloads[f"{key}-{head}"]
    numbers = 256.0 * (bytes_of(about["high"]) - 128)
    if low:
        numbers = numbers + bytes_of(payloads[f"{key}-{head}x"]["low"]) - 128
    numbers = numbers.reshape(2 * size, n) * np.array(about["steps"])[:, None]
    scores = numbers[:size].T @ numbers[size:]
    if causal:
        scores = scores + np.triu(np.full((n, n), -np.inf), 1)
    return softmax(scores)


def bytes_of(packed):
    return np.frombuffer(gzip.decompress(base64.b64decode(packed)), np.uint8).astype(np.float64)


def softmax(scores):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)
