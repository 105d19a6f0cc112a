"""otter-grader's `otter run` on the same notebooks: one process and one kernel a submission.

Its own loop over a class (`otter grade`) needs Docker. In a student's notebook `check` judges at
once, so otter's tests have only to look at the verdicts: a question is passed or it is not. Its
points are therefore not compared, its time is.
"""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from bench.classes import OUT, ROOT, SLUG

from grader.course.course import Course
from grader.questions import load_exercise

VERSION = "7.0.0"
FOLDER = OUT / "otter"
OURS = "import site; site.addsitedir({packages!r})\n"
TEST = """\
OK_FORMAT = True
test = {{
    "name": {name!r},
    "points": {points},
    "suites": [{{"type": "doctest", "cases": [{{"code": {code!r}, "hidden": False}}]}}],
}}
"""


def install() -> Path:
    """Return the `otter` of an environment of its own, made where it is not there yet.

    It sees our packages too, since the notebooks need torch and the course; what otter needs
    beside them is installed there alone.

    Raises:
        RuntimeError: it cannot be installed here; with pip's last words.
    """
    program = FOLDER / "venv" / "bin" / "otter"
    if program.exists():
        return program
    shutil.rmtree(FOLDER / "venv", ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(FOLDER / "venv")], check=True)
    packages = next((FOLDER / "venv" / "lib").glob("python*/site-packages"))
    ours = sysconfig.get_path("purelib")
    (packages / "zz_course.pth").write_text(OURS.format(packages=ours))
    pip = [str(FOLDER / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    wanted = ["--constraint", str(ROOT / "constraints.txt"), f"otter-grader[grading]=={VERSION}"]
    done = subprocess.run([*pip, *wanted], capture_output=True, text=True, check=False)
    if done.returncode or not program.exists():
        last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
        raise RuntimeError(f"otter-grader {VERSION} cannot be installed here: {last[:200]}")
    return program


def autograder(program: Path, course: Course) -> Path:
    """Return otter's zip for the exercise: one test a question."""
    tests = FOLDER / "tests"
    shutil.rmtree(tests, ignore_errors=True)
    tests.mkdir(parents=True)
    exercise = load_exercise(course.exercise(SLUG))
    for question in exercise.questions.values():
        if question.written:
            continue
        code = (
            ">>> from grader.check import _SESSIONS\n"
            f">>> _SESSIONS[{SLUG!r}].verdicts[{question.name!r}].passed\nTrue"
        )
        text = TEST.format(name=question.name, points=question.points, code=code)
        (tests / f"{question.name}.py").write_text(text)
    made = FOLDER / "autograder.zip"
    made.unlink(missing_ok=True)
    command = [str(program), "generate", "-t", str(tests), "-o", str(made), "--no-environment"]
    subprocess.run(command, cwd=FOLDER, check=True, capture_output=True)
    return made


def commands(program: Path, zipped: Path, course: Course, student: str) -> list[list[str]]:
    """Return the command that grades one submission."""
    notebook = course.folder("submitted", SLUG, student) / f"{SLUG}.ipynb"
    out = FOLDER / "out" / student
    out.mkdir(parents=True, exist_ok=True)
    arguments = ["run", "-a", str(zipped), "-o", str(out), "--no-logo", str(notebook)]
    return [[str(program), *arguments]]
