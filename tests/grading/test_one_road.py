"""What `grader check` says is what the grade says, whatever was done to the notebook."""

import copy
import json
import shutil
from dataclasses import dataclass
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import ValidationError

from grader.course.carried import find_data, unpack
from grader.course.course import init_course
from grader.course.release import release
from grader.errors import GraderError
from grader.grading.again import local_check
from grader.grading.batch import Settings, autograde
from grader.grading.intake.changes import sentence
from grader.grading.intake.notebook_file import parse_notebook
from grader.grading.judge.judge import judge_submission
from grader.grading.judge.stock_cells import untouched
from grader.grading.pipeline import jobs_of, open_grading, read
from grader.grading.store.waiting import read_waiting
from grader.questions import Verdict
from grader.reports.feedback import write_feedback
from grader.reports.queue import queue_text
from grader.reports.table import plain, read_table, table_text
from support import road
from support.courses import filled, hand_in, released, write_exercise
from support.mutations import MUTATIONS, at, code, drop, get

KERNELS = (
    "untouched",
    "opened_in_deepnote",
    "every_answer_typed_into_the_call",
    "all_code_merged_into_one_cell",
    "all_checks_deleted",
    "helpers_in_start",
    "start_and_data_deleted",
    "magics_and_shell_lines",
)
"""A sample for real kernels."""

each = pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A released course without submissions."""
    folder = tmp_path_factory.mktemp("road")
    exercises = write_exercise(
        folder, "road", questions=road.QUESTIONS, notebook=road.NOTEBOOK, probes=road.PROBES
    )
    made, _ = init_course(folder / "course", exercises=exercises, language="en")
    release(made, "road")
    return made


@pytest.fixture(scope="module")
def right(course):
    """An honest student's notebook, all right."""
    notebook = filled(released(course, "road"), road.RIGHT, road.STUDENT)
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


@pytest.fixture(scope="module")
def handed_in(right):
    """Every mutation, as the file that is handed in."""
    files = {}
    for one in MUTATIONS:
        notebook = copy.deepcopy(right)
        files[one.name] = one.edit(notebook) or json.dumps(notebook).encode()
    return files


def hand_in_all(course, files):
    """Hand them in; each student has the same sentence."""
    lines = ["id,variant_id", *(f"{name},{road.STUDENT}" for name in files)]
    (course.path / "roster.csv").write_text("\n".join(lines) + "\n", "utf-8")
    for name, data in files.items():
        hand_in(course, name, data, "road")


@dataclass
class Grade:
    """What a submission was executed as, and what was judged."""

    verdicts: dict
    changes: list
    cells: dict
    """grade_id -> source."""
    untouched: dict


@pytest.fixture(scope="module")
def grade(course):
    """Grades a file as a batch does, but for kernel, folders and gradebook."""
    (course.path / "roster.csv").write_text(f"id,variant_id\nlaw,{road.STUDENT}\n", "utf-8")
    with open_grading(course, "road", road.Model) as (grading, _):

        def run(data: bytes) -> Grade:
            hand_in(course, "law", data, "road")
            submission = read(grading, "law")
            (ran,) = road.in_process(jobs_of(grading, submission))
            verdicts = judge_submission(
                grading, "law", submission.sha256, {"road": ran}, changes=submission.changes
            )
            cells = {
                cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
                for cell in ran.notebook["cells"]
                if "nbgrader" in cell["metadata"]
            }
            changes = [change.to_json() for change in submission.changes]
            return Grade(verdicts, changes, cells, untouched(ran.notebook))

        yield run
    shutil.rmtree(course.path / "submitted" / "law")


@pytest.fixture(scope="module")
def grades(grade, handed_in):
    """All of them, graded."""
    return {name: grade(data) for name, data in handed_in.items()}


