"""On paper: light whatever the screen was, tables whole, nothing twice."""

import pytest

A4 = {"width": 718, "height": 1017}  # 190 x 269 mm at 96 dots an inch

CONTRAST = """() => {
    const pen = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const over = (colour, under) => {
        pen.fillStyle = under; pen.fillRect(0, 0, 1, 1);
        pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const light = rgb => rgb.map(v => v / 255)
        .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
    const ground = node => {
        for (; node; node = node.parentElement) {
            const colour = getComputedStyle(node).backgroundColor;
            if (colour !== 'rgba(0, 0, 0, 0)') return colour;
        }
        return '#fff';
    };
    let least = 99, where = '';
    const words = ':is(p, li, h1, h2, h3, td, th, code span)';
    for (const node of document.querySelectorAll(`.md-content ${words}`)) {
        if (!node.checkVisibility() || !node.textContent.trim()) continue;
        const under = light(over(ground(node), '#fff'));
        const ink = light(over(getComputedStyle(node).color, '#fff'));
        const ratio = (Math.max(ink, under) + .05) / (Math.min(ink, under) + .05);
        if (ratio < least) [least, where] = [ratio, node.outerHTML.slice(0, 120)];
    }
    return [least, where];
}"""


@pytest.mark.parametrize("path", ["opening-the-black-box/", "en/telescope/", "en/"])
def test_text_is_dark_on_light_though_the_screen_is_dark(open_page, site, path):
    page = open_page(site + path, dark=True, **A4)
    assert page.locator("body").get_attribute("data-md-color-scheme") == "slate"
    page.emulate_media(media="print", reduced_motion="reduce")
    page.wait_for_timeout(300)  # what the theme fades has faded
    least, where = page.evaluate(CONTRAST)
    assert least >= 4.5, where
    ground = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert min(int(part) for part in ground.strip("rgb()").split(",")) > 240


@pytest.mark.parametrize("scripts", [True, False])
def test_an_opened_table_shows_all_its_columns_and_a_closed_one_nothing(open_page, site, scripts):
    page = open_page(site + "en/opening-the-black-box/", scripts=scripts, dark=True, **A4)
    figure = page.locator("figure[data-view=heatmap]").first
    figure.scroll_into_view_if_needed()
    if scripts:
        page.wait_for_selector("figure[data-view=heatmap][data-state=drawn]")
        figure.locator(".attention-view__row .name").click()  # as narrow as on a phone
    figure.locator("summary:visible").first.click()
    page.emulate_media(media="print", reduced_motion="reduce")
    tables = figure.locator("table:visible")
    assert tables.count() == 1
    assert tables.first.locator("thead th, thead td").count() == 14  # the corner and 13 tokens
    box = tables.first.bounding_box()
    frame = figure.bounding_box()
    assert box["x"] >= frame["x"]
    assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
    for other in page.locator("figure.attention-view details:not([open])").all():
        assert not other.is_visible()


def test_a_figure_is_printed_once_without_its_controls(open_page, site):
    page = open_page(site + "en/opening-the-black-box/", **A4)
    figure = page.locator("figure.attention-view").first
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure[data-state=drawn]")
    page.emulate_media(media="print", reduced_motion="reduce")
    assert figure.locator("svg:visible").count() == 1
    assert not figure.locator(".attention-view__bar").is_visible()
    assert not figure.locator(".attention-view__row").is_visible()
