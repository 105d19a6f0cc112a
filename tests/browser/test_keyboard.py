"""One tab stop a figure, everything by keys, what is shown in the address and in a file."""

import base64
import re
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

DRAWN = '[data-state="drawn"]'
FOCUSED = "document.activeElement.className || document.activeElement.nodeName"


def line(page):
    return page.locator(".attention-view__line").first.inner_text()


@pytest.fixture
def page_of(pages, open_page, cat):
    def page_of(view="head", *, exact=True, query="", **options):
        key = pages.data(cat, exact=exact)
        figure = pages.figure(view, key, **({"layer": 0, "heads": [0]} | options))
        page = open_page(pages.page(figure) + query)
        page.wait_for_selector(DRAWN)
        return page

    return page_of


@pytest.mark.parametrize("view", ["head", "model", "heatmap"])
def test_a_figure_is_one_tab_stop(page_of, view):
    page = page_of(view)
    stops = page.locator("figure").evaluate(
        """figure => [...figure.querySelectorAll('*')].filter(
            node => node.tabIndex >= 0 && node.checkVisibility() && node.nodeName !== 'g'
        ).length"""
    )
    assert stops == 1
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "attention-view__drawing"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "BODY"


@pytest.mark.parametrize("view", ["head", "model", "heatmap"])
def test_a_weight_is_reached_and_said_within_twenty_keys(page_of, cat, view):
    page = page_of(view)
    page.locator(".attention-view__drawing").focus()
    keys = list("L5H11") + ["ArrowDown"] * 9
    if view == "head":  # right leads to the strongest key, up and down to others
        best = int(cat.weights[5, 11, 8].argmax())
        keys += ["ArrowRight"] + ["ArrowUp" if best > 2 else "ArrowDown"] * abs(best - 2)
    else:
        keys += ["ArrowRight"] * 3
    assert len(keys) <= 20
    for key in keys:
        page.keyboard.press(key)
    assert line(page) == f"L5H11: it → cat {cat.weights[5, 11, 8, 2]:.2f}"
    assert page.locator(".attention-view__line").get_attribute("aria-live") == "polite"


def test_arrows_lead_to_the_controls_and_back(page_of):
    page = page_of()
    page.locator(".attention-view__drawing").focus()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.textContent") == "0"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator("button[aria-pressed=true]").all_inner_texts() == ["0", "1"]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(FOCUSED) == "SELECT"
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "attention-view__drawing"
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == "SUMMARY"
    page.keyboard.press("Enter")
    page.wait_for_selector("td data")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(FOCUSED) == "attention-view__drawing"


def asked(page):
    return {name: value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}


def test_what_is_shown_lives_in_the_address(page_of, cat):
    page = page_of("heatmap")
    page.locator(".attention-view__drawing").focus()
    page.keyboard.type("L3H7")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.length > 1")
    assert asked(page) == {"f1": "L3H7-0-0"}
    page.reload()
    page.wait_for_selector(DRAWN)
    assert line(page) == f"L3H7: [CLS] → [CLS] {cat.weights[3, 7, 0, 0]:.2f}"
    page.get_by_role("button", name="reset").click()
    page.wait_for_function("location.search === ''")


def test_an_address_may_name_several_heads_and_a_figure_far_below(pages, open_page, cat):
    figure = pages.figure("head", pages.data(cat, exact=True), layer=0, heads=[0])
    page = open_page(
        pages.page(figure, '<div style="height:4000px"></div>', figure) + "?f2=L4H1.5-8"
    )
    page.wait_for_function("document.querySelectorAll('figure')[1].dataset.state === 'drawn'")
    second = page.locator("figure").nth(1)
    assert second.locator("button[aria-pressed=true]").all_inner_texts() == ["1", "5"]
    assert second.locator("select").input_value() == "4"
    assert page.evaluate("scrollY") > 1000


