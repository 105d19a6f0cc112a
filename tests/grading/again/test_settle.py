"""What waits for a person: one queue, commands that settle it, and a record that explains it."""

import dataclasses
import json
import shlex
import shutil

import pytest

from grader.cli import main
from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.course.marks import read_marks
from grader.course.scores import read_scores
from grader.errors import GraderError
from grader.grading.again import settle
from grader.grading.again.replay import verify
from grader.grading.batch import Settings, autograde
from grader.grading.store.record import broken, read_record
from grader.grading.store.waiting import read_waiting
from grader.questions import Outcome, variant_index
from grader.reports.class_report import write_report
from grader.reports.feedback import write_feedback
from grader.reports.queue import queue_text
from grader.reports.table import read_table, table_text
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

SETTINGS = Settings(run=in_process, load_model=NoModel)
FORCE = dataclasses.replace(SETTINGS, force=True)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """ann is right; bob carries ann's id, whose word differs; cat wrote none; eve's is no file."""
    course = make_course(tmp_path_factory.mktemp("settle"))
    notebook = released(course)
    hand_in(course, "ann", filled(notebook, RIGHT, "ann"))
    hand_in(course, "bob", filled(notebook, RIGHT, "ann"))
    hand_in(course, "cat", filled(notebook, {"pick": RIGHT["pick"]}, "cat"))
    hand_in(course, "eve", b"{")
    batch = autograde(course, "mini", SETTINGS)
    assert batch.entries["bob"].outcomes["mini.pick"] == Outcome.ANOTHER_VARIANT
    return course.path.parent


@pytest.fixture
def course(graded, tmp_path):
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    return open_course(tmp_path / "course")


@pytest.fixture
def typed(course, capsys, monkeypatch):
    """Run a command in the course folder, as the queue tells it."""
    monkeypatch.setattr("grader.grading.grading.load_model", NoModel)
    monkeypatch.setattr("grader.grading.grading.find_model", lambda: NoModel)

    def run(line, code=0):
        words = shlex.split(line)
        assert words[0] == "grader"
        assert main([*words[1:], "--course", str(course.path)]) == code, capsys.readouterr().err
        return capsys.readouterr().out

    return run


def queue(course):
    return {(one.student, one.why): one for one in read_waiting(course, "mini")}


def give(course, student, points, cell="essay"):
    """Mark as formgrader does."""
    with open_gradebook(course) as gradebook:
        mark = gradebook.find_grade(cell, "mini", "mini", student)
        mark.manual_score, mark.needs_manual_grade = points, False
        gradebook.db.commit()


def needs(course):
    """What formgrader shows as to be graded by a person."""
    found = set()
    with open_gradebook(course) as gradebook:
        for submission in gradebook.assignment_submissions("mini"):
            for notebook in submission.notebooks:
                found |= {
                    (submission.student.id, g.name) for g in notebook.grades if g.needs_manual_grade
                }
    return found


def in_queue(course):
    return {(one.student, cell) for one in read_waiting(course, "mini") for cell in one.cells}


def test_the_queue_says_why_for_whom_and_what_settles_it(course):
    found = queue(course)
    assert set(found) == {
        ("ann", "unmarked"),
        ("bob", "variant"),
        ("bob", "unmarked"),
        ("eve", "door"),
    }
    assert found["bob", "variant"].cells == ("pick_check", "soft_check")
    assert found["bob", "variant"].values == {"id": "ann"}
    assert found["bob", "variant"].command == "grader settle mini bob --as ann"


def test_a_file_that_cannot_be_read_waits_with_its_reason_until_a_person_decides(course, typed):
    waits = queue(course)["eve", "door"]
    assert waits.command == "grader settle mini eve --new-hand-in"
    assert "no complete JSON" in queue_text([waits], "en")
    typed("grader settle mini eve --keep")
    assert ("eve", "door") not in queue(course)
    typed("grader settle mini eve --undo")
    typed(waits.command)
    assert ("eve", "again") in queue(course)


def test_table_report_and_why_show_the_same_queue(course, typed):
    shown = table_text(read_table(course, "mini"))
    page = write_report(course, "mini")[0].read_text("utf-8")
    for one in read_waiting(course, "mini"):
        assert one.command in shown
        assert one.command in page
        for cell in one.cells:
            name = cell.removesuffix("_check")
            assert one.command in typed(f"grader why {one.student} mini.{name}")
    assert "the notebook carries the id ann" in shown
    assert json.loads(typed("grader settle mini --json", code=1))["waiting"] == [
        one.to_json() for one in read_waiting(course, "mini")
    ]


