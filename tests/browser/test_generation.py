"""The view of a text that a model wrote: any step, token and head, with the mouse and without."""

import numpy as np
import pytest

from attention_views.generation_fence import generation_html, read_generation
from attention_views.generations import generation_key, pack_generation
from support.axe import violations
from support.page_style import DARK
from support.written import random_generation

GIVEN = ["When", " Mary", " and", " John", " went", " to"]
WRITTEN = [" the", " shop", ".", "\n", " They"]
DRAWN = 'figure[data-state="drawn"]'


@pytest.fixture
def made():
    return random_generation(GIVEN, WRITTEN)


@pytest.fixture
def written(pages, open_page, made):
    def written(*, made=made, language="en", head=DARK, fence="", draw=True, **options):
        key = generation_key(made)
        path = pages.folder / "assets" / "views" / "data" / f"{key}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack_generation(made))
        spec = read_generation(
            f"view: generation\ntext: {made.text}\nwrite: 5\ncaption: Words.\n{fence}"
        )
        html = generation_html(spec, made, caption="Words.", language=language)
        scheme = "slate" if options.get("dark") else "default"
        body = f"<main><h1>Page</h1>{html}</main>"
        page = open_page(pages.page(body, head=head, scheme=scheme), **options)
        if draw and options.get("scripts", True):
            page.wait_for_selector(DRAWN)
        return page

    return written


def line(page):
    return page.locator(".attention-view__line").inner_text()


def shades(page):
    return page.eval_on_selector_all(
        ".generation__text span",
        "spans => spans.map(span => Number(span.style.getPropertyValue('--weight')))",
    )


def test_words_are_shaded_by_the_mean_of_all_heads(written, made):
    page = written(fence="step: 2\ntoken: Mary")
    mean = made.row(2).mean(axis=(0, 1))
    expected = mean / max(0.25, mean.max())
    assert np.abs(np.array(shades(page))[: len(mean)] - expected).max() <= 0.002
    assert not any(shades(page)[len(mean) :])
    assert line(page).startswith("3 of 5: has read “ shop”, writes “.”")
    assert f"the mean looks at “ Mary” {mean[1]:.2f}" in line(page)


def test_the_map_shows_every_head_for_the_chosen_token(written, made):
    page = written(fence="step: 1\ntoken: John")
    drawn = page.eval_on_selector_all(
        ".generation__map .cells rect",
        "cells => cells.map(cell => Number(cell.getAttribute('fill-opacity')))",
    )
    assert np.abs(np.array(drawn).reshape(30, 9) - made.row(1)[:, :, 3]).max() <= 0.003
    page.locator(".generation__text span").nth(1).click()
    head = np.unravel_index(made.row(1)[:, :, 1].argmax(), (30, 9))
    first = page.locator(".generation__heads button").first
    assert first.inner_text().startswith(f"L{head[0]}H{head[1]} ")
    first.click()
    assert f"L{head[0]}H{head[1]} looks at “ Mary” {made.row(1)[head][1]:.2f}" in line(page)


def test_the_first_token_can_be_set_aside(written, made):
    page = written()
    assert not page.get_by_label("without the first token").is_checked()
    page.get_by_label("without the first token").check()
    mean = made.row(0).mean(axis=(0, 1))
    mean = np.r_[0, mean[1:] / mean[1:].sum()]
    expected = mean / max(0.25, mean.max())
    assert np.abs(np.array(shades(page))[:6] - expected).max() <= 0.003


def test_keys_lead_to_any_step_token_and_head(written, made):
    page = written()
    box = page.locator(".attention-view__drawing")
    box.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert "looks at “ Mary”" in line(page)
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    assert line(page).startswith("3 of 5")
    page.keyboard.press("End")
    assert "looks at “ shop”" in line(page)
    page.keyboard.type("L23H4")
    assert f"L23H4 looks at “ shop” {made.row(2)[23, 4, 7]:.2f}" in line(page)
    page.keyboard.press("m")
    assert "the mean looks at" in line(page)
    page.keyboard.type("L40H1")
    assert line(page) == "there is no L40H1: layers and heads count from 0"
    page.keyboard.press("PageUp")
    assert line(page).startswith("2 of 5")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.closest('.generation__bar') != null")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('.attention-view__foot') != null")


def test_it_plays_to_the_end_and_stops(written):
    page = written(fence="step: 3")
    page.locator(".attention-view__drawing").focus()
    page.keyboard.press(" ")
    page.wait_for_function(
        "document.querySelector('.generation__steps output').textContent === '5 of 5'"
    )
    page.get_by_role("button", name="play").wait_for()


def test_the_address_leads_back_to_what_is_shown(written):
    page = written()
    page.locator(".attention-view__drawing").focus()
    page.keyboard.press("PageDown")
    page.keyboard.type("L2H3")
    page.wait_for_function("location.search.includes('L2H3')")
    seen = line(page)
    page.reload()
    page.wait_for_selector(DRAWN)
    assert line(page) == seen


