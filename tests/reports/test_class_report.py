import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.errors import GraderError
from grader.grading.store.waiting import Waiting
from grader.questions import load_exercise
from grader.questions.messages import places
from grader.reports.class_report import report_page, write_report
from grader.reports.page import POLICY
from grader.reports.tally import Criterion, Tally
from grader.reports.texts import called
from support.courses import make_course


def tally_of(**given):
    """A class of two with nothing in it but `given`."""
    empty = dict.fromkeys(Tally.__dataclass_fields__, ())
    totals = (("ann", 1.0), ("bob", 2.0))
    return Tally(**empty | {"slug": "look", "roster": 2, "totals": totals, "maximum": 2.0} | given)


@pytest.fixture(scope="module")
def html(look):
    path, _, _ = write_report(look, "look")
    return path.read_text("utf-8")


def test_a_report_needs_nothing_else_and_runs_nothing(html):
    assert POLICY in html
    assert "<script" not in html
    assert not re.search(r"(src|href)=", html.replace("&lt;img src=x", ""))


def test_a_report_speaks_both_languages(html):
    for words in ("最难的标准", "The hardest criteria", "填反了", "They have changed places."):
        assert words in html


def test_a_report_shows_which_heads_were_named_as_layers_and_heads(html):
    grid = html[html.index('class="heads"') :]
    rows = re.findall(r'<th scope="row">(L\d)</th>(.*?)</tr>', grid)
    named = {row: re.findall(r"<td[^>]*>(\d*)</td>", cells) for row, cells in rows}
    assert len(named) == 6
    assert named["L0"].index("1") == 9
    assert named["L1"][:2] == ["6", "2"]


def test_a_report_names_pairs_by_question_and_shows_no_answer(html):
    assert re.search(r"<td>[^/]*>cat</span></td><td>[^/]*>dan</span></td>", html)
    assert "0.123456" not in html
    assert "0.75" not in html


@pytest.mark.parametrize(
    ("template", "language", "words", "said"),
    [
        ("“{noun}”减“{verb}”", "zh", {}, "名词减verb"),
        ("“{noun}” minus “{verb}”", "en", {}, "The noun minus verb"),
        ("A head for “{noun}”", "en", {}, "A head for the noun"),
        ("A head for “{noun}”", "en", {"noun": "man"}, "A head for “man”"),
    ],
)
def test_a_word_of_a_sentence_goes_by_what_a_teacher_calls_it(template, language, words, said):
    roles = {"noun": {"zh": "名词", "en": "the noun"}}
    exercise = SimpleNamespace(variants=({"noun": "man"}, {"noun": "dog"}), words=roles)
    assert called(template, exercise, language, words) == said


def test_an_exercise_with_one_sentence_is_told_with_its_words(html):
    assert "分得清“man”的头" in html


def test_each_word_of_a_sentence_that_a_report_names_has_a_name_in_both_languages():
    for folder in sorted(Path("exercises").iterdir()):
        exercise = load_exercise(folder)
        if len(exercise.variants) > 1:
            shown = [
                text[language]
                for question in exercise.questions.values()
                for text in (
                    question.title,
                    *(criterion.label for criterion in question.criteria),
                    *question.hints.values(),
                )
                for language in ("zh", "en")
            ]
            assert {place for text in shown for place in places(text)} <= set(exercise.words)


def test_a_report_says_whose_work_waits_and_for_which_question(look, html):
    waits = html[html.index('class="waits"') :].partition("</table>")[0]
    students = re.findall(r'class="who">(\w+)', waits)
    assert "ann" in students
    assert "bob" not in students
    assert "kim" in students  # whose file cannot be read
    assert "写一写" in waits
    assert "grader written look --out" in html


def test_names_stand_beside_ids():
    waits = Waiting("ann", ("essay",), "unmarked", "grader written look --out essays.csv")
    found = tally_of(waiting=(waits,), late=("bob",))
    html = report_page(found, None, "en", {"ann": "李<安"})
    assert "李&lt;安 <small>ann</small>" in html
    assert '<span class="who">bob</span>' in html


def test_a_student_id_stays_text(html):
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_second_report_of_the_same_class_changes_nothing(look, html):
    assert write_report(look, "look")[2] is False


def test_a_class_that_is_not_graded_has_no_report(tmp_path):
    with pytest.raises(GraderError, match="grader autograde mini"):
        write_report(make_course(tmp_path), "mini")


def test_a_criterion_that_everyone_met_is_not_among_the_hardest():
    met = Criterion("q", "met by all", 2, 0, 0, 0)
    missed = Criterion("q", "missed by one", 1, 0, 1, 0)
    html = report_page(tally_of(criteria=(missed, met)), None, "en", {})
    assert "missed by one" in html
    assert "met by all" not in html


def test_who_handed_in_no_notebook_is_named_once():
    kim, lee = ("kim", "not_json"), ("lee", "not_json")
    found = tally_of(endings=(("not a notebook", ("kim",)),), doors=(kim,))
    assert "what was handed in is no notebook" not in report_page(found, None, "en", {})
    found = tally_of(endings=(("not a notebook", ("kim",)),), doors=(kim, lee))
    assert "what was handed in is no notebook" in report_page(found, None, "en", {})
