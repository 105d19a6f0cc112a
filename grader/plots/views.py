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

    from grader.plots.figure import Picture
    from grader.plots.heatmap import Cells

COLOURS = "cividis"  # the same order of lightness for colour-blind eyes
PANEL = 0.85  # inches of one small map in the grid
TITLE = 0.35  # above the axes
BAR = 1.1  # right of the axes, for a scale
GAP = 0.12  # between two of them, as a part of a map's side
CELL = 0.36  # inches of one weight in a map of tokens
SIZE = 10  # points of a label
NEAR = 0.06  # inches between a label and what it names
NAMED = 5  # heads of a layer x head map, in words
SHADES = 128  # of a scale
LUMINANCE = (0.2126, 0.7152, 0.0722)  # of red, green and blue (WCAG 2.2)
MIDDLE = 0.179  # as much contrast to white as to black


def plot_row(
    attention: Attention,
    head: HeadId | tuple[int, int],
    query: str,
    *,
    merge: bool = True,
    asked: Sequence[str] | None = None,
) -> "Picture":
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
    n = seen.n_tokens
    figure, axes = _figure(0.55 * n, 2.0, left=0.65, bottom=0.75 * _inches(seen))
    axes.set(xlim=(-0.6, n - 0.4), ylim=(0, 1.1))
    axes.hlines((0.5, 1), -0.6, n - 0.4, linewidth=0.8, color="#dddddd", zorder=0)
    if asked is None:
        shades = np.where(np.arange(n) == row.argmax(), 0.85, 0.35)
        tops = [(i, weight + 0.02) for i, weight in enumerate(row)]
        _write(axes, tops, [f"{w:.2f}" for w in row], size=8, anchor=("center", "bottom"))
    else:
        shades = np.array([0.15 if token in asked else 0.75 for token in seen.tokens])
        axes.hlines(1 / n, -0.6, n - 0.4, linestyle="--", linewidth=1, color="#b0413e")
    _bars(axes, row, shades)
    _below(axes, seen.tokens, turn=45)
    _beside(axes, ["0", "0.5", "1"], (0, 0.5, 1))
    _name_rows(axes, "weight", 0.35)
    _title(axes, f"{head}, row of “{query}”")
    axes.spines[["top", "right"]].set_visible(False)
    figure.alt = f"{head}, {query}: {_listed(zip(seen.tokens, row, strict=True))}"
    return figure


def plot_pattern(
    attention: Attention, head: HeadId | tuple[int, int], *, merge: bool = True
) -> "Picture":
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
    _below(axes, seen.tokens, turn=90)
    _beside(axes, seen.tokens, range(n))
    _name_columns(axes, "key: looked at", room)
    _name_rows(axes, "query: looks", room)
    _title(axes, str(head))
    _bar(axes, image, CELL, "weight")
    most = seen.pattern(head).argmax(axis=1)
    rows = enumerate(seen.tokens)
    looks = (
        (f"{token} → {seen.tokens[most[i]]}", seen.pattern(head)[i, most[i]]) for i, token in rows
    )
    figure.alt = f"{head}: {_listed(looks)}"
    return figure


def plot_grid(attention: Attention) -> "Picture":
    """Draw the small maps of all heads at once: a row for each layer, a column for each head."""
    n_layers, n_heads, n = attention.n_layers, attention.n_heads, attention.n_tokens
    gap = max(1, round(GAP * n))
    # One picture of all maps, not an axes for each, which takes many times as long.
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
    _write(axes, tops, names, anchor=("center", "bottom"), away=(0, NEAR))
    _beside(axes, [f"L{layer}" for layer in range(n_layers)], middles[:n_layers])
    axes.spines[:].set_visible(False)
    figure.alt = f"{n_layers} x {n_heads}: {' '.join(attention.tokens)}"
    return figure


def plot_heads(values: Float[np.ndarray, "..."], *, title: str = "") -> "Picture":
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
    dark = image.to_rgba(values)[..., :3] ** 2.2 @ LUMINANCE < MIDDLE
    _write(
        axes,
        [(head, layer) for layer in range(n_layers) for head in range(n_heads)],
        [f"{value:z.2f}" for value in values.flat],
        size=7,
        colour=["white" if one else "black" for one in dark.flat],
    )
    _below(axes, [f"H{head}" for head in range(n_heads)])
    _beside(axes, [f"L{layer}" for layer in range(n_layers)], range(n_layers))
    _title(axes, title)
    _bar(axes, image, cell)
    order = np.argsort(-np.abs(values), axis=None, kind="stable")[:NAMED]
    largest = [divmod(int(one), n_heads) for one in order]
    named = _listed((str(HeadId(*one)), values[one]) for one in largest)
    figure.alt = f"{' '.join(title.split())} {n_layers} x {n_heads}: {named} …".lstrip()
    return figure


