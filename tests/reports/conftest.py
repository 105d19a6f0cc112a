"""An exercise about heads, a class that answered it, and a model whose heads one can name."""

import json

import pytest

from grader.course.course import init_course, open_course
from grader.course.release import release
from grader.grading.batch import Settings, autograde
from grader.grading.run.job import Executed
from grader.questions import MIME, bundle, encode_answer
from support.courses import ESSAY, PICK, filled, hand_in, released, write_exercise
from support.fake_model import FakeModel

QUESTIONS = (
    """
title = {zh = "看一看", en = "Look"}
minutes = 5
route = "tool"
points = 4

[[variant]]
sentence = "I saw the man with it"
noun = "man"

[measure.noun]
weight = {text = "{sentence}", query = "with", key = "{noun}"}
[measure.subject]
weight = {text = "{sentence}", query = "with", key = "I"}

[question.clear]
kind = "head"
points = 2
of = "noun"
against = "subject"
apart = {at_least = 0.2, half_at = 0.1}
title = {zh = "分得清“{noun}”的头", en = "A head for “{noun}”"}
criterion.head = {points = 1, label = {zh = "头", en = "the head"}}
criterion.weights = {points = 1, label = {zh = "两个权重", en = "both weights"}}
hint.swapped = {zh = "填反了", en = "They have changed places."}
"""
    + PICK
    + ESSAY
)

NOTEBOOK = """# %% [markdown] lang="en"
# # Look
# %% [markdown] lang="zh"
# # 看
# %% role="solution" grade_id="clear"
clear = None
### BEGIN SOLUTION
clear = {"layer": 1, "head": 0, "noun": 0.75, "subject": 0.0}
### END SOLUTION
# %% role="check" grade_id="clear_check"
check("look.clear", clear)
# %% role="solution" grade_id="pick"
pick = None
### BEGIN SOLUTION
pick = "keys"
### END SOLUTION
# %% role="check" grade_id="pick_check"
check("look.pick", pick)
# %% [markdown] role="written" grade_id="essay" lang="en"
# The model answer.
# %% [markdown] role="written" grade_id="essay" lang="zh"
# 参考答案
"""

RIGHT = {"layer": 1, "head": 0, "noun": 0.75, "subject": 0.0}
SWAPPED = {"layer": 1, "head": 0, "noun": 0.0, "subject": 0.75}
COPIED = {"layer": 1, "head": 1, "noun": 0.123456, "subject": 0.5}

CLASS = {
    "ann": (RIGHT, "keys", "I looked."),
    "bob": (RIGHT, "queries", None),
    "cat": (COPIED, "queries", "I looked."),
    "dan": ({**COPIED, "noun": 0.1234561}, "queries", "I looked."),
    "<img src=x onerror=alert(1)>": (SWAPPED, "keys", "I looked."),
    "fay": (SWAPPED, "keys", None),
    "gus": (SWAPPED, "keys", None),
    "hal": (SWAPPED, "keys", None),
    "ivy": (None, None, None),
    "jim": ({"layer": 0, "head": 9, "noun": 1, "subject": 1}, "keys", None),
}
"""Student -> what was answered to clear, pick and essay."""


def run(jobs):
    """Run notebooks without a kernel: only for the tests' own, harmless cells."""
    done = []
    for job in jobs:
        sent, recorded = [], {}
        scope = {
            "start": lambda *args, **named: None,
            "check": lambda question, value, sent=sent: sent.append(
                bundle(question, 0, "", encode_answer(value))
            ),
        }
        for cell in job.notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            if cell["cell_type"] == "code" and grade_id != "start":
                sent.clear()
                exec(cell["source"], scope)
                if grade_id in job.questions:
                    outputs = [{"output_type": "display_data", "data": {MIME: b}} for b in sent]
                    recorded[grade_id] = json.dumps(outputs)
        done.append(Executed(notebook=job.notebook, recorded=recorded, endings={}))
    return done


SETTINGS = Settings(run=run, load_model=FakeModel)


def look_course(folder):
    """Make a course around the exercise, with the class's submissions in it, not yet graded."""
    exercises = write_exercise(folder, "look", questions=QUESTIONS, notebook=NOTEBOOK, probes="")
    course, _ = init_course(folder / "course", exercises=exercises, language="en")
    release(course, "look")
    notebook = released(course, "look")
    for student, (clear, pick, essay) in CLASS.items():
        cells = {"clear": f"clear = {clear!r}", "pick": f"pick = {pick!r}"}
        if essay:
            cells["essay"] = essay
        hand_in(course, student, filled(notebook, cells), "look")
    hand_in(course, "kim", b"{", "look")
    return open_course(course.path)


@pytest.fixture(scope="session")
def look(tmp_path_factory):
    """The graded class; nobody changes it."""
    course = look_course(tmp_path_factory.mktemp("look"))
    autograde(course, "look", SETTINGS)
    return course
