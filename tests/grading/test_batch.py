import fcntl
import json
import os

import pytest

from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.course.marks import read_marks
from grader.course.release import release
from grader.errors import CourseError, GraderError
from grader.grading.batch import Settings, autograde, libraries_of
from grader.grading.store.record import read_record, record_path, results_hash
from support.courses import (
    RIGHT,
    NoModel,
    cell_of,
    filled,
    hand_in,
    in_process,
    make_course,
    own_cell,
    released,
)


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


def grade(course, **settings):
    settings = {"run": in_process, "load_model": NoModel} | settings
    return autograde(course, "mini", Settings(**settings))


def right(course, student):
    return filled(released(course), RIGHT, student)


def points(course, student):
    with open_gradebook(course) as gradebook:
        marks = read_marks(gradebook, "mini", student)
    return {name: mark.points for name, mark in marks.cells.items()}


def stored(course, student):
    path = course.folder("autograded", "mini", student) / "mini.ipynb"
    return json.loads(path.read_text())


def test_the_warm_process_imports_what_an_assignment_imports(course):
    assert libraries_of(course, "mini") == ()
    path = course.folder("source", "mini") / "mini.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    notebook["cells"][0]["source"] = "import numpy\nfrom torch.nn import functional\nimport pandas"
    path.chmod(0o644)
    path.write_text(json.dumps(notebook), "utf-8")
    assert libraries_of(course, "mini") == ("torch", "pandas")


def test_the_warm_process_imports_what_several_hand_ins_import(course):
    students = [f"s{number}" for number in range(6)]
    for number, student in enumerate(students):
        notebook = right(course, student)
        text = "import torch" if number < 3 else "from pandas import Series" if number < 5 else ""
        notebook["cells"].append({**notebook["cells"][-1], "id": "own", "source": text})
        hand_in(course, student, notebook)
    assert libraries_of(course, "mini", students) == ("torch",)
    assert libraries_of(course, "mini", students[1:]) == ()


def test_only_plain_files_of_bounded_length_are_looked_into(course, tmp_path):
    students = ["a", "b", "c", "d"]
    for student in students:
        notebook = right(course, student)
        notebook["cells"].append({**notebook["cells"][-1], "id": "own", "source": "import torch"})
        hand_in(course, student, notebook)
    path = course.folder("submitted", "mini", "a") / "mini.ipynb"
    moved = path.rename(tmp_path / "elsewhere.ipynb")
    path.symlink_to(moved)
    long = course.folder("submitted", "mini", "b") / "mini.ipynb"
    long.write_bytes(long.read_bytes() + b" " * (1 << 20))
    assert libraries_of(course, "mini", students) == ()
    assert libraries_of(course, "mini", [*students, "nobody"]) == ()


def test_a_right_answer_gets_all_points_and_the_essay_waits(course):
    hand_in(course, "ann", right(course, "ann"))
    batch = grade(course)
    assert points(course, "ann") == {"pick_check": 1.0, "soft_check": 2.0, "essay": None}
    assert batch.not_graded == {}
    assert batch.entries["ann"].outcomes == {"mini.pick": "graded", "mini.soft": "graded"}


def test_an_unanswered_notebook_gets_nothing_and_no_person_has_to_look(course):
    hand_in(course, "bob", released(course))
    grade(course)
    assert points(course, "bob") == {"pick_check": 0, "soft_check": 0, "essay": 0}


def test_a_check_cell_holds_one_number_and_one_card(course):
    hand_in(course, "ann", right(course, "ann"))
    grade(course)
    (output,) = cell_of(stored(course, "ann"), "pick_check")["outputs"]
    assert output["output_type"] == "execute_result"
    assert "".join(output["data"]["text/plain"]) == "1.0"
    assert "Choose" in "".join(output["data"]["text/html"])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"cells": [', "not_json"),
        (b'{"nbformat": 2, "worksheets": []}', "nbformat"),
        (b"\x89PNG", "not_utf8"),
        (None, "too_large"),
    ],
)
def test_what_is_no_notebook_is_recorded_as_such_and_the_others_are_graded(course, data, reason):
    path = hand_in(course, "eve", data or b"")
    if data is None:
        os.truncate(path, 250_000_000)
    hand_in(course, "zoe", right(course, "zoe"))
    batch = grade(course)
    assert batch.not_graded == {"eve": reason}
    assert set(batch.entries["eve"].outcomes.values()) == {"not a notebook"}
    assert points(course, "eve") == {"pick_check": 0, "soft_check": 0, "essay": 0}
    assert points(course, "zoe")["soft_check"] == 2.0
    assert stored(course, "eve")["cells"]  # formgrader finds a page


def test_a_symlink_to_anothers_work_is_no_submission(course):
    theirs = hand_in(course, "ann", right(course, "ann"))
    folder = course.folder("submitted", "mini", "eve")
    folder.mkdir(parents=True)
    (folder / "mini.ipynb").symlink_to(theirs)
    (course.path / "submitted" / "mal").mkdir()
    (course.path / "submitted" / "mal" / "mini").symlink_to(theirs.parent)
    assert grade(course).not_graded == {"eve": "not_a_file", "mal": "not_a_file"}


