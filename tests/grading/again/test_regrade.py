"""Regrading by mended questions: what is shown is what happens, and it can be taken back."""

import json
import shutil

import pytest
from nbgrader import api

from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.course.release import release
from grader.errors import GraderError
from grader.grading.again.regrade import apply, preview, undo
from grader.grading.batch import Settings, autograde
from grader.grading.store.record import broken, read_entries, read_record
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

SETTINGS = Settings(run=in_process, load_model=NoModel)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("regrade"))
    notebook = released(course)
    hand_in(course, "ann", filled(notebook, RIGHT, "ann"))
    hand_in(course, "bob", filled(notebook, RIGHT | {"pick": 'pick = "queries"'}, "bob"))
    hand_in(course, "cat", filled(notebook, {"soft": RIGHT["soft"]}, "cat"))
    hand_in(course, "eve", b"{")
    autograde(course, "mini", SETTINGS)
    return course.path.parent


@pytest.fixture
def course(graded, tmp_path):
    """A copy of the graded course."""
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    return open_course(tmp_path / "course")


def mend(course, *changes):
    path = course.exercises / "mini" / "questions.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


KEY = ('key = "keys"', 'key = "queries"')


def rows(course):
    """Every row of the gradebook that a regrade could touch, as data."""
    with open_gradebook(course) as gradebook:
        return {
            table.__tablename__: [
                {c.name: getattr(row, c.name) for c in table.__table__.columns}
                for row in gradebook.db.query(table).order_by(table.id)
            ]
            for table in (
                api.Grade,
                api.Comment,
                api.SubmittedNotebook,
                api.SubmittedAssignment,
                api.Student,
            )
        }


def scores(course):
    with open_gradebook(course) as gradebook:
        return {
            (grade.student.id, grade.name): (grade.auto_score, grade.score)
            for grade in gradebook.db.query(api.Grade)
        }


def notebooks(course):
    return {
        path.relative_to(course.path): path.read_bytes()
        for path in sorted((course.path / "autograded").rglob("*.ipynb"))
    }


def test_a_preview_names_every_student_question_and_change_and_writes_nothing(course):
    mend(course, KEY)
    before = rows(course), notebooks(course), list(read_entries(course))
    found = preview(course, "mini", NoModel)
    assert [(c.student, c.question) for c in found.changes] == [
        ("ann", "pick_check"),
        ("bob", "pick_check"),
    ]
    ann, bob = found.changes
    assert ann.before == {"outcome": "graded", "points": 1, "maximum": 1}
    assert (ann.after["points"], bob.before["points"], bob.after["points"]) == (0, 0, 1)
    assert found.totals == {"ann": (3, 2), "bob": (2, 3)}
    assert found.same == ("cat", "eve")
    assert found.left == {}
    assert (rows(course), notebooks(course), list(read_entries(course))) == before


def test_what_happens_is_what_was_shown(course):
    mend(course, KEY)
    shown = preview(course, "mini", NoModel)
    expected = scores(course)
    for change in shown.changes:
        points = change.after["points"]
        expected[change.student, change.question] = (points, points)
    done = apply(course, "mini", NoModel)
    assert (done.changes, done.totals, done.left) == (shown.changes, shown.totals, shown.left)
    assert scores(course) == expected
    with open_gradebook(course) as gradebook:
        for student, (_, total) in shown.totals.items():
            assert gradebook.find_submission("mini", student).score == total
    entries = read_record(course, "mini")
    assert entries["ann"].verdicts["pick_check"]["points"] == 0
    assert entries["ann"].cause["kind"] == "regrade"
    assert broken(course) is None


def test_a_batch_after_a_regrade_runs_no_notebook_again(course):
    mend(course, KEY)
    apply(course, "mini", NoModel)
    assert autograde(course, "mini", SETTINGS).graded == []
    assert preview(course, "mini", NoModel).changes == ()
    assert scores(course)["bob", "pick_check"] == (1, 1)


def test_undo_restores_every_row_and_every_notebook(course):
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("pick_check", "mini", "mini", "ann")
        grade.manual_score, grade.needs_manual_grade = 0.5, False
        essay = gradebook.find_grade("essay", "mini", "mini", "bob")
        essay.manual_score, essay.needs_manual_grade = 1, False
        gradebook.db.commit()
    before = rows(course), notebooks(course)
    verdicts = {s: e.verdicts for s, e in read_record(course, "mini").items()}
    mend(course, KEY, ("the right statement", "renamed"))
    apply(course, "mini", NoModel)
    assert rows(course) != before[0]
    assert notebooks(course) != before[1]
    undo(course, "mini")
    assert rows(course) == before[0]
    assert notebooks(course) == before[1]
    assert {s: e.verdicts for s, e in read_record(course, "mini").items()} == verdicts
    assert broken(course) is None
    mend(course, (KEY[1], KEY[0]), ("renamed", "the right statement"))
    assert autograde(course, "mini", SETTINGS).graded == []


def test_a_persons_marks_stand(course):
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("pick_check", "mini", "mini", "ann")
        grade.manual_score = 0.5
        gradebook.db.commit()
    mend(course, KEY)
    found = apply(course, "mini", NoModel)
    assert found.changes[0].manual == 0.5
    assert "ann" not in found.totals
    assert scores(course)["ann", "pick_check"] == (0, 0.5)


def test_other_words_alone_are_shown_as_such(course):
    path = course.exercises / "mini" / "questions.toml"
    path.write_text(path.read_text("utf-8").replace("hint.wrong_choice", "#"), encoding="utf-8")
    found = preview(course, "mini", NoModel)
    assert [(c.student, c.words) for c in found.changes] == [("bob", True)]
    assert found.totals == {}


def test_points_that_were_changed_are_released_first_and_then_regraded(course):
    mend(
        course,
        ("points = 4", "points = 5"),
        ("points = 1\nkey", "points = 2\nkey"),
        ("criterion.choice = {points = 1", "criterion.choice = {points = 2"),
    )
    with pytest.raises(GraderError, match="grader release mini"):
        preview(course, "mini", NoModel)
    release(course, "mini")
    found = apply(course, "mini", NoModel)
    assert found.totals == {"ann": (3, 4)}
    assert scores(course)["ann", "pick_check"] == (2, 2)


def test_what_ran_under_another_locked_cell_is_left_to_a_batch(course):
    path = course.folder("autograded", "mini", "ann") / "mini.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "pick_check":
            cell["source"] = 'check("mini.pick", "queries")'
    path.chmod(0o644)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert "autograde" in preview(course, "mini", NoModel).left["ann"]


def test_other_inputs_for_functions_are_left_to_a_batch(course):
    path = course.exercises / "mini" / "probes.toml"
    path.write_text(path.read_text("utf-8").replace("count = 2", "count = 3"), encoding="utf-8")
    assert "probes.toml" in preview(course, "mini", NoModel).left["ann"]


def test_a_grade_given_since_is_not_taken_back(course):
    mend(course, KEY)
    apply(course, "mini", NoModel)
    hand_in(course, "ann", filled(released(course), {"pick": 'pick = "queries"'}, "ann"))
    autograde(course, "mini", SETTINGS)
    taken = undo(course, "mini")
    assert "ann" in taken.left
    assert scores(course)["ann", "pick_check"] == (1, 1)
    assert scores(course)["bob", "pick_check"] == (0, 0)


def test_there_must_be_something_to_take_back(course):
    with pytest.raises(GraderError, match="no regrade"):
        undo(course, "mini")
