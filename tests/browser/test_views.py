"""What the engine draws, on small pages of random attention."""

import dataclasses

import numpy as np
import pytest

DRAWN = '[data-state="drawn"]'
LINES = ".attention line"

VISIBLE_LINES = """() => [...document.querySelectorAll('.attention line')]
    .filter(line => getComputedStyle(line).visibility === 'visible').length"""


def attribute(page, selector, name):
    return np.array(
        page.eval_on_selector_all(
            selector, f"nodes => nodes.map(node => Number(node.getAttribute('{name}')))"
        )
    )


def line(page):
    return page.locator(".attention-view__line").inner_text()


@pytest.fixture
def head_page(pages, open_page, cat):
    """One head view of L5H11, numbers exact."""
    key = pages.data(cat, exact=True)
    page = open_page(pages.page(pages.figure("head", key, layer=5, heads=[11])))
    page.wait_for_selector(DRAWN)
    return page


def test_a_head_view_draws_one_line_for_each_weight(head_page, cat):
    drawn = attribute(head_page, LINES, "stroke-opacity").reshape(13, 13)
    assert np.abs(drawn - cat.weights[5, 11]).max() <= 1e-5


@pytest.mark.parametrize("view", ["head", "heatmap"])
def test_weights_packed_in_a_byte_are_drawn_within_two_thousandths(pages, open_page, cat, view):
    key = pages.data(cat, exact=False)
    page = open_page(pages.page(pages.figure(view, key, layer=2, heads=[3])))
    page.wait_for_selector(DRAWN)
    name = {"head": (LINES, "stroke-opacity"), "heatmap": (".cells rect", "fill-opacity")}[view]
    drawn = attribute(page, *name).reshape(13, 13)
    assert np.abs(drawn - cat.weights[2, 3]).max() <= 0.002


