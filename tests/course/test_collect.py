import io
import json
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.archive import open_archive
from grader.course.collect import collect, told_late
from grader.course.late import lateness
from grader.course.receipt import receipt
from grader.course.release import load_config
from grader.course.roster import merge_roster
from grader.errors import CourseError
from support.courses import filled, make_course, released
from support.handed_out import canvas_name, moodle_name, zip_of

ROSTER = (
    "id,last_name,first_name,email,canvas_id\n"
    "0012,张,三,san@x,101\n0013,李,四,si@x,102\nann,Lee,Ann,ann@x,103\n"
    "ann2,Lee,Ann,ann2@x,104\nbob,O'Neil,Bob,bob@x,105\n"
)


@pytest.fixture
def course(tmp_path):
    made = make_course(tmp_path)
    merge_roster(made.path / "roster.csv", ROSTER.encode(), "list.csv")
    return made


@pytest.fixture
def take(course, tmp_path):
    def run(files, times=None, slug=None, **kind):
        path = tmp_path / "all.zip"
        path.write_bytes(files if isinstance(files, bytes) else zip_of(files, **kind))
        if times is not None:
            (tmp_path / "times.csv").write_text(times, encoding="utf-8")
        return collect(course, path, slug, tmp_path / "times.csv" if times is not None else None)

    return run


def notebook(course, pick="keys") -> bytes:
    return json.dumps(filled(released(course), {"pick": f'pick = "{pick}"'})).encode()