def _figure(
    width: float, height: float, *, left: float, bottom: float = 0.1, right: float = 0.15
) -> "tuple[Picture, Axes]":
    """Return a picture with axes of `width` x `height` inches, and so much room around them."""
    from grader.plots.figure import new_picture

    return new_picture(width, height, left=left, bottom=bottom, right=right, top=TITLE)


def _map(
    axes: "Axes",
    values: np.ndarray,
    ends: tuple[float, float] = (0.0, 1.0),
    colours: str = COLOURS,
) -> "Cells":
    """Draw `values` as cells that fill the axes, from the first to the last of the colours."""
    from grader.plots.heatmap import Cells

    rows, columns = values.shape
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    return Cells(axes, values, cmap=colours, clim=ends)


def _bars(axes: "Axes", heights: np.ndarray, shades: np.ndarray) -> None:
    """Draw a bar for each column, all at once, in shades 0..1."""
    from matplotlib.collections import PolyCollection

    corners = [
        [(i - 0.4, 0), (i - 0.4, height), (i + 0.4, height), (i + 0.4, 0)]
        for i, height in enumerate(heights)
    ]
    axes.add_collection(PolyCollection(corners, cmap=COLOURS, array=shades, clim=(0, 1)), False)


def _write(
    axes: "Axes", places: Sequence, texts: Sequence[str], *, size: int = SIZE, **how: Any
) -> None:
    from grader.plots.labels import Lettering

    Lettering(axes, places, texts, size=size, **how)


def _title(axes: "Axes", text: str) -> None:
    """Write `text` above the axes, as matplotlib's own title: a student can set another one."""
    axes.set_title(" ".join(text.split()), fontsize=SIZE, y=1.0, parse_math=False)


def _name_columns(axes: "Axes", text: str, below: float) -> None:
    """Write what the columns are, so many inches below the axes."""
    middle, bottom = sum(axes.get_xlim()) / 2, axes.get_ylim()[0]
    _write(axes, [(middle, bottom)], [text], anchor=("center", "top"), away=(0, -below))


def _name_rows(axes: "Axes", text: str, beside: float) -> None:
    """Write what the rows are, so many inches to the left of the axes."""
    left, middle = axes.get_xlim()[0], sum(axes.get_ylim()) / 2
    anchor, away = ("center", "bottom"), (-beside, 0)
    _write(axes, [(left, middle)], [text], anchor=anchor, turn=90, away=away)


def _below(axes: "Axes", texts: Sequence[str], *, turn: int = 0) -> None:
    """Write each column's name below the axes."""
    bottom = axes.get_ylim()[0]
    places = [(i, bottom) for i in range(len(texts))]
    anchor = ("right", "top" if turn < 90 else "center") if turn else ("center", "top")
    _write(axes, places, texts, anchor=anchor, turn=turn, away=(0, -NEAR))


def _beside(axes: "Axes", texts: Sequence[str], at: Iterable[float | int]) -> None:
    """Write each row's name to the left of the axes."""
    left = axes.get_xlim()[0]
    _write(axes, [(left, up) for up in at], texts, anchor=("right", "center"), away=(-NEAR, 0))


def _bar(axes: "Axes", image: "Cells", cell: float, label: str = "") -> None:
    """Draw the scale of `image`, whose cells are `cell` inches wide, in the room called BAR."""
    from grader.plots.heatmap import Cells

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
        _write(axes, name, [label], turn=90, away=(0.55, 0))


def _listed(weights: Iterable[tuple[str, float]]) -> str:
    """Return names and numbers as one reads them, in no language: ``cat 0.62, it 0.11``."""
    return ", ".join(f"{name} {weight:z.2f}" for name, weight in weights)


def _inches(attention: Attention) -> float:
    """Return the room that the longest token takes, its distance included."""
    return 0.15 + 0.085 * max(len(token) for token in attention.tokens)