@pytest.mark.parametrize("text", ["L9H0", "L0H99", "nonsense", "L0H0-99-99", "L1H1.77"])
def test_an_address_that_asks_for_what_is_not_there_is_passed_over(page_of, text):
    page = page_of(query=f"?f1={text}")
    assert page.locator(".attention line").count() == 169


def downloaded(page, kind):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=f"save this drawing as {kind}").click()
    return waiting.value


def test_a_drawing_is_saved_as_svg_that_needs_no_page(page_of, cat):
    page = page_of(layer=5, heads=[11])
    page.locator(".left > g:last-child > g").nth(8).click()
    download = downloaded(page, "SVG")
    assert download.suggested_filename == "attention-head-L5H11.svg"
    text = download.path().read_text(encoding="utf-8")
    assert not re.search(r"var\(|currentColor|class=", text)
    root = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    lines = root.findall(f".//{space}line")
    assert len(lines) == 13  # the row that is kept; what cannot be seen is left out
    ink = [float(one.get("stroke-opacity")) for one in lines]
    assert np.abs(np.array(ink) - cat.weights[5, 11, 8]).max() <= 1e-4
    assert root.find(f"{space}title").text.startswith("head view: L5H11: [CLS] the cat")


@pytest.mark.parametrize("view", ["head", "model", "heatmap"])
def test_a_drawing_is_saved_as_png(page_of, view):
    page = page_of(view, layer=5, heads=[11])
    data = downloaded(page, "PNG").path().read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    colours = page.evaluate(
        """async address => {
            const picture = new Image();
            picture.src = address;
            await picture.decode();
            const canvas = document.createElement('canvas');
            [canvas.width, canvas.height] = [picture.width, picture.height];
            const pen = canvas.getContext('2d');
            pen.drawImage(picture, 0, 0);
            const dots = new Uint32Array(
                pen.getImageData(0, 0, picture.width, picture.height).data.buffer);
            return [picture.width, new Set(dots).size];
        }""",
        "data:image/png;base64," + base64.b64encode(data).decode(),
    )
    assert colours[0] >= 600  # two dots a pixel
    assert colours[1] > 50  # something is drawn


@pytest.mark.parametrize("view", ["head", "model", "heatmap"])
def test_at_four_hundred_percent_only_the_figure_scrolls(pages, open_page, cat, view):
    figure = pages.figure(view, pages.data(cat, exact=True), layer=0, heads=[0])
    page = open_page(pages.page(figure), width=320, height=256)
    page.wait_for_selector(DRAWN)
    page.locator(".attention-view__row .name").click()
    page.locator(".attention-view__takeaway").scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_forced_colours_and_reduced_motion_are_kept_to(page_of):
    page = page_of(heads="all")
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0
    seen = page.evaluate(
        """() => {
            const system = document.createElement('p');
            system.style.color = 'CanvasText';
            document.body.append(system);
            const words = getComputedStyle(document.querySelector('.left text')).fill;
            const line = getComputedStyle(document.querySelector('.attention line')).stroke;
            return [words, line, getComputedStyle(system).color];
        }"""
    )
    assert seen[0] == seen[1] == seen[2]


def test_a_drawing_of_the_page_s_own_numbers_is_drawn_at_once_and_again(page_of):
    page = page_of()
    made = """n => {
        document.querySelector('#own')?.remove();
        const figure = document.querySelector('figure').cloneNode(true);
        figure.id = 'own';
        delete figure.dataset.key;
        delete figure.dataset.state;
        figure.dataset.live = '';
        document.body.append(figure);
        const data = {tokens: [...'abcdef'].slice(0, n), shape: [2, 2, n, n], second: null,
            exact: true, weights: new Float32Array(4 * n * n).fill(1 / n)};
        SeeingAttention.show(figure, data);
        SeeingAttention.show(figure, data);
        return figure.querySelectorAll('.attention line').length;
    }"""
    assert page.evaluate(made, 3) == 9
    assert page.evaluate(made, 5) == 25
    assert page.locator("#own .attention-view__line").count() == 1
