"""Each exercise once in a real kernel: released, handed in with full marks, graded."""

import json
from pathlib import Path

import pytest

from grader.course.course import init_course
from grader.course.gradebook import open_gradebook
from grader.course.marks import read_marks
from grader.course.release import release
from grader.course.sample import fill_in
from grader.grading.batch import Settings, autograde
from grader.grading.run.sandbox import kernels
from grader.questions import load_exercise
from grader.questions.samples import read_samples

EXERCISES = Path(__file__).parents[2] / "exercises"
SLUGS = sorted(path.parent.name for path in EXERCISES.glob("*/questions.toml"))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """One course in Chinese; telescope in English is graded by tests/grading."""
    folder = tmp_path_factory.mktemp("all") / "course"
    with kernels(Settings().provisioner):  # one warm process for all of them
        yield init_course(folder, exercises=EXERCISES, language="zh")[0]


@pytest.mark.long
@pytest.mark.parametrize("slug", SLUGS)
def test_full_marks_without_a_kernel_are_full_marks_in_one(slug, course):
    asked = load_exercise(EXERCISES / slug)
    most = sum(q.points for q in asked.questions.values() if not q.written)
    samples = read_samples(EXERCISES / slug, asked)
    sample = next(s for s in samples if sum(s.points.values()) == most)
    student = sample.student(course.course_id, asked)
    release(course, slug)
    blank = json.loads((course.folder("release", slug) / f"{slug}.ipynb").read_text("utf-8"))
    target = course.folder("submitted", slug, student)
    target.mkdir(parents=True)
    filled = fill_in(blank, sample, student)
    (target / f"{slug}.ipynb").write_text(json.dumps(filled), "utf-8")
    batch = autograde(course, slug, Settings())
    assert not batch.not_graded
    with open_gradebook(course) as gradebook:
        assert read_marks(gradebook, slug, student).total == most
