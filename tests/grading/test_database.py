"""The gradebook in SQLite and in PostgreSQL: the same rows, beside other writers too."""

import threading

import pytest

from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.course.release import release
from grader.errors import CourseError
from grader.grading.batch import Settings, autograde
from grader.grading.store.record import results_hash
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released
from support.outcome import gradebook_rows

pytest_plugins = ["support.postgres"]

WRITERS = 4
STUDENTS = [f"s{number}" for number in range(8)]
NAMES = {"sqlite": None, "postgresql": "postgres"}


def grade(course, **settings):
    return autograde(course, "mini", Settings(run=in_process, load_model=NoModel, **settings))


def course_in(folder, url):
    """Make a course whose gradebook is the database at `url`, or the SQLite file."""
    course = make_course(folder)
    if url:
        (course.path / "gradebook.db").unlink()
        path = course.path / "course.toml"
        path.write_text(f'db_url = "{url}"\n' + path.read_text())
        course = open_course(course.path)
        release(course, "mini")
    return course


@pytest.fixture(params=NAMES)
def database(request):
    """Give the url of a new database of each kind; None for SQLite."""
    needed = NAMES[request.param]
    return request.getfixturevalue(needed)() if needed else None


def handed_in(course):
    for at, student in enumerate(STUDENTS):
        answers = RIGHT if at % 2 else RIGHT | {"pick": 'pick = "queries"', "essay": ""}
        hand_in(course, student, filled(released(course), answers, student))
    when = course.folder("submitted", "mini", "s1") / "timestamp.txt"
    when.write_text("2026-01-02 03:04:05 UTC")
    hand_in(course, "s2", b"{")
    (course.path / "roster.csv").write_text("id,first_name,last_name\ns3,小明,王\n")


def test_sqlite_and_postgresql_hold_equal_rows_for_the_same_batch(postgres, tmp_path):
    found = []
    for name, url in (("sqlite", None), ("postgresql", postgres())):
        course = course_in(tmp_path / name, url)
        handed_in(course)
        assert len(grade(course).graded) == len(STUDENTS)
        with open_gradebook(course) as gradebook:
            gradebook.update_or_create_assignment("mini", duedate="2026-01-01 00:00:00 UTC")
            gradebook.find_grade("essay", "mini", "mini", "s3").manual_score = 0.5
            gradebook.db.commit()
        hand_in(course, "s2", filled(released(course), RIGHT, "s2"))
        assert grade(course).graded == ["s2"]
        grade(course, force=True)
        found.append((gradebook_rows(course), results_hash(course, "mini")))
    assert found[0] == found[1]
    assert found[0][0]["counts"] == [8, 8, 8, 24, 24]


def mark(course, writer: int, errors: list) -> None:
    """Write marks as formgrader does: a gradebook of its own, row by row."""
    from nbgrader.api import Gradebook

    try:
        for turn in range(3):
            with Gradebook(course.db_url, course.course_id) as gradebook:
                for student in STUDENTS[writer::WRITERS]:
                    essay = gradebook.find_grade("essay", "mini", "mini", student)
                    essay.manual_score = turn / 2
                    essay.needs_manual_grade = False
                    gradebook.db.commit()
                for student in STUDENTS:
                    comment = gradebook.find_comment("pick", "mini", "mini", student)
                    if student in STUDENTS[writer::WRITERS]:
                        comment.manual_comment = f"writer {writer}, turn {turn}"
                        gradebook.db.commit()
    except Exception as error:
        errors.append(error)


def test_a_batch_and_four_formgraders_at_once_lose_no_row(database, tmp_path):
    course = course_in(tmp_path, database)
    handed_in(course)
    grade(course)
    before = gradebook_rows(course)
    errors = []
    writers = [
        threading.Thread(target=mark, args=(course, writer, errors)) for writer in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    batches = 0
    while any(writer.is_alive() for writer in writers) or batches == 0:
        batch = grade(course, force=True)
        assert len(batch.graded) == len(STUDENTS)
        assert list(batch.not_graded) == ["s2"]
        batches += 1
    for writer in writers:
        writer.join()
    assert errors == []
    after = gradebook_rows(course)
    assert after["counts"] == before["counts"]
    automatic = [[(*row[:4], row[5]) for row in rows["scores"]] for rows in (before, after)]
    assert automatic[0] == automatic[1]
    assert {row[0]: row[4] for row in after["scores"] if row[2] == "essay"} == dict.fromkeys(
        STUDENTS, 1.0
    )
    comments = {row[0]: row[3] for row in after["comments"] if row[1] == "pick"}
    assert comments == {s: f"writer {at % WRITERS}, turn 2" for at, s in enumerate(STUDENTS)}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://grader@127.0.0.1:1/none", "does not answer"),
        ("postgresql+psycopg2://grader@127.0.0.1:1/none", "postgresql\\+psycopg://"),
        ("nothing", "is no address; write db_url"),
    ],
)
def test_a_database_that_is_not_there_is_told_with_the_setting(tmp_path, url, told):
    course = make_course(tmp_path)
    path = course.path / "course.toml"
    path.write_text(f'db_url = "{url}"\n' + path.read_text())
    with pytest.raises(CourseError, match=f"course.toml.*db_url.*{told}"):
        grade(open_course(course.path))