def test_a_second_run_grades_nothing_and_writes_nothing(course):
    hand_in(course, "ann", right(course, "ann"))
    hand_in(course, "eve", b"x")
    grade(course)
    files = [p for p in course.path.rglob("*") if p.is_file() and p.name != ".lock"]
    before = {path: path.read_bytes() for path in files}
    batch = grade(course)
    assert batch.graded == []
    assert batch.not_graded == {"eve": "not_json"}
    assert {path: path.read_bytes() for path in before} == before


def test_only_what_changed_is_graded_again(course):
    for student in ("ann", "bob"):
        hand_in(course, student, released(course))
    grade(course)
    hand_in(course, "bob", right(course, "bob"))
    assert grade(course).graded == ["bob"]
    assert points(course, "bob")["pick_check"] == 1.0


def test_changed_questions_are_graded_again(course):
    hand_in(course, "ann", right(course, "ann"))
    grade(course)
    questions = course.exercise("mini") / "questions.toml"
    questions.write_text(questions.read_text().replace('key = "keys"', 'key = "queries"'))
    assert grade(course, regrade=True).graded == ["ann"]
    assert points(course, "ann")["pick_check"] == 0


def test_questions_that_are_not_the_released_ones_are_an_error(course):
    questions = course.exercise("mini") / "questions.toml"
    text = questions.read_text().replace("points = 4", "points = 5", 1)
    text = text.replace("points = 1\nkey", "points = 2\nkey")
    text = text.replace("choice = {points = 1", "choice = {points = 2")
    questions.write_text(text)
    with pytest.raises(CourseError, match="grader release mini"):
        grade(course)


def test_a_graded_notebook_that_was_lost_is_graded_again(course):
    hand_in(course, "ann", right(course, "ann"))
    grade(course)
    (course.folder("autograded", "mini", "ann") / "mini.ipynb").unlink()
    assert grade(course).graded == ["ann"]


@pytest.mark.parametrize("left", [b"", b'{"cells": [', b'{"nbformat": 4}', b"[]", b"\xff"])
def test_a_graded_notebook_that_was_damaged_is_graded_again(course, left):
    hand_in(course, "ann", right(course, "ann"))
    grade(course)
    path = course.folder("autograded", "mini", "ann") / "mini.ipynb"
    path.write_bytes(left)
    batch = grade(course)
    assert batch.graded == ["ann"]
    assert not batch.entries["ann"].fault
    assert stored(course, "ann")["cells"]


def test_a_persons_marks_survive_a_regrade(course):
    hand_in(course, "ann", right(course, "ann"))
    grade(course)
    with open_gradebook(course) as gradebook:
        mark = gradebook.find_grade("essay", "mini", "mini", "ann")
        mark.manual_score, mark.needs_manual_grade = 0.5, False
        gradebook.db.commit()
    grade(course, force=True)
    assert points(course, "ann")["essay"] == 0.5


def test_a_fault_of_ours_leaves_points_open_and_is_tried_again(course):
    hand_in(course, "ann", right(course, "ann"))
    hand_in(course, "bob", right(course, "bob"))

    def flaky(jobs):
        if 'student = "ann"' in own_cell(jobs[0].notebook)["source"]:
            raise OSError("no kernel")
        return in_process(jobs)

    batch = grade(course, run=flaky)
    assert batch.not_graded == {"ann": "OSError: no kernel"}
    assert points(course, "ann") == {"pick_check": None, "soft_check": None, "essay": None}
    assert points(course, "bob")["pick_check"] == 1.0
    (output,) = cell_of(stored(course, "ann"), "pick_check")["outputs"]
    assert output["output_type"] == "display_data"  # a card, and no number for nbgrader
    assert grade(course).graded == ["ann"]
    assert points(course, "ann")["pick_check"] == 1.0


def test_a_notebook_that_cannot_be_stored_leaves_no_score(course, monkeypatch):
    hand_in(course, "ann", right(course, "ann"))

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr("grader.grading.pipeline.write_graded", full)
    assert grade(course).not_graded == {"ann": "OSError: disk full"}
    assert points(course, "ann")["pick_check"] is None
    monkeypatch.undo()
    assert grade(course).graded == ["ann"]


