import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.course import open_course
from grader.course.export import csv_export, export, read_csv_export
from grader.course.gradebook import open_gradebook
from grader.course.late import Lateness
from grader.course.platforms import Column, fill_in
from grader.course.roster import Student, merge_roster
from grader.course.scores import Score, read_scores
from grader.course.sheets import read_sheet
from grader.course.written_sheet import apply_sheet, write_sheet
from grader.errors import CourseError
from grader.grading.batch import Settings, autograde
from grader.reports.table import read_table, table_text
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

ROSTER = (
    "id,last_name,first_name,email,canvas_id,login\n0012,张,三,san@x,101,san\n"
    "ann,Lee,=cmd|'/c calc'!A1,ann@x,102,annl\nbob,O'Neil,Bob,bob@x,103,bobo\n"
    "eve,Nothing,Eve,eve@x,104,eve\n"
)
GRADING = Settings(run=in_process, load_model=NoModel)
LATE = '[late]\npolicy = "per day"\nper_day = 0.25\n[due]\nmini = 2026-11-20 12:00:00\n'


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """0012: the essay is open, two days late; ann: no essay, in time; bob: nobody knows when."""
    course = make_course(tmp_path_factory.mktemp("export"))
    merge_roster(course.path / "roster.csv", ROSTER.encode(), "list.csv")
    settings = (course.path / "course.toml").read_text("utf-8")
    settings = settings[: settings.index("[late]")]
    (course.path / "course.toml").write_text(settings + LATE, encoding="utf-8")
    course = open_course(course.path)
    notebook = released(course)
    answers = {k: v for k, v in RIGHT.items() if k != "essay"}
    for student, cells, when in (
        ("0012", RIGHT, "2026-11-22 11:00:00 UTC"),
        ("ann", answers, "2026-11-20 11:00:00 UTC"),
        ("bob", {"pick": RIGHT["pick"]}, None),
    ):
        path = hand_in(course, student, filled(notebook, cells, student))
        if when:
            (path.parent / "timestamp.txt").write_text(when)
    autograde(course, "mini", GRADING)
    return course


def test_points_and_what_lateness_takes_off_are_told_apart(graded):
    scores = read_scores(graded, "mini")
    told = {
        s: (score.points, score.taken_off, score.counted, score.open, score.lateness.status)
        for s, score in scores.items()
    }
    assert told == {
        "0012": (3, 1.5, 1.5, ("essay",), "late"),
        "ann": (3, 0, 3, (), "on time"),
        "bob": (1, 0, 1, (), "unknown"),
    }


def test_the_table_shows_lateness_beside_the_points(graded):
    table = read_table(graded, "mini")
    rows = {r.student: (r.total, r.late, r.taken_off, r.counted) for r in table.rows}
    assert rows == {
        "0012": (3, "2", 1.5, 1.5),
        "ann": (3, "", 0, 3),
        "bob": (1, "unknown", 0, 1),
    }
    head = table_text(table).splitlines()[0].split()
    assert head[-5:] == ["total", "late", "off", "counted", "why"]


def test_the_spreadsheet_tells_everything_and_begins_no_formula(graded):
    made = export(graded, ["mini"])
    lines = {line["id"]: line for line in read_csv_export(made.data)}
    assert made.data.startswith(b"\xef\xbb\xbf")
    assert b",=cmd" not in made.data
    assert lines["ann"]["first_name"] == "=cmd|'/c calc'!A1"
    assert lines["0012"] == {
        "id": "0012",
        "last_name": "张",
        "first_name": "三",
        "email": "san@x",
        "mini": "1.5",
        "mini.points": "3",
        "mini.late_days": "2",
        "mini.taken_off": "1.5",
        "mini.maximum": "4",
        "mini.open": "essay",
        "mini.handed_in": "2026-11-22T11:00:00+00:00",
    }
    assert lines["bob"]["mini.late_days"] == "unknown"
    assert lines["eve"]["mini"] == ""
    assert (made.open, made.nothing) == ({"0012": ["mini.essay"]}, ["eve"])


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
NUMBER = st.integers(0, 10_000).map(lambda n: n / 100)


