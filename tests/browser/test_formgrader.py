"""Formgrader in a real JupyterLab: open it, mark an essay beside its rubric, grade again."""

import pytest

from grader.course.gradebook import open_gradebook
from grader.grading.batch import Settings, autograde
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released
from support.jupyter_server import SECONDS, jupyter_server, until

TOKEN = "formgrader"

pytest.importorskip("jupyterlab", reason="there is no JupyterLab; pip install '.[grading]'")


@pytest.fixture
def course(tmp_path):
    """A course with one graded submission, whose essay waits for a person."""
    course = make_course(tmp_path)
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    grade(course)
    return course


def grade(course):
    settings = Settings(run=in_process, load_model=NoModel, force=True)
    assert autograde(course, "mini", settings).graded == ["ann"]


def grade_of_the_essay(course):
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("essay", "mini", "mini", "ann")
        return grade.manual_score, grade.needs_manual_grade


@pytest.fixture
def lab(course, tmp_path):
    """The address of a JupyterLab that runs in the course folder, as the guide says."""
    options = (
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    )
    with jupyter_server("jupyterlab", course.path, tmp_path / "home", *options) as address:
        yield address


@pytest.mark.long
def test_a_mark_given_beside_the_rubric_stays_when_the_submission_is_graded_again(
    chromium, course, lab, tmp_path
):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SECONDS * 1000)
    page.goto(f"{lab}/lab?token={TOKEN}")
    page.click('.lm-MenuBar-itemLabel:text-is("Nbgrader")')
    page.click('.lm-Menu-itemLabel:text-is("Formgrader")')
    inside = page.frame_locator("iframe")
    inside.get_by_text("Manual Grading").first.click()
    for link in ("mini", "mini", "Submission #1"):
        inside.locator("td a", has_text=link).first.click()
    score = inside.locator("input.score#essay")
    score.wait_for()
    words = inside.locator("body").inner_text()
    rubric, answer = words.index("What to look for (1 points)"), words.index("I looked at it.")
    assert rubric < words.index("anything") < answer
    assert "the right statement" in words  # a card, in the language of the notebook
    assert grade_of_the_essay(course) == (None, True)
    score.fill("0.75")
    inside.locator("textarea#essay-comment").fill("Well seen.")
    page.keyboard.press("Tab")
    until(lambda: grade_of_the_essay(course)[0] == 0.75, tmp_path / "home" / "log")
    grade(course)
    assert grade_of_the_essay(course)[0] == 0.75
    page.close()
