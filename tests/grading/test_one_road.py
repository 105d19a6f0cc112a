"""What `grader check` says is what the grade says, whatever was done to the notebook."""

import copy
import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course.folder import init_course
from grader.course.release import release
from grader.grading import local_check, save
from grader.grading.batch import Settings, autograde
from grader.grading.changes import sentence
from grader.grading.desk import open_desk
from grader.reports.feedback import write_feedback
from grader.reports.table import plain, read_table, table_text
from support import road
from support.courses import filled, hand_in, released, write_exercise
from support.mutations import BY_NAME, MUTATIONS

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
def handed_in(course, right):
    """Every mutation, as the file that is handed in; each student has the same sentence."""
    lines = ["id,variant_id"]
    files = {}
    for one in MUTATIONS:
        notebook = copy.deepcopy(right)
        files[one.name] = one.edit(notebook) or json.dumps(notebook).encode()
        hand_in(course, one.name, files[one.name], "road")
        lines.append(f"{one.name},{road.STUDENT}")
    (course.path / "roster.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return files


@pytest.fixture(scope="module")
def batch(course, handed_in):
    """All of them, graded."""
    how = Settings(run=road.in_process, load_model=road.Model)
    return autograde(course, "road", how).entries


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


def public_points(checked, entry):
    """Return the grade's points on the criteria that the check judged."""
    judged = {
        (v.question, c.name)
        for v in checked.verdicts
        for c in v.criteria
        if c.status != "unchecked"
    }
    return sum(
        criterion["points"]
        for verdict in entry.verdicts.values()
        for criterion in verdict["criteria"]
        if (verdict["question"], criterion["name"]) in judged
    )


@each
def test_the_check_gives_the_public_points_of_the_grade(mutation, check, handed_in, batch):
    checked, entry = check(handed_in[mutation.name]), batch[mutation.name]
    assert checked.points == public_points(checked, entry)
    assert {v.question: v.outcome for v in checked.verdicts} == entry.outcomes


@each
def test_what_costs_nothing_at_the_student_costs_nothing(mutation, batch):
    entry = batch[mutation.name]
    assert not entry.fault
    points = sum(v["points"] for v in entry.verdicts.values())
    assert (points == road.PUBLIC + 1) != mutation.costs


@each
def test_every_change_is_named_on_both_in_the_same_words(mutation, check, handed_in, batch):
    checked, entry = check(handed_in[mutation.name]), batch[mutation.name]
    assert [change.to_json() for change in checked.changes] == entry.changes
    kinds = {change["kind"] for change in entry.changes}
    assert kinds >= mutation.named
    if not mutation.named:
        assert kinds <= {"recognised"}
    for language in ("zh", "en"):
        for change in checked.changes:
            assert "{" not in sentence(change, language).replace(change.text, "")
    for change in checked.changes:
        assert sentence(change, "en") in checked.text()


@each
def test_written_words_reach_the_person_who_marks(mutation, course, batch):
    entry = batch[mutation.name]
    stored = course.folder("autograded", "road", mutation.name) / "road.ipynb"
    cells = {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in json.loads(stored.read_text("utf-8"))["cells"]
        if "nbgrader" in cell["metadata"]
    }
    for grade_id, words in mutation.essays.items():
        assert words in cells[grade_id]
        assert entry.written[grade_id][0] is None


def test_a_blank_notebook_has_no_answer_and_nothing_to_mark(course, check):
    blank = released(course, "road")
    hand_in(course, "blank", blank, "road")
    how = Settings(run=road.in_process, load_model=road.Model, students=("blank",))
    entry = autograde(course, "road", how).entries["blank"]
    assert entry.written == {"why": [0.0, 1.0], "friend": [0.0, 1.0]}
    assert entry.changes == []
    shutil.rmtree(course.path / "submitted" / "blank")


def test_the_table_and_the_page_say_it_in_the_words_of_the_check(course, check, handed_in, batch):
    table = table_text(read_table(course, "road"))
    write_feedback(course, "road")
    for name in ("an_answer_typed_into_the_call", "an_essay_in_the_cell_below", "start_deleted"):
        page = course.folder("feedback", "road", name) / "road.html"
        html = page.read_text("utf-8").replace("&quot;", '"').replace("&#x27;", "'")
        changes = check(handed_in[name]).changes
        assert changes
        for change in changes:
            said = plain(sentence(change, "en"))
            assert f"{name}: {said}" in table
            assert said in html
            assert plain(sentence(change, "zh")) in html
    assert BY_NAME  # the names above are mutations


# --- compositions -------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(MUTATIONS), min_size=2, max_size=5))
def test_it_holds_for_any_edits_one_after_the_other(law, edits):
    data = None
    notebook = copy.deepcopy(law.right)
    for one in edits:
        try:
            data = one.edit(notebook)
        except (StopIteration, KeyError, TypeError, ValueError, AttributeError):
            continue  # what it edits is gone
        if data:
            break
    checked, entry = law(data or json.dumps(notebook).encode())
    assert checked.points == public_points(checked, entry)
    assert [change.to_json() for change in checked.changes] == entry.changes
    assert not entry.fault


class _Law:
    """Checks and grades one file after the other, in one course."""

    def __init__(self, course, right, check, desk):
        self.course, self.right, self.check, self.desk = course, right, check, desk

    def __call__(self, data):
        hand_in(self.course, "law", data, "road")
        submission = self.desk.read("law")
        executed = road.in_process(self.desk.jobs(submission))
        return self.check(data), self.desk.grade(submission, "", executed)


@pytest.fixture
def law(course, right, check, handed_in, monkeypatch):
    with (course.path / "roster.csv").open("a", encoding="utf-8") as roster:
        roster.write(f"law,{road.STUDENT}\n")
    with open_desk(course, "road", load_model=road.Model, model_sha256=road.Model.sha256) as desk:
        monkeypatch.setattr(save, "store", lambda *args, **named: None)
        yield _Law(course, right, check, desk)
    shutil.rmtree(course.path / "submitted" / "law")
