"""Which pages print a claim: marks in text count, code and escapes do not."""

from grader.ledger.printed import pages_of


def test_a_page_is_named_once_for_both_languages(tmp_path):
    for language in ("zh", "en"):
        (tmp_path / language / "guide").mkdir(parents=True)
        (tmp_path / language / "cat.md").write_text("[[claim:cat.sat:.2f]] and [[claim:cat.sat]]")
        (tmp_path / language / "guide" / "use.md").write_text("[[claim:cat.sat]] [[cite:clark]]")
    assert pages_of(tmp_path) == {"cat.sat": ["cat", "guide/use"]}


def test_a_mark_in_code_or_after_a_backslash_prints_nothing(tmp_path):
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "cat.md").write_text("`[[claim:a.b]]` \\[[claim:a.c]]")
    assert pages_of(tmp_path) == {}
