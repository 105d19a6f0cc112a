"""No decimal, percentage, "n of m" or head's name stands in a lesson but through the ledger."""

import pytest

from attention_views.lesson_rules import typed_numbers


def test_every_number_comes_from_the_ledger(pages):
    for page in pages:
        if not page.name.startswith("guide/"):  # there numbers are settings and measurements
            assert not typed_numbers(page.text), "print it with [[claim:...]], or say it in words"


@pytest.mark.parametrize(
    "text", ["it gives 0.71", "86% of it", "48 of 72 heads", "in L5H11", "head 8-10", "第 5 层"]
)
def test_a_number_in_the_text_is_found(text):
    assert [line for line, _ in typed_numbers(f"# A page\n\n{text}\n")] == [3]


@pytest.mark.parametrize("text", ["[[claim:cat.it_cat:.2f]]", "`0.71`", "六个头", "heads 0 and 10"])
def test_a_printed_number_and_a_counting_word_are_not(text):
    assert not typed_numbers(text)


@pytest.mark.parametrize(
    ("fence", "lines"),
    [
        ("```attention\nlayer: 5\ntext: It gave 0.5.\ncaption: it gives 0.71\n```", [4]),
        ("```attention\ncaption: |\n  first\n  L5H11\nheads: [1]\n```", [4]),
        (
            '```quiz\nid: a-1\nask: "How much?"\noptions:\n  - text: "86%"\n    right: true\n```',
            [5],
        ),
        ('```quiz\noptions:\n  - right: true\n    feedback: "no: 1 of 2"\n```', [4]),
        ("```py\nx = 0.5\n```", []),
    ],
)
def test_what_a_reader_reads_in_a_figure_or_quiz_counts_and_code_does_not(fence, lines):
    assert [line for line, _ in typed_numbers(f"{fence}\n")] == lines
