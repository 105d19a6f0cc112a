"""The view of a long text: its numbers are Python's, and every far link can be walked."""

import numpy as np
import pytest

from attention_views.long_figure import far_links
from attention_views.long_pack import as_written
from grader.attention import HeadId
from support.axe import violations
from support.long_page import long_page
from support.long_text import random_long

N = 200
HEAD = HeadId(1, 2)
QUERY = 123
"""The 13th w2."""
DRAWN = 'figure[data-state="drawn"]'


@pytest.fixture(scope="module")
def text():
    return random_long(n=N)


@pytest.fixture
def opened(pages, open_page, text):
    def opened(*, attention=text, fence="", language="en", query="", draw=True, **options):
        fence = f"view: head\nlayer: 1\nheads: [2]\nquery: the 13th w2\n{fence}"
        dark = options.get("dark", False)
        address = long_page(pages, attention, fence, language=language, dark=dark)
        page = open_page(address + query, **options)
        if draw and options.get("scripts", True):
            page.wait_for_selector(DRAWN)
        return page

    return opened


def line(page):
    return page.locator(".attention-view__line").inner_text()


def press(page, *keys):
    page.locator(".attention-view__drawing").focus()
    for key in keys:
        page.keyboard.press(key)


def looker(page):
    spans = page.locator(".long__text span")
    return spans.evaluate_all("all => all.findIndex(one => one.classList.contains('query'))")


def exact(page):
    page.wait_for_function("!document.querySelector('.long__links').textContent.includes('≈')")


def table(page):
    """The printed weights: token -> weight; the last row is what is left."""
    page.locator(".attention-view__table summary").click()
    page.wait_for_selector(".attention-view__numbers")
    rows = page.locator(".attention-view__numbers tbody tr").evaluate_all(
        "rows => rows.map(row => [row.cells[0].textContent, "
        "Number(row.querySelector('data').value)])"
    )
    return dict(rows)


def test_the_printed_weights_are_pythons(opened, text):
    page = opened()
    exact(page)
    row = text.pattern(HEAD)[QUERY]
    assert looker(page) == QUERY
    printed = table(page)
    rest = printed.pop("")
    assert sorted(map(int, printed)) == sorted(np.argsort(-row, kind="stable")[:20].tolist())
    for place, weight in printed.items():
        assert abs(weight - row[int(place)]) <= 5e-4
    assert abs(rest + sum(printed.values()) - 1) <= 1e-5


@pytest.mark.parametrize("causal", [False, True])
def test_every_shade_is_the_multiple_of_the_even_share(opened, causal):
    attention = random_long(n=N, causal=causal, seed=3)
    page = opened(attention=attention)
    exact(page)
    shades = page.locator(".long__text span").evaluate_all(
        "all => all.map(one => Number(one.style.getPropertyValue('--shade')))"
    )
    even = QUERY + 1 if causal else N
    times = attention.pattern(HEAD)[QUERY] * even
    wanted = np.clip(np.log(np.maximum(times, 1)) / np.log(even), 0, 1)
    faint = wanted < 0.08
    assert np.abs(np.array(shades) - wanted)[~faint].max() <= 0.002
    assert max(np.array(shades)[faint]) <= 0.081
    assert not causal or not any(shades[QUERY + 1 :])


def test_from_any_token_to_its_strongest_far_link_and_back_by_keyboard(opened, text):
    page = opened()
    special = as_written(text)[2]
    press(page, "Home", "ArrowRight", "ArrowRight", "ArrowRight")
    for place in (3, 4):
        exact(page)
        assert looker(page) == place
        link = far_links(text.pattern(HEAD)[place], place, special)[0][0]
        press(page, "1")
        assert looker(page) == link
        assert f"(token {link} of 0–{N - 1})" in line(page)
        press(page, "Backspace")
        assert looker(page) == place
        press(page, "ArrowRight")


def test_arrows_go_by_line_and_beyond_the_last_to_the_controls(opened):
    page = opened()
    top = "all => all.find(one => one.classList.contains('query')).getBoundingClientRect().top"
    spans = page.locator(".long__text span")
    press(page, "Home")
    first = spans.evaluate_all(top)
    press(page, "ArrowDown")
    assert spans.evaluate_all(top) > first + 10
    press(page, "ArrowUp", "ArrowUp")
    assert page.evaluate("document.activeElement.closest('.attention-view__bar') != null")
    press(page, "End", "ArrowDown")
    assert page.evaluate("document.activeElement.nodeName") == "SUMMARY"


