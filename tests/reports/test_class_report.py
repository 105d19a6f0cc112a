import re

import pytest

from grader.errors import GraderError
from grader.reports.class_report import write_report
from grader.reports.page import POLICY
from support.courses import make_course


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
    assert re.search(r"<td>cat</td><td>dan</td>", html)
    assert "0.123456" not in html
    assert "0.75" not in html


def test_a_student_id_stays_text(html):
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_second_report_of_the_same_class_changes_nothing(look, html):
    assert write_report(look, "look")[2] is False


def test_a_class_that_is_not_graded_has_no_report(tmp_path):
    with pytest.raises(GraderError, match="grader autograde mini"):
        write_report(make_course(tmp_path), "mini")
