"""The ledger: what is computed must be near what is expected, and every mistake has its line."""

import pytest

from grader.ledger import ClaimError, Ledger

HEAD = """\
[sentences]
cat = "The cat sat."
[references.clark2019]
short = "Clark et al. 2019"
full = "What Does BERT Look At?"
url = "https://example.org"
"""
CLAIM = """\
[claim.cat.uniform]
statement = {zh = "均匀", en = "uniform"}
measure = "weight"
sentence = "cat"
head = "L0H2"
query = "cat"
key = "sat"
expected = 0.1666
tolerance = 0.001
"""


@pytest.fixture
def sentences():
    return []


@pytest.fixture
def said(sentences):
    return lambda: sentences


@pytest.fixture
def read(tmp_path, monkeypatch, attend, sentences):
    monkeypatch.chdir(tmp_path)

    def read(text):
        path = tmp_path / "claims.toml"
        path.write_text(text, encoding="utf-8")
        return Ledger.read(path, attend, say=sentences.append)

    return read


def test_a_claim_that_holds_says_nothing(read, said):
    ledger = read(HEAD + CLAIM)
    ledger.check()
    assert said() == []
    assert ledger.value("cat.uniform") == pytest.approx(1 / 6, abs=1e-7)


def test_a_claim_that_has_moved_is_said_once(read, said):
    ledger = read(HEAD + CLAIM.replace("0.1666", "0.5"))
    ledger.value("cat.uniform")
    ledger.check()
    assert said() == [
        "claims.toml:7: claim cat.uniform is 0.166667, expected 0.5 within 0.001; "
        "correct the lesson and 'expected', or the measure"
    ]


def test_a_name_is_compared_as_a_name(read, said):
    claim = """
[claim.cat.back]
statement = {zh = "头", en = "head"}
measure = "previous_token_head"
sentences = ["cat"]
expected = "L5H9"
"""
    read(HEAD + claim).check()
    assert said() == [
        "claims.toml:8: claim cat.back is L0H0, expected L5H9; "
        "correct the lesson and 'expected', or the measure"
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'measure = "weight"',
            'measure = "wieght"',
            "claim cat.uniform: no measure is called 'wieght'; known: adverb_weight, ",
        ),
        ('"L0H2"', '"head two"', "claim cat.uniform: 'head two' names no head; write it like"),
        ('"L0H2"', '"L9H0"', "claim cat.uniform: there is no head L9H0; this model has layers 0"),
        ('key = "sat"', 'key = "dog"', "claim cat.uniform: 'dog' stands nowhere in: [CLS] The"),
        ('key = "sat"', 'kee = "sat"', "claim cat.uniform: no entry is called 'kee'; known: base"),
        ('key = "sat"\n', "", "claim cat.uniform: weight needs key; add key = ..."),
        (
            'sentence = "cat"',
            'sentence = "dog"',
            "claim cat.uniform: no sentence is called 'dog'; add it to [sentences]: dog = \"...\"",
        ),
        (
            "tolerance = 0.001\n",
            "",
            "claim cat.uniform: a fraction needs a tolerance; add tolerance = 0.0005",
        ),
        (
            "expected = 0.1666\n",
            "",
            "claim cat.uniform: there is no expected value; add expected = ...",
        ),
        (
            ', en = "uniform"',
            "",
            'claim cat.uniform: what is claimed? add statement = {zh = "...", en = "..."}',
        ),
        (
            'measure = "weight"\n',
            "",
            "claim cat.uniform: give either a measure with expected, or cite with published",
        ),
    ],
)
def test_a_wrong_claim_is_said_with_its_line_and_repair(read, said, old, new, sentence):
    assert old in CLAIM
    read(HEAD + CLAIM.replace(old, new, 1)).check()
    [found] = said()
    assert found.startswith(f"claims.toml:7: {sentence}")


def test_a_published_value_needs_its_reference(read, said):
    claim = """
[claim.paper.accuracy]
statement = {zh = "正确率", en = "accuracy"}
cite = "nobody"
published = 0.868
"""
    read(HEAD + claim)
    assert said() == [
        "claims.toml:8: claim paper.accuracy: no reference is called 'nobody'; "
        "add [references.nobody]"
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[sentences]\ncat = \n", "claims.toml:2: not TOML: "),
        (
            "[sentense]\n",
            "claims.toml:1: no table is called [sentense]; known: claim, corrections, ",
        ),
        ('[sentences]\ncat = " "\n', "claims.toml:1: sentence 'cat' is empty; write cat = "),
        ("[references.a]\nurl = ''\n", "claims.toml:1: reference 'a' has no full; add full = ..."),
    ],
)
def test_a_wrong_ledger_is_said_with_its_line(read, said, text, sentence):
    read(text)
    [found] = said()
    assert found.startswith(sentence)


def test_one_wrong_claim_leaves_the_others(read, said):
    broken = CLAIM.replace("uniform]", "broken]").replace('"weight"', '"no"')
    ledger = read(HEAD + broken + CLAIM)
    assert set(ledger.claims) == {"cat.uniform"}
    assert len(said()) == 1


def test_a_claim_that_cannot_be_computed_raises_where_it_is_asked(read):
    ledger = read(HEAD + CLAIM.replace('key = "sat"', 'key = "dog"'))
    with pytest.raises(ClaimError, match=r"claims\.toml:7: claim cat\.uniform: 'dog' stands"):
        ledger.value("cat.uniform")


def test_a_text_is_captured_once_however_many_claims_ask(tmp_path, attend):
    asked = []

    def capture(text):
        asked.append(text)
        return attend(text)

    path = tmp_path / "claims.toml"
    path.write_text(HEAD + CLAIM + CLAIM.replace("uniform]", "again]"))
    Ledger.read(path, capture).check()
    assert asked == ["The cat sat."]
