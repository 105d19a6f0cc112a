"""What a student wrote in a cell that is locked: it runs in a cell of its own, beside ours.

Only the assignment's cells are asked for answers, so an edited one is put back as it was. What the
student added there is kept: statements stay in their order, before or behind the cell; an answer
that was typed into the call of `check` becomes an assignment to the name that the cell asks for.
"""

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from grader.grading.intake.identify import asked, called, plain
from grader.grading.intake.source import SourceCell
from grader.grading.intake.student_code import (
    MAX_PARSED,
    UNREADABLE,
    CheckCall,
    Statement,
    checks,
    statements,
    texts_of,
    visible,
)

_ASKS = re.compile(r"\s*check\b")


@dataclass(frozen=True)
class Piece:
    """A part of an edited cell: the student's code, or a cell of the assignment."""

    text: str = ""
    known: SourceCell | None = None


@dataclass(frozen=True)
class Cut:
    """An edited cell, taken apart."""

    pieces: tuple[Piece, ...]
    dropped: str = ""
    """Other versions of the locked cell's own statements: they are not run."""
    unclear: str = ""
    """Calls of `check` with an answer that only running them would tell."""
    taken: tuple[str, ...] = ()
    """grade_ids of the checks whose answer is taken from a call inside a statement."""
    read: bool = True
    """Whether it is Python."""

    @property
    def kept(self) -> str:
        """The student's code in it."""
        return "\n".join(piece.text for piece in self.pieces if piece.text)


def cut(source: str, wanted: Mapping[str, SourceCell], locked: SourceCell | None = None) -> Cut:
    """Take a cell apart at the checks of `wanted`, and at the statements of `locked`.

    Args:
        source: what the student's file has in the cell.
        wanted: question -> the check cell that belongs where the cell asks it.
        locked: the cell that this one stands for, if it is locked: put back once, in any case.
    """
    again = locked and len(source) <= MAX_PARSED
    for one in (source, visible(source)) if again else (source,):
        try:
            ours = statements(locked.source) if locked else []
            return _Reader(statements(one), ours, wanted, locked).read()
        except UNREADABLE:
            continue
    return _by_lines(source, wanted, locked)


def calls(source: str) -> set[str]:
    """Return the questions that a cell checks at its top level."""
    try:
        every = [call for one in statements(source) for call in checks(one.node)]
        return {call.question for call in every if call.alone and call.question}
    except UNREADABLE:
        return set()


