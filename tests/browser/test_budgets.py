"""What a page costs at first load, every file compressed: what it fetches before anyone scrolls."""

import gzip
from pathlib import Path

import pytest

LESSONS = Path(__file__).parents[2] / "lessons" / "zh"
PAGES = [
    f"{path.relative_to(LESSONS).with_suffix('').as_posix()}/".removesuffix("index/")
    for path in sorted(LESSONS.rglob("*.md"))
]
MOST = 160_000


def fetched(open_page, address):
    """Return the compressed bytes of everything that a page fetches by itself, by address."""
    page = open_page(address.split("/course/")[0] + "/course/assets/logo.svg")
    responses = []
    page.on("response", lambda response: responses.append(response))
    page.goto(address, wait_until="networkidle")
    first = page.locator(".attention-view[data-key]").first
    if first.count() and first.evaluate("figure => figure.getBoundingClientRect().top < 1000"):
        page.wait_for_selector(".attention-view[data-state=drawn]")
    return {response.url: len(gzip.compress(response.body(), 9)) for response in responses}


@pytest.mark.parametrize("path", ["", "head-view/", "en/neuron-view/", "en/your-own-sentence/"])
def test_a_page_is_light_and_holds_no_search(open_page, site, path):
    cost = fetched(open_page, site + path)
    assert sum(cost.values()) <= MOST, cost
    assert not [address for address in cost if "search" in address]


@pytest.mark.parametrize("path", ["glossary/", "en/corrections/"])
def test_a_page_without_views_fetches_no_engine_for_them(open_page, site, path):
    views = [address for address in fetched(open_page, site + path) if "/assets/views/" in address]
    assert views == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["", "en/"])
def test_every_page_is_light(open_page, site, language):
    cost = {path: sum(fetched(open_page, site + language + path).values()) for path in PAGES}
    assert {path: size for path, size in cost.items() if size > MOST} == {}
