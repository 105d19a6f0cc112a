import pytest

from grader.course.roster import merge_roster, read_roster
from grader.errors import CourseError


def merge(tmp_path, text, encoding="utf-8"):
    return merge_roster(tmp_path / "roster.csv", text.encode(encoding), "list.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_ids_keep_their_zeros_and_names_their_characters(tmp_path, encoding):
    merged = merge(tmp_path, "学号,姓名\r\n0012,张三\r\n0120,李四\r\n", encoding)
    students = read_roster(tmp_path / "roster.csv")
    assert list(students) == merged.added == ["0012", "0120"]
    assert students["0012"].first_name == "张三"
    assert students["0012"].variant_id == "0012"


def test_a_second_list_adds_and_changes_and_takes_nobody_out(tmp_path):
    merge(tmp_path, "id,email,variant_id\nann,a@x,v1\nbob,b@x,\n")
    merged = merge(tmp_path, "id,email,canvas_id\nbob,b@y,77\ncid,,\n")
    assert (merged.added, merged.changed, merged.kept) == (["cid"], ["bob"], ["ann"])
    students = read_roster(tmp_path / "roster.csv")
    assert (students["bob"].email, students["bob"].canvas_id) == ("b@y", "77")
    assert students["ann"].variant_id == "v1"
    before = (tmp_path / "roster.csv").read_bytes()
    assert merge(tmp_path, "id,email,canvas_id\nbob,b@y,77\ncid,,\n").changed == []
    assert (tmp_path / "roster.csv").read_bytes() == before


def test_a_gradebook_of_canvas_is_a_class_list(tmp_path):
    merged = merge(
        tmp_path,
        "Student,ID,SIS User ID,SIS Login ID,Section,One (5)\n"
        "    Points Possible,,,,,10\n"
        '"Lee, Ann",4711,0012,ann@x,A,\n'
        '"Student, Test",999,,,A,\n',
    )
    student = merged.students["0012"]
    assert (student.first_name, student.last_name) == ("Ann", "Lee")
    assert (student.canvas_id, student.login) == ("4711", "ann@x")
    assert list(merged.students) == ["0012"]
    assert "no SIS id" in merged.skipped[0]


def test_the_participants_of_moodle_are_a_class_list(tmp_path):
    merged = merge(tmp_path, "First name,Last name,ID number,Email address\nAnn,Lee,0012,a@x\n")
    assert merged.students["0012"].email == "a@x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nann\n", r'list.csv:1: there is no column "id"'),
        ("id\nann\nann\n", 'list.csv:3: "ann" stands in line 2, too'),
        ("id\n../ann\n", "list.csv:2: .* cannot be an id"),
        ("id\n2.0231E+11\n", "list.csv:2: .* what a spreadsheet makes of a long number"),
        ("id\n12\n", 'list.csv:2: "12" stands in the roster as "0012"'),
    ],
)
def test_a_wrong_list_names_its_line_and_changes_nothing(tmp_path, text, said):
    merge(tmp_path, "id\n0012\n")
    before = (tmp_path / "roster.csv").read_bytes()
    with pytest.raises(CourseError, match=said):
        merge(tmp_path, text)
    assert (tmp_path / "roster.csv").read_bytes() == before
