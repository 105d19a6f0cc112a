"""What a student wrote in words, wherever it stands: it goes to the person who marks.

An answer may stand in a cell below its own, above it, in the question's cell, in a comment, or in
a cell that lost its mark. All that was not handed out is the student's.
"""

import ast
import re
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

from grader.course.carried import line_hash
from grader.grading.intake.code_texts import COMMENT, TEXT, Part, parts
from grader.grading.intake.identify import Owners, called, sets
from grader.grading.intake.locked_cells import calls
from grader.grading.intake.source import SourceCell, SourceNotebook
from grader.grading.intake.student_code import MAX_PARSED, python_of, readable, unfenced

ENOUGH = 12
"""Letters that make words worth a person's time where they stand far away or in code; a Chinese
character counts as three."""
SHORT = 40
"""Letters of an answer that may only say where the rest of it stands."""
LONG = 160
"""Letters that no sentence of one's own has; a text as long in another answer is an essay."""
MAX_WRAPPED = 12
"""Lines that one line which was handed out may have become."""
LONGEST_WRAPPED = 2000
"""Characters of such a line."""
MAX_FOUND = 1 << 16
"""Characters that are added to an answer."""
_TAGS = (
    "a|abbr|b|big|blockquote|br|button|center|cite|code|dd|del|details|div|dl|dt|em|figcaption|"
    "figure|font|h[1-6]|hr|i|iframe|img|input|ins|kbd|li|mark|ol|p|picture|pre|q|s|samp|script|"
    "section|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|tfoot|th|"
    "thead|tr|tt|u|ul|video"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:[\s/][^<>]{{0,2000}})?>", re.IGNORECASE)
"""A tag of HTML; what stands between other signs (``x < y``), or in ``<!-- -->``, is text."""
_WORDS_BELOW = re.compile(r"\s*%%(?:markdown|md|html|latex)\b.*\n?", re.IGNORECASE)
_ECHO = re.compile(r"^[ \t]*![ \t]*echo[ \t]+(.*)", re.MULTILINE)
_UNMARKED = re.compile(r"begin|end|cell-\d\d")
"""The ids of cells that are handed out without a mark."""
_NAMED = re.compile(r"(?<!\w)[A-Za-z_]\w*(?:\.\w+)+|[0-9.]+", re.ASCII)
"""Names with dots and numbers, which make no words: ``telescope.claim: 0.5 / 0.5``."""
_QUOTES = re.compile(r"""^\s*(?:[rbuftRBUFT]{0,2}(?=["']))?["'\s]*|["'\s]+$""")
"""What stands around the words of a text, or of one of its lines."""
_FOOTERS = frozenset({"createdindeepnote", "openincolab", "openinkaggle"})


@dataclass(frozen=True)
class Found:
    """Words that were found outside the answer's own cell."""

    cell: int
    """Place in the file, from 0."""
    text: str
    """Empty where it may be part of another answer."""


