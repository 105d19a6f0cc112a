"""Pictures of attention as SVG text, for readers and browsers without scripts.

One colour, ``currentColor``, in steps of opacity: dark mode costs nothing, and a picture of
13 tokens is half a kilobyte once compressed. Labels are Latin only: token pieces, L5H11, query, key.
"""  # noqa: E501

from collections.abc import Sequence
from html import escape

import numpy as np
from jaxtyping import Float

SHOWN_FROM = 0.02
"""Weights below are left out of the head picture; its note says so."""

_CHARACTER = 7.3  # width of a character at 12 px in common sans-serif fonts, rounded up
_ROW = 20
_CELL = 20
_STEPS = 10
_FADED = 0.15  # what is left of the rows that a figure is not about


def head_lines(
    patterns: Float[np.ndarray, "head query key"], tokens: Sequence[str], query: int | None
) -> str:
    """Draw two columns of tokens, queries left and keys right, with a line for each weight.

    Args:
        patterns: one or several heads of a layer, drawn over each other.
        tokens: the word pieces.
        query: the row that stays strong while the others fade; None for all.
    """
    side = _label_width(tokens)
    span = 170
    height = _ROW * len(tokens) + 26
    width = 2 * side + span
    parts = [_open(width, height, "head")]
    parts.append(f'<g class="axis"><text x="{side - 6}" y="12" text-anchor="end">query</text>')
    parts.append(f'<text x="{side + span + 6}" y="12">key</text></g>')
    for i, token in enumerate(tokens):
        y = _ROW * i + 36
        faded = "" if query in (None, i) else ' opacity=".5"'
        label = escape(token)
        parts.append(f'<text x="{side - 6}" y="{y}" text-anchor="end"{faded}>{label}</text>')
        parts.append(f'<text x="{side + span + 6}" y="{y}">{label}</text>')
    parts.append('<g fill="none" stroke="currentColor" stroke-width="2">')
    for pattern in patterns:
        for i, j in zip(*np.nonzero(pattern >= SHOWN_FROM), strict=True):
            opacity = float(pattern[i, j]) * (1 if query in (None, i) else _FADED)
            start, end = _ROW * i + 32, _ROW * j + 32
            parts.append(
                f'<path opacity="{_short(opacity / len(patterns) ** 0.5)}" '
                f'd="M{side} {start}L{side + span} {end}"/>'
            )
    parts.append("</g></svg>")
    return "".join(parts)


def heat_map(
    pattern: Float[np.ndarray, "query key"], tokens: Sequence[str], query: int | None
) -> str:
    """Draw one head's pattern, a square for each weight, in ten steps of opacity."""
    n = len(tokens)
    side = _label_width(tokens)
    parts = [_open(side + n * _CELL + 2, side + n * _CELL + 2, "heatmap")]
    parts.append(
        f'<g class="axis"><text x="{side - 6}" y="{side - 8}" text-anchor="end">query</text>'
        f'<text transform="translate({side - 8},{side - 24}) rotate(-90)">key</text></g>'
    )
    for i, token in enumerate(tokens):
        middle = side + i * _CELL + 14
        label = escape(token)
        parts.append(f'<text x="{side - 6}" y="{middle}" text-anchor="end">{label}</text>')
        parts.append(f'<text transform="translate({middle},{side - 6}) rotate(-90)">{label}</text>')
    parts.append(f'<g transform="translate({side},{side})" fill="currentColor">')
    steps = np.rint(pattern * _STEPS).astype(int)
    for step in range(1, _STEPS + 1):
        cells = zip(*np.nonzero(steps == step), strict=True)
        drawn = "".join(f"M{j * _CELL} {i * _CELL}h19v19h-19z" for i, j in cells)
        if drawn:
            parts.append(f'<path opacity="{_short(step / _STEPS)}" d="{drawn}"/>')
    size = n * _CELL
    parts.append(
        f'<path class="frame" fill="none" stroke="currentColor" opacity=".35" '
        f'd="M-.5-.5h{size}v{size}h-{size}z"/>'
    )
    if query is not None:
        parts.append(
            f'<path class="row" fill="none" stroke="currentColor" '
            f'd="M-1 {query * _CELL - 1}h{size + 1}v21h-{size + 1}z"/>'
        )
    parts.append("</g></svg>")
    return "".join(parts)


