"""The comments and texts of a code cell, which need not be Python all through.

They are found by what Python's quotes and signs mean, not by the ``tokenize`` of the Python that
grades: from 3.12 on it splits a text at its braces and stops at the first sign that is no Python,
and a student's words must be found, or count as an essay, alike on every machine.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMMENT, TEXT, OTHER, END = "comment", "text", "other", "end"
"""Kinds of a part; END is a line's end that ends a statement."""
_PART = re.compile(
    r"""\\\r?\n
    |(?P<comment>\#[^\n]*)
    |(?P<text>(?i:[rbuft]{0,2})(?:
        \"{3}(?s:[^\\]|\\.)*?(?:\"{3}|\Z)
       |'{3}(?s:[^\\]|\\.)*?(?:'{3}|\Z)
       |"[^"\\\n]*(?:\\(?s:.)[^"\\\n]*)*(?:"|$|\\?\Z)
       |'[^'\\\n]*(?:\\(?s:.)[^'\\\n]*)*(?:'|$|\\?\Z)))
    |(?P<end>\n)
    |(?P<opens>[(\[{])
    |(?P<closes>[)\]}])
    |(?P<other>\w+|\S)""",
    re.VERBOSE | re.MULTILINE,
)
"""A text that is never closed goes to its line's end, or to that of all: its words are said."""


@dataclass(frozen=True)
class Part:
    """A comment, a text with its quotes, anything else, or the end of a statement's line."""

    kind: str
    string: str
    row: int
    """Of its first character, from 1."""
    line: str
    """The line, or lines, on which it stands; empty for an end."""


def parts(source: str) -> Iterator[Part]:
    """Yield a code cell's parts in their order."""
    row, at, open_now = 1, 0, 0
    first, last, line = 0, -1, ""  # one string a line, however many parts stand on it
    for found in _PART.finditer(source):
        start, stop = found.span()
        row += source.count("\n", at, start)
        at = start
        kind = found.lastgroup
        if kind == "opens":
            open_now += 1
        elif kind == "closes":
            open_now = max(0, open_now - 1)
        if kind is None or (kind == END and open_now):
            continue
        if kind == END:
            yield Part(END, found[0], row, "")
            continue
        if not first <= start <= stop <= last:
            end = source.find("\n", stop)
            first = source.rfind("\n", 0, start) + 1
            last = len(source) if end < 0 else end
            line = source[first:last]
        yield Part(kind if kind in (COMMENT, TEXT) else OTHER, found[0], row, line)
