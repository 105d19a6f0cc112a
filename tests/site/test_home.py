"""The home fence: what the first page shows is the model's, and needs no script."""

import base64
import io
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from attention_views.home import draw_home
from attention_views.home.hero import NARROW, WIDE, lay_out
from attention_views.home.wall import RAMPS, SHADES, picture, shade
from attention_views.problems import Lesson, MarkError
from support.small_model import attention_of

SITE = Path(__file__).parents[2] / "site"
CAT = "The cat sat on the mat because it was tired."
HERO = f"""
part: hero
text: {CAT}
other: {CAT.replace("tired", "soft")}
head: [0, 1]
query: it
key: cat
means: [{{word: cat, says: the cat}}, {{word: mat, says: the mat}}]
start: why-look.md
own: your-own-sentence.md
"""
WALL = f"part: wall\ntext: {CAT}\nquery: it\nkey: cat\nhead: [0, 1]\nopens: model-view.md\n"


@pytest.fixture
def home(tmp_path):
    """home(fence, language=) -> its HTML; lessons stand in tmp_path."""

    def capture(text, pair, model, **more):
        return attention_of(text, **more) if pair is None else attention_of(text, pair, **more)

    for name in ("why-look.md", "your-own-sentence.md", "model-view.md"):
        (tmp_path / name).write_text("---\ntitle: A page\nminutes: 7\n---\n")

    def home(source, language="en"):
        lesson = Lesson(str(tmp_path / "index.md"), source.splitlines(), "index.html")
        return draw_home(source, language=language, capture=capture, lesson=lesson)

    return home


def shown(weight):
    return f"{weight:.2f}".removeprefix("0")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_hero_prints_the_head_s_weight_for_both_words(home, language):
    html = home(HERO, language)
    for word in ("tired", "soft"):
        attention = attention_of(CAT.replace("tired", word)).merge_words()
        weight = attention.weights[0, 1, attention.position("it"), attention.position("cat")]
        assert shown(weight) in html
    assert html.count("home-sentence ") == 4  # two widths of the page, two words
    assert "<script" not in html
    assert 'type="checkbox"' in html


@pytest.mark.parametrize("sheet", [WIDE, NARROW])
def test_words_of_the_hero_follow_each_other_within_the_sheet(sheet):
    tokens = [*CAT.removesuffix(".").split(), "."]
    words = lay_out(tokens, sheet)
    assert [word.text for word in words] == tokens
    for before, after in pairwise(words):
        assert after.y > before.y or after.x >= before.x + before.width
    assert min(word.x for word in words) >= 0
    assert max(word.x + word.width for word in words) <= sheet.width


def test_the_wall_links_every_head_and_says_where_it_looks_hardest(home):
    html = home(WALL)
    attention = attention_of(CAT).merge_words()
    row = attention.weights[:, :, attention.position("it")]
    said = dict(re.findall(r'model-view\.html\?f1=(L\d+H\d+)" aria-label="[^:]+: ([^"]+)"', html))
    assert len(said) == attention.n_layers * attention.n_heads
    for layer, head in np.ndindex(row.shape[:2]):
        key = attention.tokens[int(row[layer, head].argmax())]
        weight = shown(row[layer, head].max())
        assert said[f"L{layer}H{head}"] == f"it looks hardest at {key}, {weight}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_pixel_of_the_wall_s_picture_is_a_weight(scheme):
    weights = attention_of(CAT).weights
    bytes_ = base64.b64decode(picture(weights, scheme).split(",")[1])
    image = np.asarray(Image.open(io.BytesIO(bytes_)).convert("RGB"))
    n = weights.shape[-1]
    for layer, head, i, j in ((0, 0, 0, 0), (0, 1, n - 1, 2), (1, 0, 3, n - 1)):
        level = round(float(weights[layer, head, i, j]) ** (2 / 3) * (SHADES - 1))
        assert tuple(image[layer * n + i, head * n + j]) == shade(level, scheme)


def test_the_ramp_is_that_of_the_attention_maps():
    sheets = {"ground": "theme/assets/course.css", "clear": "views/engine.css"}
    sheets["deep"] = sheets["clear"]
    names = {"ground": "--course-raised", "clear": "--view-clear", "deep": "--view-deep"}
    for at, part in enumerate(names):
        text = (SITE / sheets[part]).read_text(encoding="utf-8")
        light, dark, *rest = re.findall(rf"{names[part]}: #(\w+);", text)
        assert set(rest) <= {dark}
        assert [RAMPS["light"][at], RAMPS["dark"][at]] == [
            tuple(bytes.fromhex(colour)) for colour in (light, dark)
        ]


def test_the_ramp_only_becomes_stronger():
    light = [sum(shade(level, "light")) for level in range(SHADES)]
    dark = [sum(shade(level, "dark")) for level in range(SHADES)]
    assert light == sorted(light, reverse=True)
    assert dark == sorted(dark)


def test_a_card_takes_title_and_minutes_from_its_lesson(home, tmp_path):
    (tmp_path / "papers.md").write_text("---\ntitle: Reading\nminutes: 12\n---\n\n# Reading\n")
    cards = "part: cards\nlessons:\n  - {page: papers.md, picture: papers, about: what to ask}\n"
    html = home(cards)
    assert '<span class="t">Reading</span>' in html
    assert "12 minutes" in html
    assert 'href="papers.html"' in html


@pytest.mark.parametrize(
    ("fence", "reason"),
    [
        ("part: door", "no part of the home page is called 'door'"),
        ("part: wall", "the wall lacks 'text'"),
        ("part: [", "not YAML"),
        (
            "part: cards\nlessons: [{page: gone.md, picture: papers, about: x}]",
            "there is no lesson gone.md",
        ),
        (HERO.replace("query: it", "query: dog"), "'dog' stands nowhere"),
        (HERO.replace("why-look.md", "gone.md"), "links to gone.md, which is no page"),
    ],
)
def test_a_wrong_option_is_said(home, fence, reason):
    with pytest.raises(MarkError, match=re.escape(reason)):
        home(fence)


@pytest.mark.parametrize(
    ("page", "url", "address"),
    [
        ("index.md", "./", "why-look/"),
        ("index.md", "index.html", "why-look.html"),
        ("guide/students.md", "guide/students/", "../../why-look/"),
        ("guide/students.md", "guide/students.html", "../why-look.html"),
    ],
)
def test_a_page_reaches_another_however_addresses_are_written(tmp_path, page, url, address):
    docs = tmp_path / "lessons" / "en"
    (docs / "guide").mkdir(parents=True)
    for name in ("why-look.md", page):
        (docs / name).touch()
    assert Lesson(str(docs / page), [], url).address("why-look.md") == address


def test_the_first_button_says_the_minutes_of_the_lesson_it_leads_to(home):
    assert re.search(r'href="why-look.html">Start: lesson 1, 7 minutes<', home(HERO))
