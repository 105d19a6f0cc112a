"""A picture is made in advance and shown without pyplot, and looks as matplotlib would save it."""

import io
from functools import partial

import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib import rc_context
from PIL import Image

from grader.attention import Attention
from grader.plots import plot_grid, plot_row
from grader.plots.figure import READY, make_ready, new_picture


@pytest.fixture
def seen() -> Attention:
    weights = np.full((2, 3, 2, 2), 0.5, dtype=np.float32)
    words = ("cats", "sat")
    return Attention(words, weights, words, (0, 1), "cats sat", None, None, "hand")


def saved(figure) -> Image.Image:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    return Image.open(drawn)


def shown(figure) -> Image.Image:
    data, _ = DisplayFormatter().format(figure)
    return Image.open(io.BytesIO(data["image/png"]))


def test_jupyter_shows_a_picture_as_matplotlib_saves_it(seen):
    figure = plot_row(seen, (1, 2), "sat")
    assert np.array_equal(shown(figure), saved(figure).convert("RGB"))


def test_a_picture_that_can_be_seen_through_stays_so(seen):
    with rc_context({"figure.facecolor": (1, 1, 1, 0)}):
        figure = plot_grid(seen)
    alpha = np.asarray(shown(figure).convert("RGBA"))[..., 3]
    assert alpha[0, 0] == 0
    assert alpha.max() == 255


def test_a_figure_that_was_made_in_advance_looks_like_any_other(seen):
    draws = [partial(plot_row, seen, (1, 2), "sat"), partial(plot_grid, seen)]
    made_anew = [np.asarray(saved(draw())) for draw in draws]
    make_ready(len(draws))
    for draw, anew in zip(draws, made_anew, strict=True):
        assert np.array_equal(saved(draw()), anew)
    assert READY == []


def test_with_settings_of_ones_own_a_figure_is_made_by_them(seen):
    make_ready(1)
    with rc_context({"axes.linewidth": 5}):
        (axes,) = plot_grid(seen).axes
    assert axes.spines["left"].get_linewidth() == 5


def test_a_picture_is_as_large_as_its_axes_and_the_room_around():
    figure, axes = new_picture(2.0, 1.0, left=0.5, bottom=0.25, right=0.5, top=0.75)
    assert figure.get_size_inches().tolist() == [3, 2]
    box = axes.get_window_extent().get_points() / figure.dpi
    assert np.allclose(box, [(0.5, 0.25), (2.5, 1.25)])
