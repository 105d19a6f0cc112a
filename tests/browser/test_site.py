"""The lessons as built, served under a sub-path, opened in a browser with no network."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
import yaml

from attention_views.pack import neuron_key, packed_key
from grader.capture import capture

ROOT = Path(__file__).parents[2]
LESSONS = sorted(
    path.stem
    for path in (ROOT / "lessons/zh").glob("*.md")
    if "```attention" in path.read_text(encoding="utf-8")
)
PAGES = ["" if name == "index" else f"{name}/" for name in LESSONS]
PAGES += ["en/why-look/", "en/opening-the-black-box/", "en/telescope/"]
"""All in Chinese, some in English: both languages draw the same figures from the same files."""

QUICK = {"", "neuron-view/", "question-answering/", "the-sink/", "en/telescope/"}
"""A page of each kind of figure; the others are for `make test-long`."""

TWO = ["opening-the-black-box/", "en/telescope/"]
"""One lesson of each language, for what does not depend on a lesson's figures."""

FIGURES = "figure.attention-view"

INK = """figure => [...figure.querySelectorAll('.attention line, .cells rect, svg line')]
    .map(node => Number(node.getAttribute('stroke-opacity') ?? node.getAttribute('fill-opacity')))
"""


@pytest.fixture(scope="session")
def attentions():
    """Packed key -> (attention, exact), of every sentence that a lesson may draw."""
    claims = tomllib.loads((ROOT / "lessons/claims.toml").read_text(encoding="utf-8"))
    inputs = set()
    for path in ROOT.glob("lessons/*/*.md"):
        fences = re.findall(
            r"^```attention\n(.+?)^```", path.read_text(encoding="utf-8"), re.M | re.S
        )
        for options in map(yaml.safe_load, fences):
            if options["view"] == "generation":  # test_generation.py holds what these draw
                continue
            text = options.get("text") or claims["sentences"][options["sentence"]]
            vectors = options["layer"] if options["view"] == "neuron" else None
            inputs.add((text, options.get("pair"), options.get("model", "minilm"), vectors))
    found = {}
    for text, pair, model, layer in inputs:
        pieces = capture(text, pair, model=model, queries_keys=layer is not None)
        if layer is not None:
            found[neuron_key(pieces, layer)] = pieces, True
        for attention in (pieces, pieces.merge_words()):
            for exact in (True, False):
                found[packed_key(attention, exact=exact)] = attention, exact
    return found


def draw_all(page):
    """Bring one figure after the other into sight; yield each once it has settled."""
    figures = page.locator(FIGURES).all()
    assert figures
    for figure in figures:
        figure.scroll_into_view_if_needed()  # what is far from sight is let go of
        page.wait_for_function(
            "figure => ['drawn', 'still'].includes(figure.dataset.state)",
            arg=figure.element_handle(),
        )
        yield figure


def expected_ink(figure, attentions):
    """What a figure has to draw, from the tensor, as far as it can be seen."""
    attention, exact = attentions[figure.get_attribute("data-key")]
    if figure.get_attribute("data-view") == "model":
        steps = 65535 if exact else 255
        packed = np.rint(attention.weights.astype(float) * steps) / steps
        drawn = [attention.weights[packed >= 0.01]]
        layer, heads = figure.get_attribute("data-layer"), figure.get_attribute("data-heads")
        if layer and heads:  # its detail is open
            drawn.append(attention.weights[int(layer), int(heads.strip("[]"))].ravel())
        return np.concatenate(drawn)
    heads = figure.get_attribute("data-heads")
    chosen = range(attention.n_heads) if heads == "all" else map(int, heads[1:-1].split(","))
    return attention.weights[int(figure.get_attribute("data-layer")), list(chosen)].ravel()


@pytest.mark.parametrize(
    "path",
    [path if path in QUICK else pytest.param(path, marks=pytest.mark.long) for path in PAGES],
)
def test_every_figure_draws_prints_and_highlights_the_tensor(open_page, site, attentions, path):
    page = open_page(site + path)
    for figure in draw_all(page):
        assert figure.get_attribute("data-state") == "drawn"
        if figure.get_attribute("data-view") in ("generation", "long", "map"):
            continue  # their numbers: test_generation, test_long, test_long_maps
        if figure.get_attribute("data-view") == "neuron":
            drawn, expected = scores_of_the_row(figure, attentions)
        else:
            drawn, expected = np.array(figure.evaluate(INK)), expected_ink(figure, attentions)
        assert len(drawn) == len(expected)
        assert np.abs(drawn - expected).max() <= 0.002
        check_numbers(figure, *attentions[figure.get_attribute("data-key")])
        check_pointing(figure)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    repeated = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(n => n.id)"
        ".filter((id, i, all) => all.indexOf(id) !== i)"
    )
    assert repeated == []


def scores_of_the_row(figure, attentions):
    """What a neuron view draws as scaled dot products, and what they are."""
    attention, _ = attentions[figure.get_attribute("data-key")]
    query, layer = (int(figure.get_attribute(f"data-{name}")) for name in ("query", "layer"))
    head = int(figure.get_attribute("data-heads")[1:-1])
    queries, keys = attention.queries[layer, head], attention.keys[layer, head]
    drawn = figure.locator(".dotproduct").evaluate_all("all => all.map(n => +n.dataset.value)")
    return np.array(drawn), keys @ queries[query] / np.sqrt(keys.shape[-1])


