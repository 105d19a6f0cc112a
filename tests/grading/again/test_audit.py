import json

import pytest

from grader.cli import main
from grader.course.gradebook import open_gradebook
from grader.course.written_sheet import apply_sheet, write_sheet
from grader.grading.again.audit import confirmed_path
from grader.grading.again.replay import slugs_of, verify
from grader.grading.batch import Settings, autograde
from grader.grading.store.record import record_path
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released


@pytest.fixture
def graded(tmp_path):
    course = make_course(tmp_path)
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    hand_in(course, "eve", b"{")
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    return course


@pytest.fixture
def verify_command(graded, capsys, monkeypatch):
    """Return a function that runs the command; gives its exit code, and what it said."""
    monkeypatch.setattr("grader.grading.grading.load_model", NoModel)
    monkeypatch.setattr("grader.grading.grading.find_model", lambda: NoModel)

    def run(*arguments):
        code = main(["verify", *arguments, "--course", str(graded.path)])
        out, err = capsys.readouterr()
        return code, out + err

    return run


def set_mark(course, question, student="ann", **columns):
    """Write into nbgrader's columns, as formgrader's API does."""
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade(question, "mini", "mini", student)
        for name, value in columns.items():
            setattr(grade, name, value)
        gradebook.db.commit()


def said(course):
    found = verify(course, "mini", load_model=NoModel)
    return [one.what for one in (*found.differences, *found.by_hand)]


def by_hand(course):
    return [one.what for one in verify(course, "mini", load_model=NoModel).by_hand]


def test_marks_that_the_record_or_a_person_explains_are_not_named(graded):
    assert said(graded) == []
    set_mark(graded, "essay", manual_score=1.0, needs_manual_grade=False)  # formgrader
    assert said(graded) == []


def test_a_thousand_points_more_are_named(graded):
    set_mark(graded, "pick_check", manual_score=1000.0)
    set_mark(graded, "essay", manual_score=1.0)
    (told,) = by_hand(graded)
    assert told.startswith("pick_check: 1000 of 1 points by hand in formgrader, where the grader")
    assert told.endswith("; 1003 of 4 points in all.")


@pytest.mark.parametrize(
    ("question", "columns", "told"),
    [
        ("pick_check", {"manual_score": 0.5}, "0.5 of 1 points by hand"),
        ("pick_check", {"manual_score": 1.0}, "1 of 1 points by hand"),
        ("pick_check", {"extra_credit": 1000.0}, "1000 points of extra credit"),
        ("pick_check", {"extra_credit": -1.0}, "-1 points of extra credit"),
        ("essay", {"extra_credit": 0.5}, "0.5 points of extra credit"),
        ("essay", {"manual_score": 1.5}, "1.5 of 1 points by hand"),
        ("essay", {"manual_score": -2.0}, "-2 of 1 points by hand"),
    ],
)
def test_a_mark_that_nobody_explains_is_named_until_it_is_confirmed(
    graded, verify_command, question, columns, told
):
    set_mark(graded, question, **columns)
    (one,) = by_hand(graded)
    assert one.startswith(f"{question}: {told}")
    code, shown = verify_command("mini")
    assert code == 1
    assert f"ann: {question}: {told}" in shown
    assert "grader verify mini --confirm" in shown
    assert verify_command("mini", "--confirm")[0] == 0
    assert verify_command("mini")[0] == 0
    set_mark(graded, question, extra_credit=0.25)
    assert verify_command("mini")[0] == 1  # confirmed was another mark


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"auto_score": 1000.0}, "the gradebook holds 1000.0, the record 1.0."),
        ({"auto_score": None}, "the gradebook holds None, the record 1.0."),
    ],
)
def test_an_automatic_score_is_the_records_and_cannot_be_confirmed(
    graded, verify_command, columns, told
):
    set_mark(graded, "pick_check", **columns)
    assert said(graded) == [f"pick_check: {told}"]
    assert verify_command("mini", "--confirm")[0] == 1


def test_a_mark_that_is_no_number_is_named_and_cannot_be_confirmed(graded, verify_command):
    set_mark(graded, "essay", manual_score=float("inf"))
    assert verify_command("mini", "--confirm")[0] == 1
    (told,) = said(graded)
    assert told == "essay: inf of 1 points by hand in formgrader, which is no number."


def test_a_score_of_what_waits_for_a_person_is_named(graded):
    set_mark(graded, "essay", auto_score=1.0)
    assert said(graded) == ["essay: the gradebook holds 1.0, the record None."]


def test_an_answer_that_waits_and_is_marked_as_done_is_named(graded):
    set_mark(graded, "essay", needs_manual_grade=False)
    (told,) = said(graded)
    assert told.startswith("essay: waits for a person")


