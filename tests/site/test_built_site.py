"""The built site: both languages page for page, nothing from elsewhere, nothing needless."""

import gzip
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from support.built_site import HERE, build_site


@pytest.fixture(scope="session")
def site(published):
    return published


class Links(HTMLParser):
    """Collects what a page loads by itself, and what it links to."""

    def __init__(self, text):
        super().__init__()
        self.loaded, self.linked, self.alternates = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        rel = (about.get("rel") or "").split()
        if tag == "a" and "href" in about:
            self.linked.append(about["href"])
            if "alternate" in rel:
                self.switch = about["href"]
        elif tag == "link" and "alternate" in rel:
            self.alternates[about["hreflang"]] = about["href"]
        elif tag == "link" and {"stylesheet", "icon", "preload", "preconnect"} & set(rel):
            self.loaded.append(about["href"])
        elif about.get("src"):
            self.loaded.append(about["src"])


def pages(site):
    """Yield (address within the site, its links), every page but the 404 pages."""
    for path in sorted(site.rglob("index.html")):
        address = path.parent.relative_to(site).as_posix()
        yield "" if address == "." else f"{address}/", Links(path.read_text(encoding="utf-8"))


def file_of(site, address, link):
    """Return the file of the site that a link on the page at `address` leads to."""
    path = urlsplit(urljoin(f"/{address}", html.unescape(link))).path
    return site / (path[1:] + "index.html" if path.endswith("/") else path[1:])


def test_both_languages_have_the_same_pages(site):
    addresses = {address for address, _ in pages(site)}
    chinese = {address for address in addresses if not address.startswith("en/")}
    assert chinese
    assert {f"en/{address}" for address in chinese} == addresses - chinese


def test_the_language_link_of_every_page_leads_to_its_other_self(site):
    for address, links in pages(site):
        other = address[3:] if address.startswith("en/") else f"en/{address}"
        assert file_of(site, address, links.switch) == site / other / "index.html"


def test_every_page_names_both_languages_absolutely(site):
    for address, links in pages(site):
        plain = address.removeprefix("en/")
        assert links.alternates == {"zh": HERE + plain, "en": f"{HERE}en/{plain}"}


def test_nothing_is_loaded_from_elsewhere(site):
    for address, links in pages(site):
        for link in links.loaded:
            assert not urlsplit(link).netloc, f"{address} loads {link}"
            assert file_of(site, address, link).is_file(), f"{address} loads {link}"
    for path in site.rglob("*.css"):
        assert "url(http" not in path.read_text(encoding="utf-8").replace('"', "")


def test_links_within_the_site_lead_to_files(site):
    for address, links in pages(site):
        for link in links.linked:
            if not urlsplit(link).scheme and not link.startswith("#"):
                assert file_of(site, address, link).is_file(), f"{address} links {link}"


def test_every_figure_has_its_data_beside_the_one_engine(site):
    keys = set()
    for path in site.rglob("index.html"):
        text = path.read_text(encoding="utf-8")
        keys |= set(re.findall(r'data-(?:other-)?key="(\w+)"', text))
        engine = re.search(r'name="course-engine" content="([^"]+)"', text)[1]
        address = path.parent.relative_to(site).as_posix() + "/"
        assert file_of(site, address.removeprefix("./"), engine) == site / "assets/views/engine.js"
    files = {path.stem for path in site.rglob("assets/views/data/*.js")}
    # A long text's heads have files of their own beside its first: KEY-L2H9, KEY-L2H9x.
    data = {re.sub(r"-L\d+H\d+x?$", "", name) for name in files}
    assert keys
    assert data == keys
    assert (site / "assets/views/LICENSES.txt").is_file()


def test_no_mark_is_left_in_a_page(site):
    for path in site.rglob("index.html"):
        assert not re.search(r"\[\[(claim|cite):", path.read_text(encoding="utf-8")), path


def test_every_published_number_is_marked_with_its_claim(site):
    text = (site / "telescope/index.html").read_text(encoding="utf-8")
    found = dict(re.findall(r'data-claim="([\w.-]+)">([^<]+)<', text))
    assert found["telescope.mean_man"] == "0.086"
    assert found["telescope.heads_man_over_i"] == "48"


def read_index(root: Path) -> dict:
    """Return a language's search index: entries (location, title, text), words, other names."""
    script = (root / "search" / "index.js").read_text(encoding="utf-8")
    return json.loads(script.removeprefix("CourseSearch.index(").removesuffix(");\n"))


def test_captions_are_searched_pictures_and_tables_are_not(site):
    text = " ".join(text for _, _, text in read_index(site / "en")["entries"])
    assert "[SEP]" in text
    assert "Values of L" not in text
    assert "are left out" not in text
    assert "The same head, drawn as lines" in text


def test_the_chinese_index_holds_the_course_s_words(site):
    words = read_index(site)["words"].split()
    assert words[0] in ("注意力", "一个", "权重")  # frequent ones first
    assert {"词元", "权重", "注意力图", "望远镜"} <= set(words)
    assert read_index(site / "en")["words"] == ""


def test_an_index_names_pages_that_are_there_and_fits_its_budget(site):
    for root in (site, site / "en"):
        path = root / "search" / "index.js"
        assert len(gzip.compress(path.read_bytes())) <= 150_000
        index = read_index(root)
        assert {
            (root / location.split("#")[0]).is_dir() for location, _, _ in index["entries"]
        } == {True}
        assert not [text for _, title, text in index["entries"] if "\u200b" in title + text]


