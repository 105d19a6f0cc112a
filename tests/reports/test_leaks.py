"""No input that a function was called with, and no right value, stands in feedback or report."""

import numpy as np
import pytest

from grader.grading.batch import Settings, autograde
from grader.grading.intake.assignment import read_assignment
from grader.grading.judge.judge import probes_of
from grader.grading.store.record import read_record
from grader.questions.parser import decode
from grader.questions.probes import plan
from grader.questions.references import REFERENCES
from grader.reports.class_report import write_report
from grader.reports.feedback import write_feedback
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

TELLS = 'def soft(scores):\n    raise ValueError(" ".join(f"{x:.6f}" for x in scores.flat))'


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("leaks"))
    for student, answers in {
        "ann": RIGHT,
        "bob": {"soft": "def soft(scores):\n    return scores"},
        "tells": {"soft": TELLS},
        "named": {
            "soft": TELLS.replace("ValueError(", 'type("E" + ').replace(
                "flat)", "flat), (Exception,), {}"
            )
        },
        "blank": {},
    }.items():
        hand_in(course, student, filled(released(course), answers, student))
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    return course


def pages(course, slug):
    """Every page: of each student, and of the class."""
    found = {s: path.read_text("utf-8") for s, path in write_feedback(course, slug).paths.items()}
    return found | {"the report": write_report(course, slug)[0].read_text("utf-8")}


def hidden(course, student):
    """The inputs of hidden classes that a student's function was called with."""
    assignment = read_assignment(course, "mini")
    submission = read_record(course, "mini")[student].submission
    probes = probes_of(assignment, course.secret(), submission)["soft_check"]
    classes = assignment.exercise.questions["soft"].parameters.classes
    shown = {one.name for one in classes if one.public}
    return [p for p, name in zip(probes, plan(classes), strict=True) if name not in shown]


def written(array):
    """How a number of an array could be written: with two to eight decimals, and with all."""
    numbers = [float(x) for x in np.asarray(array).flat]
    rounded = {f"{x:.{n}f}".lstrip("0") for x in numbers for n in (2, 3, 4, 6, 8)}
    return rounded | {repr(x).lstrip("0") for x in numbers if x % 1}


def test_no_page_holds_an_input_of_a_hidden_class_or_what_is_right_for_it(course):
    everything = pages(course, "mini")
    assert set(everything) == {"ann", "bob", "tells", "named", "blank", "the report"}
    looked = 0
    for student in set(everything) - {"the report"}:
        for [encoded] in hidden(course, student):
            probe = decode(encoded)
            secret = written(probe) | {encoded["$array"]["data"]}
            secret |= {
                t for t in written(REFERENCES["softmax"](probe)) if len(t) > 4 and t.strip("-.0")
            }
            looked += len(secret)
            for page in (everything[student], everything["the report"]):
                assert not {text for text in secret if text in page}
    assert looked > 100


@pytest.mark.parametrize("form", ["{}", "{:.4f}"])
def test_the_search_finds_an_input_that_is_there(course, form):
    [encoded] = hidden(course, "ann")[0]
    page = f"<p>{form.format(float(decode(encoded).flat[0]))}</p>"
    assert any(text in page for text in written(decode(encoded)))


def test_no_page_holds_a_secret_of_the_course_or_the_model_answer(course):
    for page in pages(course, "mini").values():
        assert "THE SECRET ESSAY" not in page
        assert course.secret().hex() not in page


def test_no_page_of_a_wrong_answer_holds_the_head_or_weight_that_is_right(look):
    everything = pages(look, "look")
    for student in ("cat", "dan", "ivy", "jim", "kim"):
        for right in ("0.75", ".750", "L1H0", '"keys"'):
            assert right not in everything[student]
    assert "0.75" not in everything["the report"]


def test_a_page_holds_nothing_of_other_students(look):
    everything = pages(look, "look")
    assert "bob" not in everything["ann"]
    assert "0.123456" not in everything["ann"]
