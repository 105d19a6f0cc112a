"""What a notebook carries of its assignment: its public questions, and its cells as handed out.

`start` takes the questions from it. `grader check` takes the cells, so that it prepares a notebook
as grading does where the course is not there. It is one text. It stands in the source of a
locked cell, since every editor keeps sources; and once more in the notebook's own metadata, which
Jupyter and VS Code keep, for a notebook whose cell was deleted.
"""

import base64
import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from grader.questions import Exercise, encode_public

ROLES = {
    "solution": {"solution": True, "grade": False, "locked": False},
    "check": {"solution": False, "grade": True, "locked": True},
    "written": {"solution": True, "grade": True, "locked": False},
    "given": {"solution": False, "grade": False, "locked": True},
}
"""Role of a cell -> nbgrader's flags."""

CELL_ID = "notebook_data"
"""The cell that carries it: its grade_id, and the name that it sets."""

METADATA = "seeing_attention"
"""The notebook's metadata: ``{"data": the same text, "language": "zh" or "en"}``."""

CELL = """\
# @title 题目数据：请保留这一格，不用改 / Data of the questions: leave this cell as it is
{name} = "{data}"\
"""

HIDDEN = {"jupyter": {"source_hidden": True}, "cellView": "form"}
"""Metadata that fold the cell: JupyterLab's, and Colab's, which shows the line `@title`."""

MAX_PACKED, MAX_DATA = 1 << 18, 1 << 20
"""Bytes of what a notebook carries, packed and unpacked."""

_DIGITS = 6
_NOTHING = {"course_id": "", "practice": False, "cells": (), "before": ()}
_DATA = re.compile(rf'^{CELL_ID} = "([^"\n]*)"', re.MULTILINE)
_BEFORE = re.compile(r'\bquestions="([^"\n]+)"')
_COURSE = re.compile(r'\bcourse_id=("(?:[^"\\\n]|\\.){0,500}")')


@dataclass(frozen=True)
class CarriedCell:
    """A cell with nbgrader's marks as it was handed out."""

    grade_id: str
    type: str
    role: str
    points: float | None
    source: str


@dataclass(frozen=True)
class Carried:
    """What a notebook says that it is; hostile where it comes from a submission."""

    slug: str
    course_id: str
    practice: bool
    """Whether it is the site's, which nobody hands in."""
    release: str
    """Hash of the whole text: two releases of an exercise differ in it."""
    cells: tuple[CarriedCell, ...]
    before: tuple[frozenset[str], ...]
    """`line_hash` of each line of the cells without marks, in both languages: those before each of
    `cells`, and those behind the last."""
    public: dict
    """``Exercise.public()``."""

    @property
    def lines(self) -> frozenset[str]:
        """All of `before`."""
        return frozenset().union(*self.before)

    @property
    def variants(self) -> int:
        """How many sentences there are."""
        found = self.public.get("variant")
        return max(len(found), 1) if isinstance(found, list) else 1


def pack(
    exercise: Exercise,
    course_id: str,
    cells: Iterable[CarriedCell],
    before: Iterable[Iterable[str]],
    *,
    practice: bool = False,
) -> str:
    """Return the text to carry, without quotes or backslashes.

    Args:
        exercise: whose public questions.
        course_id: the course.
        cells: those with nbgrader's marks, in order, but for the one that carries.
        before: all lines of the other cells, in both languages: those before each of `cells`, and
            those behind the last.
        practice: whether it is the site's notebook, which nobody hands in.
    """
    hashes = ["".join(dict.fromkeys(map(line_hash, lines))) for lines in before]
    notebook = {
        "course_id": course_id,
        "practice": practice,
        "cells": [[c.grade_id, c.type, c.role, c.points, c.source] for c in cells],
        "before": hashes,
    }
    return encode_public({**exercise.public(), "notebook": notebook})


def cell_source(data: str) -> str:
    """Return the source of the cell that carries `data`."""
    return CELL.format(name=CELL_ID, data=data)


def find_data(source: str) -> str | None:
    """Return the text that stands in a cell's source; None where there is none.

    Notebooks of before carried the questions alone, in the call of `start`.
    """
    found = _DATA.search(source) or ("start(" in source and _BEFORE.search(source))
    return found[1] if found else None


def find_language(notebook: dict) -> str | None:
    """Return the language that a notebook's own cell sets; None where none does."""
    for cell in notebook["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        found = re.search(r'^language = "(zh|en)"', source, re.MULTILINE)
        if found and cell["cell_type"] == "code":
            return found[1]
    return None


def find_course(source: str) -> str | None:
    """Return the course_id that a call of `start` gives; None where there is none."""
    found = _COURSE.search(source) if "start(" in source else None
    try:
        return _text(json.loads(found[1])) if found else None
    except (ValueError, TypeError):
        return None


def unpack(data: str) -> Carried | None:
    """Read what `pack` wrote, or what a stranger did: bounded, and None where it is damaged.

    Of a notebook of before it has no cells, no lines and no course.
    """
    if len(data) > MAX_PACKED:
        return None
    try:
        reader = zlib.decompressobj()
        text = reader.decompress(base64.b85decode(data), MAX_DATA)
        table = json.loads(text)
        notebook = table.pop("notebook", _NOTHING)
        return Carried(
            slug=_text(table["slug"]),
            course_id=_text(notebook["course_id"]),
            practice=notebook["practice"] is True,
            release=hashlib.sha256(data.encode()).hexdigest()[:12],
            cells=tuple(_cell(*cell) for cell in notebook["cells"]),
            before=tuple(_hashes(one) for one in notebook["before"]),
            public=table,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, zlib.error):
        return None


def line_hash(line: str) -> str:
    """Return a short hash of a line of text, spaces aside; empty where nothing stands there."""
    plain = "".join(unicodedata.normalize("NFKC", line).split())
    if not plain:
        return ""
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def _cell(grade_id: Any, type: Any, role: Any, points: Any, source: Any) -> CarriedCell:
    if role not in ROLES or type not in ("code", "markdown"):
        raise TypeError("role")
    if points is not None and not isinstance(points, (int, float)):
        raise TypeError("points")
    return CarriedCell(_text(grade_id), _text(type), _text(role), points, _text(source))


def _hashes(marks: Any) -> frozenset[str]:
    marks = _text(marks)
    return frozenset(marks[i : i + _DIGITS] for i in range(0, len(marks), _DIGITS))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    value.encode()  # half of a surrogate pair is no text: a ValueError
    return value
