"""No decimal, percentage, "n of m" or head's name stands in a lesson but through the ledger."""

import re

import pytest
import yaml

NOT_TEXT = re.compile(
    r"\A---\n.*?\n---\n"  # front matter
    r"|<svg.*?</svg>"
    r"|\[\[[^\]]*\]\]"  # marks: what they print comes from the ledger
    r"|`[^`\n]*`"  # code
    r"|(?<=\])\([^)]*\)|href=\"[^\"]*\"",  # addresses of links
    re.DOTALL,
)
NUMBER = re.compile(
    r"\d\.\d"  # a decimal
    r"|\d\s*[%％]"
    r"|\d+ (?:out )?of \d+|\d+ */ *\d+"
    r"|\bL\d+H\d+|\b[Hh]ead \d+(?:-\d+)?|\b[Ll]ayer \d+|第 ?\d+ ?层|\d+ ?号头",
)


def numbers(text: str) -> list[str]:
    """Return the numbers of a text that no mark has printed."""
    return NUMBER.findall(NOT_TEXT.sub(" ", text))


def texts(page) -> list[str]:
    """Return a page's prose, and the texts of its figures and quizzes."""
    found = [page.prose]
    for name, body in page.fences:
        if name == "attention":
            found.append(yaml.safe_load(body)["caption"])
        elif name == "quiz":
            item = yaml.safe_load(body)
            found.append(item["ask"])
            for option in item["options"]:
                found += [str(text) for key, text in option.items() if key != "right"]
    return found


def test_every_number_comes_from_the_ledger(pages):
    for page in pages:
        if page.name.startswith("guide/"):  # there numbers are settings and measurements of ours
            continue
        outside = [number for text in texts(page) for number in numbers(text)]
        assert not outside, "print it with [[claim:...]], or say it in words"


@pytest.mark.parametrize(
    "text", ["it gives 0.71", "86% of it", "48 of 72 heads", "in L5H11", "head 8-10", "第 5 层"]
)
def test_a_number_in_the_text_is_found(text):
    assert numbers(text)


@pytest.mark.parametrize("text", ["[[claim:cat.it_cat:.2f]]", "`0.71`", "六个头", "heads 0 and 10"])
def test_a_printed_number_and_a_counting_word_are_not(text):
    assert not numbers(text)
