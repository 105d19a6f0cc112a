import pytest

from grader.grading.batch import Settings, autograde
from grader.reports.table import plain, read_table, table_text
from grader.reports.texts import text
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("table"))
    hand_in(course, "ann", filled(released(course), RIGHT, "ann"))
    hand_in(course, "\x1b[31mred\x07", filled(released(course), {"pick": 'pick = "queries"'}))
    hand_in(course, "王芳", filled(released(course), {}, "王芳"))
    hand_in(course, "eve", b"{")
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    return course


def test_each_student_has_a_line_with_points_total_and_reason(course):
    table = read_table(course, "mini")
    rows = {row.student: row for row in table.rows}
    assert table.maximum == {"pick_check": 1, "soft_check": 2, "essay": 1}
    assert rows["ann"].total == 3
    assert rows["ann"].why == "essay: waits for a person"
    assert rows["王芳"].why == "no answer: pick, soft"
    assert "JSON" in rows["eve"].why


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_table_mixes_languages(course, language):
    shown = table_text(read_table(course, "mini", language))
    for other in [one for one in ("zh", "en") if one != language]:
        for key in ("student", "total", "why"):
            assert text(f"table.{key}", other) not in shown
        assert text("outcome.no answer", other) not in shown
    assert text("outcome.no answer", language) in shown


def test_the_same_class_gives_the_same_bytes(course):
    assert table_text(read_table(course, "mini")) == table_text(read_table(course, "mini"))


def test_no_control_character_reaches_a_terminal(course):
    shown = table_text(read_table(course, "mini"))
    assert all(character.isprintable() or character == "\n" for character in shown)
    assert "[31mred" in shown


def test_columns_stand_under_each_other_also_with_wide_characters(course):
    lines = table_text(read_table(course, "mini")).split("\n")
    chinese = next(line for line in lines if "王芳" in line)
    english = next(line for line in lines if line.startswith("ann"))
    assert chinese.index("0") + 2 == english.index("1")


def test_text_from_students_is_flattened():
    assert plain("a\n\tb\u202e\x00c") == "a bc"
