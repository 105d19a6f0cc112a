"""With the network cut off every page stands: under a sub-path, and opened from the offline copy.

The gate of ``open_page`` hears outside requests, console errors, exceptions, failed requests.
"""

from pathlib import Path

import pytest

LESSONS = Path(__file__).parents[2] / "lessons" / "zh"
NAMES = sorted(
    path.relative_to(LESSONS).with_suffix("").as_posix() for path in LESSONS.rglob("*.md")
)
FIGURES = "figure.attention-view[data-key]"


def see_all(page):
    """Bring every figure into sight, and wait until each has been drawn."""
    for figure in page.locator(FIGURES).all():
        figure.scroll_into_view_if_needed()
        page.wait_for_function(
            "figure => figure.dataset.state && figure.dataset.state !== 'loading'",
            arg=figure.element_handle(),
        )
        assert figure.get_attribute("data-state") == "drawn"


@pytest.mark.long
@pytest.mark.parametrize("folder", ["", "en/"])
def test_every_page_opens_from_disk(open_page, from_disk, folder):
    page = open_page((from_disk / folder / "index.html").as_uri())
    for name in NAMES:
        page.goto((from_disk / folder / f"{name}.html").as_uri())
        see_all(page)


@pytest.mark.parametrize(
    ("folder", "query", "found"), [("", "诱饵", "pronouns"), ("en/", "telescope", "telescope")]
)
def test_search_works_from_disk(open_page, from_disk, folder, query, found):
    page = open_page((from_disk / folder / "guide/students.html").as_uri())
    page.locator(".md-search__input").click()
    page.locator(".md-search__input").fill(query)
    page.locator(".md-search-result__link").first.click()
    page.wait_for_url(f"**/{folder}{found}.html*")


def test_the_offline_copy_holds_no_model_and_says_so(open_page, from_disk):
    assert not (from_disk / "assets/live/model.json").exists()
    page = open_page((from_disk / "your-own-sentence.html").as_uri())
    assert "从磁盘打开" in page.locator(".own-sentence__note").inner_text()


def test_a_copy_without_the_model_says_so_on_a_server_too(open_page, from_disk, serve):
    page = open_page(serve(from_disk) + "en/your-own-sentence.html")
    assert "without the model" in page.locator(".own-sentence__note").inner_text()