def test_what_one_may_type_leads_to_words_that_the_course_says(site):
    for root in (site, site / "en"):
        index = read_index(root)
        said = " ".join(f"{title} {text}" for _, title, text in index["entries"]).lower()
        for typed, called in index["also"]:
            assert any(word in said for word in called.lower().split()), (typed, called)


CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def test_no_picture_holds_a_chinese_glyph(site):
    """A machine without such a font draws boxes; what a picture says stands in its caption."""
    for path in site.rglob("*.html"):
        for picture in re.findall(r"<svg.*?</svg>", path.read_text(encoding="utf-8"), re.DOTALL):
            assert not CHINESE.search(picture), f"{path}: {CHINESE.search(picture)[0]}"


class Spoken(HTMLParser):
    """Collects the words that a page says through attributes, sources' titles left out."""

    def __init__(self, text):
        super().__init__()
        self.words = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        about = dict(attributes)
        if "cite" in (about.get("class") or "").split() or about.get("lang") == "en":
            return
        for name in ("title", "aria-label", "placeholder", "alt"):
            if re.search(r"[A-Za-z]{3}", about.get(name) or ""):
                self.words.add(about[name])


def test_no_word_of_the_interface_is_left_in_the_other_language(site):
    for path in site.rglob("index.html"):
        text = path.read_text(encoding="utf-8")
        if path.is_relative_to(site / "en"):
            bare = re.sub(r"<(script|a)\b[^>]*lang=.?zh.*?</\1>", "", text, flags=re.DOTALL)
            said = re.findall(r"(?:title|aria-label|placeholder|alt)=\"([^\"]*)\"", bare)
            assert not [words for words in said if CHINESE.search(words)], path
        else:
            assert not [words for words in Spoken(text).words if not CHINESE.search(words)], path


def test_no_needless_file_is_published(site):
    names = [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]
    assert not [name for name in names if name.endswith(".map")]
    assert not [name for name in names if "/lunr/" in name or "/workers/" in name]
    assert not [name for name in names if name.endswith("search_index.json")]
    assert not [name for name in names if name.endswith((".md", ".toml", ".py"))]


def test_the_page_not_found_stands_alone_in_both_languages(site):
    text = (site / "404.html").read_text(encoding="utf-8")
    links = Links(text)
    assert [link for link in links.loaded if not link.startswith("data:")] == []
    assert links.linked == ["/course/", "/course/en/"]
    assert "没有这一页" in text
    assert "There is no such page" in text


def test_the_search_dialog_has_a_name(site):
    """Material leaves it without one; axe calls that serious."""
    for folder, name in (("", "搜索|查找"), ("en/", "Search")):
        text = (site / folder / "index.html").read_text(encoding="utf-8")
        assert re.search(rf'role="dialog" aria-label="({name})"', text)


def test_without_an_address_nothing_absolute_is_written(built_offline):
    for path in built_offline.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert Links(text).alternates == {}
        assert 'rel="canonical"' not in text


def test_without_an_address_every_link_names_a_file(built_offline):
    """From disk a link to a folder shows a listing."""
    for path in built_offline.rglob("*.html"):
        links = Links(path.read_text(encoding="utf-8"))
        if path.name == "404.html":
            continue
        for link in [*links.linked, links.switch]:
            if not urlsplit(link).scheme and not link.startswith("#"):
                assert (path.parent / urlsplit(link).path).is_file(), f"{path} links {link}"


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by its path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.long
def test_two_builds_are_the_same_to_the_byte(site, tmp_path):
    first, second = contents(site), contents(build_site(tmp_path / "again", HERE))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_site_is_light(site):
    """Without the model that the page of one's own sentence fetches when asked."""
    files = [path for path in site.rglob("*") if path.is_file()]
    sizes = {p: p.stat().st_size for p in files if "assets/live" not in p.as_posix()}
    assert sum(sizes.values()) <= 10_000_000
    pages = [size for path, size in sizes.items() if path.suffix != ".whl"]  # it is downloaded
    assert sum(pages) <= 8_000_000
    for folder in ("", "en/"):
        index = (site / folder / "search" / "index.js").read_bytes()
        assert len(gzip.compress(index, 9)) <= 150_000


def test_views_of_thirteen_tokens_keep_to_their_budgets(site):
    budgets = {"u8": 12_000, "u16": 30_000}
    found = []
    for path in site.glob("assets/views/data/*.js"):
        packed = path.read_text(encoding="ascii")
        payload = json.loads(packed[packed.index("{") : packed.rindex("}") + 1])
        # Generations and long texts have budgets of their own (test_generations, test_long_texts).
        pattern = "vectors" not in payload and "generation" not in payload and "tokens" in payload
        if pattern and len(payload["tokens"]) == 13:
            size = len(gzip.compress(packed.encode(), 9))
            found.append(payload["coding"])
            assert size <= budgets[payload["coding"]], path
    assert set(found) == {"u8", "u16"}


def test_every_page_says_where_the_notices_are(site):
    """The notices of all that is bundled stand on one page; each page links it."""
    notices = site / "assets/views/LICENSES.txt"
    assert "bertviz 1.4.1" in notices.read_text(encoding="utf-8")
    for address, links in pages(site):
        assert any(file_of(site, address, link) == notices for link in links.linked), address
