import stat

import pytest

from grader.course.course import init_course, open_course, read_roster
from grader.course.settings import language_here
from grader.errors import CourseError
from support.courses import make_course, write_exercise


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


def write_course(folder, text, roster=""):
    """Write a course with one exercise, `one`, and what course.toml says of times."""
    (folder / "exercises" / "one").mkdir(parents=True)
    (folder / "exercises" / "one" / "questions.toml").write_text("")
    head = 'course_id = "a"\nlanguage = "en"\nexercises = "exercises"\n'
    (folder / "course.toml").write_text(head + text, encoding="utf-8")
    (folder / "roster.csv").write_text("id\n" + roster, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("course_id = ", ":1: is not TOML.*mend this line"),
        ('language = "fr"', ":1: language = 'fr' in the file is not known"),
        ('language = "en"', "the file has no 'exercises'"),
        ('course_id = "a"\nlanguage = 3', ":2: 'language' in the file has the wrong type"),
        ('course_id = ""', "'course_id' in the file is empty"),
    ],
)
def test_a_wrong_course_toml_is_told_with_its_repair(tmp_path, text, said):
    (tmp_path / "course.toml").write_text(text)
    with pytest.raises(CourseError, match=said) as error:
        open_course(tmp_path)
    assert str(tmp_path / "course.toml") in str(error.value)


ZONE = 'timezone = "+08:00"\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('langauge = "en"', 4, "did you mean 'language'"),
        ("lates = 3", 4, "'lates' in the file is not known; did you mean 'late'"),
        ('db_url = "grades.db"', 4, "db_url is no address"),
        ("db_url = 5", 4, "'db_url' in the file has the wrong type"),
        ('timezone = "Mars"', 4, 'there is no time zone "Mars"'),
        ("timezone = 8", 4, "'timezone' in the file has the wrong type"),
        ('package = "a b"', 4, "package is one word"),
        ('site = "example.org"', 4, "site is no address"),
        ("late = 1", 4, r"'late' in the file is not a table; make it a table \[late\]"),
        ('[late]\npolicy = "hourly"', 5, "policy = 'hourly' in .* known are: cut-off, none, per"),
        ("[late]\nperday = 0.2", 5, "did you mean 'per_day'"),
        ('[late]\npolicy = "per day"\nper_day = 2', 6, "is 2; write 0 to 1"),
        ('[late]\npolicy = "per day"\nper_day = -0.1', 6, "is -0.1; write 0 to 1"),
        ('[late]\npolicy = "per day"\nmost = nan', 6, "is nan; write 0 to 1"),
        ('[late]\npolicy = "per day"\nper_day = "10%"', 6, "has the wrong type"),
        (
            "[late]\nper_day = 0.1",
            5,
            'does nothing under policy = "none"; write policy = "per day"',
        ),
        ('[late]\npolicy = "cut-off"\nmost = 0.5', 6, 'does nothing under policy = "cut-off"'),
        (ZONE + "[due]\noen = 2026-12-01 23:59:00", 6, "no exercise \"oen\"; did you mean 'one'"),
        (ZONE + '[due]\none = "tomorrow"', 6, "wrong type; write one = 2026-12-01 23:59:00"),
        (ZONE + "[due]\none = 2026-12-01", 6, "wrong type; write one = 2026-12-01 23:59:00"),
        ("[due]\none = 2026-12-01 23:59:00", 5, 'names no time zone; add timezone = "'),
        ('extension = "x"', 4, r"make it a table \[extension\]"),
        ("[extension]\n007 = 2026-12-01T00:00:00Z", 5, "is not a table"),
        ('[extension."007"]\ntow = 2026-12-01T00:00:00Z', 5, 'there is no exercise "tow"'),
        ('[extension."008"]\none = 2026-12-01T00:00:00Z', 4, 'nobody .* has the id "008"; did you'),
    ],
)
def test_a_setting_that_would_vanish_is_refused_with_line_and_repair(tmp_path, text, line, said):
    write_course(tmp_path, text, roster="007\n")
    with pytest.raises(CourseError, match=said) as error:
        open_course(tmp_path)
    assert f"course.toml:{line}: " in str(error.value)


def test_every_mistake_of_a_course_toml_is_told_at_once(tmp_path):
    write_course(tmp_path, "x = 1\n[due]\ntow = 5\n[late]\nday = 2")
    with pytest.raises(CourseError) as error:
        open_course(tmp_path)
    assert len(str(error.value).splitlines()) == 4  # tow: no exercise, and no time


def test_an_extension_may_name_who_handed_in_without_being_in_the_roster(tmp_path):
    write_course(tmp_path, '[extension."008"]\none = 2026-12-01T00:00:00Z', roster="007\n")
    (tmp_path / "submitted" / "008" / "one").mkdir(parents=True)
    assert open_course(tmp_path).due_for("one", "008")


def test_the_roster_can_be_filled_before_an_extension_is_right(tmp_path):
    write_course(tmp_path, '[extension."008"]\none = 2026-12-01T00:00:00Z', roster="007\n")
    assert open_course(tmp_path, strict=False).due_for("one", "008")


@pytest.mark.parametrize("secret", ["", "\n", "00", "no hex at all"])
def test_an_empty_or_damaged_secret_is_refused_also_by_init(tmp_path, exercises, secret):
    course, _ = init_course(tmp_path / "course", exercises=exercises)
    (course.path / "secret").write_text(secret)
    for opened in (course.secret, lambda: init_course(course.path, exercises=exercises)):
        with pytest.raises(CourseError, match="put your copy of it back"):
            opened()


def test_a_name_with_quotes_in_it_makes_a_course_that_opens(tmp_path, exercises):
    course, _ = init_course(tmp_path / "c", exercises=exercises, course_id='say "hi" \\ 你好')
    assert open_course(course.path).course_id == 'say "hi" \\ 你好'


def test_a_course_that_was_moved_alone_finds_the_exercises_that_it_released(tmp_path):
    course = make_course(tmp_path / "old", "en")
    (tmp_path / "new" / "deep").mkdir(parents=True)
    course.path.rename(tmp_path / "new" / "deep" / "course")
    (tmp_path / "old" / "exercises").rename(tmp_path / "new" / "exercises")
    moved = open_course(tmp_path / "new" / "deep" / "course")
    assert moved.exercises == tmp_path / "new" / "exercises"


def test_without_its_exercises_a_course_opens_and_names_the_one_line_to_change(tmp_path):
    course = make_course(tmp_path / "old", "en")
    (tmp_path / "old" / "exercises").rename(tmp_path / "elsewhere")
    course = open_course(course.path)
    for needs in (course.exercise, course.questions):
        with pytest.raises(CourseError, match=r"course.toml:4: .*write exercises = \"DIR\""):
            needs("mini")


def test_a_released_exercise_that_is_gone_is_never_taken_for_a_stock_assignment(tmp_path):
    course = make_course(tmp_path, "en")
    (course.exercises / "mini" / "questions.toml").unlink()
    with pytest.raises(CourseError, match='There is no exercise "mini"'):
        course.questions("mini")
    assert course.questions("not-ours") is None


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANGUAGE": "zh_TW:en", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_the_language_that_a_command_is_called_in(environment, language):
    assert language_here(environment) == language


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
        ("id\nann\nann\n", ':3: "ann" stands in line 2, too'),
        ("id\n../ann\n", ":2: .* cannot be an id"),
    ],
)
def test_a_wrong_roster_names_the_line(tmp_path, text, said):
    path = tmp_path / "roster.csv"
    path.write_text(text)
    with pytest.raises(CourseError, match=said):
        read_roster(path)
