"""Many short texts in a picture as one artist: faster than a text and a tick for each.

A map of attention has a hundred numbers and labels. matplotlib lays out and paints each by itself;
here each is the outlines of its letters, which are worked out once, and all are filled together.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, ScaledTranslation

Number = float | int | np.number

POINT = 1 / 72
"""In inches."""
CAPITAL = 0.73
"""How high a capital or a digit is, as a part of the font's size."""
END = "|"
"""A letter that no other is moved towards; where it stands tells how wide those before it are."""
ACROSS = {"left": 0.0, "center": 0.5, "right": 1.0}
UP = {"bottom": 0.0, "center": 0.5, "top": 1.0}


class Lettering(PathCollection):
    """Texts of one size, each at its own place in an axes."""

    def __init__(
        self,
        axes: Axes,
        places: Sequence[tuple[Number, Number]],
        texts: Sequence[str],
        *,
        size: Number,
        colour: str | Sequence[str] | None = None,
        anchor: tuple[str, str] = ("center", "center"),
        turn: Number = 0,
        away: tuple[Number, Number] = (0, 0),
    ):
        """Write `texts` into `axes`.

        Args:
            axes: what is written may stand outside of it.
            places: where each text stands, in data coordinates.
            texts: any characters; none of them starts a formula.
            size: of the font, in points.
            colour: of all texts, or of each; by default matplotlib's own for text.
            anchor: which part of a text stands at its place: ``left``, ``center`` or ``right``, and
                ``bottom``, ``center`` or ``top``.
            turn: degrees by which texts are turned around their anchor, against the clock.
            away: how far from their places all texts stand, in inches.
        """
        self.texts = tuple(texts)
        inches = axes.figure.dpi_scale_trans
        super().__init__(
            [_outline(text, anchor, turn) for text in texts],
            offsets=places,
            offset_transform=axes.transData
            + ScaledTranslation(float(away[0]), float(away[1]), inches),
            facecolors=rcParams["text.color"] if colour is None else colour,
            linewidths=0,
            clip_on=False,
        )
        self.set_transform(Affine2D().scale(size * POINT) + inches)
        axes.add_artist(self)


@lru_cache(maxsize=2048)
def _outline(text: str, anchor: tuple[str, str], turn: Number) -> Path:
    """Return the outline of a text one unit high, its anchor at the origin."""
    letters = [_letter(letter) for letter in text]
    if not letters:
        return Path(np.empty((0, 2)))
    starts = np.cumsum([0.0] + [width for *_, width in letters[:-1]])
    points = np.concatenate(
        [p + np.array((at, 0.0)) for (p, *_), at in zip(letters, starts, strict=True)]
    )
    codes = np.concatenate([codes for _, codes, _ in letters])
    # Of the curves' control points: their true extent takes ten times as long to find.
    left, right = (points[:, 0].min(), points[:, 0].max()) if len(points) else (0, 0)
    across = -left - ACROSS[anchor[0]] * (right - left)
    place = Affine2D().translate(across, -UP[anchor[1]] * CAPITAL).rotate_deg(float(turn))
    return Path(place.transform(points), codes)


@lru_cache(maxsize=2048)
def _letter(letter: str) -> tuple[np.ndarray, np.ndarray, float]:
    """Return a letter's points and codes, and how far from its start the next one stands."""
    points, codes = _path(letter)
    return points, codes, _path(letter + END)[0][:, 0].max() - _path(END)[0][:, 0].max()


def _path(text: str) -> tuple[np.ndarray, np.ndarray]:
    points, codes = text_to_path.get_text_path(FontProperties(), text, ismath=False)
    return np.reshape(points, (-1, 2)) / text_to_path.FONT_SCALE, np.asarray(codes, Path.code_type)
