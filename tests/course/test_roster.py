import pytest

from grader.course.roster import Finder, Student, columns, merge_roster, read_roster
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
    assert "is the test student" in merged.skipped[0]


@pytest.mark.parametrize(
    "line",
    [
        '"Student, Test",9,,,A',
        "Test Student,9,,,A",
        "测试学生,9,,,A",
        '"学生, 测试",9,,,A',
        '"prueba, Estudiante de",9,,,A',
        f"Whatever Canvas calls it,9,,{'0123456789abcdef0123' * 2},A",
    ],
)
def test_the_test_student_of_canvas_is_nobody_in_any_language(tmp_path, line):
    merged = merge(tmp_path, f"Student,ID,SIS User ID,SIS Login ID,Section\n{line}\n")
    assert merged.students == {}
    assert "is the test student of Canvas" in merged.skipped[0]
    real = merge(
        tmp_path, f"Student,ID,SIS User ID,SIS Login ID\n{line.replace(',9,,', ',9,77,')}\n"
    )
    assert list(real.students) == ["77"]


MENDED = {
    "2023001.0": "2023001",
    '="007"': "007",
    '"=""007"""': "007",
    "=007": "007",
    "'007": "007",
    "‘007": "007",
    "''007": "007",
    "００７": "007",
    " 007 ": "007",
    "\u00a0007\u3000": "007",
    "\ufeff007": "007",
    "0\u200b07": "007",
    "\u200f007": "007",
    "2023001.00": "2023001",
    "ＡＢ１２": "AB12",
}


@pytest.mark.parametrize("written", MENDED)
def test_what_a_spreadsheet_did_to_an_id_is_undone_and_told(tmp_path, written):
    merged = merge(tmp_path, f"id,name\n{written},Ann\n")
    assert merged.added == list(merged.students) == [MENDED[written]]
    if written.strip() != MENDED[written]:
        assert f'is read as "{MENDED[written]}"' in merged.notes[0]
    assert list(read_roster(tmp_path / "roster.csv")) == merged.added


@pytest.mark.parametrize("written", MENDED)
def test_a_roster_written_by_hand_is_read_alike(tmp_path, written):
    (tmp_path / "roster.csv").write_text(f"\ufeffid,name\n{written},Ann\n", encoding="utf-8")
    assert list(read_roster(tmp_path / "roster.csv")) == [MENDED[written]]


@pytest.mark.parametrize(
    "written",
    [
        "2.023E+06",
        "２．０２３Ｅ＋０６",
        "2E6",
        '"2,023,001"',
        "#REF!",
        "#N/A",
        "########",
        "=A1+B1",
        "a/b",
    ],
)
def test_an_id_that_could_be_several_is_refused_with_its_line(tmp_path, written):
    with pytest.raises(CourseError, match=r"list.csv:2: .*(long number|cannot be an id)"):
        merge(tmp_path, f"id,name\n{written},Ann\n")
    assert not (tmp_path / "roster.csv").exists()


def test_two_lines_of_one_id_are_refused_however_they_are_written(tmp_path):
    for again in ("ANN", "ａｎｎ", "ann\u200b", "'ann"):
        with pytest.raises(CourseError, match="stands in line 2, too"):
            merge(tmp_path, f"id,name\nann,Ann\n{again},Bob\n")


def test_no_two_students_have_one_number_at_the_platform(tmp_path):
    with pytest.raises(CourseError, match='ann and bob have one canvas_id, "7"'):
        merge(tmp_path, "id,canvas_id\nann,7\nbob,7.0\n")
    assert not (tmp_path / "roster.csv").exists()


def test_two_students_with_one_name_are_told(tmp_path):
    merged = merge(tmp_path, "id,name\nann,Ann Lee\nann2,ANN  lee\nbob,Bob\n")
    assert merged.notes == [
        "ann, ann2 have one name, Ann Lee: what comes under it alone is left to you."
    ]


def test_a_name_in_the_roster_begins_no_formula_and_comes_back(tmp_path):
    merge(tmp_path, "id,name\nann,=cmd|'/c calc'!A1\nbob,Bob;=1+1\ncid,Jan 't Hooft\n")
    data = (tmp_path / "roster.csv").read_bytes()
    assert b",=" not in data
    assert b";=" not in data
    names = [s.first_name for s in read_roster(tmp_path / "roster.csv").values()]
    assert names == ["=cmd|'/c calc'!A1", "Bob;=1+1", "Jan 't Hooft"]


def test_the_participants_of_moodle_are_a_class_list(tmp_path):
    merged = merge(tmp_path, "First name,Last name,ID number,Email address\nAnn,Lee,0012,a@x\n")
    assert merged.students["0012"].email == "a@x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nann\n", r'list.csv:1: there is no column "id"'),
        ("id\nann\nann\n", 'list.csv:3: "ann" stands in line 2, too'),
        ("id\n../ann\n", "list.csv:2: .* cannot be an id"),
        ("id,name\n,ann\n", "list.csv:2: the id is missing"),
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


@pytest.mark.parametrize(
    ("first", "last", "name", "names"),
    [
        ("Ada", "Lovelace", "Ada Lovelace", ("Ada Lovelace", "Lovelace Ada")),
        ("明", "李", "李明", ("明 李", "李 明")),
        ("Ada", "", "Ada", ("Ada",)),
        ("", "", "", ("",)),
    ],
)
def test_a_name_stands_in_the_order_of_its_language(first, last, name, names):
    student = Student("1", "1", first, last)
    assert (student.name, student.names) == (name, names)