def test_the_command_that_the_queue_tells_takes_its_line_out_of_the_queue(course, typed):
    typed(queue(course)["bob", "variant"].command)
    assert ("bob", "variant") not in queue(course)
    assert read_scores(course, "mini")["bob"].points == 3


def test_an_accepted_id_stands_when_the_class_is_graded_again_and_is_explained(course, typed):
    settle.accept_id(course, "mini", "bob", "ann", "sat at ann's machine", NoModel)
    assert autograde(course, "mini", SETTINGS).graded == []
    autograde(course, "mini", FORCE)
    assert read_scores(course, "mini")["bob"].points == 3
    assert verify(course, "mini", load_model=NoModel).well
    assert broken(course) is None
    told = typed("grader why bob pick")
    assert "had the answers judged by the sentence of ann" in told
    assert "sat at ann's machine" in told


def test_an_accepted_id_holds_for_that_submission_alone(course):
    settle.accept_id(course, "mini", "bob", "ann", load_model=NoModel)
    hand_in(course, "bob", filled(released(course), RIGHT, "bob"))
    autograde(course, "mini", SETTINGS)
    assert read_record(course, "mini")["bob"].variant_id == "bob"
    assert read_scores(course, "mini")["bob"].points == 3


def test_an_id_whose_sentence_was_not_answered_either_is_refused(course):
    before = (course.path / "record.jsonl").read_bytes()
    with pytest.raises(GraderError, match="not for the sentence of 'bob' either"):
        settle.accept_id(course, "mini", "bob", "bob", load_model=NoModel)
    with pytest.raises(GraderError, match="nothing was executed"):
        settle.accept_id(course, "mini", "eve", "ann", load_model=NoModel)
    assert (course.path / "record.jsonl").read_bytes() == before


def rows(course, student):
    with open_gradebook(course) as gradebook:
        return read_marks(gradebook, "mini", student)


@pytest.mark.parametrize(
    "decide",
    [
        lambda course: settle.accept_id(course, "mini", "bob", "ann", load_model=NoModel),
        lambda course: settle.give_marks(course, "mini", "bob", {"soft": 1.5, "essay": 1}, "ok"),
        lambda course: settle.ask_again(course, "mini", "bob", "please"),
    ],
)
def test_every_decision_can_be_taken_back(course, decide):
    before, waits = rows(course, "bob"), queue(course)
    decide(course)
    assert queue(course) != waits
    settle.undo(course, "mini", "bob", NoModel)
    assert (rows(course, "bob"), queue(course)) == (before, waits)
    with pytest.raises(GraderError, match="no decision"):
        settle.undo(course, "mini", "bob", NoModel)
    assert verify(course, "mini", load_model=NoModel).well
    assert autograde(course, "mini", SETTINGS).graded == []


def test_a_mark_is_a_persons_and_stays_whatever_is_graded_again(course, typed):
    typed("grader settle mini bob --mark soft=1.5 --mark mini.pick=0 --comment 'I looked.'")
    autograde(course, "mini", FORCE)
    assert rows(course, "bob").cells["soft_check"].points == 1.5
    assert rows(course, "bob").comments["soft"] == "I looked."
    found = verify(course, "mini", load_model=NoModel)
    assert (found.differences, found.by_hand) == ((), ())
    assert ("bob", "variant") not in queue(course)


@pytest.mark.parametrize("points", ["2.5", "-1", "nan", "inf"])
def test_a_mark_that_is_none_changes_nothing(course, points, capsys):
    before = rows(course, "bob")
    at = ["--course", str(course.path)]
    assert main(["settle", "mini", "bob", f"--mark=soft={points}", *at]) == 2
    assert "is no number from 0 to 2" in capsys.readouterr().err
    assert rows(course, "bob") == before


def test_a_question_that_is_none_lists_those_that_there_are(course):
    with pytest.raises(GraderError, match="there are: pick, soft, essay"):
        settle.give_marks(course, "mini", "ann", {"sfot": 1})
    with pytest.raises(GraderError, match="has no grade"):
        settle.give_marks(course, "mini", "zoe", {"soft": 1})


def test_a_new_hand_in_waits_for_the_student_until_it_is_there(course):
    settle.ask_again(course, "mini", "bob", "your own sentence, please")
    assert [one for one in queue(course) if one[0] == "bob"] == [("bob", "again")]
    hand_in(course, "bob", filled(released(course), RIGHT, "bob"))
    autograde(course, "mini", SETTINGS)
    assert [one for one in queue(course) if one[0] == "bob"] == [("bob", "unmarked")]