def test_the_table_has_a_row_for_each_step(written, made):
    page = written()
    page.locator(".attention-view__table > summary").click()
    rows = page.locator(".attention-view__numbers tbody tr")
    rows.nth(4).wait_for()
    assert rows.count() == 5
    mean = made.row(4).mean(axis=(0, 1))
    assert rows.nth(4).locator("td").last.inner_text() == f"{mean[0]:.2f}"
    assert violations(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(written, dark, width):
    page = written(dark=dark, width=width, touch=width < 500, language="zh")
    assert violations(page) == []
    box = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert box[0] <= box[1]


def test_without_scripts_the_text_the_map_and_the_table_stand(written):
    page = written(scripts=False)
    assert "When Mary and John" in page.locator(".generation-still").inner_text()
    assert page.locator(".attention-view__still svg").is_visible()
    page.locator(".attention-view__still summary").click()
    assert page.locator(".attention-view__values tbody tr").count() == 5


PHONE = {"width": 390, "height": 844, "touch": True}


def test_on_a_phone_the_line_has_its_number_and_text_and_map_are_whole(written):
    page = written(head=f"{DARK}<style>figure {{ margin: 0 }}</style>", **PHONE)
    assert page.locator(".attention-view__line").evaluate(
        "line => line.scrollWidth <= line.clientWidth && line.scrollHeight <= line.clientHeight + 1"
    )
    drawing = page.locator(".attention-view__drawing")
    whole = "box => box.scrollHeight <= box.clientHeight + 1 && box.scrollWidth <= box.clientWidth"
    turn = page.get_by_role("button", name="map of heads")
    assert drawing.evaluate(whole)
    assert page.locator(".generation__text").is_visible()
    turn.tap()
    assert turn.get_attribute("aria-pressed") == "true"
    assert drawing.evaluate(whole)
    assert not page.locator(".generation__text").is_visible()
    assert page.locator(".generation__map rect").count() > 270
    assert page.locator("figure").bounding_box()["height"] <= 800
    page.locator(".generation__heads button").first.tap()
    assert page.evaluate("document.activeElement.className") == "attention-view__drawing"
    assert turn.get_attribute("aria-pressed") == "true"
    turn.tap()
    assert page.locator(".generation__text").is_visible()


def test_on_a_wide_page_text_and_map_stand_beside_each_other(written):
    page = written()
    assert not page.get_by_role("button", name="map of heads").is_visible()
    assert page.locator(".generation__text").is_visible()
    assert page.locator(".generation__map").is_visible()


def test_on_paper_what_was_dark_on_the_screen_is_light(written):
    page = written(dark=True)
    page.emulate_media(media="print")
    ground = page.locator(".generation__text .now").evaluate(
        "span => getComputedStyle(span).backgroundColor"
    )
    assert ground == "rgb(251, 230, 176)"


def test_an_address_that_speaks_of_the_figure_leads_to_it(written):
    page = written(head=DARK + "<div style='height: 4000px'></div>", draw=False)
    page.goto(page.url + "?f1=S3T2L4H5")
    page.wait_for_selector(DRAWN)
    assert line(page).startswith("4 of 5")
    assert page.locator("figure").bounding_box()["y"] < 800


def test_a_script_that_does_not_come_is_told_and_the_still_picture_stays(written):
    page = written(draw=False)
    page.route("**/generation.js", lambda route: route.abort())
    page.reload()
    page.get_by_text("the still picture is shown").wait_for()
    assert page.locator(".generation-still").is_visible()
    page.trouble.clear()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_a_long_text_is_shaded_by_the_multiple_of_the_even_share_and_fits_one_screen(
    written, width, height
):
    short = written(width=width, height=height, touch=width < 500)
    usual = short.locator("figure").bounding_box()["height"]  # thirty layers take their room
    many = random_generation([f" w{place}" for place in range(300)], WRITTEN)
    page = written(made=many, fence="step: 2", width=width, height=height, touch=width < 500)
    mean = many.row(2).mean(axis=(0, 1))
    wanted = np.log(np.maximum(mean * 302, 1)) / np.log(302)
    assert np.abs(np.array(shades(page))[:302] - wanted).max() <= 0.002
    assert page.locator("figure").bounding_box()["height"] <= max(height - 20, usual)
    inside = (
        "spans => spans.map(span => [span.getBoundingClientRect(),"
        " span.parentNode.getBoundingClientRect()])"
        ".map(([one, box]) => one.top >= box.top && one.bottom <= box.bottom)"
    )
    seen = page.eval_on_selector_all(".generation__text span", inside)
    assert seen[301]
    assert not seen[0]
    page.locator(".attention-view__drawing").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    place = page.eval_on_selector_all(
        ".generation__text span", "all => all.findIndex(one => one.classList.contains('chosen'))"
    )
    assert page.eval_on_selector_all(".generation__text span", inside)[place]


def test_one_text_has_one_scale_in_all_its_steps(written):
    """Its rows grow from 63 tokens to 67: all are shades of the even share."""
    many = random_generation([f" w{place}" for place in range(63)], WRITTEN)
    page = written(made=many, fence="step: 0")
    mean = many.row(0).mean(axis=(0, 1))
    wanted = np.log(np.maximum(mean * 63, 1)) / np.log(63)
    assert np.abs(np.array(shades(page))[:63] - wanted).max() <= 0.002
