"""Whose sentence is whose, and tables of variants."""

from collections import Counter
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.questions import load_exercise, variant_index
from grader.questions.banks import BANKS
from grader.questions.banks.choosing import SIZE
from grader.questions.variants import FILE, normalised_id, read_variants, write_variants

EXERCISES = Path(__file__).parents[2] / "exercises"
IDS = [f"2026{number:05}" for number in range(10_000)]


@pytest.mark.parametrize(
    "typed", ["2026A01", " 2026a01\n", "2026 A01", "２０２６Ａ０１", "\u202d2026\u00a0a01\u200b"]
)
def test_blanks_and_signs_that_nobody_sees_are_no_part_of_an_id(typed):
    assert normalised_id(typed) == "2026a01"


def test_a_table_is_read_as_it_was_written(tmp_path):
    rows = [{"sentence": "It rains.", "word": "rains"}, {"sentence": "它", "word": "它"}]
    write_variants(tmp_path / FILE, ["sentence", "word"], rows)
    assert read_variants(tmp_path / FILE) == rows


@pytest.mark.parametrize(
    ("text", "line", "repair"),
    [
        ("sentence\tword\nIt rains.\n", 2, "write one text under each column"),
        ("sentence\tword\nIt rains.\t \n", 2, "write one text under each column"),
        ("sentence\nIt rains.\nIt rains.\n", 3, "take one of them out"),
        ("sentence\tsentence\na\tb\n", 1, "a name of its own"),
        ("sentence\n", 1, "a line for each variant"),
        ("", 1, "a line for each variant"),
    ],
)
def test_a_broken_table_says_line_and_repair(tmp_path, text, line, repair):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(CourseError, match=repair) as raised:
        read_variants(tmp_path / FILE)
    assert f"{FILE}:{line}: " in str(raised.value)


@pytest.mark.parametrize("slug", BANKS)
def test_no_sentence_is_that_of_more_than_two_percent_of_ten_thousand_students(slug):
    variants = load_exercise(EXERCISES / slug).variants
    assert len(variants) == SIZE >= 300
    shares = Counter(
        variants[variant_index("course", slug, student, len(variants))]["sentence"]
        for student in IDS
    )
    assert max(shares.values()) <= 0.02 * len(IDS)


@pytest.mark.parametrize("slug", BANKS)
def test_each_line_of_a_bank_comes_from_its_templates(slug):
    bank = BANKS[slug]
    first, *rest = load_exercise(EXERCISES / slug).variants
    assert first == bank.first
    wanted = {tuple(variant.items()) for variant in rest}
    for candidate in bank.candidates():
        wanted.discard(tuple(candidate.items()))
    assert not wanted


def test_variants_stand_in_one_place_only(tmp_path):
    for name in ("questions.toml", FILE):
        (tmp_path / name).write_text((EXERCISES / "telescope" / name).read_text("utf-8"), "utf-8")
    questions = (tmp_path / "questions.toml").read_text("utf-8")
    (tmp_path / "questions.toml").write_text(questions + '\n[[variant]]\nsentence = "It rains."\n')
    with pytest.raises(CourseError, match="keep one of them"):
        load_exercise(tmp_path)
