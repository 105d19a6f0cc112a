"""Pictures of attention inside a notebook: one row, one map, the grid of all heads.

Raw bertviz needs libraries from a foreign network inside a notebook; matplotlib needs none. Every
function returns the figure: as the last line of a cell Jupyter displays it. Pictures hold only what
the model read and head names, never Chinese text: a machine without Chinese fonts would draw boxes.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from grader.attention import Attention, HeadId
from grader.errors import GraderError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from grader.cells import Cells

COLOURS = "cividis"  # the same order of lightness for colour-blind eyes
PANEL = 0.85  # inches of one small map in the grid
TITLE = 0.35  # above the axes
BAR = 1.1  # right of the axes, for a scale
GAP = 0.12  # between two of them, as a part of a map's side
CELL = 0.36  # inches of one weight in a map of tokens
SIZE = 10  # points of a label
NEAR = 0.06  # inches between a label and what it names
SHADES = 128  # of a scale
QUICKLY = {"compress_level": 1}  # rather than a smaller picture
TITLED = {"fontsize": 10, "y": 1.0}  # where it stands without a search for what is in its way


def plot_row(
    attention: Attention,
    head: HeadId | tuple[int, int],
    query: str,
    *,
    merge: bool = True,
    asked: Sequence[str] | None = None,
) -> "Figure":
    """Draw where one query looks: a bar for each key, with its weight (0..1).

    Args:
        attention: what ``capture`` returned.
        head: the head, layer first.
        query: the word that looks.
        merge: whether word pieces are merged to words.
        asked: words to make dark; then an even share is drawn beside, and no numbers are.

    Raises:
        GraderError: no such head, or the word stands nowhere or more than once.
    """
    head = HeadId(*head)
    seen = attention.merge_words() if merge else attention
    row = seen.pattern(head)[seen.position(query)]
    figure, axes = _figure(0.55 * seen.n_tokens, 2.0, left=0.65, bottom=0.75 * _inches(seen))
    bars = axes.bar(range(seen.n_tokens), row, color=_colour(0.35))
    if asked is None:
        bars[int(row.argmax())].set_color(_colour(0.85))
        tops = [(i, weight + 0.02) for i, weight in enumerate(row)]
        _write(axes, tops, [f"{w:.2f}" for w in row], size=8, anchor=("center", "bottom"))
    else:
        for i, bar in enumerate(bars):
            bar.set_color(_colour(0.15 if seen.tokens[i] in asked else 0.75))
        axes.axhline(1 / seen.n_tokens, linestyle="--", linewidth=1, color="#b0413e")
    axes.set_ylim(0, 1.1)
    axes.set_ylabel("weight")
    axes.set_xticks([])
    axes.set_yticks([0, 0.5, 1])
    _below(axes, seen.tokens, 0.0, turn=45)
    axes.set_title(f"{head}, row of “{_plain(query)}”", **TITLED)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def plot_pattern(
    attention: Attention, head: HeadId | tuple[int, int], *, merge: bool = True
) -> "Figure":
    """Draw one head's map: rows are queries, columns are keys, weights 0..1.

    Raises:
        GraderError: there is no such head.
    """
    head = HeadId(*head)
    seen = attention.merge_words() if merge else attention
    n, room = seen.n_tokens, _inches(seen)
    side = CELL * n
    figure, axes = _figure(side, side, left=room + 0.3, bottom=room + 0.3, right=BAR)
    image = _map(axes, seen.pattern(head))
    _below(axes, seen.tokens, n - 0.5, turn=90)
    _beside(axes, seen.tokens, range(n))
    axes.set_xlabel("key: looked at", labelpad=72 * room)
    axes.set_ylabel("query: looks", labelpad=72 * room)
    axes.set_title(str(head), **TITLED)
    _bar(axes, image, CELL, "weight")
    return figure


def plot_grid(attention: Attention) -> "Figure":
    """Draw the small maps of all heads at once: a row for each layer, a column for each head."""
    n_layers, n_heads, n = attention.n_layers, attention.n_heads, attention.n_tokens
    gap = max(1, round(GAP * n))
    # One picture of all maps, not an axes for each: that is ten times as fast.
    mosaic = np.full((n_layers * (n + gap) - gap, n_heads * (n + gap) - gap), np.nan)
    for layer in range(n_layers):
        for head in range(n_heads):
            top, left = layer * (n + gap), head * (n + gap)
            mosaic[top : top + n, left : left + n] = attention.weights[layer, head]
    size = PANEL / (n + gap)
    figure, axes = _figure(size * mosaic.shape[1], size * mosaic.shape[0], left=0.4)
    _map(axes, mosaic)
    middles = (n - 1) / 2 + (n + gap) * np.arange(max(n_heads, n_layers))
    tops = [(middle, -0.5) for middle in middles[:n_heads]]
    names = [f"H{head}" for head in range(n_heads)]
    _write(axes, tops, names, size=SIZE, anchor=("center", "bottom"), away=(0, NEAR))
    _beside(axes, [f"L{layer}" for layer in range(n_layers)], middles[:n_layers])
    axes.spines[:].set_visible(False)
    return figure


def plot_heads(values: Float[np.ndarray, "..."], *, title: str = "") -> "Figure":
    """Draw one number for each head as a layer x head map, for instance the weight with -> man.

    Args:
        values: axes layer and head. Differences are drawn around 0, all else from 0 up.
        title: what the numbers are; no Chinese, see above.

    Raises:
        GraderError: `values` has not the two axes layer and head.
    """
    values = np.asarray(values)
    if values.ndim != 2:
        raise GraderError(f"plot_heads needs the axes (layer, head), got shape {values.shape}.")
    n_layers, n_heads = values.shape
    cell = 0.55
    figure, axes = _figure(cell * n_heads, 0.5 * n_layers, left=0.4, bottom=0.35, right=BAR)
    signed = bool((values < 0).any())
    most = float(np.abs(values).max()) or 1.0
    low, colours = (-most, "PuOr") if signed else (0.0, COLOURS)
    image = _map(axes, values, (low, most), colours)
    dark = np.abs(values) > 0.7 * most if signed else values < 0.6 * most
    _write(
        axes,
        [(head, layer) for layer in range(n_layers) for head in range(n_heads)],
        [f"{value:z.2f}" for value in values.flat],
        size=7,
        colour=["white" if one else "black" for one in dark.flat],
    )
    _below(axes, [f"H{head}" for head in range(n_heads)], n_layers - 0.5)
    _beside(axes, [f"L{layer}" for layer in range(n_layers)], range(n_layers))
    axes.set_title(title, **TITLED)
    _bar(axes, image, cell)
    return figure


def make_ready(count: int) -> None:
    """Make figures in advance, for a process that forks for each notebook.

    Args:
        count: how many pictures a process draws before it has to make its own.
    """
    from matplotlib import rcParams

    settings = rcParams.copy()
    _READY[:] = [(settings, *_empty()) for _ in range(count)]


_READY: "list[tuple[dict, Figure, Axes]]" = []
"""With the settings that they were made by; with others they would look otherwise."""


def _empty() -> "tuple[Figure, Axes]":
    # Not pyplot: it keeps every figure open, and binds a backend where kernels are forked. And no
    # layout engine: it would draw everything twice to find the room that we know.
    from matplotlib.figure import Figure

    figure = Figure()
    return figure, figure.add_axes((0, 0, 1, 1))


def _ready(settings: dict) -> "tuple[Figure, Axes] | None":
    made_by, *ready = _READY.pop() if _READY else (None,)
    # By what is stored: matplotlib's own comparison asks for each value, the backend's too.
    return tuple(ready) if ready and dict.__eq__(made_by, settings) else None


def _figure(
    width: float, height: float, *, left: float, bottom: float = 0.1, right: float = 0.15
) -> "tuple[Figure, Axes]":
    """Return a figure with axes of `width` x `height` inches, and so much room around them."""
    from matplotlib import rcParams

    figure, axes = _ready(rcParams) or _empty()
    _displayable(type(figure))
    # In whole points of the picture: otherwise a frame stands a point beside what it is around.
    across, up, left, bottom, width, height = (
        round(inches * figure.dpi) / figure.dpi
        for inches in (left + width + right, bottom + height + TITLE, left, bottom, width, height)
    )
    figure.set_size_inches(across, up)
    axes.set_position((left / across, bottom / up, width / across, height / up))
    return figure, axes


def _write(axes: "Axes", places: Sequence, texts: Sequence[str], **how: Any) -> None:
    from grader.lettering import Lettering

    Lettering(axes, places, texts, **how)


def _map(
    axes: "Axes",
    values: np.ndarray,
    ends: tuple[float, float] = (0.0, 1.0),
    colours: str = COLOURS,
) -> "Cells":
    """Draw `values` as cells that fill the axes, from the first to the last of the colours."""
    from grader.cells import Cells

    rows, columns = values.shape
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5), xticks=[], yticks=[])
    return Cells(axes, values, cmap=colours, clim=ends)


def _below(axes: "Axes", texts: Sequence[str], bottom: float, *, turn: int = 0) -> None:
    """Write a column's name below each column, where the data end at `bottom`."""
    places = [(i, bottom) for i in range(len(texts))]
    anchor = ("right", "top" if turn < 90 else "center") if turn else ("center", "top")
    _write(axes, places, texts, size=SIZE, anchor=anchor, turn=turn, away=(0, -NEAR))


