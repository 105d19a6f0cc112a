"""The tables of corrections and patterns name what the ledger holds; the real ones are whole."""

import re
import tomllib
from pathlib import Path

import pytest

from grader.ledger import Ledger
from grader.ledger.evidence import read_evidence

LESSONS = Path(__file__).parents[2] / "lessons"
CLAIMS, REFERENCES = {"cat.sat", "cat.mat"}, {"clark"}


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ([], "correction 1: stands on nothing; write"),
        (["cat.sat"], "correction 1: 'cat.sat' is no evidence; write"),
        (["claim:dog.sat"], "correction 1: the ledger has no 'claim:dog.sat'; add it"),
        (["cite:nobody"], "correction 1: the ledger has no 'cite:nobody'; add it"),
    ],
)
def test_a_correction_names_what_the_ledger_holds(names, sentence):
    said = []
    tables = {"corrections": {"1": names, "2": ["claim:cat.sat", "cite:clark", "code:page"]}}
    evidence = read_evidence(tables, CLAIMS, REFERENCES, lambda table, what: said.append(what))
    assert list(evidence.corrections) == ["2"]
    assert said[0].startswith(sentence)


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ({"found": ["cat.sat"]}, "pattern 'local': needs found = [...] and rivals = [...]"),
        ({"found": ["cat.sat"], "rivals": []}, "pattern 'local': found and rivals each name"),
        ({"found": ["cat.sat"], "rivals": ["dog"]}, "pattern 'local': no claim is called 'dog'"),
    ],
)
def test_a_pattern_has_a_rival(pattern, sentence):
    said = []
    tables = {"patterns": {"local": pattern}}
    read_evidence(tables, CLAIMS, REFERENCES, lambda table, what: said.append(what))
    assert said[0].startswith(sentence)


@pytest.fixture(scope="module")
def ledger():
    read = Ledger.read(LESSONS / "claims.toml", capture=None)
    assert not read.problems
    return read


def test_the_five_patterns_are_in_the_ledger_with_rivals(ledger):
    assert list(ledger.evidence.patterns) == [
        "local",
        "syntactic",
        "anaphoric",
        "semantic",
        "delimiter",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_correction_prints_the_evidence_that_the_ledger_names(ledger, language):
    page = (LESSONS / language / "corrections.md").read_text(encoding="utf-8")
    items = dict(re.findall(r"^(\d+)\. (.*)", page, re.MULTILINE))
    assert set(items) == set(ledger.evidence.corrections) == {str(n) for n in range(1, 20)}
    for number, names in ledger.evidence.corrections.items():
        marks = {name for name in names if not name.startswith("code:")}
        assert set(re.findall(r"\[\[(\w+:[\w.]+)", items[number])) == marks
        for code in (name.partition(":")[2] for name in names if name.startswith("code:")):
            assert "```python" in (LESSONS / language / f"{code}.md").read_text(encoding="utf-8")
            assert code == "corrections" or f"]({code}.md)" in items[number]


def test_each_number_of_a_pattern_is_printed_where_it_is_told(ledger):
    pages = ("five-patterns", "pronouns")
    text = "".join((LESSONS / "zh" / f"{page}.md").read_text(encoding="utf-8") for page in pages)
    for pattern in ledger.evidence.patterns.values():
        for name in [*pattern["found"], *pattern["rivals"]]:
            assert re.search(rf"\[\[claim:{re.escape(name)}[:\]]", text), name


def test_every_source_says_who_and_where():
    tables = tomllib.loads((LESSONS / "claims.toml").read_text(encoding="utf-8"))
    for name, reference in tables["references"].items():
        assert reference["url"].startswith("https://"), name
        assert len(reference["full"]) > len(name), name
