"""Answers are compared as SQuAD compares them."""

import pytest

from grader.qa.training.squad_scores import best_f1, exact, f1, normalize


def test_case_articles_and_punctuation_do_not_count():
    assert normalize("The  Sagrada-Familia.") == "sagradafamilia"
    assert exact("the Nurse!", ["nurse"])


@pytest.mark.parametrize(
    ("answer", "reference", "value"),
    [("red car", "red car", 1.0), ("red car", "car", 2 / 3), ("bus", "car", 0.0), ("", "", 1.0)],
)
def test_f1_counts_common_words(answer, reference, value):
    assert f1(answer, reference) == pytest.approx(value)


def test_the_best_reference_counts():
    assert best_f1("red car", ["bus", "a red car"]) == 1.0


def test_without_references_only_an_empty_answer_is_right():
    assert exact("", [])
    assert not exact("Rome", [])
    assert (best_f1("", []), best_f1("Rome", [])) == (1.0, 0.0)