def test_a_record_that_was_cut_short_counts_as_not_written(course):
    hand_in(course, "ann", right(course, "ann"))
    grade(course)
    data = record_path(course).read_bytes()
    record_path(course).write_bytes(data[: len(data) // 2])
    assert read_record(course, "mini") == {}
    assert grade(course).graded == ["ann"]
    assert list(read_record(course, "mini")) == ["ann"]


def test_either_language_is_graded(course):
    other = json.loads((course.folder("release", "mini") / "mini.zh.ipynb").read_text())
    hand_in(course, "ann", filled(other, RIGHT, "ann"), name="mini.zh.ipynb")
    assert grade(course).entries["ann"].notebook == "mini.zh.ipynb"
    assert points(course, "ann")["soft_check"] == 2.0
    headings = [c for c in stored(course, "ann")["cells"] if c["cell_type"] == "markdown"]
    assert "小练习" in headings[0]["source"][0]


def test_of_two_languages_the_one_filled_in_is_meant(course):
    hand_in(course, "ann", released(course))
    other = json.loads((course.folder("release", "mini") / "mini.zh.ipynb").read_text())
    hand_in(course, "ann", filled(other, RIGHT, "ann"), name="mini.zh.ipynb")
    grade(course)
    assert points(course, "ann")["pick_check"] == 1.0


def test_a_renamed_notebook_is_meant_if_it_is_the_only_one(course):
    hand_in(course, "ann", right(course, "ann"), name="my mini (1).ipynb")
    grade(course)
    assert points(course, "ann")["pick_check"] == 1.0


def test_the_sentence_is_drawn_from_the_roster_not_from_the_notebook(course):
    hand_in(course, "ann", right(course, "bob"))  # ann's and bob's words differ
    batch = grade(course)
    assert batch.not_graded == {"ann": "another variant"}
    assert points(course, "ann")["pick_check"] is None
    (course.path / "roster.csv").write_text("id,variant_id\nann,bob\n")
    assert grade(open_course(course.path)).graded == ["ann"]
    assert points(course, "ann")["pick_check"] == 1.0


def test_a_late_penalty_is_nbgraders_plugin(course):
    (course.path / "late.py").write_text(
        "from nbgrader.plugins import BasePlugin\n"
        "class Half(BasePlugin):\n"
        "    def late_submission_penalty(self, student_id, score, total_seconds_late):\n"
        "        return score / 2\n"
    )
    with (course.path / "nbgrader_config.py").open("a") as file:
        file.write(
            "\nimport sys; sys.path.insert(0, str(Path(__file__).parent))\n"
            "from late import Half\nc.AssignLatePenalties.plugin_class = Half\n"
        )
    with open_gradebook(course) as gradebook:
        gradebook.update_or_create_assignment("mini", duedate="2026-01-01 00:00:00 UTC")
    hand_in(course, "ann", right(course, "ann"))
    folder = course.folder("submitted", "mini", "ann")
    (folder / "timestamp.txt").write_text("2026-01-02 00:00:00 UTC")
    grade(course)
    with open_gradebook(course) as gradebook:
        assert read_marks(gradebook, "mini", "ann").penalty == 1.5


def test_two_graders_at_once_are_refused(course):
    with (course.path / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(GraderError, match="Another grader"):
            grade(course)


def test_an_unreleased_assignment_says_so(course):
    with pytest.raises(CourseError, match="grader release maxi"):
        autograde(course, "maxi", Settings(run=in_process))


def test_a_named_student_without_a_submission_is_told(course):
    with pytest.raises(GraderError, match="handed in nothing"):
        grade(course, students=("nobody",))


def test_progress_reaches_the_end(course):
    seen = []
    for student in ("ann", "bob"):
        hand_in(course, student, released(course))
    grade(course, progress=lambda done, total, student: seen.append((done, total, student)))
    grade(course, progress=lambda done, total, student: seen.append((done, total, student)))
    assert seen == [(1, 2, "ann"), (2, 2, "bob")] * 2


def test_probes_are_drawn_from_secret_and_submission(course):
    drawn = []

    def spy(jobs):
        drawn.append(jobs[0].questions["soft_check"][1])
        return in_process(jobs)

    for student in ("ann", "bob"):
        hand_in(course, student, right(course, student))
    grade(course, run=spy)
    grade(course, run=spy, force=True)
    assert drawn[0] != drawn[1]  # another submission, other inputs
    assert drawn[:2] == drawn[2:]  # a regrade repeats them


def test_a_job_holds_nothing_of_the_course(course):
    jobs = []

    def spy(found):
        jobs.extend(found)
        return in_process(found)

    hand_in(course, "ann", right(course, "ann"))
    grade(course, run=spy)
    text = repr(jobs[0])
    for secret in (str(course.path), course.secret().hex(), "THE SECRET ESSAY", "queries"):
        assert secret not in text


def test_releasing_again_after_grading_keeps_grades(course):
    hand_in(course, "ann", right(course, "ann"))
    grade(course)
    notebook = course.exercise("mini") / "notebook.py"
    notebook.write_text(notebook.read_text().replace("# # A small", "# # One small"))
    assert release(course, "mini").changed
    assert points(course, "ann")["pick_check"] == 1.0


@pytest.mark.long
def test_five_repeats_with_one_two_and_four_workers_have_one_hash(course):
    for student in ("ann", "bob", "eve", "zoe"):
        hand_in(course, student, right(course, student))
    hand_in(course, "mal", b"{")
    seen = set()
    for workers in (1, 2, 4) * 5:
        assert len(grade(course, workers=workers, force=True).graded) == 5
        seen.add(results_hash(course, "mini"))
    assert len(seen) == 1
