"""A small exercise without a model, a course around it, and submissions to it."""

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from grader.course.course import Course, init_course, open_course
from grader.course.release import release
from grader.grading.run.job import Executed
from grader.questions import MIME, bundle, encode_answer, variant_index

PICK = """
[question.pick]
kind = "choice"
points = 1
key = "keys"
title = {zh = "选择", en = "Choose"}
option.keys = {zh = "列", en = "columns"}
option.queries = {zh = "行", en = "rows"}
criterion.choice = {points = 1, label = {zh = "正确的说法", en = "the right statement"}}
hint.wrong_choice = {zh = "再读一遍", en = "Read it again."}
"""

ESSAY = """
[question.essay]
kind = "written"
points = 1
title = {zh = "写一写", en = "Write"}
rubric = {zh = "看见就给分", en = "anything"}
criterion.written = {points = 1, label = {zh = "看法", en = "the view"}}
"""

QUESTIONS = (
    """
title = {zh = "小练习", en = "A small exercise"}
minutes = 5
route = "own"
points = 4

[[variant]]
word = "cat"
[[variant]]
word = "dog"
"""
    + PICK
    + """
[question.soft]
kind = "function"
points = 2
reference = "softmax"
tolerance = 1e-6
because = {zh = "浮点数误差", en = "floating point"}
title = {zh = "写一个函数", en = "Write a function"}
criterion.plain = {points = 1, label = {zh = "普通", en = "plain"}}
criterion.large = {points = 1, label = {zh = "很大的数", en = "large numbers"}}
"""
    + ESSAY
)

PROBES = """
[soft.class.plain]
public = true
count = 1
matrix = {rows = [2, 4], columns = [2, 4], low = -1.0, high = 1.0}
[soft.class.large]
count = 2
matrix = {rows = [2, 4], columns = [2, 4], low = 900.0, high = 1000.0}
"""

NOTEBOOK = '''# %% [markdown] lang="en"
# # A small exercise
# %% [markdown] lang="zh"
# # 小练习
# %% role="solution" grade_id="pick"
pick = None
### BEGIN SOLUTION
pick = "keys"
### END SOLUTION
# %% role="check" grade_id="pick_check"
check("mini.pick", pick)
# %% role="solution" grade_id="soft"
import numpy as np
def soft(scores):
    """Return each row as weights."""
    ### BEGIN SOLUTION
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
    ### END SOLUTION
# %% role="check" grade_id="soft_check"
check("mini.soft", soft)
# %% [markdown] role="written" grade_id="essay" lang="en"
# The model answer, THE SECRET ESSAY.
# %% [markdown] role="written" grade_id="essay" lang="zh"
# 参考答案 THE SECRET ESSAY
'''

RIGHT = {
    "pick": 'pick = "keys"',
    "soft": (
        "import numpy as np\n"
        "def soft(scores):\n"
        "    e = np.exp(scores - scores.max(axis=-1, keepdims=True))\n"
        "    return e / e.sum(axis=-1, keepdims=True)"
    ),
    "essay": "I looked at it.",
}
"""grade_id -> an answer that earns all points."""


class NoModel:
    """A model for questions that ask none."""

    sha256 = "0" * 64

    def attend(self, text, pair=None):
        raise AssertionError("no question here asks the model")


def write_exercise(
    folder: Path,
    slug: str = "mini",
    *,
    questions: str = QUESTIONS,
    notebook: str = NOTEBOOK,
    probes: str = PROBES,
) -> Path:
    """Write an exercise, the small one or another; returns the folder of exercises."""
    exercise = folder / "exercises" / slug
    exercise.mkdir(parents=True)
    (exercise / "questions.toml").write_text(questions, encoding="utf-8")
    if probes:
        (exercise / "probes.toml").write_text(probes, encoding="utf-8")
    (exercise / "notebook.py").write_text(notebook, encoding="utf-8")
    return exercise.parent


def make_course(folder: Path, language: str = "en") -> Course:
    """Make a course around the small exercise, released; a copy, as making one takes a second."""
    shutil.copytree(_template(language), folder, dirs_exist_ok=True)
    return open_course(folder / "course")


@cache
def _template(language: str) -> Path:
    made = tempfile.mkdtemp(prefix="seeing-attention-template-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    exercises = write_exercise(Path(made))
    course, _ = init_course(Path(made) / "course", exercises=exercises, language=language)
    release(course, "mini")
    return Path(made)


def released(course: Course, slug: str = "mini") -> dict:
    """Return the students' notebook."""
    return json.loads((course.folder("release", slug) / f"{slug}.ipynb").read_text("utf-8"))


def filled(notebook: dict, answers: dict[str, str], student: str = "") -> dict:
    """Return a notebook with the cells of `answers` (grade_id -> source) filled in."""
    notebook = json.loads(json.dumps(notebook))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            cell["source"] = answers[grade_id]
    if student:
        own_cell(notebook)["source"] = f'student = "{student}"\nlanguage = "en"'
    return notebook


def hand_in(course: Course, student: str, notebook, slug: str = "mini", name: str = "") -> Path:
    """Hand in a notebook (a dict, text or bytes) as `student`."""
    folder = course.folder("submitted", slug, student)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{slug}.ipynb")
    if isinstance(notebook, dict):
        notebook = json.dumps(notebook)
    path.write_bytes(notebook if isinstance(notebook, bytes) else notebook.encode())
    return path


def own_cell(notebook):
    """Return the cell in which a student writes an id."""
    return next(c for c in notebook["cells"] if "".join(c["source"]).startswith("student = "))


def cell_of(notebook: dict, grade_id: str) -> dict:
    """Return the cell with a grade_id."""
    return next(
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def in_process(jobs) -> list[Executed]:
    """Run notebooks without a kernel: only for the tests' own, harmless cells."""
    return [_run(job) for job in jobs]


def _run(job) -> Executed:
    recorded, sent = {}, []
    scope = {"start": lambda *a, **k: SimpleNamespace()}

    def check(question, answer):
        probes = next((p for q, p in job.questions.values() if q == question), None)
        if callable(answer):
            answer = {"calls": [_call(answer, probe) for probe in probes]}
        else:
            answer = encode_answer(answer)
        sent.append(
            bundle(question, variant_index("course", "mini", scope["student"], 2), "", answer)
        )

    scope |= {"check": check}
    notebook = json.loads(json.dumps(job.notebook))
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id == "start":
            continue
        sent.clear()
        outputs = []
        try:
            exec(cell["source"], scope)
        except Exception as error:
            outputs.append(
                {
                    "output_type": "error",
                    "ename": type(error).__name__,
                    "evalue": str(error),
                    "traceback": [],
                }
            )
        if grade_id in job.questions:
            bundles = [{"output_type": "display_data", "data": {MIME: b}} for b in sent]
            recorded[grade_id] = json.dumps(outputs + bundles)
        else:
            cell["outputs"] = outputs
    return Executed(notebook=notebook, recorded=recorded, endings={}, seconds=0.0, kernels=1)


def _call(function, probe) -> dict:
    from grader.questions.parser import decode

    try:
        return {"ok": encode_answer(function(*[decode(one) for one in probe]))}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