@pytest.fixture
def check(monkeypatch, tmp_path):
    """`grader check`, without a kernel."""

    def execute(notebook, *, folder, questions):
        return road.execute(notebook, questions)

    monkeypatch.setattr(local_check, "execute", execute)

    def run(data: bytes):
        path = tmp_path / "road.ipynb"
        path.write_bytes(data)
        return local_check.check_notebook(path, "en", road.Model())

    return run


def public_points(checked, verdicts):
    """Return the grade's points on the criteria that the check judged."""
    judged = {
        (v.question, c.name)
        for v in checked.verdicts
        for c in v.criteria
        if c.status != "unchecked"
    }
    return sum(
        criterion.points
        for verdict in verdicts.values()
        for criterion in verdict.criteria
        if (verdict.question, criterion.name) in judged
    )


def outcomes(verdicts):
    return {verdict.question: verdict.outcome for verdict in verdicts}


@each
def test_the_check_says_what_the_grade_says(mutation, check, handed_in, grades):
    checked, grade = check(handed_in[mutation.name]), grades[mutation.name]
    assert checked.points == public_points(checked, grade.verdicts)
    assert outcomes(checked.verdicts) == outcomes(grade.verdicts.values())
    assert [change.to_json() for change in checked.changes] == grade.changes
    for change in checked.changes:
        assert sentence(change, "en") in checked.text()
        assert sentence(change, "en") != sentence(change, "zh")


@each
def test_what_costs_nothing_at_the_student_costs_nothing(mutation, check, handed_in, grades):
    points = sum(verdict.points for verdict in grades[mutation.name].verdicts.values())
    assert (points == road.PUBLIC + 1) != mutation.costs
    assert (check(handed_in[mutation.name]).points == road.PUBLIC) != mutation.costs


@each
def test_every_change_is_named_and_nothing_else(mutation, grades):
    kinds = {change["kind"] for change in grades[mutation.name].changes}
    assert kinds >= mutation.named
    if not mutation.named:
        assert kinds <= {"recognised"}


@each
def test_written_words_reach_the_person_who_marks(mutation, grades):
    grade = grades[mutation.name]
    for grade_id, words in mutation.essays.items():
        assert words in grade.cells[grade_id]
        assert not grade.untouched[grade_id]  # nbgrader gives 0 to what is as it was handed out


def test_a_blank_notebook_has_no_answer_and_nothing_to_mark(course, grade):
    blank = grade(json.dumps(released(course, "road")).encode())
    assert blank.untouched["why"]
    assert blank.untouched["friend"]
    assert [change["kind"] for change in blank.changes] == ["no_id"]


SAMPLE = (
    "an_answer_typed_into_the_call",
    "an_essay_in_the_cell_below",
    "both_essays_in_the_first_essay_cell",
    "start_deleted",
)


def test_table_and_page_say_it_in_the_words_of_the_check(course, check, handed_in):
    hand_in_all(course, {name: handed_in[name] for name in SAMPLE})
    how = Settings(run=road.in_process, load_model=road.Model)
    _compare(course, check, handed_in, autograde(course, "road", how).entries)


def test_an_essay_that_stands_elsewhere_waits_with_its_place(course, handed_in):
    name = "both_essays_in_the_first_essay_cell"
    hand_in_all(course, {name: handed_in[name] for name in SAMPLE})
    autograde(course, "road", Settings(run=road.in_process, load_model=road.Model))
    said = {one.cells: one for one in read_waiting(course, "road") if one.student == name}
    assert set(said) == {("why",), ("friend",)}
    assert said["friend",].why == "change"
    assert "it may stand in cell" in queue_text([said["friend",]], "en")
    assert said["why",].why == "unmarked"


@pytest.mark.long
def test_a_batch_of_all_says_what_each_check_says(course, check, handed_in):
    hand_in_all(course, handed_in)
    how = Settings(run=road.in_process, load_model=road.Model)
    _compare(course, check, handed_in, autograde(course, "road", how).entries)


