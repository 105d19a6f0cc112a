"""A long text's queries and keys as small scripts: a file for the text, two for each head.

Weights grow with the square of a text's length, queries and keys with the length alone, and
softmax(q·k) worked out in the page is exact. So a head of 481 tokens is 31,000 numbers, not
231,000, and only the heads that somebody looks at are fetched. A number is 16 bits: the high bytes
draw, the low bytes follow and print.

``<key>.js``, the text:

| field | meaning |
|---|---|
| ``long`` | of this format, ``FORMAT`` |
| ``tokens`` | the word pieces, special tokens included |
| ``shown`` | what stands in the text for each of them |
| ``gaps`` | what stands before each of them: a space, nothing |
| ``special`` | indices of the tokens that the text does not have |
| ``layers`` | numbers of the layers whose heads there are |
| ``shape`` | ``[heads, tokens, numbers of a query or key]`` |
| ``causal`` | true where each token looks back alone |

``<key>-L2H9.js``, a head: ``steps``, for each number of a query, then of a key, the size of its step;
``high``, base64 of gzip of one byte each, number by number and within it token by token.
``<key>-L2H9x.js``: ``low``, the same of the low bytes.
A number is ``(256 * (high - 128) + low - 128) * step``; queries are divided by the square root of
their size already.
"""  # noqa: E501 (a table's rows cannot be broken)

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby

import numpy as np
from jaxtyping import Float, Int

from attention_views.pack import data_script, packed_base64
from attention_views.vectors import vectors_of
from grader.attention import Attention, HeadId

FORMAT = 1
"""Rises when an engine of the former version could not read what is written now."""

PRINTED_ERROR = 5e-4
"""How far a weight may be off where it is printed."""

_LARGEST = 32500
"""Steps of the largest number: its high byte stays within a byte when it is rounded."""


def long_key(attention: Attention, layers: tuple[int, ...]) -> str:
    """Return the name of a packed long text: 16 hex digits that depend on all that is in it."""
    named = [FORMAT, layers, attention.model, attention.tokens, attention.text, attention.pair]
    digest = hashlib.sha256(json.dumps(named).encode())
    for vectors in vectors_of(attention):
        digest.update(np.ascontiguousarray(vectors, dtype=np.float32).tobytes())
    return digest.hexdigest()[:16]


