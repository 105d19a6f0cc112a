"""The maps of a long text: every pixel is Python's, every head opens, every cell is reached."""

import numpy as np
import pytest

from attention_views.shades import shades
from attention_views.small_maps import small_maps
from grader.attention import HeadId
from support.axe import violations
from support.long_page import long_page
from support.long_text import random_long
from support.pictures import opacity

N = 120
HEAD = HeadId(1, 2)
MAP = "view: heatmap\nlayer: 1\nheads: [2]\nquery: the 3rd w2\n"
QUERY = 23
"""The 3rd w2."""
ALL = "view: model\nquery: the 3rd w2\n"
DRAWN = 'figure[data-state="drawn"]'
LINE = ".attention-view__line"
OPACITY = (
    "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    ".filter((_, at) => at % 4 === 3)"
)


@pytest.fixture(scope="module")
def text():
    return random_long(n=N)


@pytest.fixture
def opened(pages, open_page, text):
    def opened(fence, *, attention=text, language="en", query="", **options):
        dark = options.get("dark", False)
        address = long_page(pages, attention, fence, language=language, dark=dark)
        page = open_page(address + query, **options)
        if options.get("scripts", True):
            page.wait_for_selector(DRAWN)
        return page

    return opened


def press(page, *keys):
    page.locator(".attention-view__drawing").focus()
    for key in keys:
        page.keyboard.press(key)


def says(page, start):
    page.wait_for_function(
        f"start => document.querySelector('{LINE}').textContent.startsWith(start)", arg=start
    )


def exact(page):
    page.wait_for_function(f"!document.querySelector('{LINE}').textContent.includes('≈')")


def said(attention, query, key):
    """The line for a cell, worked out here."""
    weight = attention.pattern(HEAD)[query, key]
    even = query + 1 if attention.causal else attention.n_tokens
    share = f"{100 * weight:.0f}" if weight >= 0.0995 else f"{100 * weight:.1f}"
    times = weight * even
    ends = [f"{attention.tokens[place]} ({place})" for place in (query, key)]
    return (
        f"L1H2: {ends[0]} → {ends[1]}: {share}%, "
        f"{times:.{0 if times >= 10 else 1}f} times the even share"
    )


def tiles(page):
    return page.locator(".map__all button")


@pytest.mark.parametrize("causal", [False, True])
def test_every_pixel_is_the_multiple_of_the_even_share(opened, causal):
    attention = random_long(n=N, causal=causal, seed=5)
    page = opened(MAP, attention=attention)
    exact(page)
    drawn = page.locator(".map__sheet canvas").evaluate(OPACITY)
    wanted = shades(attention.pattern(HEAD), causal=causal)
    assert np.abs(np.array(drawn).reshape(N, N) / 255 - wanted).max() <= 0.02
    assert not causal or not np.triu(np.array(drawn).reshape(N, N), 1).any()


def test_arrows_go_by_cells_and_with_shift_by_ten(opened, text):
    page = opened(MAP)
    exact(page)
    press(page, "Home", "ArrowRight", "ArrowRight")
    assert page.locator(LINE).inner_text() == said(text, QUERY, 2)
    press(page, "Shift+ArrowRight", "ArrowDown", "Shift+ArrowDown")
    assert page.locator(LINE).inner_text() == said(text, QUERY + 11, 12)
    press(page, "End")
    assert page.locator(LINE).inner_text() == said(text, QUERY + 11, N - 1)
    page.wait_for_function(f"location.search === '?f1=L1H2-{QUERY + 11}-{N - 1}'")
    again = opened(MAP, query="?f1=L1H2-40-7")
    exact(again)
    assert again.locator(LINE).inner_text() == said(text, 40, 7)


def test_without_a_key_the_row_s_strongest_far_link_is_chosen(opened, text):
    page = opened(MAP)
    exact(page)
    row = text.pattern(HEAD)[QUERY].copy()
    row[[0, N - 1]] = 0
    row[QUERY - 8 : QUERY + 9] = 0
    assert page.locator(LINE).inner_text() == said(text, QUERY, int(row.argmax()))


def test_a_click_on_the_map_and_on_the_loupe_chooses_a_cell(opened, text):
    page = opened(MAP)
    exact(page)
    sheet = page.locator(".map__sheet")
    side = sheet.bounding_box()["width"]
    sheet.click(position={"x": side * 60.5 / N, "y": side * 30.5 / N})
    assert page.locator(LINE).inner_text() == said(text, 30, 60)
    loupe = page.locator(".map__loupe")
    across = loupe.bounding_box()["width"]
    cell = (across - 60) / 13
    # its middle is the chosen cell: two to the left, one down
    loupe.click(position={"x": 60 + 4.5 * cell, "y": 60 + 7.5 * cell})
    assert page.locator(LINE).inner_text() == said(text, 31, 58)