def _compare(course, check, handed_in, entries):
    table = table_text(read_table(course, "road"))
    write_feedback(course, "road")
    for name in entries.keys() & handed_in.keys():
        entry = entries[name]
        checked = check(handed_in[name])
        assert not entry.fault
        assert entry.changes == [change.to_json() for change in checked.changes]
        verdicts = {g: Verdict.from_json(v) for g, v in entry.verdicts.items()}
        assert checked.points == public_points(checked, verdicts)
        assert entry.written == {"why": [None, 1.0], "friend": [None, 1.0]}
        page = course.folder("feedback", "road", name) / "road.html"
        html = unescape(page.read_text("utf-8"))
        for change in checked.changes:
            assert f"{name}: {plain(sentence(change, 'en'))}" in table
            assert plain(sentence(change, "en")) in html
            assert plain(sentence(change, "zh")) in html


@pytest.mark.long
@pytest.mark.parametrize("name", KERNELS)
def test_a_real_kernel_says_the_same(name, handed_in, tmp_path, grades):
    path = tmp_path / "road.ipynb"
    path.write_bytes(handed_in[name])
    checked = local_check.check_notebook(path, "en", road.Model())
    verdicts = grades[name].verdicts
    assert checked.points == public_points(checked, verdicts)
    assert outcomes(checked.verdicts) == outcomes(verdicts.values())


@pytest.mark.long
def test_cells_have_the_numbers_that_they_have_in_a_batch(right, tmp_path):
    notebook = copy.deepcopy(right)  # id, data, start, import: the next one is number 5
    notebook["cells"].insert(at(notebook, "pick"), code("[[1.0]]"))
    get(notebook, "pick")["source"] = "pick_answer = Out[5]"
    get(notebook, "claim")["source"] = "claim_answer = _5"
    path = tmp_path / "road.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    assert local_check.check_notebook(path, "en", road.Model()).points == road.PUBLIC


@pytest.mark.long
def test_answers_under_magics_are_found_in_a_real_kernel(right, tmp_path):
    notebook = copy.deepcopy(right)
    get(notebook, "pick")["source"] = "%%time\npick_answer = [[1.0]]"
    get(notebook, "claim")["source"] = "claim_answer = %time [[1.0]]"
    get(notebook, "last")["source"] = "last_answer = None"
    get(notebook, "last_check")["source"] = '%%time\ncheck("road.last", [[1.0]])'
    drop(notebook, "pick_check", "claim_check")
    path = tmp_path / "road.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    assert local_check.check_notebook(path, "en", road.Model()).points == road.PUBLIC


def carries_itself(data: bytes) -> bool:
    """Say whether what was handed out is still told somewhere in a file: a cell, or metadata."""
    parsed = parse_notebook(data)
    told = [parsed["data"], *(find_data(cell["source"]) for cell in parsed["cells"])]
    return any(text and unpack(text) for text in told)


# --- compositions -------------------------------------------------------------------------------


GONE = (LookupError, StopIteration, RuntimeError, TypeError, ValueError, AttributeError)
GONE += (ValidationError,)
"""What an edit raises where what it edits is gone, or is no notebook to its tool any more."""


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(MUTATIONS), min_size=2, max_size=5))
def test_it_holds_for_any_edits_one_after_the_other(right, check, grade, edits):
    data, notebook = None, copy.deepcopy(right)
    for one in edits:
        try:
            data = one.edit(notebook)
        except GONE:
            continue
        if data:
            break
    data = data or json.dumps(notebook).encode()
    graded = grade(data)
    if not carries_itself(data):  # nothing here tells what was handed out
        with pytest.raises(GraderError, match="download the notebook again"):
            check(data)
        return
    checked = check(data)
    assert checked.points == public_points(checked, graded.verdicts)
    assert outcomes(checked.verdicts) == outcomes(graded.verdicts.values())
    assert [change.to_json() for change in checked.changes] == graded.changes
