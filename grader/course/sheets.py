"""CSV as spreadsheets and learning platforms write it: read without loss, written back unchanged.

A `Sheet` keeps the text of every field as it stood, quotes and line ends included, so that a file
in which one column was filled in differs from the one that came in nowhere else.
"""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.course.encoding import ENCODINGS, choose_encoding
from grader.errors import CourseError

BOMS = ((BOM_UTF8, "utf-8"), (BOM_UTF16_LE, "utf-16-le"), (BOM_UTF16_BE, "utf-16-be"))
DELIMITERS = (",", ";", "\t")
BEGINS = "=+\\-@＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula."""
GAP = "[ \v\f\xa0\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff]*"
AT = (  # wherever a cell may begin: which sign separates cells, the reader's own settings say
    rf"(?:(?:\A|[;,|\"]){GAP}(?='*[{BEGINS}\t\r])|[\t\r\n]{GAP}(?='*[{BEGINS}])|\A{GAP}(?='*\n))"
)
NUMBER = re.compile(rf"{GAP}[+-]?[0-9]+(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?[ ]*")
"""A text that is a number as a whole; behind a sign that separates cells the next cell joins it."""
NEUTRAL = re.compile(f"({AT})")
PLAIN = re.compile(rf"({AT})'")


@dataclass
class Row:
    """One line of a table; a quoted field may hold line ends of its own."""

    line: int
    """Number of the line in the file, from 1."""
    values: list[str]
    raw: list[str]
    """The fields as they stand in the file."""
    end: str
    """The line's end; empty for a last line without one."""


@dataclass
class Sheet:
    """A table as it was read."""

    name: str
    """Of the file, for messages."""
    bom: bytes
    encoding: str
    delimiter: str
    rows: list[Row]

    @property
    def header(self) -> list[str]:
        """The first line that is not empty; an empty list where there is none."""
        return next((row.values for row in self.rows if any(row.values)), [])

    @property
    def body(self) -> list[Row]:
        """The lines below the header, without empty ones."""
        return [row for row in self.rows if any(v.strip() for v in row.values)][1:]

    def put(self, row: Row, column: int, value: str) -> None:
        """Set one field; one that holds the value already stays as it is written.

        Args:
            row: one of ``rows``.
            column: from 0; missing fields before it are filled in as empty.
            value: the new value.
        """
        while len(row.values) <= column:
            row.values.append("")
            row.raw.append("")
        if row.values[column] != value:
            row.values[column] = value
            row.raw[column] = _written([value], self.delimiter) if value else ""

    def to_bytes(self) -> bytes:
        """Return the file."""
        text = "".join(self.delimiter.join(row.raw) + row.end for row in self.rows)
        return self.bom + text.encode(self.encoding)


def read_sheet(data: bytes, name: str) -> Sheet:
    """Read a CSV: UTF-8, UTF-8 and UTF-16 with a byte order mark, GBK; comma, semicolon or tab.

    Raises:
        CourseError: it is no table; names the file, the line and the repair.
    """
    bom, encoding, text = _decode(data, name)
    delimiter = _delimiter(text)
    sheet = Sheet(name, bom, encoding, delimiter, _rows(text, delimiter, name))
    if not sheet.header:
        raise CourseError(f"{name}: the file is empty; save the table again as CSV.")
    return sheet


def write_rows(rows: Iterable[Sequence[str]]) -> bytes:
    """Write a table for spreadsheets: UTF-8 with a byte order mark, CRLF, every cell `neutral`."""
    lines = (_written([neutral(cell) for cell in row], ",") + "\r\n" for row in rows)
    return BOM_UTF8 + "".join(lines).encode("utf-8")


def neutral(text: str) -> str:
    """Return `text` so that no spreadsheet computes any of it; a number stays a number.

    A ' goes before whatever could begin a formula: at the beginning, and after each sign that
    separates cells in some country's spreadsheets, for there quotes do not hold a cell together.
    `plain` takes them away again, exactly.
    """
    return text if NUMBER.fullmatch(text) else NEUTRAL.sub(r"\1'", text)


def plain(text: str) -> str:
    """Return what `neutral` was given."""
    return PLAIN.sub(r"\1", text)


def _decode(data: bytes, name: str) -> tuple[bytes, str, str]:
    for bom, encoding in BOMS:
        if data.startswith(bom):
            return bom, encoding, _strict(data[len(bom) :], encoding, name)
    if b"\0" in data:
        raise CourseError(f"{name}: this is no text; save the table as CSV in UTF-8.")
    first = choose_encoding(re.split(rb"[\r\n]+", data))
    for encoding in (first, *ENCODINGS):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.encode(encoding) == data:
            return b"", encoding, text
    raise CourseError(f"{name}: neither UTF-8 nor GBK; save the table as CSV in UTF-8.")


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise CourseError(f"{name}: {error}; save the table as CSV in UTF-8.") from None


def _delimiter(text: str) -> str:
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    return max(DELIMITERS, key=lambda mark: (first.count(mark), -DELIMITERS.index(mark)))


def _rows(text: str, delimiter: str, name: str) -> list[Row]:
    field = re.compile(
        rf'(?P<quoted>"[^"]*(?:""[^"]*)*")?(?P<rest>[^{delimiter}\r\n]*)'
        rf"(?P<end>{delimiter}|\r\n|\n|\r|\Z)"
    )
    rows: list[Row] = []
    values: list[str] = []
    raw: list[str] = []
    at, line, begun = 0, 1, 1
    while at < len(text) or raw:
        found = field.match(text, at)
        assert found  # an empty field, too
        quoted, rest, end = found["quoted"], found["rest"], found["end"]
        if quoted is None and rest.startswith('"'):
            raise CourseError(f"{name}:{line}: a quote opens and never closes; close it.")
        values.append((quoted[1:-1].replace('""', '"') if quoted else "") + rest)
        raw.append((quoted or "") + rest)
        at = found.end()
        line += len(re.findall(r"\r\n|\n|\r", (quoted or "") + (end if end != delimiter else "")))
        if end != delimiter:
            rows.append(Row(begun, values, raw, end))
            values, raw, begun = [], [], line
    return rows


def _written(row: Sequence[str], delimiter: str) -> str:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator="\r\n").writerow(row)
    return made.getvalue().removesuffix("\r\n")
