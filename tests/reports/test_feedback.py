import hashlib
import json
import re
import shutil

import pytest

from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.course.receipt import receipt, spaced
from grader.grading.batch import Settings, autograde
from grader.reports.feedback import POLICY, write_feedback
from grader.reports.page import TAGS
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released


@pytest.fixture(scope="module", params=["en", "zh"])
def graded(tmp_path_factory, request):
    course = make_course(tmp_path_factory.mktemp("feedback"), request.param)
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    hand_in(course, "bob", filled(released(course), {"pick": 'pick = "queries"'}))
    hand_in(course, "eve", b"{")
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    return course.path.parent


@pytest.fixture
def course(graded, tmp_path):
    """A copy of the graded course."""
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    return open_course(tmp_path / "course")


def page(course, student):
    return (course.folder("feedback", "mini", student) / "mini.html").read_text("utf-8")


def test_each_student_gets_a_page_that_needs_nothing_else(course):
    pages = write_feedback(course, "mini")
    assert set(pages.paths) == {"ann", "bob", "eve"}
    for student in pages.paths:
        text = page(course, student)
        assert POLICY in text
        assert not re.search(r'(src|href)="(?!data:|#)', text)
        assert "<script" not in text


def test_a_page_speaks_both_languages_and_shows_the_courses_first(course):
    write_feedback(course, "mini")
    text = page(course, "bob")
    assert f'<html lang="{TAGS[course.language]}">' in text
    assert f'id="to-{course.language}" checked' in text
    assert text.count(" checked>") == 1
    for words in ("各题得分", "再读一遍", "Points by question", "Read it again."):
        assert words in text


def test_a_page_tells_points_criteria_reason_and_hint(course):
    write_feedback(course, "mini")
    title = "the right statement" if course.language == "en" else "正确的说法"
    assert title in page(course, "ann")
    assert title in page(course, "bob")


def test_points_with_reason_and_hint_come_first_then_a_persons_marks_then_the_notebook(course):
    write_feedback(course, "mini")
    text = page(course, "bob").partition("<h1>")[2]
    order = (
        "Points by question",
        "Read it again.",
        "Marked by a person",
        "Your notebook",
        "check(",
    )
    places = [text.index(words) for words in order]
    assert places == sorted(places)
    assert text.count("Read it again.") == 1


def test_what_lost_points_is_unfolded_and_what_earned_all_is_folded(course):
    write_feedback(course, "mini")
    folded = r'<details class="question" id="question-pick_check"( open)?>'
    assert re.search(folded, page(course, "ann"))[1] is None
    assert re.search(folded, page(course, "bob"))[1]


def test_the_cells_before_the_first_question_are_folded_and_no_others(course):
    write_feedback(course, "mini")
    text = page(course, "ann")
    folds = re.findall(r'<details class="setup">.*?</details>', text, re.DOTALL)
    assert any("start(" in fold for fold in folds)
    assert not any("check(&quot;" in fold for fold in folds)
    assert "check(&quot;mini.pick&quot;, pick)" in text


def test_every_link_of_a_page_leads_to_a_place_on_it(course):
    write_feedback(course, "mini")
    text = page(course, "ann")
    links = re.findall(r'href="#([^"]+)"', text)
    assert len(links) > 3
    for link in links:
        assert text.count(f'id="{link}"') == 1


def test_a_written_answer_stands_once_and_with_its_mark(course):
    write_feedback(course, "mini")
    text = page(course, "ann")
    assert text.count("I looked at it.") == 1
    assert text.index("I looked at it.") < text.index("Your notebook")


def test_a_name_from_the_roster_stands_beside_the_id(course):
    (course.path / "roster.csv").write_text("id,first_name,last_name\nann,安,李\nbob,Bob,Ross\n")
    write_feedback(course, "mini")
    assert "李安 · ann" in page(course, "ann")
    assert "Bob Ross · bob" in page(course, "bob")


def test_a_name_that_is_the_id_stands_once(course):
    (course.path / "roster.csv").write_text("id,first_name,last_name\nann,ann,\nbob,Bob,Ross\n")
    assert course.names() == {"bob": "Bob Ross"}
    write_feedback(course, "mini")
    assert "ann · ann" not in page(course, "ann")


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


def test_what_was_looked_for_is_told_once_a_person_has_marked(course):
    write_feedback(course, "mini")
    assert "看见就给分" not in page(course, "ann")
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("essay", "mini", "mini", "ann")
        grade.manual_score, grade.needs_manual_grade = 1, False
        gradebook.db.commit()
    write_feedback(course, "mini")
    text = page(course, "ann")
    assert "看见就给分" in text
    assert "anything" in text
    assert "看见就给分" not in page(course, "bob")


def test_a_page_names_the_file_that_was_graded_by_its_hash(course):
    write_feedback(course, "mini")
    handed = course.folder("submitted", "mini", "ann") / "mini.ipynb"
    assert hashlib.sha256(handed.read_bytes()).hexdigest() in page(course, "ann")
    assert spaced(receipt(handed.read_bytes())) in page(course, "ann")
    before = receipt(handed.read_bytes())
    handed.write_bytes(handed.read_bytes().replace(b"keys", b"rows"))
    write_feedback(course, "mini")
    for one in (before, receipt(handed.read_bytes())):
        assert spaced(one) not in page(course, "ann")  # another file is there by now


def test_headings_of_a_notebook_stand_under_the_pages_own_without_a_gap(course):
    path = course.folder("autograded", "mini", "ann") / "mini.ipynb"
    notebook = json.loads(path.read_text())
    heading = next(cell for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    heading["source"] = "# One\n\n#### Two\n\n#\n\n# Three"
    path.chmod(0o644)
    path.write_text(json.dumps(notebook))
    write_feedback(course, "mini")
    own = page(course, "ann").split("</h2>")[-1]
    assert re.findall(r"<(h\d)>(\w+)", own)[:3] == [("h3", "One"), ("h4", "Two"), ("h3", "Three")]


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


def test_what_lateness_takes_off_is_told_apart_from_the_points(course):
    path = course.path / "course.toml"
    settings = re.split(r"(?m)^\[late\]", path.read_text("utf-8"))[0]
    settings += '[late]\npolicy = "per day"\nper_day = 0.1\n[due]\nmini = 2026-03-01 12:00:00Z\n'
    path.write_text(settings, encoding="utf-8")
    late = open_course(course.path)
    stamp = course.folder("autograded", "mini", "ann") / "timestamp.txt"
    stamp.write_text("2026-03-02 18:00:00 UTC")
    write_feedback(late, "mini")
    text = page(late, "ann")
    assert "<b>3</b>" in text
    assert "Late (day 2): 0.6 points are taken off, 2.4 count" in text
    assert "taken off" not in page(late, "bob")
