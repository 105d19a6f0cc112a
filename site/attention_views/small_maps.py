"""All heads of a long text in one picture: the model view without a script, the drawn one's tiles.

A dot stands for a square of cells and is the mean of their shades. A maximum would be grey all
over: among 25 cells one is strong by chance.
"""

import base64
import io

import numpy as np
from jaxtyping import Float
from PIL import Image

from attention_views.shades import shades
from grader.attention import Attention

DOTS = 80
"""Dots at most along the side of a head's map, where there are up to `HEADS` heads."""

HEADS = 72

LIFT = 0.6
"""Exponent of a dot's shade: what is strong in a few cells of a square is still seen."""

_LEVELS = 15
"""Shades beside white: four bits a dot are half the bytes of eight."""


def small_maps(attention: Attention, layers: tuple[int, ...]) -> str:
    """Return the picture as a ``data:`` address: a page then holds it wherever it lies.

    Args:
        attention: The weights of all heads.
        layers: Rows of the picture, from the top; its columns are the heads.
    """
    most = int(DOTS * min(1.0, (HEADS / (len(layers) * attention.n_heads)) ** 0.5))
    square = -(-attention.n_tokens // most)
    rows = [
        np.hstack([_dots(pattern, square, causal=attention.causal) for pattern in weights])
        for weights in attention.weights[list(layers)]
    ]
    levels = np.rint(np.vstack(rows) ** LIFT * _LEVELS).astype(np.uint8)
    picture = Image.fromarray(levels).convert("P")
    picture.putpalette([0, 0, 0] * 256)  # black of some opacity: a dark page inverts it
    opacity = bytes(level * (255 // _LEVELS) for level in range(_LEVELS + 1))
    packed = io.BytesIO()
    picture.save(packed, "PNG", optimize=True, bits=4, transparency=opacity)
    return f"data:image/png;base64,{base64.b64encode(packed.getvalue()).decode()}"


def _dots(
    pattern: Float[np.ndarray, "query key"], square: int, *, causal: bool
) -> Float[np.ndarray, "down across"]:
    """Return the mean shade of each square of cells, 0..1; those at the ends may be smaller."""
    starts = np.arange(0, len(pattern), square)
    sums = np.add.reduceat(np.add.reduceat(shades(pattern, causal=causal), starts), starts, axis=1)
    sides = np.diff([*starts, len(pattern)])
    return sums / np.outer(sides, sides)