@settings(deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, TEXT, NUMBER, NUMBER), max_size=5))
def test_what_goes_out_comes_back_exactly(drawn):
    students, scores = {}, {}
    for n, (first, last, email, points, off) in enumerate(drawn):
        key = f"-{n:03}"
        students[key] = Student(key, key, first_name=first, last_name=last, email=email)
        late = Lateness("late", 90_000.0)
        when = datetime(2026, 1, 1, 8, n, tzinfo=UTC)
        off = min(off, points)
        scores[key] = Score(key, "x", points, 100.0, ("a", "b"), when, late, off)
    lines = read_csv_export(csv_export({"x": scores}, students))
    assert [{f: line[f] for f in ("id", "first_name", "last_name", "email")} for line in lines] == [
        {"id": s.id, "first_name": s.first_name, "last_name": s.last_name, "email": s.email}
        for s in students.values()
    ]
    for line in lines:
        score = scores[line["id"]]
        assert float(line["x"]) == score.counted
        assert float(line["x.points"]) == score.points
        assert datetime.fromisoformat(line["x.handed_in"]) == score.handed_in
        assert line["x.open"].split() == list(score.open)
        assert line["x.late_days"] == "2"


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Other (7),A small exercise (4711),Final Score\r\n"
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,5,4,(read only)\r\n"
    '"Lee, =cmd",102,ann,annl,"A, B",4.50,,"9"\r\n'
    '"O\'Neil, Bob",103,bob,bobo,A,,1.00,\r\n'
    "三 张,101,0012,san,A,EX,,\r\n"
    '"Stranger, A",999,zzz,zed,A,,,\r\n'
    '"Student, Test",1,,t,A,,,\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_canvas_own_file_changes_in_our_column_alone(graded, tmp_path, encoding):
    path = tmp_path / "grades.csv"
    path.write_bytes(CANVAS.encode(encoding))
    made = export(graded, ["mini"], "canvas", into=path)
    assert made.data == CANVAS.replace('4.50,,"9"', '4.50,3,"9"').encode(encoding)
    assert made.exported == 2
    assert made.open == {"0012": ["mini.essay"]}
    assert [line.split(": ")[1] for line in made.unmatched] == ["Stranger, A, 999, zzz, zed, A"]
    whole = export(graded, ["mini"], "canvas", into=path, so_far=True)
    assert "三 张,101,0012,san,A,EX,1.5,".encode(encoding.removesuffix("-sig")) in whole.data


@pytest.mark.parametrize(
    ("cell", "word"),
    [("EX", "excused"), ("ex", "excused"), (" MI ", "missing"), ("ＥＸ", "excused")],
)
def test_what_a_person_decided_in_canvas_stays_and_is_named(graded, tmp_path, cell, word):
    path = tmp_path / "grades.csv"
    text = CANVAS.replace('4.50,,"9"', f'4.50,{cell},"9"')
    path.write_text(text, encoding="utf-8", newline="")
    made = export(graded, ["mini"], "canvas", into=path)
    assert made.data.decode() == text
    assert f"({word}) there and stays so; the grade 3 was not written" in made.notes[0]
    assert made.exported == 1


@pytest.mark.parametrize("cell", ["3", "3.00", "3,00", "３", " 3.0 ", "\u00a03,0"])
def test_a_number_is_the_same_with_a_comma(graded, tmp_path, cell):
    path = tmp_path / "grades.csv"
    text = CANVAS.replace('4.50,,"9"', f'4.50,"{cell}","9"').replace(",,,5,4,", ',,,5,"4,00",')
    path.write_text(text, encoding="utf-8", newline="")
    made = export(graded, ["mini"], "canvas", into=path)
    assert made.data.decode() == text
    assert made.notes == []


@pytest.mark.parametrize("name", ['"Student, Test"', "Test Student", "测试学生"])
def test_the_test_student_gets_no_grade_and_is_not_missed(graded, tmp_path, name):
    path = tmp_path / "grades.csv"
    text = CANVAS.replace('"Student, Test",1,,t', f"{name},102,,{'ab' * 20}")
    path.write_text(text, encoding="utf-8", newline="")
    made = export(graded, ["mini"], "canvas", into=path)
    assert f"{name},102,,{'ab' * 20},A,,," in made.data.decode()
    assert made.exported == 2


def test_two_lines_of_one_student_get_nothing_and_are_named(graded, tmp_path):
    path = tmp_path / "grades.csv"
    text = CANVAS.replace('"Stranger, A",999,zzz,zed', '"Lee, Ann",102,,annl')
    path.write_text(text, encoding="utf-8", newline="")
    made = export(graded, ["mini"], "canvas", into=path)
    assert made.data.decode() == text
    assert [line.rpartition(" (")[2] for line in made.unmatched] == ["one of 2 lines of ann)"] * 2


