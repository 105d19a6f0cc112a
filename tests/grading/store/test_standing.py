"""A class is never regraded without a word: what changed since its grades is shown first."""

import dataclasses
import shutil

import pytest

from grader.cli import main
from grader.course.course import open_course
from grader.grading.again.regrade import apply
from grader.grading.batch import Settings, autograde
from grader.grading.store.record import read_entries, read_record
from grader.grading.store.standing import Held
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

SETTINGS = Settings(run=in_process, load_model=NoModel)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("since"))
    for student in ("ann", "bob"):
        hand_in(course, student, filled(released(course), RIGHT, student))
    hand_in(course, "cat", filled(released(course), RIGHT, "ann"))  # another variant: all open
    autograde(course, "mini", SETTINGS)
    return course.path.parent


@pytest.fixture
def course(graded, tmp_path):
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    return open_course(tmp_path / "course")


def replace_in(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def toml(old, new):
    return lambda course: replace_in(course.path / "course.toml", old, new)


def questions(course):
    replace_in(course.exercises / "mini/questions.toml", 'key = "keys"', 'key = "queries"')


def recipe(course):
    replace_in(course.exercises / "mini/probes.toml", "count = 2", "count = 3")


def secret(course):
    (course.path / "secret").write_text("ab" * 32 + "\n")


def roster(course):
    (course.path / "roster.csv").write_text("id,variant_id\nann,somebody\nbob,\n")


CHANGES = {
    "material": [questions, recipe],
    "secret": [secret],
    "course_id": [toml('course_id = "course"', 'course_id = "other"')],
    "language": [toml('language = "en"', 'language = "zh"')],
    "variant_id": [roster],
}


@pytest.mark.parametrize(
    ("what", "change"), [(name, one) for name, all_ in CHANGES.items() for one in all_]
)
def test_a_batch_grades_nothing_when_something_else_than_a_submission_changed(course, what, change):
    change(course)
    changed = open_course(course.path)
    before = (course.path / "record.jsonl").read_bytes()
    with pytest.raises(Held) as held:
        autograde(changed, "mini", SETTINGS)
    expected = ["ann"] if what == "variant_id" else ["ann", "bob"]
    assert held.value.since == {what: expected}
    assert f"{len(expected)} grades in mini rest on what has changed since" in str(held.value)
    assert (course.path / "record.jsonl").read_bytes() == before


def test_another_grader_is_said_too(course, monkeypatch):
    for module in ("store.standing", "store.entry"):
        monkeypatch.setattr(f"grader.grading.{module}.grader_version", lambda: "9.9+other")
    with pytest.raises(Held, match="the grader: 2"):
        autograde(course, "mini", SETTINGS)


@pytest.mark.parametrize("asked", ["force", "regrade"])
def test_who_asks_for_it_gets_the_class_graded_again(course, asked):
    questions(course)
    batch = autograde(course, "mini", dataclasses.replace(SETTINGS, **{asked: True}))
    assert set(batch.graded) == {"ann", "bob", "cat"}
    assert autograde(course, "mini", SETTINGS).graded == []


def test_after_a_regrade_the_batch_finds_everything_as_it_should_be(course):
    questions(course)
    apply(course, "mini", NoModel)
    assert autograde(course, "mini", SETTINGS).graded == []


def test_a_new_submission_and_one_that_has_no_grade_yet_are_graded_without_asking(course):
    hand_in(course, "ann", filled(released(course), RIGHT | {"pick": "pick = None"}, "ann"))
    (course.path / "roster.csv").write_text("id,variant_id\ncat,ann\n")
    batch = autograde(open_course(course.path), "mini", SETTINGS)
    assert batch.graded == ["ann", "cat"]


def test_the_command_shows_every_change_and_the_flags_that_do_it(course, capsys, monkeypatch):
    monkeypatch.setattr("grader.grading.grading.load_model", NoModel)
    monkeypatch.setattr("grader.grading.grading.find_model", lambda: NoModel)
    monkeypatch.setattr("grader.grading.run.sandbox.choose_kernels", lambda *a, **k: "")
    questions(course)
    count = len(list(read_entries(course)))
    assert main(["autograde", "mini", "--course", str(course.path), "--unconfined"]) == 2
    out, err = capsys.readouterr()
    assert "Nothing was graded: 2 grades" in err
    assert "ann  pick: 1 of 1 -> 0 of 1" in out
    assert "grader regrade mini --apply" in out
    assert "grader autograde mini --regrade" in out
    assert len(list(read_entries(course))) == count
    assert read_record(course, "mini")["ann"].verdicts["pick_check"]["points"] == 1