def test_why_never_says_both_marked_and_not_yet_marked(course, typed):
    assert "has not yet" in typed("grader why ann essay")
    for mark in (
        lambda: give(course, "ann", 0.75),
        lambda: settle.give_marks(course, "mini", "ann", {"essay": 0.75}),
    ):
        mark()
        told = typed("grader why ann essay")
        assert "A person marked this question: 0.75" in told
        assert "has not yet" not in told
        assert "waits for a person" not in told


def test_formgrader_and_the_queue_agree_whatever_is_graded_again(course):
    def agree():
        assert in_queue(course) == needs(course)
        open_cells = {(s, c) for s, one in read_scores(course, "mini").items() for c in one.open}
        assert open_cells == needs(course)

    agree()
    give(course, "ann", 0.75)
    give(course, "ann", 0.5, "pick_check")
    agree()
    autograde(course, "mini", FORCE)  # the same answers: the marks stand
    assert not [cell for student, cell in needs(course) if student == "ann"]
    agree()
    hand_in(course, "ann", filled(released(course), RIGHT | {"pick": "pick = None"}, "ann"))
    autograde(course, "mini", SETTINGS)  # the essay is the same, the answer to pick another
    assert {cell for student, cell in needs(course) if student == "ann"} == {"pick_check"}
    assert queue(course)["ann", "confirm"].command == "grader settle mini ann --mark pick=0.5"
    agree()
    settle.give_marks(course, "mini", "ann", {"pick": 0.5})
    assert not [cell for student, cell in needs(course) if student == "ann"]
    agree()
    hand_in(course, "ann", filled(released(course), RIGHT | {"essay": "Other."}, "ann"))
    autograde(course, "mini", SETTINGS)
    assert ("ann", "essay") in needs(course)
    agree()


def test_a_grader_that_failed_is_in_the_queue_and_in_formgrader(course, monkeypatch):
    monkeypatch.setattr(
        "grader.grading.pipeline.grade_notebooks", lambda *a: (_ for _ in ()).throw(OSError("disk"))
    )
    autograde(course, "mini", dataclasses.replace(FORCE, students=("ann",)))
    assert queue(course)["ann", "fault"].command == "grader autograde mini --student ann"
    assert ("ann", "pick_check") in needs(course)
    assert read_scores(course, "mini")["ann"].points == 0


def test_ids_are_quoted_in_the_command_that_is_told(course):
    strange = next(
        i for i in (f"b; rm -{n}" for n in range(9)) if variant_index("course", "mini", i, 2)
    )
    assert not variant_index("course", "mini", "bob", 2)
    hand_in(course, "bob", filled(released(course), RIGHT, strange))
    autograde(course, "mini", SETTINGS)
    assert shlex.split(queue(course)["bob", "variant"].command)[-1] == strange


def test_a_notebook_without_an_id_is_accepted_by_the_empty_one(course, typed):
    hand_in(course, "ann", filled(released(course), RIGHT))  # sentence 0, and ann's is the other
    autograde(course, "mini", SETTINGS)
    assert queue(course)["ann", "no_id"].command == "grader settle mini ann --as ''"
    typed(queue(course)["ann", "no_id"].command)
    assert read_scores(course, "mini")["ann"].points == 3


def test_a_submission_that_collect_could_give_to_nobody_is_in_the_queue(course):
    folder = course.path / "doubtful" / "mini" / "Wang; Fang" / "1"
    folder.mkdir(parents=True)
    (folder / "mini.ipynb").write_text("{}")
    one = queue(course)["Wang; Fang", "nobodys"]
    assert shlex.split(one.command) == (
        ["grader", "collect", "doubtful/mini/Wang; Fang", "--slug", "mini", "--student", "STUDENT"]
    )
    assert one.command in table_text(read_table(course, "mini"))


def test_who_is_asked_for_a_new_hand_in_reads_it_on_the_feedback_page(course):
    settle.ask_again(course, "mini", "bob", "your own <sentence>, please")
    page = write_feedback(course, "mini").paths["bob"].read_text("utf-8")
    assert "hand this in once more. your own &lt;sentence&gt;, please" in page
    settle.undo(course, "mini", "bob", NoModel)
    page = write_feedback(course, "mini").paths["bob"].read_text("utf-8")
    assert "once more" not in page


def test_an_essay_written_in_a_cell_of_its_own_is_in_the_queue_with_its_place(course):
    notebook = filled(released(course), {"pick": RIGHT["pick"]}, "cat")
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "own", "metadata": {}, "source": "My view, in my words."}
    )
    hand_in(course, "cat", notebook)
    autograde(course, "mini", SETTINGS)
    [one] = [one for one in read_waiting(course, "mini") if one.student == "cat"]
    assert one.cells == ("essay",)
    assert one.command == "grader written mini --out essays.csv"
    assert "My view, in my words." in queue_text([one], "en")
    assert ("cat", "essay") in needs(course)