class Prose:
    """The words in one student's file."""

    def __init__(self, cells: list[dict], owners: Owners, source: SourceNotebook):
        self.cells, self.owners, self.source = cells, owners, source
        self.known = source.lines
        # What was handed out behind the last question (under "") ends nobody's place to answer.
        asking = [lines for grade_id, lines in source.before.items() if grade_id]
        self.handed_out = frozenset().union(*asking)

    def adopted(self) -> dict[int, str]:
        """Return cells that stand in an answer's place without its mark: place -> grade_id."""
        found: dict[int, str] = {}
        for known in self._written():
            if known.grade_id in self.owners.place:
                continue
            free = [at for at in self._near(known) if at not in {**found, **self.owners.of}]
            near = [at for at in free if self._markdown(at).strip()]
            if len(near) == 1 and self._markdown(near[0]) == self.cells[near[0]]["source"]:
                found[near[0]] = known.grade_id
        return found

    def found(self) -> dict[str, list[Found]]:
        """Return what belongs to each written answer beside what stands in its cell."""
        all_found = {known.grade_id: self._beside(known) for known in self._written()}
        left = [k for k in self._written() if not all_found[k.grade_id] and not self._answered(k)]
        if not left:
            return {grade_id: some for grade_id, some in all_found.items() if some}
        used = {one.cell for some in all_found.values() for one in some}
        texts = {at: self._far(at) for at in range(len(self.cells)) if at not in used}
        far = [Found(at, text) for at, text in texts.items() if weight(text) >= ENOUGH]
        all_found |= {known.grade_id: far or self._in_another(known) for known in left}
        return {grade_id: some for grade_id, some in all_found.items() if some}

    def _far(self, at: int) -> str:
        """Return the words of a cell that stands nowhere near: text, or a locked cell's."""
        if self._free(at):
            return self._markdown(at)
        known = self.source.by_id.get(self.owners.of.get(at, ""))
        return self._said(at) if known is not None and known.locked else ""

    def _in_another(self, known: SourceCell) -> list[Found]:
        """Return where else an answer may stand: in the cell of another one."""
        place = self.owners.place
        others = [place[k.grade_id] for k in self._written() if self._answered(k)]
        return [Found(at, "") for at in others]

    def _written(self) -> list[SourceCell]:
        return [k for k in self.source.cells if k.grade and k.solution and k.type == "markdown"]

    def _answered(self, known: SourceCell) -> bool:
        at = self.owners.place.get(known.grade_id)
        if at is None:
            return False
        return bool(self._lines(self.cells[at]["source"]) or self.cells[at].get("attachments"))

    def _own_weight(self, known: SourceCell) -> int:
        at = self.owners.place.get(known.grade_id)
        return 0 if at is None else weight(self._lines(self.cells[at]["source"]))

    def _beside(self, known: SourceCell) -> list[Found]:
        near, own = self._near(known), self._own_weight(known)
        found = [(at, self._markdown(at)) for at in near if self._free(at)]
        found = [(at, text) for at, text in found if weight(text)]
        if own >= SHORT:  # a text of ours that a browser translated adds nothing to it
            found = [(at, text) for at, text in found if not self._replaced(at)]
        else:
            blank = not self._answered(known)
            around = self._around(near) if blank else near
            for at in around:
                if self.cells[at]["cell_type"] == "code":
                    enough = 1 if blank and not self._solution(at) else ENOUGH
                    found += [(at, text) for text in (self._said(at),) if weight(text) >= enough]
        return [Found(at, text) for at, text in sorted(found)]

    def _around(self, near: list[int]) -> list[int]:
        """Return the cells near an answer, and the solution right before them."""
        before = [at for at in range(min(near, default=0)) if self._solution(at)]
        return [*before[-1:], *near]

    def _replaced(self, at: int) -> bool:
        """Say whether a cell stands where one without a mark was handed out, with other text."""
        claims = self.cells[at]["claims"]
        return not self.source.lines & self._hashes(at) and any(map(_UNMARKED.fullmatch, claims))

    def _near(self, known: SourceCell) -> list[int]:
        """Return the cells between the graded cells around an answer, its own excepted."""
        place = self.owners.place
        own = place.get(known.grade_id)
        order = [k for k in self.source.cells if k.grade or (k.locked and not k.solution)]
        number = order.index(known)
        if own is None and not any(k.grade_id in place for k in order):
            return []  # nothing tells where it stood
        asks = [at for at in range(len(self.cells)) if own is None and self._asks(at, known)]
        if asks:  # the text that asks for it tells where it stood
            rest = range(asks[-1] + 1, len(self.cells))
            others = [at for at in rest if at in self.owners.of or self._handed_out(at)]
            first = max(
                (p for k in order if (p := place.get(k.grade_id, -1)) < asks[-1]), default=0
            )
            near = range(max(first, 0), others[0] if others else len(self.cells))
            return [at for at in near if not self._answers(at)]
        if own is None:
            before = [place[k.grade_id] for k in order[:number] if k.grade_id in place]
            start = before[-1] if before else -1
            after = [p for k in order[number + 1 :] if (p := place.get(k.grade_id, -1)) > start]
            stop = after[0] if after else len(self.cells)
        else:
            others = [place[k.grade_id] for k in order if k is not known and k.grade_id in place]
            start = max((p for p in others if p < own), default=-1)
            stop = min((p for p in others if p > own), default=len(self.cells))
        first, last = max(start, 0), min(stop + 1, len(self.cells))
        return [at for at in range(first, last) if at != own and not self._answers(at)]

    def _asks(self, at: int, known: SourceCell) -> bool:
        """Say whether a cell holds text that was handed out right before an answer."""
        before = self.source.before.get(known.grade_id, frozenset())
        return self.cells[at]["cell_type"] != "code" and bool(before & self._hashes(at))

    def _handed_out(self, at: int) -> bool:
        return bool(self.handed_out & self._hashes(at))

    def _hashes(self, at: int) -> set[str]:
        return {line_hash(line) for line in self.cells[at]["source"].splitlines()} - {""}

    def _solution(self, at: int) -> bool:
        known = self.source.by_id.get(self.owners.of.get(at, ""))
        return known is not None and known.solution

    def _answers(self, at: int) -> bool:
        """Say whether a cell is that of a written answer."""
        return self._solution(at) and self.source.by_id[self.owners.of[at]].type == "markdown"

    def _free(self, at: int) -> bool:
        """Say whether a cell is text that answers no other question."""
        return self.cells[at]["cell_type"] != "code" and not self._solution(at)

    def _markdown(self, at: int) -> str:
        """Return the student's own lines of a cell that is no code, or that cannot be."""
        cell = self.cells[at]
        if cell["cell_type"] == "code":
            return ""
        source = cell["source"]
        if cell["cell_type"] == "markdown" and re.fullmatch(r"\W*", _TAG.sub("", source)):
            return source if "![" in source or "data:" in source else ""
        if _letters(_TAG.sub("", source)) in _FOOTERS or self._is_code(source):
            return ""
        return self._lines(source)

    def _is_code(self, source: str) -> bool:
        """Say whether a text is code that answers a question: it is named, and is no essay."""
        if "check" in source and calls(source):
            return True
        return bool(self._names & sets(source)) and readable(unfenced(source))

    @cached_property
    def _names(self) -> set[str]:
        solutions = (k for k in self.source.cells if k.solution and k.type == "code")
        return set().union(*(sets(known.source) for known in solutions))

    def _lines(self, source: str) -> str:
        lines = source.splitlines()
        ours = self._ours(lines)
        own = [line for at, line in enumerate(lines) if line.strip() and at not in ours]
        if not own:
            return ""
        return "\n".join(own) if ours else source

    def _ours(self, lines: list[str]) -> set[int]:
        """Return which lines were handed out; one that was wrapped anew is several in a row."""
        found: set[int] = set()
        for at in range(len(lines)):
            for end in range(at + 1, min(at + MAX_WRAPPED, len(lines)) + 1):
                text = "".join(lines[at:end])
                if at not in found and line_hash(text) in self.known:
                    found.update(range(at, end))
                if not lines[end - 1].strip() or len(text) > LONGEST_WRAPPED:
                    break
        return found

    def _said(self, at: int) -> str:
        """Return comments and texts in a code cell, or all of it where it is no Python."""
        source = self.cells[at]["source"]
        if len(source) > MAX_PARSED:
            return ""
        if below := _WORDS_BELOW.match(source):
            return self._lines(source[below.end() :])
        echoed = _ECHO.findall(source)
        if source.lstrip().startswith("%%") and not readable(source):
            lines = [line for line in source.splitlines() if line.lstrip().startswith("#")]
            return self._lines("\n".join([*lines, *echoed]))
        if not readable(source) and not called(source):
            lines = [line for line in source.splitlines() if line.lstrip()[:1] not in ("%", "!")]
            return self._lines("\n".join([*lines, *echoed]))
        python = python_of(source)
        values = _values(python) if self._solution(at) else set()
        words = _words(python, lambda line: line_hash(line) in self.known, values)
        return "\n".join([*words, *echoed])


