"""What a student wrote in words, wherever it stands: it goes to the person who marks.

An answer may stand in a cell below its own, above it, in the question's cell, in a comment, or in
a cell that lost its mark. All that was not handed out is the student's.
"""

import ast
import io
import re
import tokenize
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from grader.course.carried import line_hash
from grader.grading.intake.identify import Owners
from grader.grading.intake.locked_cells import MAX_PARSED, calls
from grader.grading.intake.source import SourceCell, SourceNotebook

ENOUGH = 12
"""Letters that make words worth a person's time where they stand far away or in code; a Chinese
character counts as three."""
SHORT = 40
"""Letters of an answer that may only say where the rest of it stands."""
MAX_FOUND = 1 << 16
"""Characters that are added to an answer."""
_TAG = re.compile(r"<[^>]{0,2000}>")
_FOOTERS = frozenset({"createdindeepnote", "openincolab", "openinkaggle"})


@dataclass(frozen=True)
class Found:
    """Words that were found outside the answer's own cell."""

    cell: int
    """Place in the file, from 0."""
    text: str


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
        far = [
            Found(at, self._markdown(at))
            for at in range(len(self.cells))
            if at not in used and self._free(at) and weight(self._markdown(at)) >= ENOUGH
        ]
        all_found |= {known.grade_id: far for known in left}
        return {grade_id: some for grade_id, some in all_found.items() if some}

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
        near = self._near(known)
        found = [(at, self._markdown(at)) for at in near if self._free(at)]
        found = [(at, text) for at, text in found if weight(text)]
        if self._own_weight(known) < SHORT:
            around = sorted({at for at in near if self.cells[at]["cell_type"] == "code"})
            said = [(at, self._said(at)) for at in around]
            found += [(at, text) for at, text in said if weight(text) >= ENOUGH]
        return [Found(at, text) for at, text in sorted(found)]

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
            return [at for at in near if not self._solution(at)]
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
        # The cells around it are locked: words in them were meant for something else.
        return [at for at in range(first, last) if at != own and not self._solution(at)]

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
        if _letters(_TAG.sub("", source)) in _FOOTERS or ("check" in source and calls(source)):
            return ""
        return self._lines(source)

    def _lines(self, source: str) -> str:
        lines = [(line, line_hash(line)) for line in source.splitlines()]
        own = [line for line, digest in lines if digest and digest not in self.known]
        if not own:
            return ""
        return "\n".join(own) if any(digest in self.known for _, digest in lines) else source

    def _said(self, at: int) -> str:
        """Return comments and texts in a code cell, or all of it where it is no Python."""
        source = self.cells[at]["source"]
        if len(source) > MAX_PARSED:
            return ""
        try:
            compile(source, "cell", "exec", flags=_AST_ONLY)
        except SyntaxError:
            if not re.search(r"(?m)^\s*[%!?]", source) and not calls(source):
                return self._lines(source)
        except (ValueError, RecursionError, MemoryError):
            return ""
        return "\n".join(_words(source, lambda line: line_hash(line) in self.known))


_AST_ONLY = ast.PyCF_ONLY_AST  # nothing is compiled, nothing runs


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
        parts.append(f"**在第 {one.cell + 1} 格里找到 / found in cell {one.cell + 1}:**")
        parts.append(one.text.strip())
    return "\n\n".join(parts)[: max(MAX_FOUND, len(answer))]


def _words(source: str, handed_out: Callable[[str], bool]) -> list[str]:
    words = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type not in (tokenize.COMMENT, tokenize.STRING):
                continue
            for line in token.string.splitlines():
                if not handed_out(line) and not handed_out(token.line):
                    words.append(line.strip().lstrip("#").strip("\"' \t"))
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass  # as far as it goes
    return [word for word in words if " " in word or re.search(r"[\u2e80-\uffff]", word)]


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())
