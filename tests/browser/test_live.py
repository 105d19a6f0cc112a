"""Your own sentence: the page computes what Python computes, and never waits for it."""

import time
from urllib.parse import urlencode

import numpy as np
import pytest

from grader.capture import capture
from support.axe import violations

TELESCOPE = "I saw the man with the telescope."
BEARD = "I saw the man with the beard."
BUTTON = ".own-sentence button[type=submit]"
STATUS = ".own-sentence__status"
DRAWN = ".own-sentence figure[data-state=drawn]"


@pytest.fixture
def own(open_page, site):
    """own(language="en", **asked) -> the page, opened at an address that asks for something."""

    def own(folder="en/", *, width=1280, **asked):
        page = open_page(f"{site}{folder}your-own-sentence/#{urlencode(asked)}", width=width)
        page.wait_for_selector(BUTTON)
        page.fetched = []
        page.on("request", lambda request: page.fetched.append(request.url.split("/live/")[-1]))
        return page

    return own


def compute(page, sentence="tokens in"):
    """Press the button and wait until the page says `sentence`."""
    page.locator(BUTTON).click()
    said(page, sentence)


def said(page, sentence):
    page.wait_for_function(
        "([css, text]) => document.querySelector(css).textContent.includes(text)",
        arg=[STATUS, sentence],
        timeout=30_000,
    )


def head_table(figure):
    """The numbers of the shown head, as the figure's own table prints them."""
    figure.locator("details summary").first.click()
    cells = figure.locator("td data")
    cells.first.wait_for()
    values = np.array(cells.evaluate_all("all => all.map(one => Number(one.value))"))
    return values.reshape(int(len(values) ** 0.5), -1)


def test_nothing_is_fetched_before_the_button_and_its_size_is_said(own):
    page = own(text=TELESCOPE)
    page.wait_for_load_state("networkidle")
    assert "19 MB" in page.locator(BUTTON).inner_text()
    assert "about 19 MB" in page.locator(".own-sentence__about").inner_text()
    resources = page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
    assert not [name for name in resources if ".bin" in name or "worker" in name]


def test_what_is_drawn_is_what_python_computes_and_the_address_leads_back(own):
    page = own(text=TELESCOPE, head="L3H1")
    compute(page)
    found = head_table(page.locator(DRAWN))
    expected = capture(TELESCOPE)
    assert np.abs(found - expected.weights[3, 1]).max() <= 2e-3
    assert "text=I+saw+the+man" in page.url
    assert "head=L3H1" in page.url

    page.fetched.clear()
    page.reload()  # the model is held now: it computes by itself, and fetches no weights
    page.wait_for_selector(DRAWN)
    assert not [name for name in page.fetched if ".bin" in name]
    assert np.array_equal(head_table(page.locator(DRAWN)), found)


def test_two_sentences_are_drawn_in_every_view_and_none_is_half_out_of_sight(own):
    page = own("", text=TELESCOPE, other=BEARD, view="heatmap", head="L3H1")
    compute(page, "10 + 10 个词元")
    assert page.locator(DRAWN).count() == 2
    assert violations(page) == []
    for figure, text in zip(page.locator(DRAWN).all(), (TELESCOPE, BEARD), strict=True):
        assert np.abs(head_table(figure) - capture(text).weights[3, 1]).max() <= 2e-3
    figures = page.locator(DRAWN)
    figures.first.get_by_role(
        "button", name="头 4", exact=True
    ).click()  # in both, and in the address
    page.wait_for_function("location.hash.includes('head=L3H4')")
    other = figures.nth(1).get_by_role("button", name="头 4", exact=True)
    assert other.get_attribute("aria-pressed") == "true"
    for view in ("model", "neuron", "head"):
        page.locator(".own-sentence select").nth(1).select_option(view)
        page.wait_for_function(
            "view => document.querySelectorAll("
            "`.own-sentence figure[data-view=${view}][data-state=drawn]`).length === 2",
            arg=view,
        )
        assert f"view={view}" in page.url
        first, second = (figure.bounding_box() for figure in page.locator(DRAWN).all())
        beside = second["x"] > first["x"]
        assert beside == (view == "head")  # the others need the whole width
        box = page.locator(f"{DRAWN} .attention-view__drawing").first
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_two_parts_of_one_input_are_read_together(own):
    page = own(text="Where is the cat?", pair="The cat is on the mat.", head="L0H0")
    compute(page)
    expected = capture("Where is the cat?", "The cat is on the mat.").weights[0, 0]
    assert np.abs(head_table(page.locator(DRAWN)) - expected).max() <= 2e-3


