"""On a phone a figure with its caption fits one screen, and nothing in it is out of reach."""

from pathlib import Path

import pytest

LESSONS = Path(__file__).parents[2] / "lessons" / "zh"
WITH_FIGURES = sorted(
    path.stem for path in LESSONS.glob("*.md") if "```attention" in path.read_text(encoding="utf-8")
)
PHONE = {"width": 390, "height": 844, "touch": True}
PLAIN = "<style>figure { margin: 0 }</style>"  # as the course has it
MOST = 800  # px of 844: the header takes the rest
LONG = 40  # tokens; a figure of more may be higher

MEASURE = """figure => ({
    height: figure.getBoundingClientRect().height,
    tokens: (figure.dataset.text || '').split(' ').length, // a long text's has none, and fits too
    still: figure.querySelector('.attention-view__still').hidden,
})"""


def figures(page):
    """Draw one figure after the other; yield each."""
    for figure in page.locator("figure.attention-view").all():
        figure.scroll_into_view_if_needed()
        page.wait_for_function(
            "figure => figure.dataset.state === 'drawn'", arg=figure.element_handle()
        )
        yield figure


def too_high(open_page, address):
    page = open_page(address, **PHONE)
    measured = [figure.evaluate(MEASURE) for figure in figures(page)]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    return [one for one in measured if one["height"] > MOST and one["tokens"] <= LONG]


@pytest.mark.parametrize("path", ["opening-the-black-box/", "en/question-answering/"])
def test_a_figure_with_its_caption_fits_one_screen(open_page, site, path):
    assert too_high(open_page, site + path) == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["", "en/"])
@pytest.mark.parametrize("name", WITH_FIGURES)
def test_every_figure_of_every_page_fits_one_screen(open_page, site, language, name):
    assert too_high(open_page, f"{site}{language}{name}/") == []


@pytest.fixture
def model(pages, open_page, cat):
    key = pages.data(cat, exact=False)
    page = open_page(pages.page(pages.figure("model", key), head=PLAIN), **PHONE)
    page.wait_for_selector("[data-state=drawn]")
    return page


def test_all_columns_of_the_model_view_lie_within_the_screen(model):
    boxes = [tile.bounding_box() for tile in model.locator(".thumbnail").all()]
    assert len(boxes) == 72
    assert min(box["x"] for box in boxes) >= 0
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24


def test_a_tile_opens_its_head_below_the_grid(model, cat):
    model.locator('.thumbnail[data-layer="3"][data-head="7"]').tap()
    assert model.locator(".detail .name").text_content() == "L3H7"
    drawn = model.locator(".detail line").evaluate_all(
        "lines => lines.map(line => Number(line.getAttribute('stroke-opacity')))"
    )
    packed = (cat.weights[3, 7] * 255).round() / 255
    seen = packed[packed >= 0.02]
    assert drawn == pytest.approx([float(weight) for weight in seen], abs=1e-6)


def test_the_controls_are_folded_behind_one_row_and_each_fits_a_finger(pages, open_page, cat):
    figure = pages.figure("heatmap", pages.data(cat, exact=True), layer=5, heads=[11])
    page = open_page(pages.page(figure), **PHONE)
    page.wait_for_selector("[data-state=drawn]")
    sheet = page.locator(".attention-view__sheet")
    row = page.locator(".attention-view__row button")
    before = page.locator("figure").bounding_box()["height"]
    assert not sheet.is_visible()
    row.nth(1).tap()
    assert sheet.is_visible()
    assert page.locator("figure").bounding_box()["height"] == before  # it lies over the drawing
    small = page.eval_on_selector_all(
        ".attention-view__row button, .attention-view__sheet :is(button, select, summary)",
        """nodes => nodes.filter(node => node.checkVisibility()).map(node => {
            const box = node.getBoundingClientRect(); return [box.width, box.height];
        }).filter(([width, height]) => Math.min(width, height) < 43.9)""",
    )
    assert small == []
    page.locator(".attention-view__heads button").nth(3).tap()
    page.keyboard.press("Escape")
    row.nth(2).tap()
    assert "L5H" in row.nth(1).inner_text()


def test_the_row_steps_from_head_to_head_across_layers(pages, open_page, cat):
    figure = pages.figure("heatmap", pages.data(cat, exact=True), layer=0, heads=[11])
    page = open_page(pages.page(figure), **PHONE)
    page.wait_for_selector("[data-state=drawn]")
    row = page.locator(".attention-view__row button")
    row.nth(2).tap()
    assert row.nth(1).inner_text() == "L1H0"
    row.nth(0).tap()
    assert row.nth(1).inner_text() == "L0H11"


def test_a_closed_sheet_leaves_the_drawing_its_tab_stop(pages, open_page, cat):
    figure = pages.figure("heatmap", pages.data(cat, exact=True), layer=5, heads=[11])
    page = open_page(pages.page(figure), **PHONE)
    page.wait_for_selector("[data-state=drawn]")
    page.locator(".attention-view__row .name").focus()
    page.keyboard.press("Enter")
    page.locator(".attention-view__heads button").nth(3).focus()
    page.keyboard.press("Escape")
    assert page.locator(".attention-view__drawing").get_attribute("tabindex") == "0"
