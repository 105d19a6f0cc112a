"""A notebook of another course, release or exercise is never judged on another sentence."""

import json
import shutil
from dataclasses import asdict

import pytest

from grader.course.course import init_course
from grader.course.release import release, released_bytes
from grader.grading.again.replay import verify
from grader.grading.batch import Settings, autograde
from grader.grading.intake.changes import WAITING, sentence
from grader.grading.pipeline import open_grading, read
from grader.questions import encode_public, load_exercise, variant_index
from support import road
from support.courses import filled, hand_in, released, write_exercise

HERE = "course"
OPEN = "another variant"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("origin")
    exercises = write_exercise(
        folder, "road", questions=road.QUESTIONS, notebook=road.NOTEBOOK, probes=road.PROBES
    )
    shutil.copytree(exercises / "road", exercises / "other")
    text = (exercises / "other" / "notebook.py").read_text("utf-8")
    (exercises / "other" / "notebook.py").write_text(text.replace("road.", "other."), "utf-8")
    made, _ = init_course(folder / "course", exercises=exercises, language="en", course_id=HERE)
    release(made, "road")
    return made


def student(course_id, wanted):
    """Return an id whose sentence in `course_id` is the one here, or is another."""
    ids = (str(2026000 + i) for i in range(1000))
    return next(
        one
        for one in ids
        if (variant_index(course_id, "road", one, 2) == variant_index(HERE, "road", one, 2))
        == wanted
    )


def answered(data, student):
    return filled(json.loads(data), road.RIGHT, student)


def grade(course, student, notebook):
    hand_in(course, student, notebook, "road")
    how = Settings(run=road.in_process, load_model=road.Model, students=(student,))
    return autograde(course, "road", how).entries[student]


def kinds(entry):
    return {change["kind"] for change in entry.changes}


@pytest.mark.parametrize(
    ("course_id", "practice", "kind"),
    [("elsewhere", False, "course"), ("seeing-attention", True, "practice")],
)
def test_a_notebook_with_another_sentence_waits_for_a_person(course, course_id, practice, kind):
    who = student(course_id, wanted=False)
    data = released_bytes(course.exercises / "road", "en", course_id, practice=practice)
    entry = grade(course, who, answered(data, who))
    assert set(entry.outcomes.values()) == {OPEN}
    assert kinds(entry) == {kind}
    assert kind in WAITING
    assert not entry.fault


@pytest.mark.parametrize(("course_id", "practice"), [("elsewhere", False), ("s", True)])
def test_with_the_same_sentence_it_is_judged_and_told(course, course_id, practice):
    who = student(course_id, wanted=True)
    data = released_bytes(course.exercises / "road", "en", course_id, practice=practice)
    entry = grade(course, who, answered(data, who))
    assert sum(v["points"] for v in entry.verdicts.values()) == 7
    assert "older" in kinds(entry)


def test_another_exercise_waits_for_a_person(course):
    who = "2026900"
    data = released_bytes(course.exercises / "other", "en", HERE)
    entry = grade(course, who, answered(data, who))
    assert set(entry.outcomes.values()) == {OPEN}
    assert {"kind": "exercise", "cell": None, "grade_id": "", "text": "other"} in entry.changes


def legacy(course, course_id):
    """Return the notebook as it was before it carried its cells, in the call of `start`."""
    notebook = released(course, "road")
    notebook["metadata"].pop("seeing_attention")
    notebook["cells"] = [c for c in notebook["cells"] if c.get("id") != "notebook_data"]
    start = next(c for c in notebook["cells"] if c.get("id") == "start")
    data = encode_public(load_exercise(course.exercises / "road").public())
    start["source"] = (
        "from grader.check import check, start\n"
        'session = start("road", student=globals().get("student", ""),\n'
        f'    language=globals().get("language", "zh"), course_id="{course_id}",\n'
        f'    questions="{data}")'
    )
    return notebook


@pytest.mark.parametrize(("course_id", "same"), [(HERE, True), ("elsewhere", False)])
def test_a_notebook_of_before_is_known_by_its_start_cell(course, course_id, same):
    who = student(course_id, wanted=same)
    entry = grade(course, who, filled(legacy(course, course_id), road.RIGHT, who))
    if same:
        assert sum(v["points"] for v in entry.verdicts.values()) == 7
        assert "older" in kinds(entry)
    else:
        assert set(entry.outcomes.values()) == {OPEN}
        assert "course" in kinds(entry)


def test_half_a_letter_in_a_course_id_harms_no_page_of_the_class(course):
    who = student(r"\ud800", wanted=False)
    entry = grade(course, who, filled(legacy(course, r"\ud800"), road.RIGHT, who))
    json.dumps(asdict(entry), ensure_ascii=False, default=list).encode("utf-8")


def test_a_notebook_of_before_is_still_checked_as_it_is(course, monkeypatch, tmp_path):
    from grader.grading.again import local_check

    def execute(notebook, *, folder, questions):
        return road.execute(notebook, questions)

    monkeypatch.setattr(local_check, "execute", execute)
    path = tmp_path / "road.ipynb"
    path.write_text(json.dumps(filled(legacy(course, HERE), road.RIGHT, "2026001")))
    checked = local_check.check_notebook(path, "en", road.Model())
    assert (checked.points, checked.changes) == (road.PUBLIC, ()), checked.text()


def test_the_check_says_that_the_sites_notebook_is_for_practice(course, monkeypatch, tmp_path):
    from grader.grading.again import local_check

    def execute(notebook, *, folder, questions):
        return road.execute(notebook, questions)

    monkeypatch.setattr(local_check, "execute", execute)
    data = released_bytes(course.exercises / "road", "en", "seeing-attention", practice=True)
    path = tmp_path / "road.ipynb"
    path.write_text(json.dumps(answered(data, "2026001")))
    checked = local_check.check_notebook(path, "en", road.Model())
    assert [change.kind for change in checked.changes] == ["practice"]
    assert sentence(checked.changes[0], "en") in checked.text()
    assert checked.points == road.PUBLIC


def test_verify_finds_no_difference_in_what_waits(course):
    who = student("elsewhere", wanted=False)
    data = released_bytes(course.exercises / "road", "en", "elsewhere")
    grade(course, who, answered(data, who))
    assert verify(course, "road", (who,), load_model=road.Model).differences == ()


def test_hostile_data_are_no_other_notebook(course):
    who = "2026950"
    notebook = filled(released(course, "road"), road.RIGHT, who)
    cell = next(c for c in notebook["cells"] if c.get("id") == "notebook_data")
    for source in ('notebook_data = "x"', 'notebook_data = "' + "0" * 300_000 + '"', "1"):
        cell["source"] = source
        with open_grading(course, "road", road.Model) as (grading, _):
            hand_in(course, who, notebook, "road")
            assert read(grading, who).origin == ()


def test_no_id_is_told_at_the_check_and_in_the_grade(course):
    who = next(one for one in map(str, range(9000, 9100)) if variant_index(HERE, "road", one, 2))
    nothing = ('student = ""', "student = None", "language = 'en'", "# student = '7'")
    for source in (*nothing, "student = “7”", "student = 007", 'student = "7'):
        notebook = filled(released(course, "road"), road.RIGHT)
        next(c for c in notebook["cells"] if c.get("id") == "student")["source"] = source
        entry = grade(course, who, notebook)
        assert "no_id" in kinds(entry)
        assert set(entry.outcomes.values()) == {OPEN}