def test_a_model_that_looks_back_is_drawn_from_its_lower_triangle(pages, open_page, cat):
    weights = np.tril(cat.weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    causal = dataclasses.replace(cat, weights=weights, causal=True)
    key = pages.data(causal, exact=False)
    page = open_page(pages.page(pages.figure("head", key, layer=2, heads=[3])))
    page.wait_for_selector(DRAWN)
    drawn = attribute(page, LINES, "stroke-opacity").reshape(13, 13)
    assert np.abs(drawn - causal.weights[2, 3]).max() <= 0.002


def test_a_model_view_draws_every_weight_that_can_be_seen(pages, open_page, cat):
    key = pages.data(cat, exact=False)
    page = open_page(pages.page(pages.figure("model", key)))
    page.wait_for_selector(DRAWN)
    packed = np.rint(cat.weights.astype(float) * 255) / 255
    seen = packed[packed >= 0.01]
    drawn = attribute(page, ".attention-view__drawing line", "stroke-opacity")
    assert len(drawn) == len(seen)
    assert np.abs(drawn - seen).max() <= 1e-6
    assert page.locator(".thumbnail").count() == 72


def test_pointing_at_a_query_shows_its_lines_only(head_page, cat):
    assert head_page.evaluate(VISIBLE_LINES) == 169
    head_page.locator(".left > g:last-child > g").nth(8).hover()
    assert head_page.evaluate(VISIBLE_LINES) == 13
    row = cat.weights[5, 11, 8]
    best = int(row.argmax())
    assert line(head_page).startswith(f"L5H11: it → {cat.tokens[best]} {row[best]:.2f}")
    head_page.mouse.move(1, 1)
    assert head_page.evaluate(VISIBLE_LINES) == 169


def test_pointing_at_a_key_shows_who_looks_at_it(head_page, cat):
    head_page.locator(".right > g:last-child > g").nth(2).hover()
    assert head_page.evaluate(VISIBLE_LINES) == 13
    column = cat.weights[5, 11, :, 2]
    best = int(column.argmax())
    assert line(head_page).startswith(f"L5H11: {cat.tokens[best]} → cat {column[best]:.2f}")


def test_a_click_keeps_a_token_until_the_next(head_page):
    token = head_page.locator(".left > g:last-child > g").nth(8)
    token.click()
    head_page.mouse.move(1, 1)
    assert head_page.evaluate(VISIBLE_LINES) == 13
    token.click()
    head_page.mouse.move(1, 1)
    assert head_page.evaluate(VISIBLE_LINES) == 169


def test_a_page_may_keep_a_query_from_the_start(pages, open_page, cat):
    figure = pages.figure("head", pages.data(cat, exact=True), layer=5, heads=[11], query=8)
    page = open_page(pages.page(figure))
    page.wait_for_selector(DRAWN)
    assert page.evaluate(VISIBLE_LINES) == 13
    assert line(page).startswith("L5H11: it → ")


def test_heads_are_switched_by_numbered_buttons(head_page):
    buttons = head_page.locator(".attention-view__heads button[aria-pressed]")
    assert buttons.all_inner_texts() == [str(head) for head in range(12)]
    buttons.nth(3).click()
    assert head_page.locator(LINES).count() == 2 * 169
    buttons.nth(11).click()
    assert head_page.locator(LINES).count() == 169
    buttons.nth(3).click()  # the last one stays on
    assert head_page.locator(LINES).count() == 169
    assert buttons.nth(3).get_attribute("aria-pressed") == "true"
    head_page.get_by_role("button", name="all").click()
    assert head_page.locator(LINES).count() == 12 * 169
    head_page.get_by_role("button", name="reset").click()
    assert head_page.locator(LINES).count() == 169


def test_twelve_heads_have_twelve_colours_and_full_ink(pages, open_page, cat):
    figure = pages.figure("head", pages.data(cat, exact=True), layer=5, heads="all")
    for scheme in ("default", "slate"):
        page = open_page(pages.page(figure, name=f"{scheme}.html", scheme=scheme))
        page.wait_for_selector(DRAWN)
        colours = page.eval_on_selector_all(
            LINES, "lines => lines.map(line => getComputedStyle(line).stroke)"
        )
        assert len(set(colours)) == 12
        drawn = attribute(page, LINES, "stroke-opacity").reshape(12, 13, 13)
        assert np.abs(drawn - cat.weights[5]).max() <= 1e-5  # not divided by the heads
        starts = attribute(page, LINES, "y1").reshape(12, 13, 13)[:, 0, 0]
        assert len(set(starts)) == 12  # side by side, none hides another


def test_gain_darkens_lines_and_is_said(head_page, cat):
    head_page.locator("input[type=range]").fill("4")
    drawn = attribute(head_page, LINES, "stroke-opacity").reshape(13, 13)
    assert np.abs(drawn - np.minimum(1, 4 * cat.weights[5, 11])).max() <= 1e-4
    assert head_page.locator("output").inner_text() == "×4"


def test_another_layer_is_drawn_when_chosen(head_page, cat):
    head_page.locator("select").select_option("1")
    drawn = attribute(head_page, LINES, "stroke-opacity").reshape(13, 13)
    assert np.abs(drawn - cat.weights[1, 11]).max() <= 1e-5


def test_printed_numbers_are_the_tensor_s(head_page, cat):
    head_page.locator("summary").click()
    head_page.wait_for_selector("td data")
    printed = attribute(head_page, "td data", "value").reshape(13, 13)
    assert np.abs(printed - cat.weights[5, 11]).max() <= 1e-5
    texts = np.array(head_page.locator("td").all_inner_texts(), float).reshape(13, 13)
    assert np.abs(texts - cat.weights[5, 11]).max() <= 0.005 + 1e-5


def test_numbers_that_are_not_exact_are_not_printed(pages, open_page, cat):
    key = pages.data(cat, exact=False)
    page = open_page(pages.page(pages.figure("heatmap", key, layer=5, heads=[11], query=8)))
    page.wait_for_selector(DRAWN)
    assert line(page).startswith("L5H11: it → ")
    assert "." not in line(page).replace("→ .", "")
    assert page.locator(".numbers text").count() == 0
    assert not page.locator(".attention-view__table").is_visible()


def test_a_map_says_row_column_and_weight(pages, open_page, cat):
    key = pages.data(cat, exact=True)
    page = open_page(pages.page(pages.figure("heatmap", key, layer=5, heads=[11])))
    page.wait_for_selector(DRAWN)
    assert page.locator(".cells rect").count() == 169
    page.locator(".cells rect").nth(8 * 13 + 2).hover()
    assert line(page) == f"L5H11: it → cat {cat.weights[5, 11, 8, 2]:.2f}"
    assert page.locator(".spot").is_visible()
    assert page.locator("text.chosen").all_text_contents() == ["it", "cat"]
    page.mouse.move(1, 1)
    assert not page.locator(".spot").is_visible()


def test_a_thumbnail_opens_its_head_and_closes_it(pages, open_page, cat):
    key = pages.data(cat, exact=False)
    page = open_page(pages.page(pages.figure("model", key)))
    page.wait_for_selector(DRAWN)
    thumbnail = page.locator('.thumbnail[data-layer="5"][data-head="0"]')
    thumbnail.click()
    packed = np.rint(cat.weights[5, 0].astype(float) * 255) / 255
    drawn = attribute(page, "g.detail line", "stroke-opacity").reshape(13, 13)
    assert np.abs(drawn - packed).max() <= 1e-6
    assert page.locator("text.detail").text_content() == "L5H0"
    page.locator(".leftText > g").nth(8).hover()
    shown = page.eval_on_selector_all(
        ".attn-line-group", "groups => groups.map(group => Number(group.style.opacity))"
    )
    assert shown == [float(i == 8) for i in range(13)]
    assert line(page).startswith("L5H0: it → ")
    thumbnail.click(position={"x": 2, "y": 2})
    assert page.locator(".detail").count() == 0


def test_a_model_view_opens_the_head_that_the_page_names(pages, open_page, cat):
    key = pages.data(cat, exact=False)
    page = open_page(pages.page(pages.figure("model", key, layer=3, heads=[7])))
    page.wait_for_selector(DRAWN)
    assert page.locator("text.detail").text_content() == "L3H7"


@pytest.mark.parametrize("view", ["head", "heatmap", "model"])
def test_the_keyboard_reaches_a_head_a_query_and_a_key(pages, open_page, cat, view):
    key = pages.data(cat, exact=True)
    page = open_page(pages.page(pages.figure(view, key, layer=0, heads=[0])))
    page.wait_for_selector(DRAWN)
    page.locator(".attention-view__drawing").focus()
    page.keyboard.type("l5h11")
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    row = cat.weights[5, 11, 8]
    best = int(row.argmax())
    if view == "heatmap":
        assert line(page).startswith(f"L5H11: it → {cat.tokens[best]} {row[best]:.2f}")
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        assert line(page) == f"L5H11: it → cat {row[2]:.2f}"
    elif view == "head":
        page.keyboard.press("ArrowRight")
        assert line(page) == f"L5H11: it → {cat.tokens[best]} {row[best]:.2f}"
        assert page.locator("line.chosen").count() == 1
    else:
        assert line(page).startswith(f"L5H11: it → {cat.tokens[best]}")
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        assert page.locator("text.detail").text_content() == "L5H10"


def test_a_head_that_is_not_there_is_said(head_page):
    head_page.locator(".attention-view__drawing").focus()
    head_page.keyboard.type("L6H1")
    assert "no L6H1" in line(head_page)


def test_a_switch_of_scheme_keeps_layer_and_heads(head_page):
    head_page.locator("select").select_option("1")
    colour = "line => getComputedStyle(line).stroke"
    before = head_page.eval_on_selector(LINES, colour)
    head_page.evaluate("document.body.dataset.mdColorScheme = 'slate'")
    assert head_page.eval_on_selector(LINES, colour) != before
    assert head_page.locator("select").input_value() == "1"
    assert head_page.locator(LINES).count() == 169


def test_a_pair_is_cut_into_parts(pages, open_page, pair):
    key = pages.data(pair, exact=True)
    page = open_page(pages.page(pages.figure("head", key, layer=1, heads=[2])))
    page.wait_for_selector(DRAWN)
    page.locator("select").nth(1).select_option("12")
    drawn = attribute(page, LINES, "stroke-opacity").reshape(5, 5)
    assert np.abs(drawn - pair.weights[1, 2, :5, 5:]).max() <= 1e-5
    page.locator(".left > g:last-child > g").nth(1).hover()
    assert line(page).startswith("L1H2: who → ")


def test_a_token_is_text_never_markup(pages, open_page, make_attention):
    attention = make_attention(["[CLS]", "<img src=x onerror=alert(1)>", "</script>", "猫"])
    figures = [
        pages.figure(view, pages.data(attention, exact=True), layer=0, heads=[0])
        for view in ("head", "heatmap", "model")
    ]
    page = open_page(pages.page(*figures), height=3000)
    page.wait_for_selector("figure:last-of-type" + DRAWN)
    assert page.locator("figure img").count() == 0
    assert "猫" in page.locator(".left").first.text_content()


def test_figures_are_drawn_in_sight_and_let_go_of_far_from_it(pages, open_page, cat):
    figure = pages.figure("head", pages.data(cat, exact=True), layer=0, heads=[0])
    page = open_page(pages.page(figure, '<div style="height:5000px"></div>', figure))
    first, second = page.locator("figure").all()
    state = "i => document.querySelectorAll('figure')[i].dataset.state"
    page.wait_for_selector(DRAWN)
    assert page.evaluate(state, 1) is None
    first.locator("button[aria-pressed]").nth(3).click()
    page.mouse.click(5, 5)  # a figure with the focus is kept
    page.evaluate("document.activeElement.blur()")
    height = first.bounding_box()["height"]
    second.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('figure')[1].dataset.state === 'drawn'")
    page.wait_for_function("document.querySelector('figure').dataset.state === 'released'")
    assert first.locator("svg line").count() == 0
    assert first.bounding_box()["height"] == pytest.approx(height, abs=1)
    first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('figure').dataset.state === 'drawn'")
    assert first.locator(LINES).count() == 2 * 169  # what was chosen is still chosen


def test_the_page_gets_one_global_and_no_id(pages, open_page, cat):
    globals_before = "window.before = new Set(Object.keys(window))"
    figures = [
        pages.figure(view, pages.data(cat, exact=True), layer=0, heads=[0])
        for view in ("head", "heatmap", "model", "head")
    ]
    page = open_page(pages.page(*figures), height=4000, before=globals_before)
    page.wait_for_function("document.querySelectorAll('[data-state=drawn]').length === 4")
    added = page.evaluate("Object.keys(window).filter(name => !window.before.has(name))")
    assert set(added) - {"before"} == {"SeeingAttention"}
    assert page.locator("figure [id]").count() == 0


def test_the_same_page_works_from_disk_and_in_a_folder(pages, open_page, cat):
    figure = pages.figure("head", pages.data(cat, exact=True), layer=0, heads=[0])
    url = pages.page(figure, name="en/deep/page.html")
    open_page(url).wait_for_selector(DRAWN)
    open_page(f"file://{pages.folder}/en/deep/page.html").wait_for_selector(DRAWN)


@pytest.mark.parametrize(("language", "begin"), [("zh", "这个浏览器"), ("en", "This browser")])
def test_an_old_browser_gets_the_picture_and_one_sentence(pages, open_page, cat, language, begin):
    key = pages.data(cat, exact=True)
    page = open_page(
        pages.page(pages.figure("head", key, language=language)),
        before="delete window.DecompressionStream",
    )
    page.wait_for_selector('[data-state="still"]')
    assert page.locator(".attention-view__still svg").is_visible()
    assert page.locator(".attention-view__note").inner_text().startswith(begin)
    assert not page.locator(".attention-view__slot").is_visible()


def test_data_that_are_missing_or_spoilt_leave_the_picture_and_a_sentence(pages, open_page, cat):
    key = pages.data(cat, exact=True)
    path = pages.folder / "assets/views/data" / f"{key}.js"
    spoilt = path.read_text().replace('"weights":"', '"weights":"AAAA')
    path.write_text(spoilt)
    page = open_page(pages.page(pages.figure("head", key), pages.figure("head", "0" * 16)))
    page.wait_for_function("document.querySelectorAll('[data-state=still]').length === 2")
    for note in page.locator(".attention-view__note").all_inner_texts():
        assert note.startswith("The data of the interactive view did not load")
    assert [still.is_visible() for still in page.locator(".attention-view__still").all()] == [
        True,
        True,
    ]
    assert all("404" in line for line in page.trouble)
    page.trouble.clear()


def test_without_scripts_the_picture_stands(pages, open_page, cat):
    page = open_page(pages.page(pages.figure("head", pages.data(cat, exact=True))), scripts=False)
    assert page.locator(".attention-view__still svg").is_visible()
    assert not page.locator(".attention-view__slot").is_visible()


def test_on_a_phone_only_the_figure_scrolls_and_targets_fit_a_finger(pages, open_page, cat):
    figures = [
        pages.figure(view, pages.data(cat, exact=True), layer=0, heads=[0])
        for view in ("head", "heatmap", "model")
    ]
    plain = "<style>figure { margin: 0 }</style>"  # as the course has it
    page = open_page(pages.page(*figures, head=plain), width=390, height=844, touch=True)
    for figure in page.locator("figure").all():
        figure.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('[data-state=drawn]').length === 3")
    page.locator(".attention-view__row .name").first.tap()
    page.locator("summary").first.tap()
    page.wait_for_selector("td data")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = """(nodes, least) => nodes.filter(node => node.checkVisibility()).map(node => {
        const box = node.getBoundingClientRect(); return [box.width, box.height];
    }).filter(([width, height]) => Math.min(width, height) < least)"""
    assert page.eval_on_selector_all("button, select, input, summary", small, 43.9) == []
    page.locator(".attention-view__row .name").first.tap()
    words = ".left > g:last-child > g, .thumbnail"
    assert page.eval_on_selector_all(words, small, 23.9) == []
    page.locator(".left > g:last-child > g").nth(3).tap()
    assert page.locator(".attention-view__line").first.inner_text().startswith("L0H0: sat → ")


def test_a_figure_that_becomes_narrower_is_drawn_again(head_page):
    wide = head_page.locator(".attention-view__drawing svg").bounding_box()["width"]
    head_page.set_viewport_size({"width": 420, "height": 800})
    head_page.wait_for_function(
        f"document.querySelector('.attention-view__drawing svg').clientWidth < {wide}"
    )
    assert head_page.evaluate("document.documentElement.scrollWidth") <= 420


def test_a_figure_arrives_by_instant_navigation(pages, open_page, cat):
    """The theme tells of a new page through document$; the engine runs only once."""
    figure = pages.figure("head", pages.data(cat, exact=True), layer=0, heads=[0])
    stream = "window.document$ = {subscribe(f) { (this.all ??= []).push(f); f(); }}"
    page = open_page(pages.page(figure), before=stream)
    page.wait_for_selector(DRAWN)
    page.evaluate("html => { document.body.innerHTML = html }", figure)
    page.evaluate("document$.all.forEach(each => each())")
    page.wait_for_selector(DRAWN)
    assert page.locator(LINES).count() == 169


def test_a_model_view_of_sixty_four_tokens_leaves_out_what_is_weakest_and_says_so(
    pages, open_page, make_attention
):
    attention = make_attention([f"t{i}" for i in range(64)])
    page = open_page(pages.page(pages.figure("model", pages.data(attention, exact=False))))
    page.wait_for_selector(DRAWN)
    drawn = attribute(page, ".attention-view__drawing line", "stroke-opacity")
    said = page.locator(".attention-view__note").inner_text()
    least = float(said.split()[2])
    packed = np.rint(attention.weights.astype(float) * 255) / 255
    assert len(drawn) == (packed >= least).sum() <= 20_000
    assert (packed >= least - 0.01).sum() > 20_000
    page.locator(".thumbnail").nth(40).click()
    assert page.locator("g.detail line").count() == 64 * 64


def present(page):
    """Show the page's figure for a room."""
    page.get_by_role("button", name="present").click()
    page.wait_for_selector("[data-projector]")


def test_for_a_room_the_pointer_still_points_at_what_lies_under_it(pages, open_page, cat):
    key = pages.data(cat, exact=True)
    page = open_page(pages.page(pages.figure("heatmap", key, layer=5, heads=[11])))
    page.wait_for_selector(DRAWN)
    present(page)
    page.locator(".cells rect").nth(8 * 13 + 2).hover()
    assert line(page) == f"L5H11: it → cat {cat.weights[5, 11, 8, 2]:.2f}"


def test_a_page_that_comes_after_a_figure_for_a_room_can_be_scrolled(pages, open_page, cat):
    key = pages.data(cat, exact=True)
    page = open_page(pages.page(pages.figure("heatmap", key)))
    page.wait_for_selector(DRAWN)
    overflow = "getComputedStyle(document.documentElement).overflow"
    present(page)
    assert page.evaluate(overflow) == "hidden"
    page.evaluate("document.body.innerHTML = '<p>the next page</p>'")  # as instant navigation does
    assert page.evaluate(overflow) == "visible"