def test_points_of_a_file_that_is_no_notebook_are_named(graded):
    set_mark(graded, "pick_check", student="eve", auto_score=1.0)
    assert said(graded) == ["pick_check: the gradebook holds 1.0, the record 0.0."]


def test_a_mark_in_a_table_is_explained_until_it_is_another(graded):
    sheet = write_sheet(graded, "mini").decode("utf-8-sig").splitlines()
    (line,) = [n for n, text in enumerate(sheet) if "I looked at it" in text]
    cells = sheet[line].split(",")
    cells[sheet[0].split(",").index("points")] = "0.5"
    sheet[line] = ",".join(cells)
    apply_sheet(graded, "mini", "\n".join(sheet).encode(), "essays.csv")
    assert said(graded) == []
    set_mark(graded, "essay", manual_score=1.0)
    (told,) = by_hand(graded)
    assert told == "essay: 1 of 1 points by hand in formgrader, 0.5 by `grader written`."


def test_another_maximum_and_a_penalty_are_named(graded):
    with open_gradebook(graded) as gradebook:
        gradebook.find_grade_cell("pick_check", "mini", "mini").max_score = 100
        gradebook.find_submission_notebook("mini", "mini", "ann").late_submission_penalty = 2.0
        gradebook.db.commit()
    assert {
        "pick_check: the gradebook's maximum is 100, the record's 1.",
        "2 points are taken off for lateness in the gradebook, where 0 are by rule.",
    } <= set(said(graded))


def test_rows_that_were_put_in_or_taken_out_are_named(graded):
    with open_gradebook(graded) as gradebook:
        gradebook.db.delete(gradebook.find_grade("pick_check", "mini", "mini", "ann"))
        gradebook.add_student("mal")
        gradebook.add_submission("mini", "mal")
        gradebook.db.commit()
    set_mark(graded, "essay", student="mal", manual_score=1.0)
    found = {
        (one.student, one.what) for one in verify(graded, "mini", load_model=NoModel).differences
    }
    assert found == {
        ("ann", "pick_check: the record has a grade, the gradebook no row."),
        (
            "mal",
            "the gradebook holds 1 of 4 points, the record no grade; `grader autograde mini` "
            "gives one.",
        ),
    }
    with open_gradebook(graded) as gradebook:
        gradebook.remove_submission("mini", "ann")
    (told,) = [w for w in said(graded) if "no row" in w]
    assert told == "the record holds a grade, the gradebook no row."


def test_a_record_that_is_gone_leaves_every_row_unexplained(graded, verify_command):
    record_path(graded).unlink()
    assert slugs_of(graded) == ["mini"]
    code, shown = verify_command()
    assert code == 1
    assert "ann: the gradebook holds 3 of 4 points, the record no grade" in shown


def test_a_list_of_what_was_confirmed_that_was_changed_is_named(graded, verify_command):
    set_mark(graded, "pick_check", manual_score=0.5)
    assert verify_command("--confirm")[0] == 0
    path = confirmed_path(graded)
    path.write_text(path.read_text().replace("0.5", "0.6"))
    code, shown = verify_command()
    assert code == 1
    assert f"{path}:1: entry 1 is not what was written" in shown


@pytest.mark.parametrize("name", ["mini.ipynb", "data.csv"])
def test_a_submitted_file_that_was_changed_is_named(graded, verify_command, name):
    hand_in(graded, "bob", filled(released(graded), RIGHT, "bob"))
    hand_in(graded, "bob", "1,2", name="data.csv")
    autograde(graded, "mini", Settings(run=in_process, load_model=NoModel))
    assert verify_command()[0] == 0
    path = graded.folder("submitted", "mini", "bob") / name
    path.write_bytes(path.read_bytes() + b" ")
    code, shown = verify_command()
    assert code == 1
    assert "bob: " in shown
    assert str(path if name == "mini.ipynb" else path.parent) in shown
    path.unlink()
    assert verify_command()[0] == 1


def test_another_secret_is_named_once(graded, verify_command):
    secret = graded.path / "secret"
    secret.chmod(0o600)
    secret.write_text("0" * 64)
    code, shown = verify_command()
    assert code == 1
    assert shown.count(f"{secret} is not the secret that mini was graded with (2 grades)") == 1
    assert "judged again nothing" not in shown


def test_verify_as_json_lists_what_can_be_confirmed(graded, capsys, monkeypatch):
    monkeypatch.setattr("grader.grading.grading.load_model", NoModel)
    monkeypatch.setattr("grader.grading.grading.find_model", lambda: NoModel)
    set_mark(graded, "pick_check", manual_score=1000.0)
    assert main(["verify", "--course", str(graded.path), "--json"]) == 1
    ((one,),) = [e["by_hand"] for e in json.loads(capsys.readouterr().out)["exercises"]]
    assert (one["student"], one["question"], one["manual"]) == ("ann", "pick_check", 1000.0)
