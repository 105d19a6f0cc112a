"""Pictures of attention inside a notebook: one row, one map, the grid of all heads.

Raw bertviz needs libraries from a foreign network inside a notebook; matplotlib needs none. Every
function returns the figure: as the last line of a cell Jupyter displays it. Pictures hold only what
the model read and head names, never Chinese text: a machine without Chinese fonts would draw boxes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from grader.attention import Attention, HeadId
from grader.errors import GraderError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = "cividis"  # the same order of lightness for colour-blind eyes
PANEL = 1.05  # inches of one small map in the grid
TITLE = 0.35  # above the axes
BAR = 1.1  # right of the axes, for a scale
GAP = 0.12  # between two of them, as a part of a map's side


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
    below = 0.75 * _inches(_labels(seen))
    figure, axes = _figure(0.55 * seen.n_tokens, 2.0, left=0.65, bottom=below)
    bars = axes.bar(range(seen.n_tokens), row, color=_colour(0.35))
    if asked is None:
        bars[int(row.argmax())].set_color(_colour(0.85))
        for i, weight in enumerate(row):
            axes.text(i, weight + 0.02, f"{weight:.2f}", ha="center", fontsize=8)
    else:
        for i, bar in enumerate(bars):
            bar.set_color(_colour(0.15 if seen.tokens[i] in asked else 0.75))
        axes.axhline(1 / seen.n_tokens, linestyle="--", linewidth=1, color="#b0413e")
    axes.set_ylim(0, 1.1)
    axes.set_ylabel("weight")
    axes.set_xticks(range(seen.n_tokens), _labels(seen), rotation=45, ha="right")
    axes.set_title(f"{head}, row of “{query}”", fontsize=10)
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
    side, room = 0.34 * seen.n_tokens + 0.4, _inches(_labels(seen))
    figure, axes = _figure(side, side, left=room + 0.3, bottom=room + 0.3, right=BAR)
    image = axes.imshow(seen.pattern(head), cmap=COLOURS, vmin=0, vmax=1)
    axes.set_xticks(range(seen.n_tokens), _labels(seen), rotation=90)
    axes.set_yticks(range(seen.n_tokens), _labels(seen))
    axes.set_xlabel("key: looked at")
    axes.set_ylabel("query: looks")
    axes.set_title(str(head), fontsize=10)
    _bar(figure, axes, image, "weight")
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
    axes.imshow(mosaic, cmap=COLOURS, vmin=0, vmax=1, interpolation="nearest")
    middles = (n - 1) / 2 + (n + gap) * np.arange(max(n_heads, n_layers))
    axes.set_xticks(middles[:n_heads], [f"H{head}" for head in range(n_heads)])
    axes.set_yticks(middles[:n_layers], [f"L{layer}" for layer in range(n_layers)])
    axes.tick_params(length=0, top=False, labeltop=True, labelbottom=False)
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
    figure, axes = _figure(0.55 * n_heads, 0.5 * n_layers, left=0.4, bottom=0.35, right=BAR)
    signed = bool((values < 0).any())
    most = float(np.abs(values).max()) or 1.0
    image = axes.imshow(
        values,
        cmap="PuOr" if signed else COLOURS,
        vmin=-most if signed else 0,
        vmax=most,
        aspect="auto",
    )
    for layer in range(n_layers):
        for head in range(n_heads):
            value = values[layer, head]
            dark = abs(value) > 0.7 * most if signed else value < 0.6 * most
            axes.text(
                head,
                layer,
                f"{value:.2f}",
                ha="center",
                va="center",
                fontsize=7,
                color="white" if dark else "black",
            )
    axes.set_xticks(range(n_heads), [f"H{head}" for head in range(n_heads)])
    axes.set_yticks(range(n_layers), [f"L{layer}" for layer in range(n_layers)])
    axes.set_title(title, fontsize=10)
    _bar(figure, axes, image)
    return figure


def _figure(
    width: float, height: float, *, left: float, bottom: float = 0.1, right: float = 0.15
) -> "tuple[Figure, Axes]":
    """Return a figure with axes of `width` x `height` inches, and so much room around them."""
    # Not pyplot: it keeps every figure open, and binds a backend where kernels are forked. And no
    # layout engine: it would draw everything twice to find the room that we know.
    from matplotlib.figure import Figure

    _displayable(Figure)
    across, up = left + width + right, bottom + height + TITLE
    figure = Figure(figsize=(across, up))
    return figure, figure.add_axes((left / across, bottom / up, width / across, height / up))


def _bar(figure: "Figure", axes: "Axes", image: Any, label: str = "") -> None:
    """Draw the scale of `image` to the right of `axes`, in the room called BAR."""
    at, inch = axes.get_position(), 1 / figure.get_figwidth()
    beside = figure.add_axes((at.x1 + 0.15 * inch, at.y0, 0.15 * inch, at.height))
    figure.colorbar(image, cax=beside, label=label)


def _inches(labels: list[str]) -> float:
    """Return the room that the longest label takes, ticks included."""
    return 0.15 + 0.085 * max(len(label) for label in labels)


def _displayable(figure_class: "type[Figure]") -> None:
    """Teach Jupyter to show a figure that pyplot has not made, unless it can already."""
    from IPython import get_ipython
    from IPython.core.pylabtools import select_figure_formats

    shell = get_ipython()
    if shell is None:
        return
    try:
        shell.display_formatter.formatters["image/png"].lookup_by_type(figure_class)
    except KeyError:
        select_figure_formats(shell, {"png"}, bbox_inches=None)


def _labels(attention: Attention) -> list[str]:
    return [token.replace("$", r"\$") for token in attention.tokens]  # "$" opens mathematics


def _colour(at: float) -> tuple[float, float, float, float]:
    from matplotlib import colormaps

    return colormaps[COLOURS](at)
