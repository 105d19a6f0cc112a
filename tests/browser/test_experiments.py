"""What readers change with a finger: a word, a cut, a guess; the numbers are Python's."""

import pytest

from attention_views.scissors import read_with_cuts
from grader.capture import capture

CAT = "The cat sat on the mat because it was tired."
QUESTION = (
    "Who is the famous architect in Barcelona?",
    "Barcelona is famous for Gaudí's architecture like the Sagrada Familia.",
)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_red_word_changes_the_sentence_in_the_figure(open_page, site, width):
    page = open_page(site + "en/attention-is-a-hypothesis/", width=width, height=844)
    figure = page.locator("figure[data-other-key]").first
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure[data-other-key][data-state=drawn]")
    line = figure.locator(".attention-view__line")
    switch = figure.locator(".swap:visible")
    for word, other in (("tired", "soft"), ("soft", "tired"), ("tired", "soft")):
        attention = capture(CAT.replace("tired", word))
        weight = attention.weights[5, 11, attention.position("it"), attention.position("cat")]
        page.wait_for_function(
            "([line, text]) => line.textContent.includes(text)",
            arg=[line.element_handle(), f"it → cat {weight:.2f}"],
        )
        assert switch.inner_text().strip() == other
        switch.click()


def test_an_inserted_word_takes_the_weight_and_gives_it_back(open_page, site):
    page = open_page(site + "telescope/")
    figure = page.locator("figure[data-other-key]").first
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure[data-other-key][data-state=drawn]")
    line = figure.locator(".attention-view__line")
    assert line.inner_text().startswith("L0H2: with → man 1.00")
    figure.locator(".swap:visible").click()
    page.wait_for_function(
        "line => line.textContent.startsWith('L0H2: with → yesterday 1.00')",
        arg=line.element_handle(),
    )
    assert figure.locator(".swap:visible").inner_text().strip() == "− yesterday"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_cut_line_changes_exactly_nothing_and_its_counterpart_the_answer(
    open_page, site, scripts
):
    page = open_page(site + "en/question-answering/", scripts=scripts)
    _, _, readings = read_with_cuts(*QUESTION, "who", ["ga", "##udi"], "famous")
    assert readings[1].change == 0
    assert readings[2].text != readings[0].text
    for place, reading in enumerate(readings):
        page.locator(f"label[for=scissors-{place}]").click()
        panel = page.locator(".scissors__panel:visible")
        assert panel.count() == 1
        assert float(panel.get_attribute("data-score")) == pytest.approx(reading.score, abs=1e-6)
        assert panel.locator("dd b").inner_text() == reading.text
        assert f"{reading.score:.2f}" in panel.inner_text()
        exact = "exactly zero" in panel.inner_text()
        assert exact == (reading.change == 0)


def test_guesses_are_kept_and_compared_at_the_end_of_the_page(open_page, site):
    page = open_page(site + "en/opening-the-black-box/")
    end = page.locator(".guess-comparison")
    assert end.inner_text().count("not guessed yet") == 3
    assert not page.locator(".guess__found").first.is_visible()
    page.locator("#guess-opening-1 label").nth(1).click()
    assert "mat" in end.locator("li").first.locator(".guess__yours").inner_text()
    assert "L5H11" in end.locator("li").first.locator(".guess__true").inner_text()
    page.reload()
    assert page.locator("#guess-opening-1 input").nth(1).is_checked()
    end.locator("button").click()
    assert end.evaluate("box => box === document.activeElement")
    assert end.inner_text().count("not guessed yet") == 3
    page.reload()
    assert not page.locator("#guess-opening-1 input").nth(1).is_checked()


def test_without_scripts_what_was_found_stands_folded_under_the_guess(open_page, site):
    page = open_page(site + "en/opening-the-black-box/", scripts=False)
    found = page.locator(".guess__found").first
    assert found.is_visible()
    assert not found.locator("p").is_visible()


def test_one_figure_fills_the_screen_and_escape_brings_the_page_back(open_page, site):
    page = open_page(site + "en/head-view/")
    figure = page.locator("figure.attention-view").first
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure[data-state=drawn]")
    figure.get_by_role("button", name="present").click()
    box = figure.bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1280, 800)
    page.keyboard.press("Escape")
    assert figure.bounding_box()["width"] < 800


def test_coming_back_to_ones_own_sentence_starts_no_second_script(open_page, site):
    """Instant navigation drops what was appended; the script must remember that it ran."""
    page = open_page(site + "en/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(3):
        page.evaluate("document.querySelector('a[href*=your-own-sentence]').click()")
        page.wait_for_selector(".own-sentence form")
        page.evaluate("document.querySelector('nav a[href*=telescope]').click()")
        page.wait_for_url("**/telescope/")
        page.wait_for_timeout(300)
    assert len([address for address in asked if address.endswith("live/page.js")]) == 1


def test_the_first_arrow_key_lands_on_the_first_result_after_navigations(open_page, site):
    page = open_page(site + "en/")
    field = page.locator(".md-search__input")
    for lesson in ("telescope", "pronouns"):
        field.click()
        field.fill("neuron view")
        page.wait_for_selector(".md-search-result__link h1")
        page.keyboard.press("Escape")
        page.evaluate(f"document.querySelector('nav a[href*={lesson}]').click()")
        page.wait_for_url(f"**/{lesson}/")
        page.wait_for_timeout(300)
    field.click()
    field.fill("glossary")
    page.wait_for_selector(".md-search-result__link h1")
    page.wait_for_timeout(200)
    page.keyboard.press("ArrowDown")
    focused = "link => link === document.activeElement"
    assert page.locator(".md-search-result__link").first.evaluate(focused)


def test_the_language_switch_stays_in_its_section(open_page, site):
    page = open_page(site + "en/telescope/")
    page.locator("h2").nth(3).evaluate("heading => heading.scrollIntoView()")
    page.locator("a[data-there]").click()
    page.wait_for_url(site + "telescope/")
    page.wait_for_function(
        "Math.abs(document.querySelectorAll('.md-content h2')[3].getBoundingClientRect().top) < 200"
    )