class _Reader:
    """One way through the statements of a cell."""

    def __init__(self, found, ours, wanted, locked):
        self.statements, self.wanted, self.locked = found, dict(wanted), locked
        self.theirs = Counter(one.dump for one in ours)
        self.names = set().union(*(_assigned(one.node) for one in ours)) if ours else set()
        if locked and (question := asked(locked)):
            self.wanted[question] = locked
        texts = texts_of(found)
        self.calls = [checks(one.node, texts) for one in found]
        self.last = {c.question: at for at, c in enumerate(map(_alone, self.calls)) if c}
        self.pieces: list[Piece] = []
        self.dropped: list[str] = []
        self.unclear: list[str] = []
        self.taken: list[str] = []
        self.text: list[str] = []
        self.at: int | None = None  # where the locked cell belongs among the pieces

    def read(self) -> Cut:
        for number, one in enumerate(self.statements):
            call = _alone(self.calls[number])
            if call and call.question in self.wanted and (call.argument or not call.given):
                self._check(number, call)
            elif self.theirs[one.dump]:
                self.theirs[one.dump] -= 1
                self._anchor()
            elif self.names & _assigned(one.node):
                self.dropped.append(one.text)
                self._anchor()
            else:
                self.text.append(self._answered(one, self.calls[number]))
        self._flush()
        if self.locked is not None and all(p.known is not self.locked for p in self.pieces):
            piece = Piece(known=self.locked)
            end = len(self.pieces) if asked(self.locked) else 0
            self.pieces.insert(end if self.at is None else self.at, piece)
        dropped, unclear = "\n".join(self.dropped), "\n".join(self.unclear)
        return Cut(tuple(self.pieces), dropped, unclear, tuple(self.taken))

    def _check(self, number: int, call: CheckCall) -> None:
        known = self.wanted[call.question]
        name = _answer_name(known)
        if call.argument is not None and name is not None and call.argument != name:
            self.text.append(f"{name} = {call.argument}")
        if self.last[call.question] == number:
            self._flush()
            self.pieces.append(Piece(known=known))

    def _answered(self, one: Statement, found: list[CheckCall]) -> str:
        """Return a statement that sets the answer where it gives one to `check` inside it."""
        before = len(self.taken)
        for call in found:
            known = self.wanted.get(call.question or "")
            name = _answer_name(known) if known else None
            if call.question is None and self.locked is not None and asked(self.locked):
                if not self._mentions(_answer_name(self.locked)):
                    self.unclear.append(one.text)
            elif known is not None and name is not None and call.given:
                # Run, not read: it may stand in a function, or be worked out.
                call.node.func = ast.parse("globals().__setitem__", mode="eval").body
                call.node.args, call.node.keywords = [ast.Constant(name), *call.given], []
                self.taken.append(known.grade_id)
        return one.text if len(self.taken) == before else ast.unparse(one.node)

    def _mentions(self, name: str | None) -> bool:
        nodes = (node for one in self.statements for node in ast.walk(one.node))
        return any(isinstance(node, ast.Name) and node.id == name for node in nodes)

    def _anchor(self) -> None:
        self._flush()
        self.at = len(self.pieces)

    def _flush(self) -> None:
        if self.text:
            self.pieces.append(Piece("\n".join(self.text)))
            self.text = []


def _by_lines(source: str, wanted: Mapping[str, SourceCell], locked: SourceCell | None) -> Cut:
    """Take apart what is no Python: lines of ours and calls of `check` go, the rest is kept."""
    asks = {q for line in source.splitlines() if _ASKS.match(line) for q in called(line)}
    known = [locked] if locked else [wanted[question] for question in wanted if question in asks]
    if not known:
        return Cut((Piece(source),))
    theirs = {line.strip() for one in known for line in plain(one.source)}
    questions = "|".join(re.escape(q) for one in known if (q := asked(one)))
    call = re.compile(rf"\s*check\s*\(\s*[\"'](?:{questions or '(?!)'})[\"']\s*,?\s*(.*)")
    names = {_answer_name(one) for one in known}
    kept, unclear = [], []
    for line in source.splitlines():
        if not line.strip() or line.strip() in theirs:
            continue
        flat = unicodedata.normalize("NFKC", line).replace("“", '"').replace("”", '"')
        if not (found := call.match(flat)):
            kept.append(line)
        elif found[1].strip(" );") not in names | {""}:
            unclear.append(line)
    text = "\n".join(kept) if any(not line.startswith("%%") for line in kept) else ""
    pieces = [Piece(text)] if text else []
    ours = [Piece(known=one) for one in known]
    before = any(asked(one) for one in known)
    made = tuple(pieces + ours if before else ours + pieces)
    return Cut(made, unclear="\n".join(unclear), read=False)


def _alone(found: list[CheckCall]) -> CheckCall | None:
    """Return the call that is all of a statement."""
    return next((call for call in found if call.alone), None)


def _answer_name(known: SourceCell) -> str | None:
    """Return the name whose value a check cell asks for."""
    try:
        every = [call for one in statements(known.source) for call in checks(one.node)]
    except UNREADABLE:
        return None
    given = [call.argument for call in every if call.question == asked(known)]
    return given[0] if given and given[0] and given[0].isidentifier() else None


def _assigned(node: ast.stmt) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return set()
    return {target.id for target in targets if isinstance(target, ast.Name)}
