"""``grader claims``: what it prints, how it ends, and that the real ledger holds."""

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from grader.cli import main
from grader.ledger import claims_table
from support.model import need_model

LEDGER = """\
[sentences]
cat = "The cat sat."
[references.clark2019]
short = "Clark et al. 2019"
full = "What Does BERT Look At?"
url = "https://example.org"
[claim.cat.uniform]
statement = {zh = "均匀", en = "uniform"}
measure = "weight"
sentence = "cat"
head = "L0H2"
query = "cat"
key = "sat"
expected = 0.1666
tolerance = 0.001
[claim.paper.accuracy]
statement = {zh = "正确率", en = "accuracy"}
cite = "clark2019"
published = 0.868
"""


@pytest.fixture
def claims(tmp_path, monkeypatch, capsys, attend):
    """claims(text, *options) -> exit code, stdout, stderr, on a small model."""
    monkeypatch.setattr(claims_table, "capture", attend)
    monkeypatch.setattr(claims_table, "find_model", lambda name: None)
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "page.md").write_text("[[claim:cat.uniform]]")

    def claims(text, *options):
        (tmp_path / "claims.toml").write_text(text, encoding="utf-8")
        code = main(["claims", "--lessons", str(tmp_path), *options])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return claims


def test_claims_that_hold_end_with_0_and_a_table(claims):
    code, out, _ = claims(LEDGER)
    lines = [line.split() for line in out.splitlines()]
    assert code == 0
    assert lines[1][:5] == ["cat.uniform", "page", "0.1667", "0.1666", "checked"]
    assert out.splitlines()[1].endswith("computed by weight")
    assert "(not printed)" in out.splitlines()[2]
    assert out.splitlines()[2].endswith("published  Clark et al. 2019")
    assert "2 claims: 1 checked, 1 published; 0 failing; 1 on no page" in out


def test_json_holds_every_claim_and_talk_goes_to_stderr(claims):
    code, out, err = claims(LEDGER, "--json")
    data = json.loads(out)
    assert code == 0
    assert data["holding"] == 2
    assert data["unprinted"] == data["without_reason"] == ["paper.accuracy"]
    first = data["claims"][0]
    assert (first["id"], first["pages"], first["status"]) == ("cat.uniform", ["page"], "checked")
    assert "2/2" in err


def test_a_reason_is_told_of_a_claim_that_no_page_prints(claims):
    _, out, _ = claims(LEDGER + '[unprinted]\n"paper.*" = "for the table"\n', "--json")
    data = json.loads(out)
    assert data["without_reason"] == []
    assert data["claims"][1]["kept_for"] == "for the table"


@pytest.mark.parametrize(
    ("old", "new"), [("0.1666", "0.5"), ('key = "sat"', 'key = "dog"'), ('"weight"', '"wieght"')]
)
def test_a_claim_that_fails_ends_with_1_and_is_said(claims, old, new):
    code, out, err = claims(LEDGER.replace(old, new))
    assert code == 1
    assert "claim cat.uniform" in err
    assert "FAILS" in out or "1 claims" in out


@pytest.mark.parametrize("text", ["", "[claim", "[sentences]\n"])
def test_a_ledger_without_claims_ends_with_2(claims, text):
    code, out, err = claims(text)
    assert code == 2
    assert out == ""
    assert "claims.toml" in err


def test_no_ledger_ends_with_2(capsys, tmp_path):
    assert main(["claims", "--lessons", str(tmp_path)]) == 2
    assert "no such file; name the folder with --lessons" in capsys.readouterr().err


def test_every_claim_of_the_course_holds_is_sourced_and_printed_or_kept_for_a_reason(capsys):
    need_model()
    lessons = Path(__file__).parents[2] / "lessons"
    code = main(["claims", "--quick", "--lessons", str(lessons), "--json"])
    data = json.loads(capsys.readouterr().out)
    assert data["failing"] == data["problems"] == data["without_reason"] == []
    assert code == 0
    assert len(data["corrections"]) == 19
    assert len(data["patterns"]) == 5
    assert all(row["source"] and row["status"] for row in data["claims"])
    kept = [row["id"] for row in data["claims"] if row["kept_for"]]
    ledger = claims_table.Ledger.read(lessons / "claims.toml", capture=None)
    for ids in ledger.unprinted:
        assert any(fnmatchcase(name, ids) for name in kept), f"{ids!r} keeps nothing; take it out"
