"""A figure holds all that a reader without scripts needs, and all that the engine asks for."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from attention_views.figure import figure_html, table_html
from attention_views.pictures import SHOWN_FROM, head_lines, heat_map, model_grid
from attention_views.views import attend as attend_spec
from attention_views.views import read_view
from grader.ledger import Ledger

TOKENS = ("[CLS]", "the", "cat", "[SEP]")
PATTERN = np.array(
    [[1, 0, 0, 0], [0.5, 0.48, 0.015, 0.005], [0.3, 0.3, 0.3, 0.1], [0.25, 0.25, 0.25, 0.25]]
)


@pytest.fixture
def figure(attend, tmp_path):
    def figure(source, language="en"):
        spec = read_view(source, Ledger(tmp_path / "none.toml", attend))
        attention = attend_spec(spec, lambda text, pair, model: attend(text, pair))
        if spec.view == "neuron":
            attention = attend(spec.text, queries_keys=True)
        html = figure_html(
            spec, attention, key="k" * 16, caption="See <b>it</b>", language=language
        )
        return ElementTree.fromstring(html.replace(" hidden>", ' hidden="">').replace(
            " data-search-exclude>", ' data-search-exclude="">'
        ))  # fmt: skip

    return figure


HEAD = "view: head\ntext: The cat sat.\nlayer: 1\nheads: [2]\ncaption: c\n"
MODEL = "view: model\ntext: The cat sat.\ncaption: c\n"


def test_the_engine_finds_what_it_asks_for(figure):
    found = figure(HEAD + "query: cat\n")
    assert found.attrib == {
        "class": "attention-view",
        "data-view": "head",
        "data-key": "k" * 16,
        "data-language": "en",
        "data-layer": "1",
        "data-heads": "[2]",
        "data-query": "2",
        "data-text": "The cat sat.",
    }
    assert [part.get("class") for part in found] == [
        "attention-view__slot",
        "attention-view__still",
        None,
    ]
    assert "hidden" in found[0].attrib
    assert "data-search-exclude" in found[1].attrib
    assert found[2].tag == "figcaption"


def test_all_heads_and_no_head_are_told_apart(figure):
    assert figure(HEAD.replace("[2]", "all")).get("data-heads") == "all"
    assert "data-heads" not in figure(MODEL).attrib
    assert "data-layer" not in figure(MODEL).attrib


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("source", [HEAD, HEAD.replace("head\n", "heatmap\n", 1), MODEL])
def test_every_figure_has_a_picture_without_a_chinese_glyph(figure, source, language):
    found = figure(source, language)
    [picture] = found.iter("svg")
    assert picture.findall(".//path")
    drawn = "".join(picture.itertext())
    assert drawn.isascii()
    assert "font-family" not in ElementTree.tostring(picture, "unicode")


@pytest.mark.parametrize("source", [HEAD, HEAD.replace("head\n", "heatmap\n", 1)])
def test_the_named_head_stands_in_a_table(figure, attend, source):
    found = figure(source)
    rows = [[cell.text for cell in row.iter("td")] for row in found.findall(".//tbody/tr")]
    values = np.array(rows, dtype=float)
    pattern = attend("The cat sat.").weights[1, 2]
    assert np.abs(values - pattern).max() <= 0.005 + 1e-9
    assert found.find(".//summary").text == "Values of L1H2"


def test_a_model_view_shows_a_table_only_of_a_head_it_names(figure):
    assert figure(MODEL).find(".//table") is None
    assert figure(MODEL + "layer: 1\nheads: [0]\n").find(".//table") is not None


def test_no_div_stands_inside_what_the_search_leaves_out(figure):
    """Material's index compares elements by tag: an inner div's end would end the exclusion."""
    still = figure(HEAD)[1]
    assert still.tag == "div"
    assert still.findall(".//div") == []


def test_the_note_says_what_is_left_out(figure):
    note = figure(HEAD).find(".//p").text
    assert note.startswith("L1H2: queries in the left column")
    assert "Weights below 0.02 are left out." in note


def test_lines_are_drawn_from_two_hundredths_on():
    svg = head_lines(PATTERN[None], TOKENS, None)
    assert svg.count("<path") == (PATTERN >= SHOWN_FROM).sum()


def test_the_row_asked_for_keeps_its_strength_while_others_fade():
    svg = head_lines(PATTERN[None], TOKENS, 1)
    assert 'opacity=".5" d="M' in svg
    assert 'opacity="1" d=' not in svg


def test_a_heat_map_has_at_most_ten_paths_of_cells():
    weights = np.random.default_rng(0).dirichlet(np.ones(24), size=24)
    svg = heat_map(weights, [f"t{i}" for i in range(24)], None)
    assert len(re.findall(r'<path opacity="[.\d]+" d=', svg)) <= 10


def test_a_grid_has_a_frame_for_each_head():
    weights = np.full((2, 3, 4, 4), 0.25)
    root = ElementTree.fromstring(model_grid(weights))
    frames, cells = (path.get("d") for path in root.iter("path"))
    assert frames.count("h4") == 6
    assert cells.count("h1") == weights.size


def test_a_token_is_text_never_markup():
    tokens = ("<script>", "&", '"', "'")
    for svg in (head_lines(PATTERN[None], tokens, None), heat_map(PATTERN, tokens, None)):
        assert "<script" not in svg
        ElementTree.fromstring(svg)
    assert "<script" not in table_html(PATTERN, tokens, None, "")


def test_the_row_asked_for_is_marked_in_the_table():
    assert table_html(PATTERN, TOKENS, 2, "").count('<tr class="query">') == 1


def test_the_same_figure_has_the_same_bytes():
    assert heat_map(PATTERN, TOKENS, 1) == heat_map(PATTERN.copy(), TOKENS, 1)


NEURON = "view: neuron\ntext: The cat sat.\nlayer: 1\nheads: [2]\nquery: cat\ncaption: c\n"


def test_a_neuron_picture_holds_scores_and_weights_of_its_row(figure, attend):
    root = figure(NEURON)
    attention = attend("The cat sat.", queries_keys=True)
    scores = attention.keys[1, 2] @ attention.queries[1, 2, 2] / 2
    texts = [node.text for node in root.iter("text")]
    for number in (*scores, *attention.weights[1, 2, 2]):
        assert f"{number:.2f}" in texts
    assert root.get("data-query") == "2"
    assert any(path.get("fill") == "#d9691a" for path in root.iter("path"))  # negative ones


def test_the_engine_is_told_the_text_it_can_send_on(figure):
    assert figure(HEAD).get("data-text") == "The cat sat."
    assert figure(HEAD).get("data-pair") is None