def test_a_heading_goes_by_several_names():
    assert columns(["Student_ID", "First-Name", "SURNAME", "E-Mail", "x"]) == {
        "id": 0,
        "first_name": 1,
        "last_name": 2,
        "email": 3,
    }
    assert columns(["姓名", "学号"]) == {"id": 1, "name": 0}


def test_where_two_columns_go_by_one_name_the_surer_heading_counts():
    assert columns(["Student ID", "ID"])["id"] == 1


def test_an_id_is_canvas_own_number_in_a_list_of_canvas_alone():
    for mark in ("SIS User ID", "SIS Login ID"):
        assert columns(["ID", mark])["canvas_id"] == 0
    assert columns(["ID", "SIS User ID"])["id"] == 1
    assert "id" not in columns(["ID", "SIS Login ID"])
    assert columns(["ID"]) == {"id": 0}


CLASS = {
    "1": Student("1", "1", "Ann", "Lee", "ann@x", "71", "ann", "m1"),
    "2": Student("2", "2", "Bob", "Ray", "bob@x", "72", "bob", "m2"),
    "3": Student("3", "3", "Bob", "Ray", "bob@x", "", "", ""),
}


@pytest.mark.parametrize(
    ("header", "line", "student"),
    [
        (["id"], ["1"], "1"),
        (["id"], ["m2"], "2"),  # Moodle's ID number is an id, too
        (["id"], ["9"], None),
        (["id"], [], None),
        (["SIS User ID", "ID"], ["", "72"], "2"),
        (["SIS User ID", "ID"], ["1", "72"], None),  # they disagree
        (["SIS User ID", "ID"], ["2", "72"], "2"),
        (["email"], ["ANN@x"], "1"),
        (["email"], ["bob@x"], None),  # two have it
        (["login"], ["bob"], "2"),
        (["name"], ["Ann Lee"], "1"),
        (["name"], ["lee  ANN"], "1"),
        (["name"], ["Bob Ray"], None),
        (["id", "name"], ["", "Ann Lee"], "1"),
        (["id", "name"], ["9", "Ann Lee"], None),  # an id that nobody has
        (["id", "name"], ["1"], "1"),
        (["name", "id"], ["Ann Lee"], "1"),
    ],
)
def test_a_line_is_whose_ids_it_has_else_whose_name(header, line, student):
    finder = Finder(header, CLASS)
    assert finder.usable
    assert finder.find(line) == student


def test_a_table_that_names_nobody_is_of_no_use():
    assert not Finder(["points"], CLASS).usable
    assert not Finder(["name"], {}).usable
    assert not Finder(["login"], {"3": CLASS["3"]}).usable


def test_a_name_in_one_column_is_taken_apart_as_canvas_writes_it_alone(tmp_path):
    students = merge(tmp_path, 'id,name\n1,"Lee, Ann"\n2,Bob Ray\n').students
    assert (students["1"].first_name, students["1"].last_name) == ("Ann", "Lee")
    assert (students["2"].first_name, students["2"].last_name) == ("Bob Ray", "")


def test_a_first_name_of_its_own_goes_before_a_whole_name(tmp_path):
    (student,) = merge(tmp_path, "id,name,first name\n1,Ann Lee,Annie\n").students.values()
    assert (student.first_name, student.last_name) == ("Annie", "")


def test_a_list_of_canvas_without_ids_goes_by_logins(tmp_path):
    merged = merge(tmp_path, "Student,ID,SIS User ID,SIS Login ID\nAnn,71,,ann\nBob,72,,\n")
    assert list(merged.students) == ["ann"]
    assert merged.skipped == ['list.csv:3: "Bob" has no SIS id and no login.']


def test_an_empty_line_is_nobodys(tmp_path):
    assert list(merge(tmp_path, "id,name\n,\n1,Ann\n").students) == ["1"]


def test_a_list_empties_no_field_and_moves_nobody_to_another_sentence(tmp_path):
    merge(tmp_path, "id,email,variant_id\n1,a@x,v7\n")
    merged = merge(tmp_path, "id,email\n1,\n")
    assert merged.changed == []
    assert (merged.students["1"].email, merged.students["1"].variant_id) == ("a@x", "v7")
    merged = merge(tmp_path, "id,variant_id\n1,v8\n")
    assert merged.students["1"].variant_id == "v8"


@pytest.mark.parametrize(
    ("encoding", "called"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with BOM"), ("gbk", "GBK")],
)
def test_the_encoding_of_a_list_is_told(tmp_path, encoding, called):
    text = "学号,姓名\n0012,张三\n0120,李四\n"
    assert merge(tmp_path, text, encoding).encoding == called


def test_nobody_stands_in_a_roster_that_is_not_there(tmp_path):
    assert read_roster(tmp_path / "roster.csv") == {}


def test_several_without_a_login_have_not_one_login(tmp_path):
    assert list(merge(tmp_path, "id,login\n1,\n2,\n").students) == ["1", "2"]


def test_a_login_is_one_whatever_its_capitals(tmp_path):
    with pytest.raises(CourseError, match='1 and 2 have one login, "ann"'):
        merge(tmp_path, "id,login\n1,ann\n2,ANN\n")
