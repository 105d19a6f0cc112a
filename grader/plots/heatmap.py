"""A map of numbers in a picture, each a cell of one colour: faster than ``imshow``.

matplotlib enlarges the numbers to the picture's size and then gives each of half a million points
its colour. Here each number gets its colour, and the colours are enlarged.
"""

import math
from typing import Any

import numpy as np
from jaxtyping import Num, UInt8
from matplotlib.axes import Axes
from matplotlib.image import AxesImage


class Cells(AxesImage):
    """Numbers with the axes row and column; the first row stands at the top."""

    def __init__(
        self,
        axes: Axes,
        values: Num[np.ndarray, "row column"],
        *,
        extent: tuple[float, float, float, float] | None = None,
        **colours: Any,
    ):
        """Draw `values` into `axes`, whose limits stay as they are.

        Args:
            axes: what is drawn may stand outside of it.
            values: what ``cmap`` and ``clim`` give a colour; where one is NaN, nothing is drawn.
            extent: left, right, bottom and top in data coordinates; by default the middle of the
                cell in row i and column j is at (j, i), as with ``imshow``.
            colours: ``cmap`` and ``clim``, as of any image.
        """
        rows, columns = values.shape
        super().__init__(axes, extent=extent or (-0.5, columns - 0.5, rows - 0.5, -0.5))
        self.set(data=values, clip_on=False, **colours)
        axes.add_image(self)

    def make_image(  # type: ignore[override]  # None: nothing is left to transform
        self, renderer: Any, magnification: float = 1.0, unsampled: bool = False
    ) -> tuple[UInt8[np.ndarray, "up across 4"], float, float, None]:
        """Return the points of the picture, and where its lower left corner is drawn.

        Args:
            renderer: what it will be drawn by.
            magnification: points of the picture to one of the drawing.
            unsampled: not looked at.
        """
        values: Any = self.get_array()
        colours = self.to_rgba(values, bytes=True).view(np.uint32)[..., 0]
        left, right, bottom, top = self.get_extent()
        ends = self.axes.transData.transform([(left, bottom), (right, top)]) * magnification
        x, columns = _enlarged(ends[0, 0], ends[1, 0], colours.shape[1])
        y, rows = _enlarged(ends[0, 1], ends[1, 1], colours.shape[0])
        points = colours[::-1, columns][rows]  # the lowest first
        channels = points.view(np.uint8).reshape(*points.shape, 4)
        return channels, x / magnification, y / magnification, None


def _enlarged(start: float, end: float, cells: int) -> tuple[int, np.ndarray]:
    """Return the first of the points from `start` to `end`, and in which cell each of them is."""
    first, last = math.floor(start + 0.5), math.floor(end + 0.5)
    middles = np.arange(first, last) + 0.5
    at = np.floor((middles - start) / (end - start) * cells).astype(int)
    return first, at.clip(0, cells - 1)
