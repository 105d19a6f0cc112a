"""Pictures that say what the numbers say."""

import numpy as np
import pytest

from grader.attention import Attention
from grader.errors import GraderError, WordError
from grader.plots import plot_grid, plot_heads, plot_pattern, plot_row


@pytest.fixture
def seen() -> Attention:
    weights = np.full((2, 3, 2, 2), 0.5, dtype=np.float32)
    weights[1, 2] = [[0.9, 0.1], [0.25, 0.75]]
    words = ("$5", "sat")
    return Attention(words, weights, words, (0, 1), "$5 sat", None, None, "hand")


def test_a_row_is_drawn_with_its_weights(seen):
    (axes,) = plot_row(seen, (1, 2), "sat").axes
    assert [bar.get_height() for bar in axes.patches] == [0.25, 0.75]
    assert [text.get_text() for text in axes.texts] == ["0.25", "0.75"]
    assert axes.get_title() == "L1H2, row of “sat”"


def test_a_map_is_the_pattern_itself(seen):
    axes = plot_pattern(seen, (1, 2)).axes[0]
    assert np.array_equal(axes.images[0].get_array(), seen.weights[1, 2])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("key: looked at", "query: looks")


def test_the_grid_has_a_map_for_every_head_in_its_place(seen):
    (axes,) = plot_grid(seen).axes
    mosaic = axes.images[0].get_array()
    assert mosaic.shape == (2 * 2 + 1, 3 * 2 + 2)  # maps of 2 x 2, a gap of 1 between
    assert np.array_equal(mosaic[3:, 6:], seen.weights[1, 2])
    assert np.array_equal(mosaic[:2, :2], seen.weights[0, 0])
    assert [label.get_text() for label in axes.get_xticklabels()] == ["H0", "H1", "H2"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["L0", "L1"]


def test_differences_are_drawn_around_zero():
    axes = plot_heads(np.array([[-0.5, 0.25]])).axes[0]
    assert axes.images[0].get_clim() == (-0.5, 0.5)


def test_a_dollar_sign_is_a_dollar_sign(seen):
    figure = plot_pattern(seen, (0, 0))
    figure.canvas.draw()  # would raise on half a formula
    assert figure.axes[0].get_xticklabels()[0].get_text() == r"\$5"


def test_what_cannot_be_drawn_is_refused_in_a_sentence(seen):
    with pytest.raises(WordError, match="'dog' stands nowhere"):
        plot_row(seen, (0, 0), "dog")
    with pytest.raises(GraderError, match="there is no head L9H9"):
        plot_pattern(seen, (9, 9))
    with pytest.raises(GraderError, match="needs the axes"):
        plot_heads(np.zeros(3))
