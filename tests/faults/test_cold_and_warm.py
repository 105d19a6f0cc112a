"""The same submissions earn the same, in stock kernels and in warm and confined ones."""

import json
from pathlib import Path

import pytest

from grader.course import release
from grader.course.course import init_course
from grader.course.gradebook import open_gradebook
from grader.course.sample import fill_in
from grader.grading.batch import Settings, autograde
from grader.grading.kernels import CONFINED, STOCK
from grader.questions import load_exercise
from grader.questions.samples import read_samples

EXERCISES = Path(__file__).parents[2] / "exercises"
pytestmark = pytest.mark.long


def rows(course, slug):
    """Return what the gradebook says: (student, cell) -> (points, maximum, left to a person)."""
    with open_gradebook(course) as gradebook:
        return {
            (submission.student.id, grade.name): (
                grade.auto_score,
                grade.max_score,
                grade.needs_manual_grade,
            )
            for submission in gradebook.assignment_submissions(slug)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def cold_and_warm(course, slug):
    found = []
    for provisioner in (STOCK, CONFINED):
        batch = autograde(course, slug, Settings(provisioner=provisioner, workers=2, regrade=True))
        assert {entry.confined for entry in batch.entries.values()} == {provisioner == CONFINED}
        found.append(rows(course, slug))
    return found


@pytest.fixture(scope="module")
def course(wall, tmp_path_factory):
    folder = tmp_path_factory.mktemp("same") / "course"
    return init_course(folder, exercises=EXERCISES, language="en")[0]


def hand_in(course, slug, student, notebook):
    target = course.folder("submitted", slug, student) / f"{slug}.ipynb"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps(notebook))


def test_every_sample_of_the_telescope(course):
    release.release(course, "telescope")
    path = course.folder("release", "telescope") / "telescope.ipynb"
    folder = course.exercises / "telescope"
    answers = read_samples(folder, load_exercise(folder))
    for number, answer in enumerate(answers):
        student = f"s{number:03}"
        notebook = fill_in(json.loads(path.read_text()), answer, student)
        hand_in(course, "telescope", student, notebook)
    cold, warm = cold_and_warm(course, "telescope")
    assert len({student for student, _ in cold}) == len(answers)
    assert cold == warm


def test_an_assignment_with_tests_of_its_own(course):
    from nbformat.v4 import new_code_cell, new_notebook

    def cell(grade_id, source, **marks):
        marks = {"schema_version": 3, "grade_id": grade_id, "task": False} | marks
        return new_code_cell(source, metadata={"nbgrader": marks}, id=grade_id)

    solution = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    source = new_notebook(
        cells=[
            cell("double", solution, grade=False, solution=True, locked=False),
            cell(
                "test_double",
                "assert double(2) == 4\n### BEGIN HIDDEN TESTS\nassert double(3) == 6\n"
                "### END HIDDEN TESTS",
                grade=True,
                solution=False,
                locked=True,
                points=2,
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    folder = course.folder("source", "own")
    folder.mkdir(parents=True)
    (folder / "own.ipynb").write_text(json.dumps(source))
    release._convert(course.path, "own", release.load_config(course), database=True)
    path = course.folder("release", "own") / "own.ipynb"
    for student, code in (
        ("right", "def double(x):\n    return x + x"),
        ("noisy", "import warnings; warnings.warn('w')\ndef double(x):\n    return x + x"),
        ("wrong", "def double(x):\n    return 4"),
        ("fails", "def double(x):\n    return x.no"),
        ("ends", "import os; os._exit(0)"),
        ("blank", "..."),
    ):
        notebook = json.loads(path.read_text())
        notebook["cells"][0]["source"] = code
        hand_in(course, "own", student, notebook)
    cold, warm = cold_and_warm(course, "own")
    assert {student: points for (student, _), (points, *_) in cold.items() if points} == {
        "right": 2,
        "noisy": 2,
    }
    assert cold == warm
