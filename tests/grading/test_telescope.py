"""The telescope exercise in real kernels with the real model: one batch of few submissions."""

import json
import shutil
from pathlib import Path

import pytest

from grader.course.course import init_course
from grader.course.gradebook import open_gradebook
from grader.course.marks import read_marks
from grader.course.release import release
from grader.grading import batch
from grader.grading.again.local_check import check_notebook
from grader.grading.batch import Settings, autograde
from grader.questions import load_exercise, variant_index
from support.courses import cell_of, filled, own_cell

EXERCISES = Path(__file__).parents[2] / "exercises"
WARN = "import warnings\nwarnings.warn('careful')\nwarnings.warn('again', DeprecationWarning)\n"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("telescope") / "course"
    course, _ = init_course(folder, exercises=EXERCISES, language="en")
    release(course, "telescope")
    blank = (course.folder("release", "telescope") / "telescope.ipynb").read_bytes()
    solved = json.loads((course.folder("source", "telescope") / "telescope.ipynb").read_text())
    own_cell(solved)["source"] = 'student = "solved"'
    check = solved["cells"].index(cell_of(solved, "means_check"))
    noisy = {"cell_type": "code", "source": WARN, "metadata": {}, "outputs": [], "id": "n"}
    solved["cells"].insert(check, noisy | {"execution_count": None})
    for student, data in (("blank", blank), ("solved", json.dumps(solved).encode())):
        target = course.folder("submitted", "telescope", student)
        target.mkdir(parents=True)
        (target / "telescope.ipynb").write_bytes(data)
    autograde(course, "telescope", Settings())
    return course


def marks(course, student):
    with open_gradebook(course) as gradebook:
        return read_marks(gradebook, "telescope", student)


def executed(course, student):
    path = course.folder("autograded", "telescope", student) / "telescope.ipynb"
    return json.loads(path.read_text())


def test_the_unanswered_notebook_scores_0_and_run_all_reaches_its_end(graded):
    found = marks(graded, "blank")
    assert found.total == 0
    assert not any(mark.open for mark in found.cells.values())
    errors = [
        output
        for cell in executed(graded, "blank")["cells"]
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    ]
    assert errors == []


def test_the_model_answer_scores_all_autograded_points_through_warnings(graded):
    found = marks(graded, "solved")
    assert {g for g, mark in found.cells.items() if mark.points is None} == {"friend"}
    assert found.total == found.maximum - 2 == 10
    shown = json.dumps(executed(graded, "solved"))
    assert "careful" in shown


def test_pictures_are_kept(graded):
    assert '"image/png"' in json.dumps(executed(graded, "solved"))


def test_the_sentences_of_those_who_are_new_are_read_before_the_first_notebook(graded, monkeypatch):
    told, kernels = [], batch.kernels

    def spied(provisioner, texts, *rest):
        told.extend(texts)
        return kernels(provisioner, texts, *rest)

    monkeypatch.setattr(batch, "kernels", spied)
    new = graded.folder("submitted", "telescope", "new")
    shutil.copytree(graded.folder("submitted", "telescope", "blank"), new)
    autograde(graded, "telescope", Settings())
    exercise = load_exercise(EXERCISES / "telescope")
    index = variant_index(graded.course_id, "telescope", "new", len(exercise.variants))
    own = exercise.variants[index]
    assert told == [*exercise.texts(), own["sentence"], own["control"]]


def test_a_lone_notebook_in_an_empty_folder_is_checked(graded, tmp_path):
    alone = tmp_path / "telescope.ipynb"
    shutil.copy(graded.folder("release", "telescope") / "telescope.ipynb", alone)
    notebook = json.loads(alone.read_text())
    answers = {
        "means": 'means_answer = {"mean_subject": 0.038, "mean_noun": 0.086, '
        '"most_heads_noun": True, "larger": "noun"}'
    }
    alone.write_text(json.dumps(filled(notebook, answers)))
    checked = check_notebook(alone, "en")
    points = {verdict.question: verdict.points for verdict in checked.verdicts}
    assert points.pop("telescope.means") == 2.0
    assert set(points.values()) == {0}
    assert not checked.passed
    assert "2 of 2 points" in checked.text()
    assert [path.name for path in tmp_path.iterdir()] == ["telescope.ipynb"]