def pack_long(attention: Attention, layers: tuple[int, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield name and contents of each script, the text's first.

    Args:
        attention: What is drawn, captured with ``queries_keys=True``.
        layers: Whose heads are packed.
    """
    key = long_key(attention, layers)
    shown, gaps, special = as_written(attention)
    payload = {
        "long": FORMAT,
        "tokens": list(attention.tokens),
        "shown": shown,
        "gaps": gaps,
        "special": special,
        "layers": layers,
        "shape": [*attention.weights.shape[1:3], vectors_of(attention)[0].shape[-1]],
        "causal": attention.causal,
    }
    yield key, data_script(key, payload)
    for layer in layers:
        for number in range(attention.n_heads):
            head = HeadId(layer=layer, head=number)
            words, steps = _coded(attention, head)
            high = (words + 128) >> 8
            low = words - 256 * high + 128
            name = f"{key}-{head}"
            drawn = {"steps": steps.tolist(), "high": packed_base64(_bytes(high + 128))}
            yield name, data_script(name, drawn)
            yield f"{name}x", data_script(f"{name}x", {"low": packed_base64(_bytes(low))})


def worst_error(attention: Attention, layers: tuple[int, ...]) -> float:
    """Return how far a weight that the page works out may be from the model's own.

    It is large where a model's scores hold more than query times key, as with T5's distances.
    """
    worst = 0.0
    size = vectors_of(attention)[0].shape[-1]
    hidden = np.triu(np.full((attention.n_tokens,) * 2, -np.inf), 1) if attention.causal else 0.0
    for layer in layers:
        for number in range(attention.n_heads):
            head = HeadId(layer=layer, head=number)
            words, steps = _coded(attention, head)
            queries, keys = np.split(words * steps[:, None], [size])
            scores = queries.T @ keys + hidden
            weights = np.exp(scores - scores.max(axis=1, keepdims=True))
            weights /= weights.sum(axis=1, keepdims=True)
            worst = max(worst, float(np.abs(weights - attention.pattern(head)).max()))
    return worst


def as_written(attention: Attention) -> tuple[list[str], list[str], list[int]]:
    """Return for each token what the text has for it and what stands before it; and the special.

    >>> from dataclasses import replace
    >>> n = 6
    >>> lin = Attention(
    ...     tokens=("[CLS]", "dr", ".", "lin", "##d", "[SEP]"),
    ...     weights=np.full((1, 1, n, n), 1 / n),
    ...     words=("[CLS]", "Dr", ".", "Lind", "[SEP]"), word_of=(0, 1, 2, 3, 3, 4),
    ...     text="Dr. Lind", pair=None, second_start=None, model="")
    >>> as_written(lin)
    (['[CLS]', 'Dr', '.', 'Lin', 'd', '[SEP]'], ['', ' ', '', ' ', '', ' '], [0, 5])
    """
    shown: list[str] = []
    gaps: list[str] = []
    special: list[int] = []
    text, at = attention.text, 0
    for word, group in groupby(range(attention.n_tokens), key=attention.word_of.__getitem__):
        surface, pieces = attention.words[word], list(group)
        if attention.pair is not None and pieces[0] == attention.second_start:
            text, at = attention.pair, 0
        place = _found(text, surface, at)
        apart = " " if place < 0 or (special and special[-1] == pieces[0] - 1) else ""
        if place < 0:
            special += pieces
        gap = (text[at:place] if place >= 0 else "") or apart
        gaps += [gap if pieces[0] else "", *[""] * (len(pieces) - 1)]
        at = at if place < 0 else place + len(surface.strip() or surface)
        shown += _cut(surface, [attention.tokens[i] for i in pieces])
    return shown, gaps, special


def _found(text: str, surface: str, at: int) -> int:
    """Return where a word stands next in a text; -1 where it does not, as a special token's."""
    place = text.find(surface.strip() or surface, at)
    # A text may speak of [CLS]: between two words of it stands nothing that could be read.
    skipped = place >= 0 and any(c.isalnum() for c in text[at:place])
    return -1 if skipped else place


def _cut(surface: str, tokens: list[str]) -> list[str]:
    """Return what each piece of a word shows: its part of the word, or all of it the first."""
    if len(tokens) == 1:
        return [surface]
    plain = [token.strip().removeprefix("##") for token in tokens]
    ends = np.cumsum([len(piece) for piece in plain])
    if ends[-1] == len(surface):
        return [surface[end - len(piece) : end] for end, piece in zip(ends, plain, strict=True)]
    if any(piece.startswith("<") for piece in plain):  # bytes of a letter: alone they are none
        return [surface, *["·"] * (len(plain) - 1)]
    return plain


def _coded(
    attention: Attention, head: HeadId
) -> tuple[Int[np.ndarray, "number token"], Float[np.ndarray, " number"]]:
    """Return queries, then keys, as whole steps; and the size of each number's step."""
    queries, keys = (vectors[head].astype(np.float64) for vectors in vectors_of(attention))
    numbers = np.concatenate([queries.T / np.sqrt(queries.shape[-1]), keys.T])
    steps = np.abs(numbers).max(axis=1) / _LARGEST
    steps[steps == 0] = 1.0
    steps = np.array([float(f"{step:.7g}") for step in steps])  # more digits are only longer
    return np.rint(numbers / steps[:, None]).astype(np.int32), steps


def _bytes(numbers: Int[np.ndarray, "number token"]) -> bytes:
    return numbers.astype(np.uint8).tobytes()
