"""axe-core finds nothing of ours: pages of both languages, light and dark, desktop and phone."""

from itertools import product
from pathlib import Path

import pytest

from support.axe import OF_THE_THEME, violations

LESSONS = Path(__file__).parents[2] / "lessons" / "zh"
PAGES = [
    f"{path.relative_to(LESSONS).with_suffix('').as_posix()}/".removesuffix("index/")
    for path in sorted(LESSONS.rglob("*.md"))
]
WAYS = list(product((1280, 390), (False, True)))
SAMPLE = [
    ("neuron-view/", 1280, True),
    ("en/opening-the-black-box/", 390, False),
    ("en/your-own-sentence/", 390, True),
    ("model-view/", 390, True),
]


def found(open_page, site, path, width, dark):
    """What axe finds once every figure of a page has been in sight, its tables open."""
    page = open_page(site + path, width=width, dark=dark, touch=width < 500)
    for figure in page.locator(".attention-view[data-key]").all():
        figure.scroll_into_view_if_needed()
        figure.locator(".attention-view__line").wait_for(state="attached")
    for summary in page.locator(".attention-view__table:not([hidden]) > summary").all():
        summary.evaluate("summary => summary.click()")
    page.evaluate("() => new Promise(done => setTimeout(done, 120))")  # wide boxes are marked
    return violations(page)


@pytest.mark.parametrize(("path", "width", "dark"), SAMPLE)
def test_a_sample_of_pages_has_no_violation(open_page, site, path, width, dark):
    assert found(open_page, site, path, width, dark) == []


@pytest.mark.long
@pytest.mark.parametrize("language", ["", "en/"])
def test_every_page_has_no_violation_in_one_way_each(open_page, site, language):
    shift = 1 if language else 0  # a page is seen in another way in each language
    trouble = {}
    for number, path in enumerate(PAGES):
        width, dark = WAYS[(number + 2 * shift) % len(WAYS)]
        trouble[path, width, dark] = found(open_page, site, language + path, width, dark)
    assert {way: lines for way, lines in trouble.items() if lines} == {}


@pytest.mark.soak
@pytest.mark.parametrize("language", ["", "en/"])
def test_every_page_has_no_violation_in_any_way(open_page, site, language):
    trouble = {}
    for path, (width, dark) in product(PAGES, WAYS):
        trouble[path, width, dark] = found(open_page, site, language + path, width, dark)
    assert {way: lines for way, lines in trouble.items() if lines} == {}


def test_axe_sees_what_is_wrong(open_page, site):
    """The control: a picture without words, and a finding of the theme that is passed over."""
    page = open_page(site + "en/")
    page.evaluate("document.querySelector('.md-content').append(new Image())")
    assert any(line.startswith("image-alt: ") for line in violations(page))
    assert all(reason for reason in OF_THE_THEME.values())
