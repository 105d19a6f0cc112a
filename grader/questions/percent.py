"""Notebooks as Python files: the percent format, in which a line ``# %%`` begins each cell.

``# %%`` begins a code cell, ``# %% [markdown]`` a text whose every line is a comment. Behind that
stand the cell's marks: ``role="check" grade_id="head_check" lang="en"``. What stands before the
first cell is the head.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from grader.errors import CourseError
from grader.questions.authoring import nearest

_BEGIN = re.compile(r"# %%(?!%)\s*(?:\[(\w+)\])?(.*)")
_MARK = re.compile(r'(\w+)="([^"]*)"\s*')
_TYPES = ("markdown", "raw")


@dataclass(frozen=True)
class Cell:
    """One cell."""

    type: str
    """``code``, ``markdown`` or ``raw``."""
    source: str
    """Without the marks of a comment, where it is text; without empty lines at either end."""
    line: int
    """Where it begins in the file, from 1."""
    marks: Mapping[str, str] = field(default_factory=dict)

    @property
    def role(self) -> str | None:
        """What the cell is for, if it says so."""
        return self.marks.get("role")

    @property
    def grade_id(self) -> str | None:
        """The name by which the cell is known, if it has one."""
        return self.marks.get("grade_id")


def read_percent(path: Path, known: Collection[str]) -> tuple[str, list[Cell]]:
    """Return the head and the cells of a file; `known` are the marks that a cell may have.

    Raises:
        CourseError: it cannot be read, or a cell is not well begun: file, line and repair.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise CourseError(f"{path}: there is no such file; write it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: {error}; it must be a text in UTF-8.") from None
    begins = [number for number, line in enumerate(lines) if _BEGIN.match(line)]
    cells = []
    for begin, end in pairwise([*begins, len(lines)]):
        kind, marks = _begun(lines[begin], f"{path}:{begin + 1}", known)
        body = lines[begin + 1 : end]
        if kind != "code":
            body = [_text(line, f"{path}:{n}") for n, line in enumerate(body, begin + 2)]
        cells.append(Cell(kind, "\n".join(body).strip("\n"), begin + 1, marks))
    return "\n".join(lines[: begins[0] if begins else len(lines)]), cells


def _begun(line: str, where: str, known: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return a cell's type and marks."""
    begin = _BEGIN.match(line)
    assert begin  # by which the line was found
    kind, rest = begin.groups()
    if kind and kind not in _TYPES:
        raise CourseError(f"{where}: there is no [{kind}] cell; {nearest(kind, _TYPES)}.")
    left = _MARK.sub("", rest).strip()
    if left:
        raise CourseError(
            f'{where}: "{left}" is no mark; write marks as {next(iter(known))}="...".'
        )
    marks = dict(_MARK.findall(rest))
    for mark in marks:
        if mark not in known:
            raise CourseError(f'{where}: there is no mark "{mark}"; {nearest(mark, known)}.')
    return kind or "code", marks


def _text(line: str, where: str) -> str:
    if line.strip() and not line.startswith("#"):
        raise CourseError(f'{where}: a line of text begins with "# "; write it there.')
    return line[1:].removeprefix(" ")
