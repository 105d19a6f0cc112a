"""A submission that answers nothing earns nothing, whatever it does to the kernel that runs it.

All forgeries are handed in by a class of their own and graded in one run, warm and confined; each
must get what an empty submission gets, and the honest student beside them all points. The controls
show that a judge inside the kernel, or one that believes it, would have paid.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from attacks.catalogue.forging import FORGERIES, HIDDEN

from grader.grading.batch import Settings, autograde
from grader.grading.kernels import CONFINED, STOCK
from grader.grading.limits import Limits
from grader.models import MINILM_SHA256
from grader.questions import MIME, Outcome
from support.courses import RIGHT, NoModel, filled, hand_in, make_course, released
from support.kernels import Notebook

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("attacks")]
NAMES = {f"forger{number:02}": forgery for number, forgery in enumerate(FORGERIES)}
KEPT = Path(__file__).parent.parent.parent / "build" / "attacks"


@pytest.fixture(scope="module")
def graded(zygote, tmp_path_factory):
    """The class, graded once: the batch, the course, and its files as they were before."""
    course = make_course(tmp_path_factory.mktemp("forging"))
    notebook = released(course)
    hand_in(course, "alice", filled(notebook, RIGHT, "alice"))
    hand_in(course, "blank", filled(notebook, {}, "blank"))
    for student, forgery in NAMES.items():
        mine = filled(notebook, {"pick": forgery.source}, student)
        if forgery.edit:
            forgery.edit(mine)
        folder = hand_in(course, student, mine).parent
        for name, text in forgery.files.items():
            (folder / name).write_text(text)
    before = {path: path.read_bytes() for path in given(course)}
    limits = Limits(cell_seconds=5, notebook_seconds=20)
    batch = autograde(
        course,
        "mini",
        Settings(provisioner=CONFINED, load_model=Unasked, limits=limits, workers=2),
    )
    return batch, course, before


class Unasked(NoModel):
    """The model that the kernels know; no question of the small exercise asks it."""

    sha256 = MINILM_SHA256


def given(course):
    """The files that grading may read and never change."""
    for name in ("source", "release", "submitted"):
        yield from (path for path in (course.path / name).rglob("*") if path.is_file())


def earned(entry) -> float:
    """The points of the questions that are judged by machine."""
    return sum(verdict["points"] or 0 for verdict in entry.verdicts.values())


def test_the_honest_student_beside_them_has_all_points(graded):
    batch, _, _ = graded
    assert earned(batch.entries["alice"]) == 3
    assert earned(batch.entries["blank"]) == 0


@pytest.mark.parametrize("student", NAMES, ids=[forgery.tries for forgery in FORGERIES])
def test_a_forgery_earns_nothing(graded, student):
    batch, _, _ = graded
    entry = batch.entries[student]
    assert not entry.fault
    assert earned(entry) == 0, entry.verdicts
    assert set(entry.outcomes.values()) <= {outcome.value for outcome in Outcome}
    assert Outcome.INTERNAL not in entry.outcomes.values(), entry.verdicts


def test_nothing_that_was_given_is_changed(graded):
    _, course, before = graded
    assert {path: path.read_bytes() for path in given(course)} == before


def test_the_secret_is_in_nothing_that_was_written(graded):
    _, course, _ = graded
    secret = course.secret()
    for path in (course.path / "autograded").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert secret not in data
            assert secret.hex().encode() not in data


@pytest.mark.parametrize("forgery", FORGERIES, ids=[forgery.tries for forgery in FORGERIES])
def test_a_naive_judge_would_have_paid(forgery):
    about = [forgery.code, forgery.judge, forgery.tests, sys.version]
    kept = KEPT / f"{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:20]}.json"
    if not kept.exists():
        assert JUDGES[forgery.judge](forgery), "the forgery is broken: no judge is deceived"
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"forgery": forgery.tries}))


def asserts_pass(forgery) -> bool:
    """Tests in the kernel, judged by what the cell shows: no error, all points."""
    with Notebook(provisioner=STOCK) as kernel:
        kernel.run(HIDDEN)
        kernel.run(forgery.source)
        return not kernel.run(forgery.tests, timeout=5).error


def exits_well(forgery) -> bool:
    """Tests in a script, judged by its exit code."""
    script = f"{forgery.source}\n{forgery.tests}"
    return subprocess.run([sys.executable, "-c", script], capture_output=True).returncode == 0


def shows_a_number(forgery) -> bool:
    """nbgrader's partial credit: the last value of the test cell is the score."""
    with Notebook(provisioner=STOCK) as kernel:
        kernel.run(forgery.source)
        score = float(kernel.run(forgery.tests).text)
    return score == 8 or score != score  # nbgrader 0.9.6 pays full marks for NaN


def believes_messages(forgery) -> bool:
    """The best of all answers that came, or the points that came with one."""
    with Notebook(provisioner=STOCK) as kernel:
        shown = kernel.run(forgery.source)
        again = kernel.run("check('mini.pick', pick)" if "check =" in forgery.code else "1")
    sent = [result[MIME] for result in shown.results + again.results if MIME in result]
    return any(one["answer"] == "keys" or one.get("points") == 100 for one in sent)


def believes_metadata(forgery) -> bool:
    """The notebook as it was handed in: its points, its cells, its tags."""
    check = {
        "source": "assert False",
        "metadata": {"nbgrader": {"grade": True, "points": 1, "grade_id": "pick_check"}},
    }
    forgery.edit({"cells": [check]})
    skipped = "skip-execution" in check["metadata"].get("tags", [])
    return skipped or check["metadata"]["nbgrader"]["points"] > 1 or check["source"] == "pass"


def is_planted(forgery) -> bool:
    """A process that starts in the student's folder, or has it on its path, takes their modules."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name, text in forgery.files.items():
            (Path(folder) / name).write_text(text)
        script = "import json; assert json.dumps({}) == '1'"
        env = {"PYTHONPATH": folder}
        done = subprocess.run([sys.executable, "-S", "-c", script], cwd=folder, env=env)
    return done.returncode == 0


JUDGES = {
    "asserts": asserts_pass,
    "exit code": exits_well,
    "numbers": shows_a_number,
    "messages": believes_messages,
    "metadata": believes_metadata,
    "planted": is_planted,
}