def weight(text: str) -> int:
    """Return how many letters and digits a text has; a Chinese character counts as three."""
    return sum(3 if ord(c) > 0x2E7F else 1 for c in _TAG.sub("", text) if c.isalnum())


def with_found(answer: str, blank: str, found: list[Found]) -> str:
    """Return an answer with what was found elsewhere behind it, and where that was.

    Args:
        answer: what stands in the answer's cell.
        blank: what stood there when it was handed out.
        found: what was found.
    """
    parts = [] if answer.strip() in ("", blank.strip()) else [answer.rstrip()]
    for one in found:
        if not one.text:
            n = one.cell + 1
            parts.append(
                f"**这里没有回答；见第 {n} 格 / nothing here; see the answer in cell {n}**"
            )
            continue
        parts.append(f"**在第 {one.cell + 1} 格里找到 / found in cell {one.cell + 1}:**")
        parts.append(one.text.strip())
    return "\n\n".join(parts)[: max(MAX_FOUND, len(answer))]


def _values(source: str) -> set[int]:
    """Return the lines in which a text is code's: set, passed on, compared; not merely said."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of a student's escapes
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    said = {
        line
        for one in ast.walk(tree)
        if isinstance(one, ast.Expr) and _says(one.value)
        for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)
    }
    return set(range(1, source.count("\n") + 2)) - said


def _says(value: ast.expr) -> bool:
    """Tell whether an expression is a bare text, a docstring, or ``print("...")``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in ("print", "display", "Markdown", "HTML")
    return isinstance(value, ast.Constant | ast.JoinedStr)


def _words(source: str, handed_out: Callable[[str], bool], values: set[int]) -> list[str]:
    """Return comments, and texts of several words.

    Args:
        source: Python.
        handed_out: whether a line was handed out.
        values: lines of another question's answer, in which only a long text is an essay.
    """
    words = []
    handed_out = cache(handed_out)  # a line is hashed once, however many parts stand on it
    found = list(parts(source))
    lengths = _lengths(found)
    for place, part in enumerate(found):
        if part.kind not in (COMMENT, TEXT):
            continue
        if lengths.get(place, LONG) < LONG and part.row in values:
            continue
        for line in part.string.splitlines():
            word = _QUOTES.sub("", line.strip().lstrip("#"))
            said = part.kind == COMMENT or re.search(r"[ \u2e80-\uffff]", word)
            # a line of ours that somebody commented out is none of theirs
            ours = (line, line.strip().lstrip("#"), part.line)
            if said and _letters(_NAMED.sub("", word)) and not any(map(handed_out, ours)):
                words.append(word)
    return words


def _lengths(found: list[Part]) -> dict[int, int]:
    """Return for each text's place how many letters it has with those that Python joins to it."""
    joined: list[list[int]] = [[]]
    for place, part in enumerate(found):
        if part.kind == TEXT:
            joined[-1].append(place)
        elif part.kind != COMMENT:
            joined.append([])
    lengths: dict[int, int] = {}
    for places in joined:
        whole = sum(weight(found[place].string) for place in places)
        lengths.update(dict.fromkeys(places, whole))
    return lengths


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())
