"""What formgrader makes of a student's Markdown: nbconvert's own rendering, looked at as a tree."""

import pytest
from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.grading.sanitize.markdown import (
    JOINER,
    clean_text,
    defuse_cell,
    defuse_markdown,
    is_elsewhere,
)

PIXELS = {"image/png": "QUJD"}


ORDINARY = "https://example.org"
"""How every address begins that may stay a link."""


def shown(text: str, pictures=()) -> BeautifulSoup:
    """Return what formgrader shows of a Markdown cell that was handed in."""
    attachments = dict.fromkeys(pictures, PIXELS)
    return rendered(defuse_cell({"source": text, "attachments": attachments}))


def rendered(cell) -> BeautifulSoup:
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments") or {})
    renderer.exclude_anchor_links = True
    return BeautifulSoup(MarkdownWithMath(renderer=renderer).render(cell["source"]), "html.parser")


def led_to(page) -> list[str]:
    """Return every address in a page, whichever element and attribute it is in."""
    names = ("href", "src", "srcset", "data", "action", "poster", "style", "xlink:href", "content")
    return [tag[name] for tag in page.find_all(True) for name in names if name in tag.attrs]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</textarea><svg/onload=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](javascript\\:alert(1))",
        "[x](java\x01script:alert(1))",
        "[x](data:text/html;base64,xx)",
        "<javascript:alert(1)>",
        "$\\href{javascript:alert(1)}{x}$",
        "&#36;&#92;href{x}&#36;",
        "`<b>`",
    ],
)
def test_what_could_act_in_markdown_is_plain_text_afterwards(text):
    safe, _ = defuse_markdown(text)
    for active in ("<s", "<i", "</", "<j", "<b", "\\href", "&#", "javascript:", "data:"):
        assert active not in safe.lower()
    assert "\x01" not in safe
    assert safe.replace(JOINER, "") == text.replace("\x01", "")


def test_ordinary_markdown_looks_as_before():
    text = (
        "# A *title*\n\n- 1 < 2 & 3\n- [a link](https://example.org/a_(b)?c=d#e \"title\")\n"
        "- [a reference][r] and [中文](https://例子.中国/路径)\n\n$\\frac{a}{b}$\n\n| a | b |\n"
        "|:-|-:|\n| [up](#top) | <!-- \n\n[r]: http://example.org:8080\n\n[mail](mailto:a@example.org)\n\n"
        "https://example.org/x, and `weights[0](x)` is no link."
    ).replace("<!-- ", "1 < 2 ")  # fmt: skip
    safe, _ = defuse_markdown(text)
    assert str(rendered({"source": safe})).replace(JOINER, "") == str(rendered({"source": text}))


