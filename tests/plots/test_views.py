"""Pictures that say what the numbers say."""

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from grader.attention import Attention
from grader.errors import GraderError, WordError
from grader.plots import plot_grid, plot_heads, plot_pattern, plot_row
from grader.plots.heatmap import Cells
from grader.plots.labels import Lettering


@pytest.fixture
def seen() -> Attention:
    weights = np.full((2, 3, 2, 2), 0.5, dtype=np.float32)
    weights[1, 2] = [[0.9, 0.1], [0.25, 0.75]]
    words = ("$5", "sat")
    return Attention(words, weights, words, (0, 1), "$5 sat", None, None, "hand")


def lettering(axes) -> list[Lettering]:
    return [
        artist for artist in axes.artists + list(axes.collections) if isinstance(artist, Lettering)
    ]


def written(axes) -> list[list[str]]:
    return [list(letters.texts) for letters in lettering(axes)]


def heights(axes) -> list[float]:
    (bars,) = [artist for artist in axes.collections if isinstance(artist, PolyCollection)]
    return [path.get_extents().height for path in bars.get_paths()]


def test_a_row_is_drawn_with_its_weights(seen):
    (axes,) = plot_row(seen, (1, 2), "sat").axes
    assert heights(axes) == [0.25, 0.75]
    assert written(axes) == [
        ["0.25", "0.75"],
        ["$5", "sat"],
        ["0", "0.5", "1"],
        ["weight"],
    ]
    assert axes.get_title() == "L1H2, row of “sat”"


def test_a_map_is_the_pattern_itself(seen):
    axes = plot_pattern(seen, (1, 2)).axes[0]
    assert np.array_equal(axes.images[0].get_array(), seen.weights[1, 2])
    keys, queries, *names, scale, _ = written(axes)
    assert keys == queries == ["$5", "sat"]
    assert names == [["key: looked at"], ["query: looks"]]
    assert axes.get_title() == "L1H2"
    assert scale == ["0.00", "0.25", "0.50", "0.75", "1.00"]


def test_the_grid_has_a_map_for_every_head_in_its_place(seen):
    (axes,) = plot_grid(seen).axes
    mosaic = axes.images[0].get_array()
    assert mosaic.shape == (2 * 2 + 1, 3 * 2 + 2)  # maps of 2 x 2, a gap of 1 between
    assert np.array_equal(mosaic[3:, 6:], seen.weights[1, 2])
    assert np.array_equal(mosaic[:2, :2], seen.weights[0, 0])
    assert written(axes) == [["H0", "H1", "H2"], ["L0", "L1"]]


def test_differences_are_drawn_around_zero_and_nothing_is_minus_nothing():
    axes = plot_heads(np.array([[-0.5, 0.25, -0.001]])).axes[0]
    assert axes.images[0].get_clim() == (-0.5, 0.5)
    numbers, *_, scale = written(axes)
    assert numbers == ["-0.50", "0.25", "0.00"]
    assert scale == ["-0.50", "-0.25", "0.00", "0.25", "0.50"]


def test_a_number_stands_on_its_head(seen):
    (numbers, *_) = lettering(plot_heads(np.array([[0.1, 0.2], [0.3, 0.4]])).axes[0])
    places = dict(zip(numbers.texts, map(tuple, numbers.get_offsets()), strict=True))
    assert places == {"0.10": (0, 0), "0.20": (1, 0), "0.30": (0, 1), "0.40": (1, 1)}


@pytest.mark.parametrize("lowest", [0.0, -1.0])
def test_a_number_can_be_read_on_its_cell(lowest):
    """By the contrast of WCAG 2.2, of which text needs 4.5."""
    axes = plot_heads(np.linspace(lowest, 1, 200).reshape(10, 20)).axes[0]
    cells = axes.images[0].to_rgba(axes.images[0].get_array()).reshape(-1, 4)
    texts = lettering(axes)[0].get_facecolors()
    light = [luminance(both) + 0.05 for both in (cells, texts)]
    assert (np.maximum(*light) / np.minimum(*light)).min() > 4.5


def luminance(colours: np.ndarray) -> np.ndarray:
    rgb = colours[:, :3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def test_the_marks_of_a_scale_differ_however_small_the_numbers_are():
    *_, scale = written(plot_heads(np.array([[0.0, 0.004]])).axes[0])
    assert scale == ["0.0000", "0.0010", "0.0020", "0.0030", "0.0040"]


def test_a_scale_beside_a_map_does_not_move_it():
    axes = plot_heads(np.zeros((2, 3))).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()) == ((-0.5, 2.5), (1.5, -0.5))


def test_a_dollar_sign_is_a_dollar_sign(seen):
    for figure in (plot_pattern(seen, (0, 0)), plot_row(seen, (0, 0), "$5")):
        figure.canvas.draw()  # would raise on half a formula
        assert ["$5", "sat"] in written(figure.axes[0])