def model_grid(weights: Float[np.ndarray, "layer head query key"]) -> str:
    """Draw a thumbnail for each head, rows of layers, in three steps of opacity."""
    n_layers, n_heads, n, _ = weights.shape
    unit = max(1.0, 36 / n)
    gap = max(2, round(8 / unit))  # in cells
    size = n * unit
    step = size + gap * unit
    left, top = 30, 24
    parts = [_open(left + n_heads * step, top + n_layers * step, "model")]
    parts.append('<g class="axis">')
    for head in range(n_heads):
        x = left + head * step + size / 2
        parts.append(f'<text x="{_short(x)}" y="14" text-anchor="middle">H{head}</text>')
    for layer in range(n_layers):
        y = top + layer * step + size / 2 + 4
        parts.append(f'<text x="{left - 8}" y="{_short(y)}" text-anchor="end">L{layer}</text>')
    # One path for each step of opacity holds the cells of all heads, as strokes one cell high.
    at = f"translate({left},{top}) scale({_short(unit)})"
    parts.append(f'</g><g transform="{at}" fill="none" stroke="currentColor">')
    stride = n + gap
    frames = _strokes(
        [(h * stride, y * stride) for y in range(n_layers) for h in range(n_heads)], n
    )
    middle = f'transform="translate(0,{_short(n / 2)})"'
    parts.append(f'<path class="frame" {middle} opacity=".07" stroke-width="{n}" d="{frames}"/>')
    parts.append('<g transform="translate(0,.5)">')
    for low, high, opacity in ((0.1, 0.3, ".3"), (0.3, 0.6, ".6"), (0.6, 2.0, "1")):
        found = zip(*np.nonzero((weights >= low) & (weights < high)), strict=True)
        cells = [(head * stride + j, layer * stride + i) for layer, head, i, j in found]
        if cells:
            parts.append(f'<path opacity="{opacity}" d="{_strokes(cells, 1)}"/>')
    parts.append("</g></g></svg>")
    return "".join(parts)


def _strokes(starts: Sequence[tuple[int, int]], length: int) -> str:
    """Return a path of strokes to the right, each place told from the end of the one before."""
    path, x, y = [], 0, 0
    for next_x, next_y in starts:
        path.append(f"m{next_x - x} {next_y - y}h{length}")
        x, y = next_x + length, next_y
    return "".join(path)


def neuron_rows(
    query_vector: Float[np.ndarray, " size"],
    keys: Float[np.ndarray, "key size"],
    scores: Float[np.ndarray, " key"],
    weights: Float[np.ndarray, " key"],
    tokens: Sequence[str],
    query: int,
) -> str:
    """Draw how one row comes about: q above, then a row for each key: k, q x k, score, weight.

    Args:
        query_vector: the query of the token `query`.
        keys: the keys of all tokens.
        scores: scaled dot products.
        weights: after softmax.
        tokens: the word pieces.
        query: whose row it is.
    """
    n, size = keys.shape
    side = _label_width(tokens)
    wide, gap, top = 4 * size, 14, 52
    right = side + 2 * (wide + gap)
    parts = [_open(right + 88, top + n * _ROW + 4, "neuron")]
    parts.append(f'<g class="axis"><text x="{side}" y="42">k</text>')
    parts.append(f'<text x="{side + wide + gap}" y="42">q × k</text>')
    parts.append(f'<text x="{right + 36}" y="42" text-anchor="end">score</text>')
    parts.append(f'<text x="{right + 84}" y="42" text-anchor="end">weight</text></g>')
    label = f"{escape(tokens[query])}  q"
    parts.append(f'<text x="{side - 6}" y="18" text-anchor="end">{label}</text>')
    for i, token in enumerate(tokens):
        y = top + _ROW * i + 13
        parts.append(f'<text x="{side - 6}" y="{y}" text-anchor="end">{escape(token)}</text>')
        parts.append(f'<text x="{right + 36}" y="{y}" text-anchor="end">{scores[i]:.2f}</text>')
        parts.append(f'<text x="{right + 84}" y="{y}" text-anchor="end">{weights[i]:.2f}</text>')
    parts.append(_cells(query_vector[None], side, 6))
    parts.append(_cells(keys, side, top))
    parts.append(_cells(keys * query_vector, side + wide + gap, top))
    parts.append("</svg>")
    return "".join(parts)


def _cells(vectors: Float[np.ndarray, "row size"], x: float, y: float) -> str:
    """Draw rows of small cells, as strong as bertviz draws them, negative ones in orange."""
    steps = np.rint(np.tanh(np.abs(vectors) / 4) * _STEPS).astype(int)
    parts = [f'<g transform="translate({_short(x)},{_short(y)})">']
    for negative in (False, True):
        for step in range(1, _STEPS + 1):
            found = zip(*np.nonzero((steps == step) & ((vectors < 0) == negative)), strict=True)
            drawn = "".join(f"M{4 * j} {_ROW * i}h4v16h-4z" for i, j in found)
            if drawn:
                colour = ' fill="#d9691a"' if negative else ""
                parts.append(f'<path opacity="{_short(step / _STEPS)}"{colour} d="{drawn}"/>')
    return "".join(parts) + "</g>"


def _open(width: float, height: float, kind: str) -> str:
    w, h = _short(width), _short(height)
    return (
        f'<svg class="attention-view__picture attention-view__picture--{kind}" aria-hidden="true" '
        f'viewBox="0 0 {w} {h}" width="{w}" height="{h}" fill="currentColor" font-size="12">'
    )


def _label_width(tokens: Sequence[str]) -> int:
    return round(max(max(len(token) for token in tokens), 5) * _CHARACTER) + 10


def _short(value: float) -> str:
    """Write a number with two decimals at most and no needless zero."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return text[1:] if text.startswith("0.") else text
