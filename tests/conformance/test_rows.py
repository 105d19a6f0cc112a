"""Every gradable notebook of nbgrader's tests: the gradebook's rows do not depend on the kernels.

One course is made by stock nbgrader and copied three times. Then stock nbgrader grades one copy,
nbgrader with our kernels the second, and our own batch the third.
"""

import json
import shutil
from pathlib import Path

import pytest
from conformance import assignments
from conformance.assignments import ASSIGNMENTS, FILES, LEFT_OUT, NOTEBOOK, RELEASED

from grader.course.course import init_course, open_course
from grader.course.gradebook import open_gradebook
from grader.grading.batch import Settings, autograde
from grader.grading.limits import Limits
from grader.grading.run.workers import run_jobs

pytestmark = pytest.mark.xdist_group("conformance-rows")

PLAIN = 'c = get_config()\nc.CourseDirectory.course_id = "conformance"\n'
"""nbgrader as it comes; not the configuration by which it would call our batch."""

AUTOGRADE = [["autograde", name, *a.options()] for name, a in ASSIGNMENTS.items()]


def test_every_notebook_is_compared_or_left_out_for_a_reason():
    used = {name for a in ASSIGNMENTS.values() for name in (a.source, *a.handed_in)} - {RELEASED}
    assert not used & LEFT_OUT.keys()
    assert used | LEFT_OUT.keys() == {path.stem for path in FILES.glob("*.ipynb")}


@pytest.mark.parametrize("name", sorted(ASSIGNMENTS))
@pytest.mark.long
def test_nbgrader_with_our_kernels_writes_the_same_rows(stock, confined, name):
    assert of(confined, name) == of(stock, name)


@pytest.mark.parametrize("name", sorted(ASSIGNMENTS))
@pytest.mark.long
def test_our_batch_writes_the_same_rows(stock, batch, name):
    assert differences(of(batch, name), of(stock, name)) == {}


def differences(ours, theirs):
    """What differs: row -> field -> ours and theirs."""
    assert ours.keys() == theirs.keys()
    return {
        key: {f: (ours[key][f], told) for f, told in row.items() if ours[key][f] != told}
        for key, row in theirs.items()
        if ours[key] != row
    }


@pytest.mark.long
def test_what_is_compared_is_worth_comparing(stock):
    """Cells that earn all, nothing, or are left to a person; and comments."""
    cells = [row for row in stock.values() if row["kind"] == "cell"]
    assert len(cells) >= 90
    assert any(row["auto_score"] == row["max_score"] > 0 for row in cells)
    assert any(row["auto_score"] == 0 < row["max_score"] for row in cells)
    assert any(row["needs_manual_grade"] for row in cells)
    assert any(row.get("auto_comment") for row in stock.values())
    for name, assignment in ASSIGNMENTS.items():
        submissions = {key.split("/")[1] for key in of(stock, name)}
        assert submissions == {student(n) for n in range(len(assignment.handed_in))}


@pytest.fixture(scope="module")
def template(nbgrader, tmp_path_factory):
    """A course with every assignment released and everything handed in."""
    folder = tmp_path_factory.mktemp("template")
    (folder / "exercises").mkdir()
    course, _ = init_course(
        folder / "course", exercises=folder / "exercises", course_id="conformance"
    )
    (course.path / "nbgrader_config.py").write_text(PLAIN)
    shutil.copy(FILES / "autotests.yml", course.path)
    commands = []
    for name, assignment in ASSIGNMENTS.items():
        put(assignment, assignment.source, course.folder("source", name))
        if assignment.update:
            commands.append(["update", str(course.folder("source", name) / NOTEBOOK)])
        commands.append(["generate_assignment", name])
    nbgrader("commands", course.path, commands=commands)
    for name, assignment in ASSIGNMENTS.items():
        for number, handed_in in enumerate(assignment.handed_in):
            target = course.folder("submitted", name, student(number))
            if handed_in == RELEASED:
                shutil.copytree(course.folder("release", name), target)
            elif assignment.update:
                shutil.copytree(course.folder("source", name), target)
            else:
                put(assignment, handed_in, target)
    return folder


@pytest.fixture(scope="module")
def stock(nbgrader, remember, template, tmp_path_factory):
    def make():
        folder = copy(template, tmp_path_factory)
        told = nbgrader("commands", folder, commands=AUTOGRADE)
        assert told == kernels("LocalProvisioner")
        return rows(folder)

    about = [Path(__file__), Path(assignments.__file__), *sorted(FILES.glob("*.ipynb"))]
    return remember("rows-stock", about, make, bool)


@pytest.fixture(scope="module")
def confined(nbgrader, zygote, template, tmp_path_factory):
    folder = copy(template, tmp_path_factory)
    told = nbgrader("commands", folder, confined=True, commands=AUTOGRADE)
    assert told == kernels("ConfinedProvisioner")
    return rows(folder)


@pytest.fixture(scope="module")
def batch(zygote, template, tmp_path_factory):
    folder = copy(template, tmp_path_factory)
    for name, assignment in ASSIGNMENTS.items():
        seconds = assignment.cell_seconds or 30  # nbgrader's
        settings = Settings(
            limits=Limits(cell_seconds=seconds),
            run=lambda jobs: run_jobs(jobs),  # not run_jobs itself: the warm process is there
        )
        graded = autograde(open_course(folder), name, settings)
        assert not graded.not_graded
    return rows(folder)


def kernels(provisioner: str) -> list[dict[str, int]]:
    """Return what is expected: a kernel of this kind for each submission, and no other."""
    return [{provisioner: len(assignment.handed_in)} for assignment in ASSIGNMENTS.values()]


def put(assignment, name: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    shutil.copy(FILES / f"{name}.ipynb", folder / NOTEBOOK)
    for beside in assignment.beside:
        shutil.copy(FILES / beside, folder)


def student(number: int) -> str:
    return f"student-{number}"


def copy(template: Path, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("graded")
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return folder / "course"


def of(rows: dict, name: str) -> dict:
    return {key: row for key, row in rows.items() if key.startswith(f"{name}/")}


def rows(folder: Path) -> dict[str, dict]:
    """Return all that the gradebook says about submissions, without nbgrader's random ids."""
    found = {}
    with open_gradebook(open_course(folder)) as gradebook:
        for assignment in gradebook.assignments:
            for submission in assignment.submissions:
                at = f"{assignment.name}/{submission.student.id}"
                found[at] = row("submission", submission)
                for notebook in submission.notebooks:
                    found[f"{at}/{notebook.name}"] = row("notebook", notebook)
                    for grade in notebook.grades:
                        found[f"{at}/{notebook.name}/{grade.cell.name}"] = row("cell", grade)
                    for comment in notebook.comments:
                        key = f"{at}/{notebook.name}/{comment.cell.name}/comment"
                        found[key] = row("comment", comment)
    return json.loads(json.dumps(found))


def row(kind: str, of) -> dict:
    """Return a row as nbgrader tells it, with the columns that it leaves out of that."""
    said = {name: value for name, value in of.to_dict().items() if name != "id"}
    more = ("auto_score", "auto_comment", "extra_credit", "late_submission_penalty")
    return {"kind": kind} | said | {name: getattr(of, name) for name in more if hasattr(of, name)}
