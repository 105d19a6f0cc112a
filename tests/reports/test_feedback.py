import json
import re

import pytest

from grader.course.gradebook import open_gradebook
from grader.grading.batch import Settings, autograde
from grader.reports.feedback import POLICY, write_feedback
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released


@pytest.fixture(params=["en", "zh"])
def course(tmp_path, request):
    course = make_course(tmp_path, request.param)
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    hand_in(course, "bob", filled(released(course), {"pick": 'pick = "queries"'}))
    hand_in(course, "eve", b"{")
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    return course


def page(course, student):
    return (course.folder("feedback", "mini", student) / "mini.html").read_text("utf-8")


def test_each_student_gets_a_page_that_needs_nothing_else(course):
    pages = write_feedback(course, "mini")
    assert set(pages.paths) == {"ann", "bob", "eve"}
    for student in pages.paths:
        text = page(course, student)
        assert POLICY in text
        assert not re.search(r'(src|href)="(?!data:)', text)
        assert "<script" not in text


def test_a_page_speaks_the_courses_language(course):
    write_feedback(course, "mini")
    chinese = course.language == "zh"
    assert ('lang="zh-CN"' in page(course, "ann")) == chinese
    assert ("各题得分" in page(course, "ann")) == chinese
    assert ("再读一遍" in page(course, "bob")) == chinese
    assert ("Read it again." in page(course, "bob")) != chinese


def test_a_page_tells_points_criteria_reason_and_hint(course):
    write_feedback(course, "mini")
    title = "the right statement" if course.language == "en" else "正确的说法"
    assert title in page(course, "ann")
    assert title in page(course, "bob")


def test_a_page_holds_no_probe_and_no_expected_value(course):
    write_feedback(course, "mini")
    for student in ("ann", "bob", "eve"):
        text = page(course, student)
        for secret in ("900", "$array", "THE SECRET ESSAY", course.secret().hex()):
            assert secret not in text


def test_a_second_run_writes_nothing(course):
    assert len(write_feedback(course, "mini").changed) == 3
    assert write_feedback(course, "mini").changed == []


def test_what_is_no_notebook_gets_a_page_that_says_so(course):
    write_feedback(course, "mini")
    assert "JSON" in page(course, "eve")


def test_a_teachers_comment_is_shown_and_escaped(course):
    with open_gradebook(course) as gradebook:
        comment = gradebook.find_comment("essay", "mini", "mini", "ann")
        comment.manual_comment = "Well <seen>"
        gradebook.db.commit()
    write_feedback(course, "mini")
    assert "Well &lt;seen&gt;" in page(course, "ann")


def test_a_page_is_made_from_stored_outputs_of_every_kind(course, tmp_path):
    path = course.folder("autograded", "mini", "ann") / "mini.ipynb"
    notebook = json.loads(path.read_text())
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "code")
    cell["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mred\n", "<i>"]},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0;31mE<b>"]},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "aGVsbG8=\n"}},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": '"><script>'}},
    ]
    path.chmod(0o644)
    path.write_text(json.dumps(notebook))
    write_feedback(course, "mini")
    text = page(course, "ann")
    assert "red\n&lt;i&gt;" in text
    assert "E&lt;b&gt;" in text
    assert "data:image/png;base64,aGVsbG8=" in text
    assert "<script" not in text