def test_typing_a_name_goes_to_that_head_and_the_address_says_so(opened, text):
    page = opened()
    press(page, *"L0H1")
    page.wait_for_function(
        "document.querySelector('.attention-view__line').textContent.startsWith('L0H1: ')"
    )
    exact(page)
    most = int(text.pattern(HeadId(0, 1))[QUERY].argmax())
    assert f"looks most at {text.tokens[most]} " in line(page)
    page.wait_for_function("location.search === '?f1=L0H1-123'")
    again = opened(query="?f1=L0H0-7")
    assert looker(again) == 7
    assert line(again).startswith("L0H0: w6 ")


def test_a_click_on_a_word_makes_it_look_and_on_a_link_goes_there(opened):
    page = opened()
    page.locator(".long__text span").nth(130).click()
    assert looker(page) == 130
    page.locator(".long__links button").first.click()
    assert looker(page) != 130
    page.get_by_role("button", name="back").click()
    assert looker(page) == 130


def test_a_head_is_fetched_when_it_is_looked_at_and_not_before(opened, text):
    page = opened(before="window.seen = []")
    fetched = lambda: page.evaluate(  # noqa: E731
        "performance.getEntriesByType('resource').map(one => one.name)"
        ".filter(name => /-L\\d+H\\d+\\.js$/.test(name)).length"
    )
    assert fetched() == 1
    page.get_by_role("button", name="head 0").click()
    page.wait_for_function(
        "document.querySelector('.attention-view__line').textContent.startsWith('L1H0: ')"
    )
    assert fetched() == 2


def test_a_head_that_does_not_come_is_said_and_can_be_asked_for_again(opened):
    page = opened()
    broken = "**/*-L1H1.js"
    page.route(broken, lambda route: route.abort())
    page.get_by_role("button", name="head 1").click()
    said = page.get_by_text("the data of L1H1 did not load")
    said.wait_for()
    exact(page)  # the head that is shown is drawn again when its low bytes have come
    assert said.is_visible()
    page.unroute(broken)
    page.get_by_role("button", name="head 0").click()
    page.get_by_role("button", name="head 1").click()
    page.wait_for_function(
        "document.querySelector('.attention-view__line').textContent.startsWith('L1H1: ')"
    )
    page.trouble[:] = [one for one in page.trouble if "-L1H1.js" not in one]


def test_there_are_few_nodes(opened):
    page = opened()
    exact(page)
    assert page.evaluate("document.querySelectorAll('figure *').length") <= N + 150


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_a_figure_is_one_screen_and_its_targets_are_a_thumbs(opened, language):
    page = opened(width=390, height=844, touch=True, language=language)
    exact(page)
    assert page.locator("figure").bounding_box()["height"] <= 800
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for target in page.locator(".long__links button:visible, .attention-view__row button").all():
        assert target.bounding_box()["height"] >= 43.9


@pytest.mark.parametrize(("dark", "width"), [(False, 1280), (True, 390)])
def test_nothing_of_it_is_inaccessible(opened, dark, width):
    page = opened(dark=dark, width=width)
    exact(page)
    assert violations(page) == []


def test_printed_it_is_the_whole_text(opened):
    page = opened()
    exact(page)
    page.emulate_media(media="print")
    box = page.locator(".long__scroll")
    assert box.evaluate("box => box.scrollHeight - box.clientHeight") <= 1
    assert not page.locator(".long__mini").is_visible()


def test_without_scripts_the_row_is_there_as_shaded_text(opened):
    page = opened(scripts=False)
    assert page.locator(".long__text strong").inner_text() == "w2"
    assert (
        "Strongest links to tokens more than 8 away"
        in page.locator(".attention-view__how").inner_text()
    )


def test_a_figure_of_some_layers_offers_these_alone(opened):
    text = random_long(n=N, layers=4)
    page = opened(attention=text, fence="layers: [1, 3]")
    assert page.locator(".attention-view__bar select option").all_inner_texts() == ["1", "3"]
    press(page, "PageDown")
    page.wait_for_function(
        "document.querySelector('.attention-view__line').textContent.startsWith('L3H2')"
    )
    press(page, "PageDown")
    press(page, *"L2H0")
    page.wait_for_function(
        "document.querySelector('.attention-view__line').textContent.startsWith('there is no L2H0')"
    )


def test_on_a_phone_the_heads_of_some_layers_follow_each_other(opened):
    text = random_long(n=N, layers=4)
    page = opened(attention=text, fence="layers: [1, 3]", width=390, touch=True)
    after = page.get_by_role("button", name="next head")
    after.click()
    page.wait_for_function(
        "document.querySelector('.attention-view__line').textContent.startsWith('L3H0')"
    )
