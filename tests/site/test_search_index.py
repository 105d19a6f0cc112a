"""The search index of a language, made of what Material's plugin wrote."""

import json

import pytest

from attention_views.search import other_names, write_index

EDGE = "\u200b"


@pytest.fixture
def lessons(tmp_path):
    (tmp_path / "search.toml").write_text(
        '[zh]\n"下载" = "练习"\n[en]\n"errata" = "corrections"\n'
        '[[both]]\ntyped = ["late", "迟交"]\nzh = "迟交"\nen = "being late"\n'
    )
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "page.md").write_text('---\ntitle: 页\ndescription: "看词元。"\n---\n')
    (tmp_path / "glossary.toml").write_text(
        '[[term]]\nzh = "词元"\nen = "Token"\n[[term]]\nzh = "softmax"\nen = "softmax"\n'
    )
    return tmp_path


def test_an_index_holds_plain_texts_and_the_words_apart(tmp_path, lessons):
    (tmp_path / "search").mkdir()
    text = f"<p>{EDGE}权重{EDGE}和{EDGE}词元{EDGE}</p>\n<code>a &lt; b</code> {EDGE}词元{EDGE}"
    section = {"location": "page/#s", "title": f"看{EDGE}权重", "text": text}
    source = tmp_path / "search" / "search_index.json"
    source.write_text(json.dumps({"docs": [section]}), encoding="utf-8")
    script = write_index(tmp_path, "zh", lessons).read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("CourseSearch.index(").removesuffix(");\n"))
    assert index["entries"] == [["page/#s", "看权重", "权重和词元 a < b 词元"]]
    assert index["words"].split() == ["权重", "词元"]
    assert not source.exists()


def test_an_index_holds_what_each_page_is_about(tmp_path, lessons):
    (tmp_path / "search").mkdir()
    docs = [{"location": at, "title": "", "text": ""} for at in ("page/", "page/#s", "404.html")]
    source = tmp_path / "search" / "search_index.json"
    source.write_text(json.dumps({"docs": docs}), encoding="utf-8")
    script = write_index(tmp_path, "zh", lessons).read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("CourseSearch.index(").removesuffix(");\n"))
    assert index["about"] == {"page/": "看词元。", "404.html": ""}


def test_a_term_of_the_other_language_stands_for_ours(lessons):
    assert other_names("zh", lessons) == [["下载", "练习"], ["token", "词元"], ["late", "迟交"]]
    assert other_names("en", lessons) == [
        ["errata", "corrections"],
        ["词元", "Token"],
        ["late", "being late"],
        ["迟交", "being late"],
    ]