def there(course, student):
    folder = course.folder("submitted", "mini", student)
    files = (p for p in folder.rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_moodles_names_find_their_students_in_every_encoding(course, take, flat, encoding):
    data = notebook(course)
    made = take(
        {
            moodle_name("张三", 71, "mini.ipynb", flat=flat): data,
            moodle_name("四 李", 72, "作业.ipynb", flat=flat): data,
            moodle_name("Bob O'Neil 学号bob", 73, "mini.ipynb", flat=flat): data,
            "张三_71_assignsubmission_onlinetext_/onlinetext.html": b"<p>hi",
        },
        encoding=encoding,
    )
    assert (made.format, made.unmatched, made.refused) == ("moodle", [], [])
    assert list(made.students) == ["0012", "0013", "bob"]
    assert all(handed.files == ["mini.ipynb"] for handed in made.students.values())
    assert made.missing == ["ann", "ann2"]
    assert there(course, "0012") == {"mini.ipynb": data}
    assert made.students["0013"].receipts == {"mini.ipynb": receipt(data)}


def test_canvas_names_find_their_students_by_number_and_the_last_upload_counts(course, take):
    first, last = notebook(course, "queries"), notebook(course)
    made = take(
        {
            canvas_name("Lee, Ann", 104, 901, "mini.ipynb"): first,
            canvas_name("Lee, Ann", 104, 907, "mini-1.ipynb"): last,
            canvas_name("O'Neil, Bob", 105, 905, "mini.ipynb", late=True): first,
            canvas_name("O'Neil, Bob", 105, 906, "photo.png"): b"png",
            canvas_name("Lee, Ann", 999, 908, "mini.ipynb"): first,
            "anon_a1b2c_909_mini.ipynb": first,
        }
    )
    assert made.format == "canvas"
    assert there(course, "ann2") == {"mini.ipynb": last}
    assert there(course, "bob") == {"mini.ipynb": first, "photo.png": b"png"}
    assert (course.path / "earlier/ann2/mini/1/mini.ipynb").read_bytes() == first
    assert {r.name: r.why for r in made.unmatched} == {
        "anon_a1b2c_909_mini.ipynb": "anonymous; download it with names shown",
        "leeann_999_908_mini.ipynb": "could be any of ann, ann2",
    }
    assert told_late(course, "mini") == {"ann2": False, "bob": True}


@pytest.mark.parametrize(
    "names",
    [
        ["0012/mini.ipynb", "bob/mini.ipynb"],
        ["all/0012/mini.ipynb", "all/bob/mini.ipynb"],
        ["0012-张三/mini.ipynb", "bob_Bob/x/mini.ipynb"],
        ["0012张三.ipynb", "mini (bob).ipynb"],
        ["作业/张三/mini.ipynb", "作业/Bob O’Neil/mini.ipynb"],
    ],
)
def test_plain_folders_and_files_find_their_students(course, take, names):
    made = take(dict.fromkeys(names, notebook(course)))
    assert (made.format, list(made.students), made.unmatched) == ("plain", ["0012", "bob"], [])


def test_an_id_inside_a_longer_number_is_nobodys(course, take):
    made = take({"100120/mini.ipynb": notebook(course)})
    assert made.students == {}
    assert "nobody in the roster" in made.unmatched[0].why


def test_the_platforms_own_table_says_when(course, take):
    made = take(
        {
            moodle_name("Ann Lee", 81, "mini.ipynb"): notebook(course),
            moodle_name("Ann Lee", 82, "mini.ipynb"): notebook(course, "queries"),
            moodle_name("三 张", 83, "mini.ipynb"): notebook(course),
        },
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Feedback comments\r\n"
        "Participant 81,Ann Lee,ann@x,Submitted,,4.00,Yes,"
        '"Monday, 23 November 2026, 12:04 AM",-,\r\n'
        "Participant 82,Ann Lee,ann2@x,Submitted,,4.00,Yes,2026年11月23日 星期一 13:05,-,\r\n"
        "Participant 83,三 张,san@x,Submitted,,4.00,Yes,-,-,\r\n"
        "Participant 84,Eve,eve@x,Submitted,,4.00,Yes,-,-,\r\n",
    )
    assert {s: h.handed_in for s, h in made.students.items()} == {
        "ann": "2026-11-23T00:04:00Z",
        "ann2": "2026-11-23T13:05:00Z",
        "0012": None,
    }
    assert there(course, "ann")["timestamp.txt"] == b"2026-11-23 00:04:00 UTC\n"
    assert "timestamp.txt" not in there(course, "0012")
    assert [note.split(": ")[1] for note in made.notes] == ["nobody in the roster, or several"]
    assert "times.csv:5: " in made.notes[0]
    assert lateness(None, course.due_for("mini", "0012"), course.late).status == "no due date"


def test_a_newer_submission_replaces_and_an_older_one_does_not(course, take):
    old, new = notebook(course, "queries"), notebook(course)
    table = "id,time\nbob,2026-11-2{} 10:00\n"
    assert take({"bob/mini.ipynb": old}, table.format(2)).students["bob"].outcome == "new"
    assert take({"bob/mini.ipynb": old}, table.format(2)).students["bob"].outcome == "unchanged"
    assert take({"bob/mini.ipynb": new}, table.format(3)).students["bob"].outcome == "replaced"
    assert take({"bob/mini.ipynb": old}, table.format(1)).students["bob"].outcome == "older"
    assert there(course, "bob") == {
        "mini.ipynb": new,
        "timestamp.txt": b"2026-11-23 10:00:00 UTC\n",
    }
    kept = [p.read_bytes() for p in (course.path / "earlier/bob/mini").rglob("*.ipynb")]
    assert kept == [old, old]


def test_two_folders_of_one_student_replace_nothing_and_are_both_kept(course, take):
    first, second = notebook(course, "queries"), notebook(course)
    take({"bob/mini.ipynb": first})
    made = take({"bob/mini.ipynb": second, "bob again/mini.ipynb": first})
    assert there(course, "bob") == {"mini.ipynb": first}
    assert not made.well
    assert {r.name: r.why for r in made.unmatched} == {
        "bob/mini.ipynb": "more than one claims to be bob: bob, bob again",
        "bob again/mini.ipynb": "more than one claims to be bob: bob, bob again",
    }
    kept = course.path / "doubtful" / "mini"
    assert (kept / "bob" / "1" / "mini.ipynb").read_bytes() == second
    assert (kept / "bob again" / "1" / "mini.ipynb").read_bytes() == first
    take({"bob/mini.ipynb": second, "bob again/mini.ipynb": first})
    assert len(list(kept.rglob("*.ipynb"))) == 2  # once


def test_a_person_says_whose_a_doubtful_submission_is(course, take):
    first, second = notebook(course, "queries"), notebook(course)
    take({"bob/mini.ipynb": first, "bob again/mini.ipynb": second})
    made = collect(course, course.path / "doubtful" / "mini" / "bob again", student="bob")
    assert (made.well, list(made.students)) == (True, ["bob"])
    assert there(course, "bob") == {"mini.ipynb": second}
    assert [p.name for p in (course.path / "doubtful" / "mini").iterdir()] == ["bob"]
    with pytest.raises(CourseError, match="'eve' is not in the roster"):
        collect(course, course.path / "doubtful" / "mini" / "bob", student="eve")


def test_what_is_somebodys_now_is_no_longer_doubtful_and_nothing_of_it_is_lost(course, take):
    first, second = notebook(course, "queries"), notebook(course)
    take({"stranger/mini.ipynb": first})
    merge_roster(course.path / "roster.csv", b"id,name\ns1,stranger\n", "list.csv")
    assert take({"stranger/mini.ipynb": second}).well
    assert there(course, "s1") == {"mini.ipynb": second}
    assert not list((course.path / "doubtful" / "mini").iterdir())
    assert (course.path / "earlier/s1/mini/1/mini.ipynb").read_bytes() == first


def test_a_students_own_zip_is_opened_and_a_renamed_notebook_is_found(course, take):
    inner = zip_of({"我的作业/最终版.ipynb": notebook(course), "我的作业/图.png": b"p"}, "gbk")
    made = take({moodle_name("张三", 1, "作业.zip"): inner, moodle_name("李四", 2, "a.rar"): b"R"})
    assert there(course, "0012") == {"mini.ipynb": notebook(course), "图.png": b"p"}
    assert made.students["0012"].original["mini.ipynb"].endswith("最终版.ipynb")
    assert made.warnings == ["0013: no notebook among 李四_2_assignsubmission_file_/a.rar"]


def test_a_student_cannot_bring_a_hand_in_time(course, take):
    made = take({"bob/mini.ipynb": notebook(course), "bob/Timestamp.txt": b"2020-01-01 00:00 UTC"})
    assert list(there(course, "bob")) == ["mini.ipynb"]
    assert "only the platform's table" in made.refused[0].why


HOSTILE = {
    "../bob/mini.ipynb": "leads out of the folder",
    "bob/../../mini.ipynb": "leads out of the folder",
    "bob\\..\\..\\mini.ipynb": "leads out of the folder",
    "/etc/mini.ipynb": "an absolute name",
    "C:/mini.ipynb": "an absolute name",
    "bob/mi\nni.ipynb": "a control character",
    "bob//mini.ipynb": "no usable name",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_leads_elsewhere_is_refused_and_the_others_are_taken(course, take, name):
    made = take({"0012/mini.ipynb": notebook(course), name: b"x"})
    assert list(made.students) == ["0012"]
    assert HOSTILE[name] in made.refused[0].why
    assert not [p for p in course.path.parent.rglob("*") if p.is_file() and p.read_bytes() == b"x"]


@pytest.mark.parametrize("name", ["Bob O'Neil_5_assignsubmission_file_..", "b_105_3_.."])
def test_a_platforms_prefix_hides_no_way_out(course, take, name):
    made = take({name: b"x"}, slug="mini")
    assert made.students == {}
    assert "leads out" in made.refused[0].why


def test_links_are_refused(course, take):
    made = take(zip_of({"bob/mini.ipynb": b"/etc/passwd"}, links=["bob/mini.ipynb"]))
    assert made.students == {}
    assert made.refused[0].why == "a symbolic link"


def test_names_that_differ_by_capitals_are_refused_together(course, take):
    made = take({"bob/mini.ipynb": b"a", "bob/MINI.ipynb": b"b", "0012/mini.ipynb": b"c"})
    assert list(made.students) == ["0012"]
    assert [r.name for r in made.refused] == ["bob/mini.ipynb", "bob/MINI.ipynb"]


def test_a_bomb_is_refused_whole_and_a_students_bomb_alone(course, take, monkeypatch):
    bomb = zip_of({f"bob/{n}.bin": b"\0" * (1 << 20) for n in range(3)})
    monkeypatch.setattr("grader.course.archive.MEMBER", 1 << 16)
    made = take(
        {moodle_name("张三", 1, "a.zip"): bomb, moodle_name("李四", 2, "mini.ipynb"): b"{}"}
    )
    assert [r.why for r in made.refused] == ["larger than 0 MiB"] * 3
    assert list(made.students) == ["0013"]
    monkeypatch.setattr("grader.course.archive.TOTAL", 1 << 20)
    monkeypatch.setattr("grader.course.archive.RATIO", 2)
    with pytest.raises(CourseError, match="zip bomb"):
        take(bomb)


def test_damaged_and_encrypted_files_are_listed(course, take):
    data = bytearray(zip_of({"0012/mini.ipynb": notebook(course), "bob/mini.ipynb": b"y" * 999}))
    at = data.index(b"bob/mini.ipynb") + len("bob/mini.ipynb")
    data[at] ^= 0xFF
    made = take(bytes(data))
    assert list(made.students) == ["0012"]
    assert "damaged" in made.refused[0].why


def test_what_is_no_archive_changes_nothing(course, take, tmp_path):
    with pytest.raises(CourseError, match="is no zip file"):
        take(b"not a zip")
    with pytest.raises(CourseError, match="no such file"):
        collect(course, tmp_path / "nowhere.zip")
    with pytest.raises(CourseError, match="has not been released"):
        take({"bob/x.ipynb": b"{}"}, slug="maxi")
    assert not list((course.path / "submitted").iterdir())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_bytes_are_an_archive_or_a_sentence(tmp_path_factory, data):
    whole = bytearray(zip_of({"a/b.ipynb": b"x" * 50, "c/d": b"y"}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "some.zip"
    path.write_bytes(bytes(whole[: data.draw(st.integers(0, len(whole)))]))
    with suppress(CourseError):
        for member in open_archive(path).members:
            assert not member.name.startswith("/")
            assert ".." not in member.name.split("/")
            with suppress(CourseError):
                member.read()


def test_a_zip_that_python_wrote_on_windows_is_read(course, take):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        zipped.writestr("bob\\mini.ipynb", notebook(course))
    assert list(take(made.getvalue()).students) == ["bob"]


def test_nbgraders_own_tools_see_what_was_collected(course, take):
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    take({"bob/mini.ipynb": notebook(course)}, "id,time\nbob,2026-11-22 10:00\n")
    config = load_config(course)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    assert api.get_submitted_students("mini") == {"bob"}
    found = api.get_submission("mini", "bob")
    assert (found["autograded"], found["submitted"]) == (False, True)
    assert found["timestamp"] == "2026-11-22T10:00:00"
