import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course.sheets import neutral, plain, read_sheet, write_rows
from grader.errors import CourseError

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
TABLES = st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=5)


@settings(deadline=None)
@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_a_table_reads_as_csv_reads_it_and_writes_the_same_bytes(rows, end, quoting):
    # Python's writer leaves a lone CR bare where lines end in LF, and so does not read it back.
    rows = [[value.replace("\r", "") for value in row] for row in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=quoting).writerows([["a", "b,c"], *rows])
    data = text.getvalue().encode()
    sheet = read_sheet(data, "t.csv")
    assert sheet.to_bytes() == data
    assert [row.values for row in sheet.rows] == [["a", "b,c"], *rows]


@settings(deadline=None)
@given(TABLES, TEXT)
def test_setting_a_field_changes_that_field_alone(rows, value):
    sheet = read_sheet(write_rows([["id", "x"], *rows]), "t.csv")
    sheet.put(sheet.rows[1], 1, value)
    again = read_sheet(sheet.to_bytes(), "t.csv")
    expected = [["id", "x"], [rows[0][0], value, *rows[0][2:]], *rows[1:]]
    assert [row.values for row in again.rows] == expected


@settings(deadline=None)
@given(st.text())
def test_what_was_neutralised_comes_back_and_begins_no_formula(text):
    assert plain(neutral(text)) == text
    assert not neutral(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [("utf-8", b""), ("utf-8", b"\xef\xbb\xbf"), ("utf-16-le", b"\xff\xfe"), ("gbk", b"")],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_encoding_and_delimiter_is_read_and_kept(encoding, bom, delimiter):
    data = bom + f"学号{delimiter}姓名\r\n0012{delimiter}张三\r\n".encode(encoding)
    sheet = read_sheet(data, "t.csv")
    assert sheet.header == ["学号", "姓名"]
    assert sheet.body[0].values == ["0012", "张三"]
    assert sheet.to_bytes() == data


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_a_sentence(data):
    with suppress(CourseError):
        assert read_sheet(data, "t.csv").to_bytes() == data


def test_a_quote_that_never_closes_names_its_line():
    with pytest.raises(CourseError, match=r"t[.]csv:2: a quote opens"):
        read_sheet(b'id,x\n1,"two\n3,4\n', "t.csv")
