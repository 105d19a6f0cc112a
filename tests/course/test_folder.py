import stat

import pytest

from grader.course.folder import init_course, open_course, read_roster
from grader.errors import CourseError
from support.courses import write_exercise


@pytest.fixture
def exercises(tmp_path):
    return write_exercise(tmp_path)


def test_a_second_init_writes_nothing(tmp_path, exercises):
    course, written = init_course(tmp_path / "course", exercises=exercises, language="en")
    assert {"course.toml", "roster.csv", "nbgrader_config.py", "secret"} == set(written)
    again, written = init_course(tmp_path / "course", exercises=exercises)
    assert written == []
    assert again == course


def test_only_the_owner_reads_the_secret(tmp_path, exercises):
    course, _ = init_course(tmp_path / "course", exercises=exercises)
    assert stat.S_IMODE((course.path / "secret").stat().st_mode) == 0o600
    assert len(course.secret()) == 32


def test_two_courses_have_two_secrets(tmp_path, exercises):
    one, _ = init_course(tmp_path / "one", exercises=exercises)
    two, _ = init_course(tmp_path / "two", exercises=exercises)
    assert one.secret() != two.secret()


def test_a_tree_that_is_moved_still_finds_its_exercises(tmp_path, exercises):
    (tmp_path / "tree").mkdir()
    exercises.rename(tmp_path / "tree" / "exercises")
    init_course(tmp_path / "tree" / "course", exercises=tmp_path / "tree" / "exercises")
    (tmp_path / "tree").rename(tmp_path / "moved")
    course = open_course(tmp_path / "moved" / "course")
    assert course.exercises == (tmp_path / "moved" / "exercises").resolve()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("course_id = ", "mend the file"),
        ('course_id = "a"\nlanguage = "fr"\nexercises = "../exercises"', 'write "zh" or "en"'),
        ('course_id = "a"\nlanguage = "en"', "exercises is missing"),
        ('course_id = "a"\nlanguage = "en"\nexercises = "nowhere"', "correct the path"),
        ('course_id = "a"\nlanguage = "en"\nexercises = "."\nx = 1', '"x" is no setting'),
    ],
)
def test_a_wrong_course_toml_is_told_with_its_repair(tmp_path, text, said):
    (tmp_path / "course.toml").write_text(text)
    with pytest.raises(CourseError, match=said) as error:
        open_course(tmp_path)
    assert str(tmp_path / "course.toml") in str(error.value)


def test_a_folder_that_is_no_course_says_how_to_make_one(tmp_path):
    with pytest.raises(CourseError, match="grader init"):
        open_course(tmp_path)


def test_an_unknown_exercise_lists_those_that_there_are(tmp_path, exercises):
    course, _ = init_course(tmp_path / "course", exercises=exercises)
    with pytest.raises(CourseError, match="there are: mini"):
        course.exercise("maxi")
    with pytest.raises(CourseError, match="no exercise"):
        course.exercise("../mini")


def test_the_roster_gives_each_student_a_variant_id(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("id,variant_id\nann,\nbob,42\n")
    students = read_roster(path)
    assert [s.variant_id for s in students.values()] == ["ann", "42"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nann\n", ':1: there is no column "id"'),
        ("id\nann\nann\n", ':3: "ann" stands there twice'),
        ("id\n../ann\n", ":2: .* cannot be an id"),
    ],
)
def test_a_wrong_roster_names_the_line(tmp_path, text, said):
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(CourseError, match=said):
        read_roster(path)
