"""Formgrader in a real JupyterLab: open it, mark an essay beside its rubric, grade again."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from grader.course.gradebook import open_gradebook
from grader.grading.batch import Settings, autograde
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

TOKEN = "formgrader"
SECONDS = 120
"""How long the server and each step may take on a busy machine."""

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
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path / "home"
    home.mkdir()
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command += ["--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    log = (tmp_path / "log").open("w")
    env = os.environ | dict.fromkeys(places, str(home))
    server = subprocess.Popen(command, cwd=course.path, env=env, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{address}/api/status?token={TOKEN}"), tmp_path / "log")
        yield address
    finally:
        server.terminate()
        server.wait()
        log.close()


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return None


def until(happened, log):
    end = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < end, log.read_text()[-3000:]
        time.sleep(0.2)


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
    until(lambda: grade_of_the_essay(course)[0] == 0.75, tmp_path / "log")
    grade(course)
    assert grade_of_the_essay(course)[0] == 0.75
    page.close()
