"""Reading a file that a student handed in: a plain notebook comes out, or a sentence why not.

Every byte is the student's. Nothing is followed, nothing is believed: symlinks, devices, endless
files, text that is no JSON, JSON that is no notebook. What passes is rebuilt from the few fields
that are needed; outputs, tags and all other metadata stay outside, but for the name of each cell.
"""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.bounded_json import NOTEBOOK_LONGEST, TooMuch, loads_notebook
from grader.course.carried import MAX_PACKED, METADATA
from grader.grading.limits import DEFAULT, Limits
from grader.grading.sanitize.markdown import clean_text
from grader.grading.sanitize.pictures import PICTURES

SUFFIX = ".ipynb"
MAX_CELLS = 2000
MAX_TEXT, MAX_LINES = 2 << 20, 50_000
"""Of all cells together, in signs and lines: it is copied many times on its way, line by line."""
MAX_FILES = 200
_LINE_END = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
TYPES = ("code", "markdown", "raw")
_PROSE = {"heading": "markdown", "html": "markdown"}
"""Types of version 3 that are no more."""


class NotANotebook(Exception):
    """What was handed in is no notebook; ``reason`` is a key of a text in both languages."""

    def __init__(self, reason: str, **values: Any):
        self.reason = reason
        self.values = values
        super().__init__(reason)


@dataclass(frozen=True)
class HandedIn:
    """A file as handed in."""

    data: bytes
    sha256: str


def read_file(path: Path, limit: int) -> HandedIn:
    """Read a regular file of at most `limit` bytes; follows no symlink, waits for no pipe.

    Raises:
        NotANotebook: it is something else, too large or not to be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        raise NotANotebook("not_a_file") from None
    try:
        known = os.fstat(handle)
        if not stat.S_ISREG(known.st_mode):
            raise NotANotebook("not_a_file")
        if known.st_size > limit:
            raise NotANotebook("too_large", mib=limit >> 20)
        with os.fdopen(handle, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(handle)
    if len(data) > limit:
        raise NotANotebook("too_large", mib=limit >> 20)
    return HandedIn(data, hashlib.sha256(data).hexdigest())


def parse_notebook(data: bytes) -> dict:
    """Return the notebook in `data`, rebuilt: sources, types, and the name that each cell claims.

    Each cell has ``cell_type``, ``source``, ``claims`` (the grade_ids it may stand for), ``skip``
    (whether a tag would keep it from running) and, when it is Markdown, ``attachments``. ``data``
    is what the notebook carries of its assignment in its own metadata (`carried.unpack` reads it);
    None where there is nothing.

    Raises:
        NotANotebook: it is none; the reason says what is wrong.
    """
    try:
        found = _load(data)
    except TooMuch as error:
        if error.what == "long":
            narrow = 1 if data.isascii() else 4
            raise NotANotebook("too_large", mib=NOTEBOOK_LONGEST // narrow >> 20) from None
        raise NotANotebook("too_deep" if error.what == "deep" else "too_many_items") from None
    except UnicodeDecodeError:
        raise NotANotebook("not_utf8") from None
    except ValueError:
        raise NotANotebook("not_json") from None
    if not isinstance(found, dict) or type(found.get("nbformat")) not in (int, float):
        raise NotANotebook("no_cells")
    if found["nbformat"] not in (3, 4):
        raise NotANotebook("nbformat", found=str(found["nbformat"])[:20])
    cells = found.get("cells") if found["nbformat"] == 4 else _of_version_3(found)
    if not isinstance(cells, list):
        raise NotANotebook("no_cells")
    if len(cells) > MAX_CELLS:
        raise NotANotebook("too_many_cells", limit=MAX_CELLS)
    rebuilt = [_cell(cell) for cell in cells]
    sources = [cell["source"] for cell in rebuilt]
    lines = (1 for source in sources for _ in _LINE_END.finditer(source))
    if sum(map(len, sources)) > MAX_TEXT or sum(lines) > MAX_LINES:
        raise NotANotebook("too_much_text", mib=MAX_TEXT >> 20, lines=MAX_LINES)
    return {"cells": rebuilt, "data": _data(found)}


def other_files(folder: Path, limits: Limits = DEFAULT) -> tuple[dict[str, bytes], list[str]]:
    """Return the regular files beside the notebooks in `folder`, and what is left out.

    Symlinks, devices, hidden files' folders and what goes beyond the limits are left out.
    """
    files: dict[str, bytes] = {}
    left_out: list[str] = []
    left = limits.other_files
    for base, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name != "__pycache__"
        )
        for name in sorted(names):
            path = Path(base) / name
            if name.lower().endswith(SUFFIX) or name == "timestamp.txt":
                continue
            known = path.relative_to(folder).as_posix()
            try:
                known.encode()  # a name that is no text cannot be written down either
                handed = read_file(path, left) if len(files) < MAX_FILES else None
            except (NotANotebook, UnicodeEncodeError):
                handed = None
            if handed is None:
                if len(left_out) < MAX_FILES:
                    left_out.append(known)
                continue
            left -= len(handed.data)
            files[known] = handed.data
    return files, left_out


def is_plain_folder(path: Path, root: Path) -> bool:
    """Say whether `path` and every folder between it and `root` is a folder and no symlink."""
    while True:
        try:
            if not stat.S_ISDIR(path.lstat().st_mode):
                return False
        except OSError:
            return False
        if path == root:
            return True
        if path.parent == path:
            return False
        path = path.parent


def _load(data: bytes) -> Any:
    """Parse a file as editors save it: in UTF-8, in UTF-16 with its mark, or in GB 18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.decode("utf-16").encode()
    data = data.rstrip(b"\0\x1a")
    try:
        return loads_notebook(data)
    except UnicodeDecodeError as error:
        try:
            return loads_notebook(data.decode("gb18030").encode())
        except TooMuch:
            raise
        except ValueError:
            raise error from None


