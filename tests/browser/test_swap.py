"""A figure of two sentences says which one it draws: in its switch, its name and its address."""

import pytest

FIRST = ["[CLS]", "the", "cat", "was", "tired", ".", "[SEP]"]
OTHER = ["[CLS]", "the", "cat", "was", "soft", ".", "[SEP]"]
DRAWN = "[data-state=drawn]"


@pytest.fixture
def two(pages, open_page, make_attention):
    """two(query="") -> a page whose figure has another sentence."""
    figure = pages.figure(
        "heatmap",
        pages.data(make_attention(FIRST), exact=True),
        layer=5,
        heads=[11],
        **{
            "other-key": pages.data(make_attention(OTHER, seed=1), exact=True),
            "other-text": "the cat was soft .",
            "swap": ["soft", "tired"],
        },
    )
    address = pages.page(figure)

    def two(query=""):
        page = open_page(address + query)
        page.wait_for_selector(DRAWN)
        return page

    return two


def shown(page):
    """Return what the switch offers, what the drawing is called, and the words drawn."""
    host = page.locator(".attention-view__drawing")
    return (
        page.locator(".swap:visible").inner_text().strip(),
        host.get_attribute("aria-label"),
        "soft" in host.locator("svg").text_content(),
    )


BEFORE = ("soft", "attention map: [CLS] the cat was tired . [SEP]", False)
AFTER = ("tired", "attention map: [CLS] the cat was soft . [SEP]", True)


def test_pressed_twice_before_the_numbers_come_it_is_the_other_sentence(two):
    page = two()
    assert shown(page) == BEFORE
    page.locator(".swap:visible").evaluate("button => { button.click(); button.click(); }")
    page.wait_for_function("document.querySelector('.swap').textContent.trim() === 'tired'")
    assert shown(page) == AFTER
    page.locator(".swap:visible").click()
    page.wait_for_function("document.querySelector('.swap').textContent.trim() === 'soft'")
    assert shown(page) == BEFORE


def test_the_address_keeps_which_sentence_is_drawn(two):
    page = two()
    page.locator(".swap:visible").click()
    page.wait_for_function("location.search === '?f1=L5H11*'")
    page.reload()
    page.wait_for_selector(DRAWN)
    assert shown(page) == AFTER
    page.locator(".swap:visible").click()
    page.wait_for_function("location.search === ''")


def test_an_address_with_a_star_says_nothing_to_a_figure_of_one_sentence(pages, open_page, cat):
    key = pages.data(cat, exact=True)
    page = open_page(pages.page(pages.figure("heatmap", key)) + "?f1=L2H3*")
    page.wait_for_selector(DRAWN)
    assert "it" in page.locator(".attention-view__drawing svg").text_content()
