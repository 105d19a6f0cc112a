"""The figure that a picture is drawn in: measured in inches, made in advance, shown as it is.

Not pyplot's: that keeps every figure open, binds a backend where kernels are forked, and in a
notebook cuts a figure's edges, for which it draws everything twice. And no layout engine, which
would draw to find the room that we know.
"""

import io

import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

OPAQUE = 255
QUICKLY = {"compress_level": 1}
"""Rather than a smaller picture."""


class Picture(Figure):
    """A figure that Jupyter shows without pyplot, with words for who cannot see it."""

    alt = ""
    """What is to be seen: the text beside the picture in a notebook, its alternative on a page."""

    def __repr__(self) -> str:
        return self.alt or super().__repr__()

    def _repr_png_(self) -> bytes | tuple[bytes, dict[str, str]]:
        """Return the picture as a PNG; only where one can see through it with a fourth channel."""
        canvas = FigureCanvasAgg(self)
        canvas.draw()
        points = np.asarray(canvas.buffer_rgba())
        seen = Image.fromarray(points)
        if points[..., 3].min() == OPAQUE:
            seen = seen.convert("RGB")
        shown = io.BytesIO()
        seen.save(shown, "PNG", **QUICKLY)
        return (shown.getvalue(), {"alt": self.alt}) if self.alt else shown.getvalue()


def new_picture(
    width: float, height: float, *, left: float, bottom: float, right: float, top: float
) -> tuple[Picture, Axes]:
    """Return a picture and axes without ticks of `width` x `height` inches, so much room around."""
    figure, axes = _ready() or _empty()
    # In whole points of the picture: otherwise a frame stands a point beside what it is around.
    across, up, left, bottom, width, height = (
        round(inches * figure.dpi) / figure.dpi
        for inches in (left + width + right, bottom + height + top, left, bottom, width, height)
    )
    figure.set_size_inches(across, up)
    axes.set_position((left / across, bottom / up, width / across, height / up))
    return figure, axes


def make_ready(count: int) -> None:
    """Make pictures in advance, for a process that forks for each notebook.

    Args:
        count: how many a process draws before it has to make its own.
    """
    settings = rcParams.copy()
    READY[:] = [(settings, _empty()) for _ in range(count)]


READY: list[tuple[dict, tuple[Picture, Axes]]] = []
"""With the settings that they were made by; with others they would look otherwise."""


def _empty() -> tuple[Picture, Axes]:
    figure = Picture()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    return figure, axes


def _ready() -> tuple[Picture, Axes] | None:
    made_by, ready = READY.pop() if READY else (None, None)
    # By what is stored: matplotlib's own comparison asks for each value, the backend's too.
    if ready and dict.__eq__(made_by, rcParams):  # type: ignore[operator]  # mypy: `dict == made_by`
        return ready
    return None