LINKS = [
    "[x]({})",
    '[x]({} "https://example.org")',
    "[x](  {})",
    "[x](\n{})",
    "[x](<{}>)",
    "[x][r]\n\n[r]: {}",
    "[x][]\n\n[x]:\n   {} 'title'",
    "[x]\n\n> [x]: {}",
    "a [y z]\n\n[Y Z]: <{}>",
    "[![y](https://example.org/y.png)]({})",
    "[x\\]](<{}>)",
    "**[x]({})**",
    "| a |\n|---|\n| [x]({}) |",
    "# [x]({})",
    '<a href="{}">x</a>',
    "<a\nhref='{}'>x</a>",
    '<svg><a xlink:href="{}">x</a></svg>',
    '<form action="{}"><button>x</button></form>',
    '<map><area href="{}"></map>',
]
PLACES = [
    "evil.html",
    "./evil.html",
    "files/evil.html",
    "evil%2Ehtml",
    "..%2f..%2f..%2fsubmitted%2feve%2fmini%2fevil.html",
    "../../../submitted/eve/mini/evil.svg",
    "/formgrader/api/grade/1",
    "/files/submitted/eve/evil.html",
    "//localhost:8888/formgrader?path=submitted/eve/mini",
    "\\\\evil.example/x",
    "?path=submitted/eve/mini",
    "",
    "http://localhost:8888/formgrader?path=submitted/eve/mini",
    "HTTP://LOCALHOST/x",
    "http://localhost./x",
    "http://127.0.0.1:8888/x",
    "http://0x7f.1/x",
    "http://2130706433/x",
    "http://[::1]/x",
    "http://127.0.0.1。/x",
    "http://ｌｏｃａｌｈｏｓｔ/x",
    "http://a@localhost/x",
    "http://example.org@localhost/x",
    "http:localhost/x",
    "http:/localhost/x",
    "https:evil.html",
    "http://lab.local/x",
    "https://hub.example.edu/user/prof/formgrader/x",
    "https://hub.example.edu/user/prof/%66ormgrader?path=x",
    "https://hub.example.edu/hub/login?next=%2Fuser%2Fprof%2F%2566ormgrader",
    "attachment:evil.html",
    "vscode://file/x",
    "ftp://example.org/x",
    "file:///etc/passwd",
    "filesystem:http://localhost/x",
    "view-source:evil.html",
    "about:blank",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_link_that_is_not_plainly_to_another_site_is_dead_text(place):
    for link in LINKS:
        page = shown(link.format(place))
        assert all(address.startswith(ORDINARY) for address in led_to(page)), page
        assert not page.find_all(["form", "area", "svg", "map"])


@pytest.mark.parametrize("link", LINKS)
def test_as_it_was_handed_in_it_is_a_link(link):
    places = set(led_to(rendered({"source": link.format("evil.html")})))
    assert "evil.html" in places


@pytest.mark.parametrize("place", [p for p in PLACES if p.lower().startswith("http")])
def test_an_address_alone_is_no_link_either(place):
    for text in (place, f"see {place}.", f"<{place}>"):
        assert not led_to(shown(text))


@pytest.mark.parametrize(
    "image",
    [
        "![x]({})",
        "![x][r]\n\n[r]: {}",
        "![r]\n\n[r]: {}",
        "![x](<{}>)",
        "![x\n](  {} 'title')",
        "[![x]({})](https://example.org)",
        "![![x]({})](https://example.org/z.png)",
        '<img src="{}">',
        "<picture><source srcset='{}'><img></picture>",
        "<video src='{}' poster='{}'></video>",
        "<audio src='{}'></audio>",
        "<iframe src='{}'></iframe>",
        "<object data='{}'></object>",
        "<embed src='{}'>",
        "<link rel=stylesheet href='{}'>",
        "<style>@import '{}'; p {{background: url({})}}</style>",
        "<p style='background: url({})'>x</p>",
        "<svg><image xlink:href='{}'/></svg>",
        "<meta http-equiv=refresh content='0; {}'>",
        "<input type=image src='{}'>",
        "$\\includegraphics{{{}}}$",
        "$\\style{{background: url({})}}{{x}}$",
        "```mermaid\nflowchart LR\n A@{{ img: '{}' }}\n```",
        "~~~ mermaid\n A@{{ img: '{}' }}\n~~~",
    ],
)
@pytest.mark.parametrize("place", ["https://example.org/x.png", "x.png", "//example.org/x.png"])
def test_a_page_loads_no_picture_of_a_students_own_accord(image, place):
    text = image.replace("{{", "{").replace("}}", "}").replace("{}", place)
    page, before = shown(text), rendered({"source": text})
    loading = ["img", "source", "video", "audio", "iframe", "object", "embed", "link", "style"]
    loading += ["svg", "meta", "input", "picture"]
    assert not page.find_all(loading)
    assert not page.select("[style]")
    assert not page.select(".mermaid")
    text = page.get_text()
    assert not any(f"\\{macro}{{" in text for macro in ("includegraphics", "style"))
    stirs = before.find_all(loading) or before.select("[style]") or before.select(".mermaid")
    assert stirs or "$" in image, "as it was handed in, it loaded nothing"


def test_an_attached_picture_is_shown_once_under_a_name_that_nbconvert_finds():
    names = ["图 1.png", "a+b.png", "unseen.png"]
    text = '![one](attachment:%E5%9B%BE%201.png)\n\n![two](attachment:a+b.png "t")\n'
    page = shown(text + "![three](attachment:a+b.png) ![four](attachment:lost.png)", names)
    assert [image["alt"] for image in page.find_all("img")] == ["one", "two"]
    assert all(image["src"] == "data:image/png;base64,QUJD" for image in page.find_all("img"))
    text = page.get_text().replace(JOINER, "")
    assert "![three](attachment:a+b.png)" in text
    assert "![four](attachment:lost.png)" in text


def test_pictures_that_no_text_shows_are_not_stored():
    cell = {"cell_type": "markdown", "source": "x", "attachments": {"a.png": PIXELS}}
    assert defuse_cell(cell) == {"cell_type": "markdown", "source": "x"}


def test_a_picture_holds_nothing_that_acts_in_its_text():
    page = shown("![<b>&#36;\\href{x}](attachment:a.png) <![x](attachment:a.png)", ["a.png"])
    (image,) = page.find_all("img")
    assert image["alt"].replace(JOINER, "") == "<b>&#36;\\href{x}"
    assert "\\href" not in image["alt"]


@pytest.mark.parametrize(
    "address",
    ["https://example.org", "http://a.b.example.com:81/c?d#e", "https://xn--fiqs8s.xn--fiqs8s/"],
)
def test_another_site(address):
    assert is_elsewhere(address)
    assert is_elsewhere(f"see {address} there", 4)
    assert not is_elsewhere(f"see {address}")


def test_clean_text_has_no_surrogates_and_no_control_characters():
    assert clean_text("a\x07\x9b\ud800\x1b[31mb\r\n") == "a?\x1b[31mb\n"
