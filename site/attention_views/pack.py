"""A view's numbers as one small script: ``SeeingAttention.data("<key>", {...})``.

A script, not a binary file, because a page opened from disk may load scripts but not fetch files,
and because every web server compresses ``text/javascript``. The payload:

| field | meaning |
|---|---|
| ``version`` | of this format, ``FORMAT`` |
| ``tokens`` | the word pieces, special tokens included |
| ``shape`` | ``[layers, heads, queries, keys]`` |
| ``second`` | index of the first token of the second text, or null |
| ``coding`` | ``u8``: each weight is one byte, weight * 255. ``u16``: weight * 65535, all high bytes, then all low bytes (two planes: gzip finds more in them) |
| ``weights`` | base64 of gzip of those bytes, in the order of ``shape`` |
"""  # noqa: E501 (a table's rows cannot be broken)

import base64
import gzip
import hashlib
import json

import numpy as np

from grader.attention import Attention

FORMAT = 1
"""Rises when an engine of the former version could not read what is written now."""

DRAWN_ERROR = 0.002
"""How far a weight may be off where it is only drawn: half a step of one byte is 0.00196."""

EXACT_ERROR = 1e-5
"""How far a weight may be off where it is printed: half a step of two bytes is 0.0000076."""


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
    packed = gzip.compress(_coded(attention, exact=exact), compresslevel=9, mtime=0)
    payload = {
        "version": FORMAT,
        "tokens": list(attention.tokens),
        "shape": list(attention.weights.shape),
        "second": attention.second_start,
        "coding": "u16" if exact else "u8",
        "weights": base64.b64encode(packed).decode("ascii"),
    }
    # ASCII only: a host that forgets the charset cannot spoil a Chinese token. "<" is escaped so
    # that the text may stand inside a <script> element too.
    text = json.dumps(payload, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    key = packed_key(attention, exact=exact)
    return f'SeeingAttention.data("{key}",{text});\n'.encode("ascii")


def _coded(attention: Attention, *, exact: bool) -> bytes:
    weights = attention.weights.astype(np.float64).clip(0, 1)  # 1 + 1e-7 happens in float32
    if not exact:
        return np.rint(weights * 255).astype(np.uint8).tobytes()
    words = np.rint(weights * 65535).astype(np.uint16).ravel()
    return (words >> 8).astype(np.uint8).tobytes() + (words & 255).astype(np.uint8).tobytes()
