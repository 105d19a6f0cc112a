"""A view's numbers as one small script: ``SeeingAttention.data("<key>", {...})``.

A script, not a binary file, because a page opened from disk may load scripts but not fetch files,
and because every web server compresses ``text/javascript``. The payload:

| field | meaning |
|---|---|
| ``version`` | of this format, ``FORMAT`` |
| ``tokens`` | the word pieces, special tokens included |
| ``shape`` | ``[layers, heads, queries, keys]`` |
| ``second`` | index of the first token of the second text, or null |
| ``first`` | number of the first layer in ``shape``; left out where it is 0 |
| ``coding`` | ``u8``: each weight is one byte, weight * 255. ``u16``: weight * 65535, all high bytes, then all low bytes (two planes: gzip finds more in them) |
| ``weights`` | base64 of gzip of those bytes, in the order of ``shape`` |
| ``triangle`` | true where the model only looks back: of each head, row by row, only the keys up to the query are packed; left out otherwise |
| ``vectors`` | only for the neuron view: ``size``, how many numbers a query or key has; ``steps``, one of queries and one of keys; ``numbers``, base64 of gzip of queries, then keys, in the order layer, head, token, number, each 16 bits above 32768 in steps, two planes |
"""  # noqa: E501 (a table's rows cannot be broken)

import base64
import gzip
import hashlib
import json

import numpy as np

from attention_views.vectors import vectors_of
from grader.attention import Attention

FORMAT = 2
"""Rises when an engine of the former version could not read what is written now."""

DRAWN_ERROR = 0.002
"""How far a weight may be off where it is only drawn: half a step of one byte is 0.00196."""

EXACT_ERROR = 1e-5
"""How far a weight may be off where it is printed: half a step of two bytes is 0.0000076."""

VECTOR_ERROR = 1 / 65534
"""How far a number of a query or key may be off, as a part of the largest of its layer."""


def packed_key(attention: Attention, *, exact: bool) -> str:
    """Return the name of a packed view: 16 hex digits that depend on all that is in the file.

    The caption, the kind of view and the page's language are not in it, so that a sentence drawn
    twice, or in two languages, is fetched once.

    Args:
        attention: What is drawn.
        exact: Whether the numbers are good enough to print.
    """
    digest = hashlib.sha256()
    named = [FORMAT, exact, attention.model, attention.tokens, attention.second_start]
    digest.update(json.dumps(named, ensure_ascii=True).encode())
    digest.update(_coded(attention, exact=exact))
    return digest.hexdigest()[:16]


def pack_view(attention: Attention, *, exact: bool) -> bytes:
    """Return the contents of ``<key>.js``; the same attention always gives the same bytes.

    Args:
        attention: What is drawn; weights of shape (layer, head, query, key) in 0..1.
        exact: True keeps each weight within ``EXACT_ERROR``, which numbers that are printed need;
            False keeps it within ``DRAWN_ERROR`` in less than half of the bytes.
    """
    payload = {
        "version": FORMAT,
        "tokens": list(attention.tokens),
        "shape": list(attention.weights.shape),
        "second": attention.second_start,
        "coding": "u16" if exact else "u8",
        "weights": packed_base64(_coded(attention, exact=exact)),
    }
    if attention.causal:
        payload["triangle"] = True
    return data_script(packed_key(attention, exact=exact), payload)


def neuron_key(attention: Attention, layer: int) -> str:
    """Return the name of a packed neuron view: `packed_key`'s, with the layer and its vectors.

    Args:
        attention: What is drawn, with its queries and keys.
        layer: The one layer that is packed.
    """
    digest = hashlib.sha256(packed_key(attention, exact=True).encode())
    digest.update(f"neuron {layer}".encode())
    for vectors in _vectors(attention, layer):
        digest.update(vectors.tobytes())
    return digest.hexdigest()[:16]


def pack_neuron(attention: Attention, layer: int) -> bytes:
    """Return the contents of ``<key>.js`` for the neuron view: one layer, its queries and keys.

    Args:
        attention: What is drawn, captured with ``queries_keys=True``; its weights are packed as
            exact ones, its vectors within ``VECTOR_ERROR`` of the largest of their kind.
        layer: From 0.
    """
    weights = attention.weights[layer : layer + 1]
    vectors = _vectors(attention, layer)
    steps = [float(np.abs(each).max()) / 32767 or 1.0 for each in vectors]
    words = [
        (np.rint(each / step) + 32768).astype(np.uint16).ravel()
        for each, step in zip(vectors, steps, strict=True)
    ]
    payload = {
        "version": FORMAT,
        "tokens": list(attention.tokens),
        "shape": list(weights.shape),
        "second": attention.second_start,
        "first": layer,
        "coding": "u16",
        "weights": packed_base64(_planes(_words(weights))),
        "vectors": {
            "size": vectors[0].shape[-1],
            "steps": steps,
            "numbers": packed_base64(b"".join(map(_planes, words))),
        },
    }
    return data_script(neuron_key(attention, layer), payload)


def _vectors(attention: Attention, layer: int) -> list[np.ndarray]:
    return [each[layer].astype(np.float64) for each in vectors_of(attention)]


def data_script(key: str, payload: dict) -> bytes:
    """Return the contents of ``<key>.js``: a call that hands `payload` to the engine."""
    # ASCII only: a host that forgets the charset cannot spoil a Chinese token. "<" is escaped so
    # that the text may stand inside a <script> element too.
    text = json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    return f'SeeingAttention.data("{key}",{text});\n'.encode("ascii")


def packed_base64(data: bytes) -> str:
    """Return base64 of gzip of `data`."""
    return base64.b64encode(gzip.compress(data, compresslevel=9, mtime=0)).decode("ascii")


def _coded(attention: Attention, *, exact: bool) -> bytes:
    weights = attention.weights.astype(np.float64).clip(0, 1)  # 1 + 1e-7 happens in float32
    if attention.causal:  # above the diagonal all is zero
        weights = weights[:, :, *np.tril_indices(attention.n_tokens)]
    if not exact:
        return np.rint(weights * 255).astype(np.uint8).tobytes()
    return _planes(_words(weights))


def _words(weights: np.ndarray) -> np.ndarray:
    """Return weights as 16-bit steps."""
    return np.rint(weights.astype(np.float64).clip(0, 1) * 65535).astype(np.uint16).ravel()


def _planes(words: np.ndarray) -> bytes:
    """Return all high bytes, then all low bytes."""
    return (words >> 8).astype(np.uint8).tobytes() + (words & 255).astype(np.uint8).tobytes()