def test_what_is_written_is_in_the_picture_and_within_it(seen):
    """Each text's outline has an extent, and every picture has room for it."""
    for figure in (
        plot_row(seen, (1, 2), "sat"),
        plot_pattern(seen, (1, 2)),
        plot_grid(seen),
        plot_heads(np.linspace(-1, 1, 6).reshape(2, 3)),
    ):
        for letters in lettering(figure.axes[0]):
            for path, place in zip(letters.get_paths(), letters.get_offsets(), strict=True):
                box = letters.get_transform().transform_path(path).get_extents()
                box = box.translated(*letters.get_offset_transform().transform(place))
                assert box.width > 1
                assert box.height > 1
                assert figure.bbox.x0 <= box.x0 < box.x1 <= figure.bbox.x1, letters.texts
                assert figure.bbox.y0 <= box.y0 < box.y1 <= figure.bbox.y1, letters.texts


def test_a_cell_fills_its_place_with_its_colour():
    figure = Figure(figsize=(0.6, 0.4), dpi=10)  # 6 by 4 points
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.5, 2.5), ylim=(1.5, -0.5))
    axes.set_axis_off()
    values = np.array([[0.0, 1.0, 0.0], [1.0, np.nan, 1.0]])
    Cells(axes, values, cmap="gray", clim=(0, 1))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    shades = np.asarray(canvas.buffer_rgba())[..., 0] // 255
    nothing = 1  # the paper's white
    assert shades.tolist() == [
        [0, 0, 1, 1, 0, 0],
        [0, 0, 1, 1, 0, 0],
        [1, 1, nothing, nothing, 1, 1],
        [1, 1, nothing, nothing, 1, 1],
    ]


@pytest.mark.parametrize("longest", [1, 2, 4, 7])
def test_nothing_shines_through_between_a_map_and_its_frame(longest):
    words = tuple(f"{'w' * longest}{i}" for i in range(5))
    weights = np.full((1, 1, 5, 5), 0.2, np.float32)  # all of it dark
    seen = Attention(words, weights, words, tuple(range(5)), "w", None, None, "hand")
    figure = plot_pattern(seen, (0, 0))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    light = np.asarray(canvas.buffer_rgba())[::-1, :, :3].sum(2, int) > 600
    ends = figure.axes[0].get_window_extent().get_points()
    (left, bottom), (right, top) = ends.round().astype(int)
    across, up = light[(bottom + top) // 2], light[:, (left + right) // 2]
    for inwards in (
        across[left - 3 : left + 4],
        across[right + 3 : right - 4 : -1],
        up[bottom - 3 : bottom + 4],
        up[top + 3 : top - 4 : -1],
    ):
        frame = int(np.argmin(inwards))
        assert frame in (2, 3, 4)
        assert not inwards[frame:].any()


def test_a_vector_drawing_gets_finer_cells_at_the_same_place():
    figure = Figure(figsize=(4, 2), dpi=100)
    axes = figure.add_axes((0.25, 0.5, 0.5, 0.25))
    axes.set(xlim=(-0.5, 2.5), ylim=(1.5, -0.5))
    cells = Cells(axes, np.eye(2, 3), cmap="gray", clim=(0, 1))
    (coarse, *corner, _), (fine, *same, _) = (cells.make_image(None, by) for by in (1.0, 3.0))
    assert corner == same == [100, 100]
    assert coarse.shape == (50, 200, 4)
    assert fine.shape == (150, 600, 4)


def test_what_is_written_has_the_colour_that_matplotlib_gives_text():
    with rc_context({"text.color": "white"}):
        texts = Lettering(Figure().subplots(), [(0, 0)], ["no"], size=10)
    assert texts.get_facecolors().tolist() == [[1, 1, 1, 1]]


def test_a_title_of_several_lines_is_one(seen):
    axes = plot_heads(np.zeros((2, 3)), title="with ->\n  man").axes[0]
    assert axes.get_title() == "with -> man"


def test_a_text_is_the_outlines_of_its_letters_side_by_side():
    (word,), (letters,) = (
        Lettering(Figure().subplots(), [(0, 0)], [text], size=10).get_paths()
        for text in ("no", "n")
    )
    n = len(letters.vertices)
    assert np.allclose(np.ptp(word.vertices[:n], axis=0), np.ptp(letters.vertices, axis=0))
    assert word.vertices[n:, 0].min() > word.vertices[:n, 0].max()


def test_what_cannot_be_drawn_is_refused_in_a_sentence(seen):
    with pytest.raises(WordError, match="'dog' stands nowhere"):
        plot_row(seen, (0, 0), "dog")
    with pytest.raises(GraderError, match="there is no head L9H9"):
        plot_pattern(seen, (9, 9))
    with pytest.raises(GraderError, match="needs the axes"):
        plot_heads(np.zeros(3))


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda seen: plot_row(seen, (1, 2), "sat"), "L1H2, sat: $5 0.25, sat 0.75"),
        (lambda seen: plot_pattern(seen, (1, 2)), "L1H2: $5 → $5 0.90, sat → sat 0.75"),
        (plot_grid, "2 x 3: $5 sat"),
        (
            lambda seen: plot_heads(np.array([[0.1, -0.9]]), title="sat - $5"),
            "sat - $5 1 x 2: L0H1 -0.90, L0H0 0.10 …",
        ),
    ],
)
def test_a_picture_says_in_words_what_it_shows(seen, draw, said):
    figure = draw(seen)
    assert repr(figure) == figure.alt == said
    assert figure._repr_png_()[1] == {"alt": said}
