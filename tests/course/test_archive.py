"""What a stranger's zip costs, and in which encoding its names are."""

import io
import os
import struct
import tracemalloc
import unicodedata
import zipfile
from contextlib import suppress

import pytest

from grader.course import archive as module
from grader.course.archive import OWN, Bounds, no_plain_name, open_archive, read_zip
from grader.course.matching import Matcher
from grader.course.roster import Student
from grader.errors import CourseError
from support.handed_out import moodle_name, zip_of


def listed(data: bytes, bounds=OWN, known=None):
    return read_zip(io.BytesIO(data), "all.zip", bounds, known)


def directory_of(*entries: tuple[bytes, bytes], extra=b"", comment=b"", declared=None) -> bytes:
    """Return a zip that is nothing but its directory: (name, extra) each, all of no bytes."""
    made = b""
    for name, more in entries:
        head = struct.pack(
            "<4s6H3L5H2L",
            b"PK\1\2",
            20,
            20,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            len(name),
            len(more),
            0,
            0,
            0,
            0,
            0,
        )
        made += head + name + more
    count = len(entries) if declared is None else declared
    return (
        made
        + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(made), 0, len(comment))
        + comment
    )


def peak(work) -> int:
    """Return how many bytes Python held at most while it worked."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


LONG = {
    "slashes": b"a/" * 15_000 + b"x",
    "one part": b"a" * 60_000,
    "grows when it is normalised": "\ufdfa".encode() * 10_000,
    "marks": b"a" + "\u0301".encode() * 20_000,
    "quotes": b"'" * 60_000,
    "underscores": b"1_" * 30_000,
    "dots": b"../" * 20_000 + b"x",
}


@pytest.mark.parametrize("kind", LONG)
def test_a_long_name_costs_little_and_is_refused(kind):
    data = directory_of((LONG[kind], b""))
    found = []
    assert peak(lambda: found.append(listed(data))) < 8 << 20
    assert not found[0].members
    assert len(found[0].refused[0].name) <= module.SHOWN


def test_without_the_bound_a_name_of_slashes_costs_hundreds_of_megabytes():
    """The control: what was done with each folder of a name before names had a bound."""
    key = LONG["slashes"].decode()
    cost = peak(lambda: {key.rsplit("/", n)[0] for n in range(1, 3_001)})  # a fifth of it
    assert cost > 60 << 20


def test_too_many_entries_are_refused_before_any_is_read(monkeypatch):
    data = directory_of(*[(b"a", b"")] * 6_000)
    monkeypatch.setattr(zipfile, "ZipInfo", None)  # whoever makes one fails
    with pytest.raises(CourseError, match="zip bomb"):
        listed(data)


def test_a_count_that_lies_is_not_believed():
    data = directory_of(*[(b"a", b"")] * 6_000, declared=1)
    with pytest.raises(CourseError, match="zip bomb"):
        listed(data)


def test_a_directory_that_is_too_large_is_refused_before_it_is_read():
    data = directory_of(*[(b"a%d" % n, b"\0" * 60_000) for n in range(20)])
    found = []
    with pytest.raises(CourseError, match="zip bomb"):
        listed(data)
    assert peak(lambda: found.append(listed(data, Bounds(1, directory=8 << 20)))) < 8 << 20


def test_many_files_of_one_name_are_refused_in_one_pass():
    found = listed(directory_of(*[(b"bob/mini.ipynb", b"")] * 4_000))
    assert (len(found.members), len(found.refused)) == (0, 4_000)
    assert max(len(one.why) for one in found.refused) < 300


def test_extra_fields_without_end_are_not_walked_through():
    field = struct.pack("<HH", 0x9999, 0)
    found = listed(directory_of((b"bob/x", field * 15_000)))
    assert [m.name for m in found.members] == ["bob/x"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_a_bound_is_refused_unread(method):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as zipped:
        zipped.writestr("bob/mini.ipynb", b"\0" * (32 << 20))
    data = made.getvalue().replace(struct.pack("<L", 32 << 20), struct.pack("<L", 9))
    found = listed(data)
    assert "packed in an unusual way" in found.refused[0].why

    def read():  # the control: nine bytes are asked for
        with suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as zipped:
            zipped.open("bob/mini.ipynb").read(9)

    assert peak(read) > 30 << 20


def test_a_member_that_says_it_is_small_is_read_no_further():
    data = zip_of({"bob/x": b"\0" * (32 << 20)})
    [member] = listed(data.replace(struct.pack("<L", 32 << 20), struct.pack("<L", 9))).members

    def read():
        with pytest.raises(CourseError, match="damaged"):
            member.read()

    assert peak(read) < 4 << 20


@pytest.mark.parametrize(
    "name", ["a/" * 20 + "x", "x" * 256, "字" * 86, "a\u0000b", "a\ud800b", "x" * 1001]
)
def test_a_name_that_no_folder_can_have_is_refused(name):
    assert no_plain_name(name)


STUDENTS = {
    f"s{n}": Student(f"s{n}", f"s{n}", first_name=name)
    for n, name in enumerate(["谢伟", "钱强", "石平", "叶思远", "张三", "谢雪", "肖芯", "魏习"])
}


def names_in(names, encoding, students=STUDENTS):
    data = zip_of(dict.fromkeys(names, b"x"), encoding)
    known = Matcher(students).knows
    return sorted(m.name for m in listed(data, known=known).members)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("name", [s.first_name for s in STUDENTS.values()])
def test_gbk_names_that_could_be_utf8_are_read_by_the_roster(name, encoding):
    path = moodle_name(name, 7, "mini.ipynb")
    assert names_in([path], encoding) == [path]
    assert names_in([f"{name}_101_9_mini.ipynb"], encoding) == [f"{name}_101_9_mini.ipynb"]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_are_read_as_all_of_the_archive_is(encoding):
    names = [moodle_name(s.first_name, n, "作业.ipynb") for n, s in enumerate(STUDENTS.values())]
    assert names_in(names, encoding) == sorted(names)
    assert names_in(names, encoding, {}) == sorted(names)


def test_names_in_big5_are_read_where_the_roster_knows_them():
    students = {"1": Student("1", "1", first_name="陳怡君")}
    path = moodle_name("陳怡君", 7, "mini.ipynb")
    assert names_in([path], "big5", students) == [path]


def test_decomposed_names_of_a_mac_are_utf8():
    path = unicodedata.normalize("NFD", moodle_name("José Ångström", 7, "mini.ipynb"))
    made = zip_of({path: b"x"}).replace(path.encode(), path.encode())
    assert [m.name for m in listed(made).members] == [path]


def test_a_folder_unpacked_without_a_word_is_read_by_the_same_rule(tmp_path):
    folder = tmp_path / os.fsdecode("谢伟".encode("gbk"))
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("this file system takes names in UTF-8 alone")
    (folder / "mini.ipynb").write_bytes(b"x")
    [member] = open_archive(tmp_path, Matcher(STUDENTS).knows).members
    assert (member.name, member.read()) == ("谢伟/mini.ipynb", b"x")


def test_a_notebook_alone_is_an_archive_of_one(tmp_path):
    (tmp_path / "mini.ipynb").write_bytes(b"{}")
    [member] = open_archive(tmp_path / "mini.ipynb").members
    assert (member.name, member.read()) == ("mini.ipynb", b"{}")
