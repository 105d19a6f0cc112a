import pytest

from grader.reports.tally import Pair, tally


@pytest.fixture(scope="module")
def found(look):
    return tally(look, "look")


def test_everyone_in_the_record_is_counted_once(found):
    assert len(found.totals) == 11
    assert dict(found.totals)["ann"] == 3
    assert found.maximum == 4
    waiting = [one.student for one in found.waiting]
    assert waiting == ["<img src=x onerror=alert(1)>", "ann", "cat", "dan", "kim"]


def test_points_of_a_question_are_counted_by_what_was_given(found):
    points = {one.grade_id: one for one in found.questions}
    assert points["clear_check"].counts == ((0, 3), (1, 4), (1.5, 2), (2, 2))
    assert points["clear_check"].mean == 1
    assert points["essay"].counts == ((0, 7),)
    assert points["essay"].waiting == 4


def test_the_hardest_criterion_comes_first_and_no_answer_makes_none_hard(found):
    first = found.criteria[0]
    assert (first.grade_id, first.name) == ("clear_check", "weights")
    assert (first.met, first.partly, first.missed, first.unchecked) == (2, 2, 5, 2)
    assert [c.share for c in found.criteria] == sorted(c.share for c in found.criteria)


def test_hints_are_counted_by_students_the_most_given_first(found):
    assert [(h.name, h.students) for h in found.hints] == [("swapped", 4), ("wrong_choice", 3)]


def test_what_did_not_end_as_graded_names_the_students(found):
    assert dict(found.endings) == {"no answer": ("ivy",), "not a notebook": ("kim",)}
    assert dict(found.doors) == {"kim": "not_json"}


def test_heads_are_counted_by_the_students_who_named_them(found):
    assert dict(found.heads)["clear_check"] == ((0, 9, 1), (1, 0, 6), (1, 1, 2))


def test_two_with_the_same_rare_wrong_answer_make_a_pair(found):
    assert found.pairs == (Pair("cat", "dan", ("clear_check",)),)


def test_a_wrong_answer_that_many_give_is_common_and_makes_no_pairs(found):
    assert found.common == (("clear_check", 4),)
