"""The classes that are graded: sample answers of one exercise in turn, in a course of their own."""

import json
from pathlib import Path

from grader.course.course import Course, init_course
from grader.course.gradebook import open_gradebook
from grader.course.release import release
from grader.course.sample import fill_in
from grader.questions import load_exercise
from grader.questions.samples import read_samples

ROOT = Path(__file__).parent.parent.parent
OUT = ROOT / "build" / "bench"
SLUG = "telescope"
STOCK_CONFIG = """\
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from bench.stock import configure
configure(get_config(), Path(__file__).parent)
"""


def make_class(name: str, size: int, *, stock: bool = False) -> Course:
    """Make a course whose class hands in the sample answers in turn.

    The answers that kill their kernel are left out: stock nbgrader drops such a submission.

    Args:
        name: of its folder below build/bench/courses.
        size: how many hand in.
        stock: whether nbgrader itself will grade it.
    """
    folder = OUT / "courses" / name
    course, _ = init_course(folder, exercises=ROOT / "exercises", course_id="bench")
    release(course, SLUG)
    released = json.loads((course.folder("release", SLUG) / f"{SLUG}.ipynb").read_text())
    exercise = course.exercise(SLUG)
    samples = [s for s in read_samples(exercise, load_exercise(exercise)) if not s.kernel]
    for number in range(size):
        student = f"s{number:04}"
        notebook = fill_in(released, samples[number % len(samples)], student)
        target = course.folder("submitted", SLUG, student) / f"{SLUG}.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(notebook))
    if stock:
        config = STOCK_CONFIG.format(tests=str(ROOT / "tests"))
        (folder / "nbgrader_config.py").write_text(config)
    return course


def rows(course: Course) -> dict[tuple[str, str], tuple]:
    """Return what the gradebook says: (student, cell) -> (points, maximum, left to a person)."""
    found = {}
    with open_gradebook(course) as gradebook:
        for submission in gradebook.assignment_submissions(SLUG):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    key = (submission.student.id, grade.cell.name)
                    found[key] = (grade.auto_score, grade.max_score, grade.needs_manual_grade)
    return found


def compare(found: dict, first: dict) -> int:
    """Return how many rows differ from those of the first class of this size, and print each."""
    if not found:
        raise RuntimeError("no row was graded")
    differ = 0
    for key in sorted(found.keys() | first.keys()):
        if found.get(key) != first.get(key):
            differ += 1
            print(f"differs: {key}: {found.get(key)}, in the first class {first.get(key)}")
    return differ
