"""Both languages tell the same lesson: same pages, headings, code, figures and minutes."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

LESSONS = Path(__file__).parents[2] / "lessons"
OURS = ("attention", "guess", "home", "quiz", "scissors")


def test_both_languages_have_the_same_pages():
    zh, en = (
        {path.relative_to(LESSONS / language) for path in (LESSONS / language).rglob("*.md")}
        for language in ("zh", "en")
    )
    assert zh == en


def test_headings_stand_in_the_same_order(pages):
    zh, en = pages
    assert zh.headings == en.headings


def test_code_is_the_same_to_the_byte(pages):
    zh, en = pages
    code = [[fence for fence in page.fences if fence[0] not in OURS] for page in pages]
    assert code[0] == code[1]
    assert all(name for name, _ in zh.fences + en.fences), "a fence says what it holds"


def test_figures_show_the_same(pages):
    shown = [
        [
            {key: value for key, value in yaml.safe_load(body).items() if key != "caption"}
            for name, body in page.fences
            if name == "attention"
        ]
        for page in pages
    ]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("kind", "told"), [("guess", {"ask", "options", "found"}), ("scissors", {"caption"})]
)
def test_guesses_and_scissors_are_the_same_but_for_their_words(pages, kind, told):
    same = []
    for page in pages:
        bodies = [yaml.safe_load(body) for name, body in page.fences if name == kind]
        counts = [len(body.get("options", ())) for body in bodies]
        plain = [{k: v for k, v in body.items() if k not in told} for body in bodies]
        same.append((counts, plain))
    assert same[0] == same[1]


def test_drawings_are_the_same(pages):
    drawings = [re.findall(r"<svg.*?</svg>", page.text, re.DOTALL) for page in pages]
    assert drawings[0] == drawings[1]


def test_no_chinese_in_a_drawing(pages):
    for page in pages:
        for drawing in re.findall(r"<svg.*?</svg>", page.text, re.DOTALL):
            assert not re.search(r"[\u3000-\u9fff\uff00-\uffef]", drawing)


def test_links_lead_to_the_same_pages(pages):
    links = [
        [link for link in re.findall(r"\]\(([^)\s]+)", page.prose) if not link.startswith("http")]
        for page in pages
    ]
    assert sorted(links[0]) == sorted(links[1])


def test_the_same_claims_and_sources_are_named(pages):
    marks = [sorted(set(re.findall(r"\[\[(\w+:[\w.]+)", page.text))) for page in pages]
    assert marks[0] == marks[1]


def test_front_matter_agrees(pages):
    zh, en = (page.about for page in pages)
    assert (zh["minutes"], zh["route"]) == (en["minutes"], en["route"])
    assert zh["route"] in ("core", "deeper", "reference", "guide")


def test_minutes_are_said_in_the_text(pages):
    for page in pages:
        minutes = page.about["minutes"]
        if minutes:
            said = {"zh": f"约 {minutes} 分钟", "en": f"about {minutes} minutes"}[page.language]
            assert said in page.text


def test_no_chinese_word_is_left_in_english(pages):
    _, en = pages
    assert not re.search(r"[\u4e00-\u9fff]", en.text)


def test_quizzes_ask_the_same_with_the_right_option_in_the_same_place(pages):
    asked = []
    for page in pages:
        items = [yaml.safe_load(body) for name, body in page.fences if name == "quiz"]
        asked.append(
            [(item["id"], [bool(o.get("right")) for o in item["options"]]) for item in items]
        )
        assert all(item["id"].startswith(Path(page.name).stem) for item in items)
    assert asked[0] == asked[1]


def test_a_lesson_has_at_least_two_quiz_items(pages):
    page = pages[0]
    if page.about["route"] in ("core", "deeper") and page.about["minutes"]:
        assert sum(name == "quiz" for name, _ in page.fences) >= 2


def test_the_core_path_takes_an_hour_to_an_hour_and_a_half(pages):
    core = [
        yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
        for path in (LESSONS / "zh").glob("*.md")
    ]
    assert 60 <= sum(page["minutes"] for page in core if page["route"] == "core") <= 90


def front_matter(language):
    """Name of a page -> its front matter."""
    folder = LESSONS / language
    return {
        path.relative_to(folder).as_posix(): yaml.safe_load(path.read_text().split("---\n")[1])
        for path in sorted(folder.rglob("*.md"))
    }


def home_parts(language):
    """The options of the first page's fences."""
    text = (LESSONS / language / "index.md").read_text(encoding="utf-8")
    return [yaml.safe_load(body) for body in re.findall(r"^```home\n(.*?)^```", text, re.M | re.S)]


@pytest.mark.parametrize(("language", "config"), [("zh", "mkdocs.yml"), ("en", "site/en.yml")])
def test_the_home_page_has_a_card_for_every_lesson_in_the_order_of_the_navigation(language, config):
    cards = [card["page"] for part in home_parts(language) for card in part.get("lessons", ())]
    about = front_matter(language)
    text = (LESSONS.parent / config).read_text(encoding="utf-8")
    listed = re.findall(r"^ +- (\S+\.md)$", text, re.MULTILINE)
    assert cards == [name for name in listed if about[name]["minutes"]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_says_in_a_sentence_of_its_own_what_it_is_about(language):
    said = [about.get("description") for about in front_matter(language).values()]
    assert all(said)
    assert len(set(said)) == len(said)


def test_the_glossary_page_shows_the_glossary():
    terms = tomllib.loads((LESSONS / "glossary.toml").read_text(encoding="utf-8"))["term"]
    zh, en = ((LESSONS / lang / "glossary.md").read_text(encoding="utf-8") for lang in ("zh", "en"))
    for term in terms:
        assert f"| {term['zh']} | {term['en']} |" in zh
        assert f"| {term['en']} |" in en


def test_every_correction_names_its_evidence():
    for language, evidence in (("zh", "证据："), ("en", "Evidence: ")):
        text = (LESSONS / language / "corrections.md").read_text(encoding="utf-8")
        items = re.findall(r"^\d+\. .*", text, re.MULTILINE)
        assert len(items) == 19
        assert all(evidence in item for item in items)
