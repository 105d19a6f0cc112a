"""The corpus's exercise on three graders: how it is made, graded, and where points are found."""

import hashlib
import json
import math
import os
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from bench import otter

from grader.course.course import init_course, open_course
from grader.course.gradebook import open_gradebook
from grader.course.marks import read_marks
from grader.course.release import release
from support.courses import ESSAY, NOTEBOOK, PROBES, QUESTIONS, write_exercise

SLUG = "mini"
MARKER = "MARKER-"
PICK_TEST = 'assert pick == "keys"'
SOFT_TEST = """\
import numpy as np
small, large = np.array([[0.0, 1.0], [2.0, 0.5]]), np.array([[1000.0, 999.0]])
assert np.allclose(soft(small), [[0.26894142, 0.73105858], [0.81757448, 0.18242552]])
### BEGIN HIDDEN TESTS
assert np.allclose(soft(large), [[0.73105858, 0.26894142]])
### END HIDDEN TESTS"""
OTTER_SOFT = (
    ">>> import numpy as np\\n>>> bool(np.allclose(soft(np.array([[{0}, {1}]])), "
    "[[0.26894142, 0.73105858]]))\\nTrue"
)

OTTER_LOOP = """
import json, sys
from otter.run import main
for notebook, out in json.loads(sys.argv[2]):
    try:
        main(notebook, autograder=sys.argv[1], output_dir=out, no_logo=True)
    except Exception as error:
        print(error, file=sys.stderr)
"""


@dataclass
class Batch:
    """What became of a batch."""

    ended: bool = True
    """Whether the command came to an end in time."""
    points: dict[str, float] = field(default_factory=dict)
    pages: dict[str, list[Path]] = field(default_factory=dict)
    """Student -> the pages that people look at."""
    shown: dict[str, str] = field(default_factory=dict)
    """Student -> all that is stored of the notebook."""


class Grader(ABC):
    """One grader: `make` once, `run` for each batch in a folder of its own."""

    name = ""
    pages = True
    """Whether it shows a notebook to people."""

    @abstractmethod
    def make(self, folder: Path) -> None:
        """Make the exercise; the folder is copied for each batch."""

    @abstractmethod
    def places(self, folder: Path) -> dict[str, Path]:
        """Return what ``<<peer>>``, ``<<tests>>`` and, where there are any, ``<<scores>>`` are."""

    @abstractmethod
    def notebook(self, folder: Path) -> dict:
        """Return the notebook as handed out; metadata ``part`` says what a cell is."""

    @abstractmethod
    def submit(self, folder: Path, student: str, data: bytes) -> None:
        """Put a notebook where the grader finds it."""

    @abstractmethod
    def run(self, folder: Path, students: list[str], seconds: float) -> Batch:
        """Grade what was submitted."""


class Ours(Grader):
    """`grader autograde`, and its feedback page beside nbgrader's own of what it stored."""

    name = "ours"

    def make(self, folder: Path) -> None:
        questions = f"# {MARKER}tests\n" + QUESTIONS.replace(ESSAY, "").replace(
            "points = 4", "points = 3"
        )
        notebook = NOTEBOOK[: NOTEBOOK.index('# %% [markdown] role="written"')]
        exercises = write_exercise(folder, questions=questions, notebook=notebook, probes=PROBES)
        course, _ = init_course(folder / "course", exercises=exercises, language="en")
        release(course, SLUG)

    def places(self, folder: Path) -> dict[str, Path]:
        course = folder / "course"
        return {
            "peer": course / "submitted" / "peer" / SLUG / f"{SLUG}.ipynb",
            "tests": folder / "exercises" / SLUG / "questions.toml",
            "scores": course / "gradebook.db",
        }

    def notebook(self, folder: Path) -> dict:
        path = folder / "course" / "release" / SLUG / f"{SLUG}.ipynb"
        return _parts(json.loads(path.read_text(encoding="utf-8")))

    def submit(self, folder: Path, student: str, data: bytes) -> None:
        _write(folder / "course" / "submitted" / student / SLUG / f"{SLUG}.ipynb", data)

    def run(self, folder: Path, students: list[str], seconds: float) -> Batch:
        course = open_course(folder / "course")
        command = [str(Path(sys.executable).parent / "grader")]
        at = ["--course", str(course.path)]
        ended = _run([*command, "autograde", SLUG, "--workers", "2", *at], seconds)
        _run([*command, "feedback", SLUG, *at], seconds)
        batch = _from_gradebook(course, students, ended)
        again = folder / "theirs"
        shutil.copytree(course.path, again)
        shutil.rmtree(again / "feedback", ignore_errors=True)
        _nbgrader(again, "generate_feedback", SLUG, seconds=seconds)
        for student in students:
            found = sorted((again / "feedback" / student).rglob("*.html"))
            batch.pages.setdefault(student, []).extend(found)
        return batch