def test_what_cannot_be_read_gets_a_sentence(own):
    page = own()
    for text, sentence in (
        ("", "Write a sentence first."),
        ("word " * 63, "This has 65 tokens and at most 64"),
        ("   ", "Write a sentence first."),
        ("\u200b\u0007", "no character in this that the model reads"),
        ("The \U0001f52d is mine.", "[UNK]: this word is not in the model's vocabulary"),
    ):
        page.locator(".own-sentence textarea").first.fill(text)
        compute(page, sentence)
        page.wait_for_selector(f"{BUTTON}:enabled")


@pytest.mark.long
def test_a_sentence_that_is_as_long_as_may_be_is_drawn(own):
    page = own(text="word " * 62, view="model")
    compute(page, "64 tokens in")
    page.wait_for_selector(DRAWN)


def test_a_download_can_be_stopped_and_goes_on_where_it_was(own):
    page = own(text=TELESCOPE)
    page.route("**/layer2.bin*", lambda route: None)  # never comes
    page.locator(BUTTON).click()
    said(page, "Downloading the model")
    page.wait_for_function("document.querySelector('.own-sentence progress').value > 0.3")
    page.get_by_role("button", name="Stop").click()
    said(page, "Stopped.")
    page.unroute("**/layer2.bin*")
    page.fetched.clear()
    compute(page)
    names = [name.split("?")[0] for name in page.fetched]
    assert "layer2.bin" in names
    assert "layer0.bin" not in names


def test_a_broken_network_is_told_and_the_next_press_repairs_it(own):
    page = own(text=TELESCOPE)
    page.route("**/layer1.bin*", lambda route: route.abort())
    compute(page, "did not come whole")
    page.unroute("**/layer1.bin*")
    compute(page)
    page.trouble[:] = [line for line in page.trouble if "layer1.bin" not in line]


def test_a_link_of_the_page_changes_the_sentence(own):
    page = own(text=TELESCOPE)
    compute(page)
    page.get_by_role("link", name="All heads of one sentence").click()
    said(page, "13 tokens in")
    assert page.locator(".own-sentence textarea").first.input_value().startswith("The cat sat")
    assert page.locator(f"{DRAWN}[data-view=model]").count() == 1


@pytest.mark.long
def test_it_works_without_a_cache_and_without_an_address(open_page, site):
    page = open_page(site + "your-own-sentence/", before="delete window.caches")
    page.locator(".own-sentence textarea").first.fill(TELESCOPE)
    page.locator(".own-sentence textarea").first.press("Enter")
    said(page, "10 个词元")


def test_another_page_takes_the_worker_away_and_coming_back_starts_anew(own):
    page = own(text=TELESCOPE)
    compute(page)
    assert len(page.workers) == 1
    page.locator(".md-nav a[href*='telescope/']").first.click()
    page.wait_for_url("**/telescope/")
    page.wait_for_function("!document.querySelector('.own-sentence')")
    page.go_back()
    page.wait_for_selector(BUTTON)
    until = time.monotonic() + 10  # the browser tells of an end a little later
    while len(page.workers) > 1 and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert len(page.workers) <= 1


@pytest.mark.long
def test_on_a_phone_nothing_is_wider_than_the_page(own):
    page = own(width=390, text=TELESCOPE, other=BEARD, view="neuron")
    compute(page)
    page.wait_for_selector(DRAWN)
    box = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
    assert box[0] <= box[1]


def test_without_scripts_the_page_shows_a_picture_and_a_sentence(open_page, site):
    page = open_page(site + "your-own-sentence/", scripts=False)
    assert "JavaScript" in page.locator(".own-sentence").inner_text()
    assert page.locator(".attention-view__still svg").is_visible()


def test_a_browser_that_is_too_old_is_told_which_are_not(open_page, site):
    page = open_page(site + "en/your-own-sentence/", before="delete window.Worker")
    assert "Firefox 113" in page.locator(".own-sentence__note").inner_text()