def check_numbers(figure, attention, exact):
    """The table of the shown head stands there where data are exact, and equals the tensor."""
    table = figure.locator(".attention-view__table")
    assert table.is_visible() == exact
    if not exact:
        return
    table.locator("summary").click()
    table.locator("td data").first.wait_for()
    printed = table.locator("td data").evaluate_all("all => all.map(one => Number(one.value))")
    layer = int(figure.get_attribute("data-layer"))
    head = int(figure.get_attribute("data-heads")[1:-1].split(",")[0])
    n = attention.n_tokens
    weights = np.array(printed[: n * n]).reshape(n, n)  # scores follow in a neuron view
    assert np.abs(weights - attention.weights[layer, head]).max() <= 1e-5


def check_pointing(figure):
    """Another token under the pointer, another highlight, another line of text."""
    view = figure.get_attribute("data-view")
    line = figure.locator(".attention-view__line")
    before = line.inner_text()
    other = 2 if figure.get_attribute("data-query") == "1" else 1  # not what is kept already
    figure.scroll_into_view_if_needed()
    if view == "head":
        lines = """figure => [...figure.querySelectorAll('.attention line')]
            .filter(line => getComputedStyle(line).visibility === 'visible').length"""
        figure.locator(".left > g:last-child > g").nth(other).hover()
        assert figure.evaluate(lines) == figure.locator(".left > g:last-child > g").count()
    elif view == "neuron":
        figure.locator(".leftText > g").nth(other).hover()
    elif view == "heatmap":
        figure.locator(".cells rect").nth(1).hover()
        assert figure.locator(".spot").is_visible()
    else:
        if not figure.locator(".detail").count():
            figure.locator(".thumbnail").nth(30).click()
        figure.locator(".leftText > g").nth(1).hover()
        opacities = "groups => groups.map(group => Number(group.style.opacity))"
        assert sum(figure.locator(".attn-line-group").evaluate_all(opacities)) == 1
    assert line.inner_text() not in ("", before)


def test_figures_draw_after_instant_navigation_there_and_back(open_page, site):
    page = open_page(site + "why-look/")
    page.evaluate("window.stayed = true")
    for lesson in ("opening-the-black-box", "telescope", "opening-the-black-box"):
        page.evaluate(f"document.querySelector('{FIGURES}')?.classList.add('old')")
        page.locator(f"nav a[href*='{lesson}']").first.click()
        page.wait_for_url(f"**/{lesson}/")
        page.wait_for_selector(f"{FIGURES}:not(.old)")
        page.wait_for_function("!document.querySelector('.old')")
        for figure in draw_all(page):
            assert figure.get_attribute("data-state") == "drawn"
        assert page.evaluate("window.stayed") is True  # never a full load
        height = "getComputedStyle(document.querySelector('.attention-view__bar')).display"
        assert page.evaluate(height) == "flex"  # our styles are still there


def test_a_switch_to_dark_keeps_what_is_shown(open_page, site):
    page = open_page(site + TWO[1])
    figure = next(f for f in draw_all(page) if f.get_attribute("data-view") != "model")
    figure.locator("select").first.select_option("1")
    figure.locator("button[aria-pressed]").nth(4).click()
    ink = "figure => getComputedStyle(figure.querySelector('.attention line, .cells rect')).%s"
    ink %= "stroke" if figure.get_attribute("data-view") == "head" else "fill"
    light = figure.evaluate(ink)
    page.locator("label[for=__palette_1]").click()
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    assert figure.evaluate(ink) != light
    assert figure.locator("select").first.input_value() == "1"
    assert figure.locator("button[aria-pressed]").nth(4).get_attribute("aria-pressed") == "true"


@pytest.mark.parametrize("path", TWO)
def test_on_a_phone_in_the_dark_words_are_readable_and_the_page_fits(open_page, site, path):
    """Every word of a drawing stands out 4.5:1; only figures scroll sideways."""
    page = open_page(site + path, width=390, height=844, touch=True, dark=True)
    for figure in draw_all(page):
        assert figure.get_attribute("data-state") == "drawn"
        assert figure.evaluate(CONTRAST) >= 4.5, figure.get_attribute("data-view")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


CONTRAST = """figure => {
    const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const over = (colour, under) => {
        pen.fillStyle = under; pen.fillRect(0, 0, 1, 1);
        pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const light = rgb => rgb.map(v => v / 255)
        .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const page = getComputedStyle(document.body).backgroundColor;
    const ground = over(getComputedStyle(figure).backgroundColor, page);
    const words = figure.querySelectorAll('svg text:not(.on-middle, .on-deep, .axis)');
    return Math.min(...[...words].filter(word => word.checkVisibility()).map(word => {
        const ink = light(over(getComputedStyle(word).fill, `rgb(${ground})`));
        const under = light(ground);
        return (Math.max(ink, under) + .05) / (Math.min(ink, under) + .05);
    }));
}"""


@pytest.mark.parametrize("path", TWO)
def test_without_scripts_every_figure_shows_its_picture(open_page, site, path):
    page = open_page(site + path, scripts=False)
    stills = page.locator(".attention-view__still svg").all()
    assert stills
    assert all(still.is_visible() for still in stills)


@pytest.mark.parametrize("path", TWO)
def test_an_old_browser_gets_every_picture_and_one_sentence(open_page, site, path):
    page = open_page(site + path, before="delete window.DecompressionStream")
    for figure in draw_all(page):
        assert figure.locator(".attention-view__still svg").is_visible()
        notes = figure.locator(".attention-view__note").all_inner_texts()
        expected = "This browser lacks" if path.startswith("en/") else "这个浏览器没有"
        assert len(notes) == 1
        assert notes[0].startswith(expected)
        assert not figure.locator(".attention-view__slot").is_visible()