class Stock(Grader):
    """nbgrader as it is: assert cells, its own autograde and feedback."""

    name = "nbgrader"

    def make(self, folder: Path) -> None:
        cells = [
            _cell(f"# {MARKER}tests"),
            _cell("pick = None\n### BEGIN SOLUTION\npick = 'keys'\n### END SOLUTION", "pick"),
            _cell(PICK_TEST, "pick_check", points=1),
            _cell(
                "def soft(scores):\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION", "soft"
            ),
            _cell(SOFT_TEST, "soft_check", points=2),
        ]
        _write(folder / "source" / SLUG / f"{SLUG}.ipynb", _bytes(_notebook(cells)))
        (folder / "nbgrader_config.py").write_text(
            "c = get_config()\nc.CourseDirectory.course_id = 'corpus'\n"
        )
        if not _nbgrader(folder, "generate_assignment", SLUG, seconds=300):
            raise RuntimeError("nbgrader made no assignment")

    def places(self, folder: Path) -> dict[str, Path]:
        return {
            "peer": folder / "submitted" / "peer" / SLUG / f"{SLUG}.ipynb",
            "tests": folder / "source" / SLUG / f"{SLUG}.ipynb",
            "scores": folder / "gradebook.db",
        }

    def notebook(self, folder: Path) -> dict:
        path = folder / "release" / SLUG / f"{SLUG}.ipynb"
        return _parts(json.loads(path.read_text(encoding="utf-8")))

    def submit(self, folder: Path, student: str, data: bytes) -> None:
        _write(folder / "submitted" / student / SLUG / f"{SLUG}.ipynb", data)

    def run(self, folder: Path, students: list[str], seconds: float) -> Batch:
        ended = _nbgrader(folder, "autograde", SLUG, seconds=seconds, any_code=True)
        _nbgrader(folder, "generate_feedback", SLUG, seconds=seconds, any_code=True)
        return _from_gradebook(_Folder(folder), students, ended)


