"""Numbers and sources in running text come from the ledger, and from nowhere else."""

import re

import pytest

from grader.course.wheel import wheel_name

CLAIMS = """
[sentences]
cat = "The cat sat."

[references.clark2019]
short = {zh = "Clark 等 2019", en = "Clark et al. 2019"}
full = "What Does BERT Look At?"
url = "https://example.org/clark"

[claim.cat.uniform]
statement = {zh = "均匀", en = "uniform"}
measure = "weight"
sentence = "cat"
head = "L0H2"
query = "cat"
key = "sat"
expected = 0.1666
tolerance = 0.001

[claim.cat.tokens]
statement = {zh = "词元数", en = "tokens"}
measure = "n_tokens"
sentence = "cat"
expected = 6

[claim.cat.back]
statement = {zh = "头", en = "head"}
measure = "previous_token_head"
sentences = ["cat"]
expected = "L0H0"

[claim.paper.accuracy]
statement = {zh = "正确率", en = "accuracy"}
cite = "clark2019"
published = 0.868
"""


@pytest.mark.parametrize(
    ("mark", "printed"),
    [
        ("[[claim:cat.uniform]]", "0.17"),
        ("[[claim:cat.uniform:.3f]]", "0.167"),
        ("[[claim:cat.uniform:.0%]]", "17%"),
        ("[[claim:cat.tokens]]", "6"),
        ("[[claim:cat.tokens:d]]", "6"),
        ("[[claim:cat.back]]", "L0H0"),
        ("[[claim:paper.accuracy:.1%]]", "86.8%"),
    ],
)
def test_a_claim_is_printed_as_asked(convert, said, mark, printed):
    html = convert(f"It is {mark}.", claims=CLAIMS)
    assert re.search(r'<span class="claim" data-claim="[\w.]+">([^<]+)</span>', html)[1] == printed
    assert said() == []


def test_a_computed_value_is_printed_not_the_expected_one(convert):
    assert "0.16667" in convert("[[claim:cat.uniform:.5f]]", claims=CLAIMS)


@pytest.mark.parametrize(
    ("language", "text"), [("zh", "Clark 等 2019"), ("en", "Clark et al. 2019")]
)
def test_a_reference_is_a_link_in_the_language_of_the_page(convert, said, language, text):
    html = convert("As [[cite:clark2019]].", claims=CLAIMS, language=language)
    assert f'href="https://example.org/clark" title="What Does BERT Look At?">{text}</a>' in html
    assert said() == []


@pytest.mark.parametrize(
    "text",
    [
        "**[[claim:cat.tokens]]**",
        "- item [[claim:cat.tokens]]",
        "| a |\n|---|\n| [[claim:cat.tokens:d]] |",
        "!!! note\n    [[claim:cat.tokens]]",
        "[link [[claim:cat.tokens]]](https://example.org)",
        "# Heading [[claim:cat.tokens]] {#own-id}",
    ],
)
def test_a_claim_works_wherever_text_stands(convert, said, text):
    html = convert(text, claims=CLAIMS)
    assert '<span class="claim" data-claim="cat.tokens">6</span>' in html
    assert said() == []


@pytest.mark.parametrize("text", ["`[[claim:a.b]]`", "\\[[claim:a.b]]", "```\n[[claim:a.b]]\n```"])
def test_code_and_escapes_stay_text(convert, said, text):
    assert "[[claim:a.b]]" in convert(text, claims=CLAIMS)
    assert said() == []


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("[[claim:cat.tokns]]", "no claim is called 'cat.tokns'; known: cat.back, cat.tokens, "
         "cat.uniform"),
        ("[[claim:]]", "no claim is called ''; known: cat.back, cat.tokens, cat.uniform, "
         "paper.accuracy"),
        ("[[cite:clark]]", "no reference is called 'clark'; known: clark2019"),
        ("[[clam:cat.tokens]]", "no mark is called 'clam'; known: cite, claim, exercise"),
        ("[[claim:cat.back:.2f]]", "format '.2f' does not fit a name (L0H0); write .3f, .0% or d, "
         "or nothing"),
        ("[[claim:cat.uniform:d]]", "format 'd' does not fit a fraction (0.1666666716337204); "
         "write .3f, .0% or d, or nothing"),
    ],
)  # fmt: skip
def test_a_wrong_mark_is_said_with_its_line(convert, said, mark, sentence):
    html = convert(f"First `{mark}` in code.\n\nThen {mark} in text.", claims=CLAIMS)
    assert said() == [f"lessons/en/page.md:3: {sentence}"]
    assert '<mark class="failure">' in html


def test_each_wrong_mark_gets_its_own_line(convert, said):
    convert("a [[claim:no.a]]\n\nb [[claim:no.a]]\n\nc [[claim:no.b]]", claims=CLAIMS)
    assert [sentence.split(": ")[0][-1] for sentence in said()] == ["1", "3", "5"]


def test_a_number_in_a_heading_needs_an_id(convert, said):
    convert("text\n\n## About [[claim:cat.uniform]]\n", claims=CLAIMS)
    assert said() == [
        "lessons/en/page.md:3: a number in a heading would change the heading's address; "
        "give the heading an id, {#like-this}, or say the number below it"
    ]


def test_an_exercise_is_linked_with_its_points_and_minutes(convert, said):
    html = convert("Do [[exercise:telescope]].")
    assert '<a download="telescope.ipynb" href="notebooks/telescope.ipynb">' in html
    assert "(12 points, about 60 minutes; <a " in html
    assert f'<a href="../notebooks/{wheel_name()}" download' in html
    assert "the package it needs</a>)" in html
    short = convert("Do [[exercise:telescope:short]] with [[exercise:package]].")
    assert "about 60 minutes)" in short
    assert f'download="{wheel_name()}">the course\'s Python package</a></span>.' in short
    deeper = convert("Do [[exercise:telescope]].", name="lessons/en/guide/page.md")
    assert 'href="../notebooks/telescope.ipynb"' in deeper
    assert said() == []
    convert("Do [[exercise:microscope]].")
    assert "no exercise is called 'microscope'; known: " in said()[0]


def test_a_short_name_with_a_hyphen_stays_on_one_line(convert):
    html = convert("Say `--out`, `plain`；`--in`.\n\n```text\na-b\n```\n")
    assert '<code class="whole">--out</code>, <code>plain</code>；<wbr><code class="whole">' in html
    assert html.count("whole") == 2


def test_an_interval_in_a_table_stays_on_one_line(convert):
    pair = "[[claim:cat.uniform]]\N{EN DASH}[[claim:cat.uniform:.3f]]"
    html = convert(f"| a | b |\n|---|---|\n| {pair} | one [[claim:cat.tokens]] |\n", claims=CLAIMS)
    assert html.count("whole") == 1
    assert '<td class="whole"><span class="claim"' in html
