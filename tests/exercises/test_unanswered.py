"""A sample that writes no answer in words waits for nobody: its code is not taken for an essay."""

import json
from pathlib import Path

import pytest

from grader.course.course import init_course
from grader.course.release import release
from grader.course.sample import fill_in
from grader.grading.intake.assignment import read_assignment
from grader.grading.intake.notebook_file import parse_notebook
from grader.grading.intake.restore import restore
from grader.questions import load_exercise
from grader.questions.samples import read_samples

EXERCISES = Path(__file__).parents[2] / "exercises"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unanswered") / "course"
    return init_course(folder, exercises=EXERCISES, course_id="unanswered")[0]


@pytest.mark.parametrize("slug", sorted(p.parent.name for p in EXERCISES.glob("*/questions.toml")))
def test_a_sample_without_an_essay_leaves_its_cell_as_it_was(course, slug):
    release(course, slug)
    released = json.loads((course.folder("release", slug) / f"{slug}.ipynb").read_text())
    source = read_assignment(course, slug).notebooks[slug]
    written = {c.grade_id for c in source.cells if c.solution and c.type == "markdown"}
    assert written, "every exercise asks for words; nothing would be compared"
    exercise = course.exercise(slug)
    for sample in read_samples(exercise, load_exercise(exercise)):
        handed_in = json.dumps(fill_in(released, sample, "somebody")).encode()
        restored = restore(parse_notebook(handed_in), source).notebook
        answered = written & {cell.grade_id for cell in sample.cells}
        assert essays_filled_in(restored, released) == answered, sample.path.name


def essays_filled_in(notebook, released):
    """Names of the written answers that are not as they were handed out."""
    before, now = texts(released), texts(notebook)
    return {name for name, text in now.items() if text != before[name]}


def texts(notebook):
    """grade_id -> text, of the written answers."""
    marked = ((cell, cell["metadata"].get("nbgrader", {})) for cell in notebook["cells"])
    return {
        mark["grade_id"]: "".join(cell["source"])
        for cell, mark in marked
        if mark.get("solution") and cell["cell_type"] == "markdown"
    }
