import csv
import io
import math
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.course.sheets import neutral, plain, read_sheet, write_rows
from grader.errors import CourseError

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


def table(rows, **form) -> bytes:
    """Return a table as Python writes it; the byte order mark says how a few letters are meant."""
    text = io.StringIO()
    csv.writer(text, **form).writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


TABLES = st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=5)


@settings(deadline=None)
@given(TABLES, st.sampled_from(["\n", "\r\n"]), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_a_table_reads_as_csv_reads_it_and_writes_the_same_bytes(rows, end, quoting):
    # Python's writer leaves a lone CR bare where lines end in LF, and so does not read it back.
    rows = [[value.replace("\r", "") for value in row] for row in rows]
    data = table([["a", "b,c"], *rows], lineterminator=end, quoting=quoting)
    sheet = read_sheet(data, "t.csv")
    assert sheet.to_bytes() == data
    assert [row.values for row in sheet.rows] == [["a", "b,c"], *rows]


@settings(deadline=None)
@given(TABLES, TEXT)
def test_setting_a_field_changes_that_field_alone(rows, value):
    sheet = read_sheet(table([["id", "x"], *rows]), "t.csv")
    sheet.put(sheet.rows[1], 1, value)
    again = read_sheet(sheet.to_bytes(), "t.csv")
    expected = [["id", "x"], [rows[0][0], value, *rows[0][2:]], *rows[1:]]
    assert [row.values for row in again.rows] == expected


PIECES = st.lists(
    st.one_of(st.text(max_size=3), st.sampled_from([*"=+-@＝＋－＠'\";,|\t\r\n 1.5e"]))
)
FORMULA = tuple("=+-@＝＋－＠")


def is_number(text) -> bool:
    with suppress(ValueError):
        return math.isfinite(float(text)) or "n" not in text.lower()
    return False


@settings(deadline=None, max_examples=400)
@given(PIECES.map("".join))
@example("-0\r0")
@example("-0,0")
@example(";-0")
def test_what_was_neutralised_comes_back_and_no_cell_of_it_begins_a_formula(text):
    """Whichever sign the reader's spreadsheet separates cells by, and whether it heeds quotes."""
    assert plain(neutral(text)) == text
    data = write_rows([["x", text, "y"]]).decode("utf-8-sig")
    for delimiter in ",;\t|":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            lines = io.StringIO(data, newline="")
            for row in csv.reader(lines, delimiter=delimiter, quoting=quoting):
                for cell in row:
                    shown = cell.strip(' "\xa0\u3000\u200b\ufeff')
                    assert is_number(shown) or not shown.startswith(FORMULA), (delimiter, cell)


@pytest.mark.parametrize("number", ["-1.5", "+2", "0", "-3e-5", "12"])
def test_a_number_stays_a_number(number):
    assert neutral(number) == number
    assert (neutral(f"a;{number}") == f"a;{number}") == (number[0] not in "+-")  # more may follow
    assert neutral(f"{number}=x") != f"{number}=x" or number[0] not in "+-"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"])
@pytest.mark.parametrize("before", ["", " ", "\xa0", "\u3000", "a;", "a; ", "a,", 'a"', "'"])
def test_every_beginning_of_a_formula_gets_a_mark(before, begin):
    assert neutral(f"{before}{begin}cmd") == f"{before}'{begin}cmd"


@pytest.mark.parametrize("name", ["谢伟", "钱强", "石平", "叶思远", "郑志"])
def test_names_whose_gbk_is_valid_utf8_are_read_under_an_english_header(name):
    data = f"id,name\r\n0012,{name}\r\n".encode("gbk")
    assert data.decode("utf-8")  # that is the trap
    sheet = read_sheet(data, "t.csv")
    assert (sheet.body[0].values, sheet.to_bytes()) == (["0012", name], data)


@pytest.mark.parametrize(
    "name", ["José", "Łódź", "Иванов", "Γιώργος", "Đỗ Thị", "阿卜杜拉·买买提", "محمد", "21°"]
)
def test_names_of_other_alphabets_are_still_utf8(name):
    data = f"id,name\r\n1,{name}\r\n".encode()
    assert read_sheet(data, "t.csv").body[0].values == ["1", name]


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