MOODLE = {
    "en": (
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Feedback comments\n"
    ),
    "zh": (
        "标识符,全名,电子邮件,状态,成绩,最高分,允许更改成绩,"
        "上次修改（作业）,上次修改（评分）,反馈评论\n"
    ),
}
LINES = (
    "Participant 7,Ann Lee,ann@x,Submitted,,5.00,Yes,"
    '"Friday, 20 November 2026, 11:00 AM",-,"a ""b"""\n'
    "Participant 8,张三,san@x,Submitted,,5.00,Yes,-,-,\n"
    "Participant 9,Bob,BOB@x,Submitted,1.00,5.00,Yes,-,-,\n"
)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_moodles_worksheet_changes_in_the_grades_alone(graded, tmp_path, language):
    path = tmp_path / "grading.csv"
    path.write_text(MOODLE[language] + LINES, encoding="utf-8", newline="")
    made = export(graded, ["mini"], "moodle", into=path)
    expected = MOODLE[language] + LINES.replace("ann@x,Submitted,,", "ann@x,Submitted,3,")
    assert made.data.decode() == expected
    assert "has 5.00 points, here 4" in made.notes[0]


def test_without_a_file_of_theirs_one_is_made_from_the_roster(graded):
    canvas = read_sheet(export(graded, ["mini"], "canvas").data, "c.csv")
    assert canvas.header == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        "A small exercise",
    ]
    assert canvas.body[0].values == ["    Points Possible", "", "", "", "", "4"]
    assert [row.values[-1] for row in canvas.body[1:]] == ["", "3", "1", ""]
    moodle = read_sheet(export(graded, ["mini"], "moodle").data, "m.csv")
    assert moodle.body[1].values == ["ann", "'=cmd|'/c calc'!A1", "Lee", "ann@x", "3"]


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["ann", "bob"]), NUMBER))
def test_a_platforms_file_gives_back_what_was_put_in(grades):
    students = {s: Student(s, s, email=f"{s}@x") for s in ("ann", "bob")}
    column = Column("T", ("T",), 100.0, grades)
    sheet = read_sheet(b"Email address,T\r\nann@x,\r\nbob@x,\r\n", "t.csv")
    before = sheet.to_bytes()
    fill_in(sheet, "moodle", column, students)
    again = read_sheet(sheet.to_bytes(), "t.csv")
    found = dict(zip(students, (row.values[1] for row in again.body), strict=True))
    assert {s: float(v) for s, v in found.items() if v} == grades
    for row in sheet.body:
        sheet.put(row, 1, "")
    assert sheet.to_bytes() == before


