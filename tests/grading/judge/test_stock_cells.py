"""Assignments of nbgrader's own kind: assert cells, run by the same path, scored by its rule."""

import json
import shutil

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.course import release
from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.course.marks import read_marks
from grader.grading.batch import Settings, autograde
from grader.grading.judge.stock_cells import read_test
from grader.grading.store.record import read_entries
from grader.reports.feedback import write_feedback
from grader.reports.why import why_text
from support.courses import make_course

DROPPER = (
    "import ast\n"
    "class Drop(ast.NodeTransformer):\n"
    "    def visit_Assert(self, node):\n"
    "        return ast.Pass()\n"
    "get_ipython().ast_transformers.append(Drop())\n"
)


def marks(grade_id, **flags):
    found = {"schema_version": 3, "grade_id": grade_id, "task": False, "locked": False}
    return {"nbgrader": found | {"grade": False, "solution": False} | flags}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("stock"))
    solution = "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION"
    tests = (
        "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n### END HIDDEN TESTS"
    )
    source = new_notebook(
        cells=[
            new_code_cell(solution, metadata=marks("double", solution=True), id="a"),
            new_code_cell(
                tests, metadata=marks("double_test", grade=True, locked=True, points=2), id="b"
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    folder = course.folder("source", "stock")
    folder.mkdir(parents=True)
    (folder / "stock.ipynb").write_text(json.dumps(source))
    release._convert(course.path, "stock", release.load_config(course), database=True)
    released = json.loads((course.folder("release", "stock") / "stock.ipynb").read_text())
    for student, code, tags in (
        ("right", "def double(x):\n    return x + x", []),
        ("wrong", "def double(x):\n    return 4", []),
        ("blank", "...", []),
        ("tags", "...", ["skip-execution"]),
        ("forger", DROPPER, []),
    ):
        released["cells"][0]["source"] = code
        released["cells"][1]["metadata"]["tags"] = tags
        target = course.folder("submitted", "stock", student)
        target.mkdir(parents=True)
        (target / "stock.ipynb").write_text(json.dumps(released))
    autograde(course, "stock", Settings())
    write_feedback(course, "stock")
    return course


def points(course, student):
    with open_gradebook(course) as gradebook:
        return read_marks(gradebook, "stock", student).total


@pytest.mark.parametrize(
    ("student", "expected"),
    [
        ("right", 2),
        ("wrong", 0),  # hidden tests come back from the gradebook
        ("blank", 0),
        ("tags", 0),  # stock nbgrader skips the cell and pays in full
        ("forger", 2),  # the control of all forgery tests: in-kernel tests can be forged
    ],
)
def test_assert_cells_are_scored_by_nbgraders_rule(graded, student, expected):
    assert points(graded, student) == expected


def test_feedback_says_that_in_kernel_tests_can_be_forged(graded):
    page = (graded.folder("feedback", "stock", "right") / "stock.html").read_text()
    assert "can be forged" in page


def test_feedback_shows_no_hidden_test(graded):
    page = (graded.folder("feedback", "stock", "wrong") / "stock.html").read_text()
    assert "AssertionError" in page
    assert "double(2)" in page
    assert "double(3)" not in page


def test_a_test_that_was_not_run_because_the_grader_failed_pays_nothing_and_waits(graded, tmp_path):
    """Without an error in its outputs it would pass by nbgrader's rule."""
    course = open_course(shutil.copytree(graded.path, tmp_path / "course"))

    def fail(jobs):
        raise RuntimeError("no kernel")

    batch = autograde(course, "stock", Settings(run=fail, force=True, students=("wrong", "right")))
    assert batch.not_graded == {
        "right": "RuntimeError: no kernel",
        "wrong": "RuntimeError: no kernel",
    }
    for student in ("wrong", "right"):
        assert batch.entries[student].stock == {"double_test": [None, 2.0]}
        with open_gradebook(course) as gradebook:
            mark = read_marks(gradebook, "stock", student).cells["double_test"]
        assert (mark.auto, mark.open) == (None, True)


def result(printed):
    return {"output_type": "execute_result", "data": {"text/plain": printed}}


WARNING = {"output_type": "stream", "name": "stderr", "text": "UserWarning: slow"}
ERROR = {"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": []}


@pytest.mark.parametrize(
    "printed",
    [
        *("0.5", "5e-1", "np.float64(0.5)", "np.float32(0.5)", "numpy.float64(0.5)", "array(0.5)"),
        *("tensor(0.5000)", "tensor(0.5000, dtype=torch.float64)", "Decimal('0.5')"),
        *("Fraction(1, 2)", "np.longdouble('0.5')", "array(0.5, dtype=float16)"),
    ],
)
def test_partial_credit_is_the_number_in_whatever_form_it_is_printed(printed):
    assert read_test([result(printed)], 2.0) == (0.5, "number", printed)


@pytest.mark.parametrize(
    ("printed", "how"),
    [
        ("-1", "negative"),
        ("np.float64(-0.5)", "negative"),
        ("nan", "not_finite"),
        ("np.float64(nan)", "not_finite"),
        ("tensor(nan)", "not_finite"),
        ("inf", "not_finite"),
        ("-inf", "not_finite"),
        ("np.float64(inf)", "not_finite"),
        ("1e999", "not_finite"),
    ],
)
def test_what_is_below_0_or_not_finite_is_0_points(printed, how):
    assert read_test([result(printed)], 2.0) == (0.0, how, printed)


def test_more_than_there_are_points_is_left_to_a_person():
    assert read_test([result("np.int64(3)")], 2.0).points is None


@pytest.mark.parametrize("printed", ["'all right'", "[1, 2]", "array([1, 2])", "f(1, 2)", "None"])
def test_what_is_no_single_number_is_all_points_as_in_nbgrader(printed):
    assert read_test([result(printed)], 2.0) == (2.0, "passed", "")


def test_a_warning_costs_nothing_and_an_error_costs_all():
    assert read_test([WARNING], 2.0).points == 2.0
    assert read_test([WARNING, result("np.float64(0.5)")], 2.0).points == 0.5
    assert read_test([WARNING, ERROR], 2.0) == (0.0, "error", "AssertionError")


@pytest.mark.parametrize(
    ("student", "said"), [("right", "without an error"), ("wrong", "AssertionError")]
)
def test_why_says_what_happened_in_the_test(graded, student, said):
    entries = [e for e in read_entries(graded) if e.student == student]
    with open_gradebook(graded) as gradebook:
        found = read_marks(gradebook, "stock", student)
    assert said in why_text("double_test", entries, found, None, "en")