def test_a_small_map_opens_its_head_which_is_fetched_then(opened, text):
    page = opened(ALL)
    fetched = (
        "performance.getEntriesByType('resource').filter(e => /-L\\dH\\d\\.js/.test(e.name)).length"
    )
    assert tiles(page).all_inner_texts() == [f"L{i}H{j}" for i in range(2) for j in range(3)]
    assert page.evaluate(fetched) == 0
    assert not page.locator(".attention-view__bar").is_visible()
    tiles(page).nth(5).click()
    says(page, "L1H2: w2 (23) → ")
    assert page.evaluate(fetched) == 1
    page.get_by_role("button", name="all heads").click()
    page.wait_for_selector(".map__all:not([hidden])")
    assert page.evaluate("document.activeElement.className").startswith("attention-view__drawing")
    assert not page.locator(".map__sheet").is_visible()


def test_among_the_small_maps_arrows_choose_and_enter_opens(opened):
    page = opened(ALL)
    press(page, "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowRight")
    says(page, "L1H1: press its small map")
    press(page, "Enter")
    says(page, "L1H1: w2")
    press(page, "Escape")
    says(page, "L1H1: press")
    press(page, *"L0H2")
    says(page, "L0H2: w2")


def test_a_map_may_be_closed_under_the_pointer(opened):
    page = opened(ALL)
    tiles(page).nth(5).click()
    says(page, "L1H2: w2")
    page.locator(".map__sheet").hover(position={"x": 20, "y": 20})
    page.wait_for_function(
        f"!document.querySelector('{LINE}').textContent.startsWith('L1H2: w2 (23)')"
    )
    press(page, "Escape")
    says(page, "L1H2: press its small map")
    page.mouse.move(1, 1)
    assert page.trouble == []
    press(page, "Enter")
    says(page, "L1H2: w2 (23) → ")


def test_a_model_view_that_names_a_head_begins_with_it(opened):
    page = opened(f"{ALL}layer: 1\nheads: [2]\n")
    says(page, "L1H2: w2")
    assert not page.locator(".map__all").is_visible()


def test_a_small_map_is_cut_from_its_place_in_the_picture(opened):
    """Of layers 1 and 3 the second row of the picture is layer 3's."""
    attention = random_long(n=N, layers=4)
    page = opened(f"{ALL}layers: [1, 3]\n", attention=attention)
    assert tiles(page).all_inner_texts() == [f"L{i}H{j}" for i in (1, 3) for j in range(3)]
    drawn = page.locator(".map__all canvas").evaluate_all(f"all => all.map({OPACITY})")
    picture = opacity(small_maps(attention, (1, 3)))
    dots = picture.shape[1] // 3
    wanted = picture.reshape(2, dots, 3, dots).swapaxes(1, 2).reshape(6, -1)
    assert np.abs(np.array(drawn) / 255 - wanted).max() <= 0.005


def test_a_head_that_does_not_come_is_said(opened):
    page = opened(ALL)
    page.route("**/*-L1H1.js", lambda route: route.abort())
    tiles(page).nth(4).click()
    page.get_by_text("the data of L1H1 did not load").wait_for()
    assert tiles(page).first.is_visible()
    page.trouble[:] = [one for one in page.trouble if "-L1H1.js" not in one]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_both_are_one_screen_and_their_targets_a_thumbs(opened, language):
    page = opened(ALL, width=390, height=844, touch=True, language=language)
    figure = page.locator("figure")
    assert figure.bounding_box()["height"] <= 800
    for tile in tiles(page).all():
        assert min(tile.bounding_box()["height"], tile.bounding_box()["width"]) >= 43.9
    tiles(page).first.click()
    page.wait_for_selector(".map__sheet", state="visible")
    assert figure.bounding_box()["height"] <= 800
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".map__under button").bounding_box()["height"] >= 43.9


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 390)])
def test_nothing_of_them_is_inaccessible(opened, dark, width):
    page = opened(ALL, dark=dark, width=width)
    assert violations(page) == []
    tiles(page).first.click()
    says(page, "L0H0: w2")
    exact(page)
    assert violations(page) == []
    assert page.evaluate("document.querySelectorAll('figure *').length") <= 200


def test_without_scripts_the_picture_or_the_row_is_there(opened):
    page = opened(ALL, scripts=False)
    assert page.locator("figure img").evaluate("img => img.naturalWidth") == 3 * 60
    page = opened(MAP, scripts=False)
    assert page.locator(".long__text strong").inner_text() == "w2"