def test_a_file_without_our_column_says_which_there_are(graded, tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(CANVAS.replace("A small exercise (4711)", "B"), encoding="utf-8")
    with pytest.raises(CourseError, match=r'no column for "A small exercise"; .*"B"'):
        export(graded, ["mini"], "canvas", into=path)
    assert export(graded, ["mini"], "canvas", into=path, column="B").exported == 2


def test_marks_of_written_answers_go_in_by_answer_and_survive_grading_again(tmp_path):
    course = make_course(tmp_path)
    notebook = released(course)
    for student, essay in (("a", "Same."), ("b", "Same."), ("c", "=HYPERLINK(1)"), ("d", None)):
        answers = RIGHT | {"essay": essay} if essay else {"pick": RIGHT["pick"]}
        hand_in(course, student, filled(notebook, answers, student))
    autograde(course, "mini", GRADING)
    data = write_sheet(course, "mini")
    sheet = read_sheet(data, "w.csv")
    lines = {row.values[6]: row for row in sheet.body}
    assert {answer: row.values[2] for answer, row in lines.items()} == {
        "Same.": "2",
        "'=HYPERLINK(1)": "1",
    }
    at = {name: sheet.header.index(name) for name in ("points", "comment")}
    sheet.put(lines["Same."], at["points"], "0.5")
    sheet.put(lines["Same."], at["comment"], "Why?")
    applied = apply_sheet(course, "mini", sheet.to_bytes(), "w.csv")
    assert applied.marked == {"a": ["essay"], "b": ["essay"]}
    assert applied.open == 1
    assert read_scores(course, "mini")["a"].points == 3.5

    autograde(course, "mini", dataclasses.replace(GRADING, force=True))
    scores = read_scores(course, "mini")
    assert [scores[s].points for s in "abcd"] == [3.5, 3.5, 3, 1]
    assert [scores[s].open for s in "abcd"] == [(), (), ("essay",), ()]
    again = read_sheet(write_sheet(course, "mini"), "w.csv")
    marks = {row.values[6]: row.values[4:6] for row in again.body}
    assert marks["Same."] == ["0.5", "Why?"]

    hand_in(course, "b", filled(notebook, RIGHT | {"essay": "Other."}, "b"))
    hand_in(course, "a", filled(notebook, RIGHT | {"essay": "Third."}, "a"))
    autograde(course, "mini", GRADING)
    assert read_scores(course, "mini")["a"].open == ("essay",)  # the mark is for another answer
    late = apply_sheet(course, "mini", sheet.to_bytes(), "w.csv")
    assert "nobody has this answer any more" in late.gone[0]
    new = read_sheet(write_sheet(course, "mini"), "w.csv")
    assert {row.values[6]: row.values[4] for row in new.body} == {
        "Other.": "",
        "Third.": "",
        "'=HYPERLINK(1)": "",
    }

    sheet.put(lines["'=HYPERLINK(1)"], at["points"], "7")
    with pytest.raises(CourseError, match=r'w.csv:\d: points "7" is no number from 0 to 1'):
        apply_sheet(course, "mini", sheet.to_bytes(), "w.csv")


def essays(tmp_path, **texts):
    """A graded class: student -> essay."""
    course = make_course(tmp_path)
    for student, essay in texts.items():
        hand_in(course, student, filled(released(course), {"essay": essay}, student))
    autograde(course, "mini", GRADING)
    return course


def formgrader(course, student, points):
    with open_gradebook(course) as gradebook:
        mark = gradebook.find_grade("essay", "mini", "mini", student)
        mark.manual_score, mark.needs_manual_grade = points, False
        gradebook.db.commit()


def sheet_of(course, **points):
    """The table, with points filled in by answer."""
    sheet = read_sheet(write_sheet(course, "mini"), "w.csv")
    for row in sheet.body:
        if row.values[6] in points:
            sheet.put(row, 4, points[row.values[6]])
    return sheet


def test_a_mark_given_elsewhere_is_shown_before_a_table_overwrites_it(tmp_path):
    course = essays(tmp_path, a="Same", b="Same", c="Other")
    data = sheet_of(course, Same="0.5", Other="1").to_bytes()
    formgrader(course, "b", 1.0)
    applied = apply_sheet(course, "mini", data, "w.csv")
    assert applied.marked == {}
    assert applied.elsewhere == [
        "w.csv:3: essay, 1 of 1: 1 was given elsewhere; the table has 0.5."
    ] or applied.elsewhere == ["w.csv:2: essay, 1 of 1: 1 was given elsewhere; the table has 0.5."]
    assert [read_scores(course, "mini")[s].points for s in "abc"] == [0, 1, 0]  # nothing written
    applied = apply_sheet(course, "mini", data, "w.csv", replace=True)
    assert applied.marked == {s: ["essay"] for s in "abc"}
    assert [read_scores(course, "mini")[s].points for s in "abc"] == [0.5, 0.5, 1]


def test_who_changes_a_mark_in_the_same_table_is_not_asked(tmp_path):
    course = essays(tmp_path, a="Same")
    for points in ("0.5", "1", "0.25"):
        data = sheet_of(course, Same=points).to_bytes()
        assert not apply_sheet(course, "mini", data, "w.csv").elsewhere
    other = apply_sheet(course, "mini", sheet_of(course, Same="1").to_bytes(), "colleague.csv")
    assert len(other.elsewhere) == 1


def test_identical_essays_with_different_marks_are_two_lines_and_keep_them(tmp_path):
    course = essays(tmp_path, a="Same", b="Same", c="Same")
    formgrader(course, "a", 1.0)
    formgrader(course, "b", 0.25)
    sheet = sheet_of(course)
    assert sorted((row.values[2], row.values[4]) for row in sheet.body) == [
        ("1", ""),
        ("1", "0.25"),
        ("1", "1"),
    ]
    assert len({row.values[0] for row in sheet.body}) == 3
    again = apply_sheet(course, "mini", sheet.to_bytes(), "w.csv")
    assert (again.marked, again.gone, again.elsewhere) == ({}, [], [])
    for row in sheet.body:
        sheet.put(row, 4, {"": "0.5"}.get(row.values[4], row.values[4]))
    for _ in range(2):  # a second time nothing changes
        applied = apply_sheet(course, "mini", sheet.to_bytes(), "w.csv")
        assert (applied.gone, applied.elsewhere) == ([], [])
    assert [read_scores(course, "mini")[s].points for s in "abc"] == [1, 0.25, 0.5]


def test_lines_of_copies_that_became_one_still_find_their_students(tmp_path):
    course = essays(tmp_path, a="Same", b="Same")
    formgrader(course, "a", 1.0)
    sheet = sheet_of(course)
    for row in sheet.body:
        sheet.put(row, 4, "1")
    assert apply_sheet(course, "mini", sheet.to_bytes(), "w.csv").marked == {"b": ["essay"]}
    assert len(read_sheet(write_sheet(course, "mini"), "w.csv").body) == 1
    again = apply_sheet(course, "mini", sheet.to_bytes(), "w.csv")
    assert again.marked == {}
    assert len(again.gone) <= 1  # a's line was never put in: its mark came from elsewhere
