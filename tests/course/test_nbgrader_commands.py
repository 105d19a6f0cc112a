"""nbgrader's own commands on a course of ours: they destroy nothing, and hand out what is ours."""

import logging
import re
import shutil

import pytest
from nbgrader.utils import notebook_hash

from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.course.release import load_config
from grader.grading.batch import Settings, autograde
from grader.reports.feedback import write_feedback
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

OWN_SECRET = "made by nbgrader submit"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("commands"))
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    bob = filled(released(course), {"pick": 'pick = "queries"', "essay": "Seen."}, "bob")
    own = next(cell for cell in bob["cells"] if "language = " in cell["source"])
    own["source"] = own["source"].replace('language = "en"', 'language = "zh"')
    hand_in(course, "bob", bob)
    folder = hand_in(course, "cat", filled(released(course), RIGHT, "cat")).parent
    (folder / "submission_secret.txt").write_text(OWN_SECRET)
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    return course.path.parent


@pytest.fixture
def course(graded, tmp_path):
    shutil.copytree(graded, tmp_path, dirs_exist_ok=True)
    return open_course(tmp_path / "course")


def nbgrader(course, converter, **settings):
    """Run one of nbgrader's converters as its command does, with --force."""
    from nbgrader.coursedir import CourseDirectory

    config = load_config(course)
    folder = CourseDirectory(config=config, assignment_id="mini", **settings)
    logger = logging.Logger("quiet", logging.CRITICAL)
    made = converter(coursedir=folder, config=config, force=True, log=logger)
    made.log = logger
    made.start()


def generate_feedback(course):
    from nbgrader.converters import GenerateFeedback

    nbgrader(course, GenerateFeedback, student_id="*")


def release_feedback(course):
    """Run nbgrader's `release_feedback`; returns the exchange's pages by name."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeReleaseFeedback

    config = load_config(course)
    root = course.path.parent / "exchange"
    root.mkdir(mode=0o777, exist_ok=True)
    root.chmod(0o777)
    config.Exchange.root = str(root)
    folder = CourseDirectory(config=config, assignment_id="mini")
    release = ExchangeReleaseFeedback(
        coursedir=folder, authenticator=Authenticator(config=config), config=config
    )
    release.start()
    pages = root / course.course_id / "feedback"
    return {path.stem: path.read_text("utf-8") for path in pages.iterdir()}


def pages(course):
    folders = {p.parent.name: p for p in (course.path / "feedback").glob("*/mini")}
    return {who: (folder / "mini.html").read_text("utf-8") for who, folder in folders.items()}


def test_generate_feedback_writes_the_page_that_ours_writes(course):
    write_feedback(course, "mini")
    ours = pages(course)
    generate_feedback(course)
    assert pages(course) == ours
    assert write_feedback(course, "mini").changed == []


@pytest.mark.parametrize("make", [lambda c: write_feedback(c, "mini"), generate_feedback])
def test_release_feedback_takes_the_pages_of_whatever_was_collected(course, make):
    make(course)
    exchange = release_feedback(course)
    assert sorted(exchange.values()) == sorted(pages(course).values())
    # who came by nbgrader's exchange finds the page by the secret of that submission
    found = exchange[notebook_hash(secret=OWN_SECRET, notebook_id="mini")]
    assert found == pages(course)["cat"]


def test_the_name_of_a_released_page_cannot_be_guessed(course):
    write_feedback(course, "mini")
    before = set(release_feedback(course))
    guesses = {notebook_hash(secret=guess, notebook_id="mini") for guess in ("ann", "mini", "bob")}
    assert not before & guesses
    (course.path / "secret").write_text("ab" * 32)
    write_feedback(course, "mini")
    changed = set(release_feedback(course)) - before
    assert len(changed) == 2  # all but the one whose secret is the submission's own


def test_generate_assignment_keeps_the_notebook_in_the_other_language(course):
    from nbgrader.converters import GenerateAssignment

    folder = course.folder("release", "mini")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert "mini.zh.ipynb" in before
    nbgrader(course, GenerateAssignment)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def shown(course, student, **resources):
    """Return a submission as formgrader's exporter shows it, without tags."""
    from nbconvert.exporters import HTMLExporter

    config = load_config(course)
    path = course.folder("autograded", "mini", student) / "mini.ipynb"
    html, _ = HTMLExporter(config=config).from_filename(str(path), resources=dict(resources))
    return re.sub(r"\s+", " ", re.sub(r"<(style|script).*?</\1>|<[^>]*>", "", html, flags=re.S))


def test_formgrader_shows_the_rubric_right_before_the_answer(course):
    page = shown(course, "ann", submission_id="1", assignment_id="mini")
    words = re.sub(r"&lt;/?p&gt;", " ", page)
    assert re.search(r"What to look for \(1 points\)\W*anything\W*I looked at it", words)


def test_no_other_page_holds_the_rubric(course):
    assert "anything" not in shown(course, "ann")


def test_cards_are_in_the_language_of_the_notebook(course):
    assert "the right statement" in shown(course, "ann", submission_id="1")
    assert "正确的说法" in shown(course, "bob", submission_id="1")


def test_a_mark_of_formgraders_stays_when_everybody_is_graded_again(course):
    with open_gradebook(course) as gradebook:
        grade = gradebook.find_grade("essay", "mini", "mini", "ann")
        grade.manual_score, grade.needs_manual_grade = 0.75, False
        gradebook.db.commit()
    again = Settings(run=in_process, load_model=NoModel, force=True)
    assert "ann" in autograde(course, "mini", again).graded
    with open_gradebook(course) as gradebook:
        assert gradebook.find_grade("essay", "mini", "mini", "ann").score == 0.75
