"""The first page: its point is seen before any script, and every head is a door."""

import pytest

from grader.capture import capture

CAT = "The cat sat on the mat because it was tired."
LANGUAGES = pytest.mark.parametrize("language", ["", "en/"])


def weight(text):
    attention = capture(text)
    value = attention.weights[5, 11, attention.position("it"), attention.position("cat")]
    return f"{value:.2f}".removeprefix("0")


@LANGUAGES
@pytest.mark.parametrize("width", [1280, 390])
def test_the_sentence_flips_without_scripts_and_its_head_does_not(open_page, site, language, width):
    page = open_page(site + language, scripts=False, width=width, height=844)
    sentence = page.locator(".home-sentence:visible")
    assert sentence.count() == 1
    assert "tired" in sentence.text_content()
    assert weight(CAT) in sentence.text_content()
    page.locator(".home-flip").click()
    assert sentence.count() == 1
    assert "soft" in sentence.text_content()
    assert weight(CAT.replace("tired", "soft")) in sentence.text_content()
    assert page.locator(".home-point .after").is_visible()
    assert not page.locator(".home-point .before").is_visible()


@LANGUAGES
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_both_buttons_stand_on_the_first_screen(open_page, site, language, width, height):
    page = open_page(site + language, width=width, height=height)
    for button in page.locator(".home-go a").all():
        box = button.bounding_box()
        assert box["y"] + box["height"] <= height
        assert box["height"] >= 44


@LANGUAGES
def test_a_tile_opens_its_head(open_page, site, language):
    page = open_page(site + language)
    tiles = page.locator(".home-wall a")
    assert tiles.count() == 72
    tile = page.locator(".home-wall a[href*='f1=L2H3']")
    tile.hover()
    assert page.locator(".home-loupe b").inner_text() == "L2H3"
    tile.click()
    page.wait_for_url("**/model-view/?f1=L2H3")
    page.wait_for_selector("figure[data-state=drawn] text.detail >> text=L2H3")


@LANGUAGES
def test_the_next_word_is_written_step_by_step(open_page, site, language):
    page = open_page(site + language, scripts=False)
    button = page.locator(".home-write .home-button:visible")
    said = [page.locator(".home-line:visible").inner_text()]
    for _ in range(3):
        button.click()
        said.append(page.locator(".home-line:visible").inner_text())
    assert said[-1].strip() == "The cat sat on the mat because it was a cat."
    assert len(set(said)) == 4


@LANGUAGES
@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("width", [320, 390, 768, 1024, 1280])
def test_the_first_page_never_scrolls_sideways(open_page, site, language, dark, width):
    page = open_page(site + language, width=width, height=844, dark=dark)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@LANGUAGES
def test_the_first_page_has_one_title_and_words_of_its_own_for_others(open_page, site, language):
    page = open_page(site + language)
    assert page.title() == {"": "看见注意力", "en/": "Seeing Attention"}[language]
    about = page.locator("meta[property='og:description']").get_attribute("content")
    assert about == page.locator("meta[name=description]").get_attribute("content")
    assert page.locator(".md-footer__link--next").get_attribute("href").endswith("why-look/")