def _of_version_3(found: dict) -> list[dict] | None:
    """Return the cells of a notebook of version 3 as those of version 4; None if it is none."""
    sheets = found.get("worksheets")
    if not isinstance(sheets, list) or not all(isinstance(sheet, dict) for sheet in sheets):
        return None
    lists = [sheet.get("cells", []) for sheet in sheets]
    if not all(isinstance(one, list) for one in lists):
        return None
    cells = [cell for one in lists for cell in one if isinstance(cell, dict)]
    for cell in cells:
        kind = cell.get("cell_type")
        if kind == "code":
            cell["source"] = cell.get("input")
        elif isinstance(kind, str):
            cell["cell_type"] = _PROSE.get(kind, kind)
    return cells


def _cell(cell: Any) -> dict:
    if not isinstance(cell, dict):
        raise NotANotebook("no_cells")
    kind = cell.get("cell_type")
    if kind not in TYPES:  # whatever an editor means by it, it is no code
        text = kind if isinstance(kind, str) and re.fullmatch(r"\w{1,20}", kind) else "?"
        return {**_cell({**cell, "cell_type": "raw"}), "foreign": text}
    source = cell.get("source")
    source = "" if source is None else source
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotANotebook("no_cells")
    rebuilt = {
        "cell_type": cell["cell_type"],
        "source": source.encode("utf-8", "replace").decode(),
        "claims": _claims(cell),
        "skip": "skip-execution" in _tags(cell),
    }
    if cell["cell_type"] == "markdown":
        rebuilt["source"] = clean_text(source)
        rebuilt["attachments"] = _attachments(cell)
    return rebuilt


def _tags(cell: dict) -> list:
    metadata = cell.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    return tags if isinstance(tags, list) else []


def _attachments(cell: dict) -> dict[str, dict]:
    """Return what may be pictures among a cell's attachments; a worker looks at them."""
    found = cell.get("attachments")
    return {
        name: {mime: data[mime] for mime in PICTURES if isinstance(data.get(mime), (str, list))}
        for name, data in (found.items() if isinstance(found, dict) else ())
        if isinstance(data, dict)
    }


def _data(found: dict) -> str | None:
    metadata = found.get("metadata")
    ours = metadata.get(METADATA) if isinstance(metadata, dict) else None
    data = ours.get("data") if isinstance(ours, dict) else None
    return data if isinstance(data, str) and len(data) <= MAX_PACKED else None


def _claims(cell: dict) -> list[str]:
    """Return what a cell says it is: nbgrader's grade_id, then the cell's own id.

    The builder gives graded cells their grade_id as id, so a cell whose metadata were lost in
    another editor is still known.
    """
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    names = [nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None, cell.get("id")]
    return [n for n in names if isinstance(n, str) and re.fullmatch(r"[\w-]{1,128}", n)]
