"""The pages around the views: languages, light and dark, the page that is not there."""

from pathlib import Path

import pytest

PAGE = "telescope/"
SWITCH = "a[data-there]"


@pytest.fixture(scope="module")
def elsewhere(from_disk, serve):
    """The address of a site that was built for no address at all."""
    return serve(from_disk)


def follow_switch(page):
    page.locator(SWITCH).click()
    page.wait_for_load_state()
    return page.url


@pytest.mark.parametrize("scripts", [True, False])
def test_the_switch_stays_on_the_page_and_comes_back(open_page, site, scripts):
    page = open_page(site + PAGE, scripts=scripts)
    assert follow_switch(page) == site + "en/" + PAGE
    assert follow_switch(page) == site + PAGE


def test_the_switch_stays_on_the_first_page(open_page, site):
    page = open_page(site)
    assert follow_switch(page) == site + "en/"
    assert follow_switch(page) == site


def test_the_switch_follows_instant_navigation(open_page, site):
    page = open_page(site + "why-look/")
    page.evaluate("window.stayed = true")
    page.locator(f"nav a[href*='{PAGE}']").first.click()
    page.wait_for_url(f"**/{PAGE}")
    assert page.evaluate("window.stayed") is True
    page.wait_for_function(f"document.querySelector('{SWITCH}').href.endsWith('en/{PAGE}')")
    assert follow_switch(page) == site + "en/" + PAGE


def test_the_switch_works_where_the_site_was_not_built_for(open_page, elsewhere):
    page = open_page(elsewhere + "telescope.html")
    assert follow_switch(page) == elsewhere + "en/telescope.html"
    assert follow_switch(page) == elsewhere + "telescope.html"


def test_pages_open_from_disk_in_both_languages(open_page, from_disk):
    page = open_page((from_disk / "telescope.html").as_uri())
    assert follow_switch(page) == (from_disk / "en/telescope.html").as_uri()
    page.locator(".attention-view").first.scroll_into_view_if_needed()
    page.wait_for_selector(".attention-view[data-state=drawn]")
    assert follow_switch(page) == (from_disk / "telescope.html").as_uri()


def scheme(page):
    return page.locator("body").get_attribute("data-md-color-scheme")


def test_the_choice_of_dark_goes_along_to_the_other_language(open_page, site):
    page = open_page(site + PAGE)
    assert scheme(page) == "default"
    page.locator("label[for=__palette_1]").click()
    assert scheme(page) == "slate"
    follow_switch(page)
    assert scheme(page) == "slate"


def test_the_system_s_wish_is_followed_also_without_scripts(open_page, site):
    assert scheme(open_page(site, dark=True)) == "slate"
    page = open_page(site, dark=True, scripts=False)
    colour = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert max(int(part) for part in colour.strip("rgb()").split(",")) < 60


def test_the_page_not_found_asks_for_nothing(open_page, site):
    page = open_page(site + "no/such/page/")
    assert page.evaluate("performance.getEntriesByType('resource').map(e => e.name)") == []
    assert page.locator("text=没有这一页").is_visible()
    page.locator("text=Go to the first page").click()
    assert page.url == site + "en/"
    # The 404 itself is what the test asked for.
    page.trouble[:] = [line for line in page.trouble if "404" not in line]


@pytest.mark.parametrize("path", ["", PAGE, "en/opening-the-black-box/"])
@pytest.mark.parametrize("dark", [True, False])
def test_on_a_phone_nothing_but_its_own_box_scrolls_sideways(open_page, site, path, dark):
    for scripts in (True, False):
        page = open_page(site + path, width=390, height=844, dark=dark, scripts=scripts)
        box = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
        assert box[0] <= box[1]


@pytest.mark.long
@pytest.mark.parametrize("language", ["", "en/"])
def test_no_page_is_wider_than_a_phone(open_page, site, language):
    """Every page, once all its figures have been in sight; the gate hears trouble on each."""
    page = open_page(site + language, width=390, height=844)
    lessons = Path(__file__).parents[2] / "lessons" / "zh"
    names = sorted(path.relative_to(lessons).with_suffix("") for path in lessons.rglob("*.md"))
    assert len(names) >= 18
    wide = {}
    for name in names:
        page.goto(f"{site}{language}{name.as_posix()}/".removesuffix("index/"))
        for figure in page.locator(".attention-view").all():
            figure.scroll_into_view_if_needed()
        page.evaluate("() => new Promise(requestAnimationFrame)")
        box = page.locator("html").evaluate("html => [html.scrollWidth, html.clientWidth]")
        if box[0] > box[1]:
            wide[name] = box
    assert not wide