def _beside(axes: "Axes", texts: Sequence[str], at: Iterable[float | int]) -> None:
    """Write each row's name to the left of the axes."""
    places = [(-0.5, up) for up in at]
    _write(axes, places, texts, size=SIZE, anchor=("right", "center"), away=(-NEAR, 0))


def _bar(axes: "Axes", image: "Cells", cell: float, label: str = "") -> None:
    """Draw the scale of `image`, whose cells are `cell` inches wide, in the room called BAR."""
    from grader.cells import Cells

    (_, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    low, high = image.get_clim()
    start = right + 0.15 / cell
    end = start + 0.15 / cell
    Cells(
        axes,
        np.linspace(high, low, SHADES)[:, None],
        extent=(start, end, bottom, top),
        cmap=image.get_cmap(),
        clim=(low, high),
    )
    marks = np.linspace(low, high, 5)
    places = [(end, bottom + (top - bottom) * i / 4) for i in range(5)]
    digits = max(2, 1 - math.floor(math.log10(high)))  # so many that the marks differ
    texts = [f"{mark:.{digits}f}" for mark in marks]
    _write(axes, places, texts, size=8, anchor=("left", "center"), away=(NEAR, 0))
    if label:
        name = [(end, (bottom + top) / 2)]
        _write(axes, name, [label], size=SIZE, turn=90, away=(0.55, 0))


def _inches(attention: Attention) -> float:
    """Return the room that the longest token takes, its distance included."""
    return 0.15 + 0.085 * max(len(token) for token in attention.tokens)


def _displayable(figure_class: "type[Figure]") -> None:
    """Teach Jupyter to show a figure that pyplot has not made, unless it can already."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    from IPython.core.pylabtools import select_figure_formats

    try:
        shell.display_formatter.formatters["image/png"].lookup_by_type(figure_class)
    except KeyError:
        select_figure_formats(shell, {"png"}, bbox_inches=None, pil_kwargs=QUICKLY)


def _plain(text: str) -> str:
    return text.replace("$", r"\$")  # "$" opens mathematics


def _colour(at: float) -> tuple[float, float, float, float]:
    from matplotlib import colormaps

    return colormaps[COLOURS](at)