class Otter(Grader):
    """What `otter run` calls, for each submission in turn; it makes no page of a notebook."""

    name = "otter-grader"
    pages = False

    def make(self, folder: Path) -> None:
        self.program = otter.install()
        soft = [OTTER_SOFT.format(0.0, 1.0), OTTER_SOFT.format(999.0, 1000.0)]
        self._test(folder, "pick", 1, [">>> pick == 'keys'\\nTrue"])
        self._test(folder, "soft", 2, soft)
        command = [str(self.program), "generate", "-t", str(folder / "tests")]
        done = [*command, "-o", str(folder / "autograder.zip"), "--no-environment"]
        subprocess.run(done, cwd=folder, check=True, capture_output=True)

    def _test(self, folder: Path, name: str, points: int, cases: list[str]) -> None:
        text = ", ".join(
            f'{{"code": "{case}", "hidden": {at > 0}}}' for at, case in enumerate(cases)
        )
        (folder / "tests").mkdir(exist_ok=True)
        (folder / "tests" / f"{name}.py").write_text(
            f"# {MARKER}tests\nOK_FORMAT = True\n"
            f'test = {{"name": "{name}", "points": {points}, "suites": '
            f'[{{"type": "doctest", "cases": [{text}]}}]}}\n'
        )

    def places(self, folder: Path) -> dict[str, Path]:
        peer = folder / "submitted" / "peer" / f"{SLUG}.ipynb"
        return {"peer": peer, "tests": folder / "tests" / "pick.py"}

    def notebook(self, folder: Path) -> dict:
        cells = [
            _cell("import otter\ngrader = otter.Notebook()", part="start"),
            _cell("", part="pick"),
            _cell('grader.check("pick")', part="pick_check"),
            _cell("", part="soft"),
            _cell('grader.check("soft")', part="soft_check"),
        ]
        return _notebook(cells)

    def submit(self, folder: Path, student: str, data: bytes) -> None:
        _write(folder / "submitted" / student / f"{SLUG}.ipynb", data)

    def run(self, folder: Path, students: list[str], seconds: float) -> Batch:
        runs = []
        for student in sorted(students):
            (folder / "out" / student).mkdir(parents=True)
            notebook = folder / "submitted" / student / f"{SLUG}.ipynb"
            runs.append([str(notebook), str(folder / "out" / student)])
        python = str(self.program.with_name("python"))
        loop = [python, "-c", OTTER_LOOP, str(folder / "autograder.zip"), json.dumps(runs)]
        batch = Batch(_run(loop, seconds, cwd=folder))
        for student in students:
            results = folder / "out" / student / "results.json"
            text = results.read_text(encoding="utf-8") if results.exists() else '{"tests": []}'
            batch.shown[student] = text
            scores = [one.get("score") or 0.0 for one in json.loads(text)["tests"]]
            batch.points[student] = sum(float(one) for one in scores if math.isfinite(one))
        return batch


def versions() -> str:
    """Return what was run, for the table's caption."""
    return f"nbgrader {version('nbgrader')}, otter-grader {otter.VERSION}"


class _Folder:
    """As much of a course as reading nbgrader's gradebook needs."""

    course_id, database = "corpus", None

    def __init__(self, path: Path):
        self.path = path
        self.db_url = f"sqlite:///{path / 'gradebook.db'}"


def _from_gradebook(course, students: list[str], ended: bool) -> Batch:
    batch = Batch(ended)
    with open_gradebook(course) as gradebook:
        for student in students:
            cells = read_marks(gradebook, SLUG, student).cells.values()
            batch.points[student] = sum(mark.points or 0.0 for mark in cells)
            stored = course.path / "autograded" / student / SLUG / f"{SLUG}.ipynb"
            batch.shown[student] = stored.read_text("utf-8") if stored.exists() else ""
            batch.pages[student] = sorted((course.path / "feedback" / student).rglob("*.html"))
    return batch


def _parts(notebook: dict) -> dict:
    """Say of each cell what it is, by its grade_id."""
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if grade_id in ("pick", "pick_check", "soft", "soft_check"):
            cell["metadata"]["part"] = grade_id
    return notebook


def _cell(source: str, grade_id: str = "", *, points: int = 0, part: str = "") -> dict:
    cell = {"cell_type": "code", "execution_count": None, "outputs": [], "source": source}
    cell["metadata"] = {"part": part} if part else {}
    if grade_id:
        cell["metadata"]["nbgrader"] = {
            "schema_version": 3,
            "grade_id": grade_id,
            "grade": bool(points),
            "solution": not points,
            "locked": bool(points),
            "task": False,
        } | ({"points": points} if points else {})
    return cell | {
        "id": grade_id.replace("_", "-") or "c" + hashlib.sha256(source.encode()).hexdigest()[:7]
    }


def _notebook(cells: list[dict]) -> dict:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _bytes(notebook: dict) -> bytes:
    return json.dumps(notebook).encode()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _nbgrader(folder: Path, *arguments: str, seconds: float, any_code: bool = False) -> bool:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return _run(command, seconds, cwd=folder, any_code=any_code)


def _run(command: list[str], seconds: float, *, cwd: Path | None = None, any_code=True) -> bool:
    """Run a command, and end what it leaves; says whether it came to its end in time."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=os.environ | {"PATH": programs, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        code = None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()
    return code == 0 or (any_code and code is not None and code >= 0)


__all__ = ["MARKER", "Batch", "Grader", "Otter", "Ours", "Stock", "versions"]
