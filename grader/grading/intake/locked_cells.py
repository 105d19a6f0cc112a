"""What a student wrote in a cell that is locked: it runs in a cell of its own, beside ours.

Only the assignment's cells are asked for answers, so an edited one is put back as it was. What the
student added there is kept: statements stay in their order, before or behind the cell; an answer
that was typed into the call of `check` becomes an assignment to the name that the cell asks for.
"""

import ast
import re
import unicodedata
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from grader.grading.intake.identify import asked, plain
from grader.grading.intake.source import SourceCell

MAX_PARSED = 1 << 16
"""Characters of one cell that are read as Python; a longer one is read by lines."""
MAX_STATEMENTS = 500
_MAGIC = re.compile(r"^(\s*)[%!?].*")
_MAGIC_VALUE = re.compile(r"^(\s*[\w.]+\s*=)\s*[!%].*")


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

    @property
    def kept(self) -> str:
        """The student's code in it."""
        return "\n".join(piece.text for piece in self.pieces if piece.text)


@dataclass(frozen=True)
class _Statement:
    node: ast.stmt
    text: str

    @property
    def dump(self) -> str:
        return ast.dump(self.node)


def cut(source: str, wanted: Mapping[str, SourceCell], locked: SourceCell | None = None) -> Cut:
    """Take a cell apart at the checks of `wanted`, and at the statements of `locked`.

    Args:
        source: what the student's file has in the cell.
        wanted: question -> the check cell that belongs where the cell asks it.
        locked: the cell that this one stands for, if it is locked: put back once, in any case.
    """
    try:
        statements = _statements(source)
        ours = _statements(locked.source) if locked else []
        return _Reader(statements, ours, wanted, locked).read()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _by_lines(source, wanted, locked)


def calls(source: str) -> set[str]:
    """Return the questions that a cell checks at its top level."""
    try:
        return {question for s in _statements(source) if (question := _called(s.node))}
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()


class _Reader:
    """One way through the statements of a cell."""

    def __init__(self, statements, ours, wanted, locked):
        self.statements, self.wanted, self.locked = statements, dict(wanted), locked
        self.theirs = Counter(one.dump for one in ours)
        self.names = set().union(*(_assigned(one.node) for one in ours)) if ours else set()
        if locked and (question := asked(locked)):
            self.wanted[question] = locked
        self.last = {q: i for i, s in enumerate(statements) if (q := _called(s.node))}
        self.pieces: list[Piece] = []
        self.dropped: list[str] = []
        self.text: list[str] = []
        self.at: int | None = None  # where the locked cell belongs among the pieces

    def read(self) -> Cut:
        for number, one in enumerate(self.statements):
            question = _called(one.node)
            if question is not None and question in self.wanted:
                self._check(number, one, question)
            elif self.theirs[one.dump]:
                self.theirs[one.dump] -= 1
                self._anchor()
            elif self.names & _assigned(one.node):
                self.dropped.append(one.text)
                self._anchor()
            else:
                self.text.append(one.text)
        self._flush()
        if self.locked is not None and all(p.known is not self.locked for p in self.pieces):
            piece = Piece(known=self.locked)
            end = len(self.pieces) if asked(self.locked) else 0
            self.pieces.insert(end if self.at is None else self.at, piece)
        return Cut(tuple(self.pieces), "\n".join(self.dropped))

    def _check(self, number: int, one: _Statement, question: str) -> None:
        known = self.wanted[question]
        name, given = _answer_name(known), _argument(one)
        if given is not None and name is not None and given != name:
            self.text.append(f"{name} = {given}")
        if self.last[question] == number:
            self._flush()
            self.pieces.append(Piece(known=known))

    def _anchor(self) -> None:
        self._flush()
        self.at = len(self.pieces)

    def _flush(self) -> None:
        if self.text:
            self.pieces.append(Piece("\n".join(self.text)))
            self.text = []


def _by_lines(source: str, wanted: Mapping[str, SourceCell], locked: SourceCell | None) -> Cut:
    """Take apart what is no Python: lines of ours and calls of `check` go, the rest is kept."""
    known = list(wanted.values()) if locked is None else [locked]
    if not known:
        return Cut((Piece(source),))
    theirs = {line.strip() for one in known for line in plain(one.source)}
    questions = "|".join(re.escape(q) for one in known if (q := asked(one)))
    call = re.compile(rf"\s*check\s*\(\s*[\"'](?:{questions or '(?!)'})[\"']")
    kept = [
        line
        for line in source.splitlines()
        if line.strip()
        and line.strip() not in theirs
        and not call.match(unicodedata.normalize("NFKC", line).replace("“", '"').replace("”", '"'))
    ]
    text = "\n".join(kept) if any(not line.startswith("%%") for line in kept) else ""
    pieces = [Piece(text)] if text else []
    ours = [Piece(known=one) for one in known]
    before = any(asked(one) for one in known)
    return Cut(tuple(pieces + ours if before else ours + pieces))


def _statements(source: str) -> list[_Statement]:
    """Return the top-level statements of a cell; IPython's own lines count as one each.

    Raises:
        SyntaxError: it is no Python, or too much of it.
    """
    if len(source) > MAX_PARSED or source.lstrip("\ufeff").lstrip().startswith("%%"):
        raise SyntaxError("too long, or a cell magic")
    lines = re.split(r"\r\n|\r|\n", source.strip("\ufeff"))  # as Python does, not `splitlines`
    masked = [_MAGIC_VALUE.sub(r"\1 None", _MAGIC.sub(r"\1pass", line)) for line in lines]
    with warnings.catch_warnings(action="ignore"):  # of a student's escapes
        tree = ast.parse("\n".join(masked) + "\n")
    if len(tree.body) > MAX_STATEMENTS:
        raise SyntaxError("too many statements")
    found, end = [], 0
    for node in tree.body:
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        comments = [line for line in lines[end : start - 1] if line.lstrip().startswith("#")]
        alone = masked[start - 1][: _column(masked[start - 1], node)].strip() == ""
        last = node.end_lineno or start
        if alone and _ends_line(masked[last - 1], node):
            body = lines[start - 1 : last]
        else:  # several on one line
            body = [ast.get_source_segment("\n".join(lines), node) or ""]
        found.append(_Statement(node, "\n".join([*comments, *body])))
        end = last
    return found


def _column(line: str, node: ast.stmt) -> int:
    return len(line.encode()[: node.col_offset].decode("utf-8", "ignore"))


def _ends_line(line: str, node: ast.stmt) -> bool:
    rest = line.encode()[node.end_col_offset :].decode("utf-8", "ignore").strip()
    return not rest or rest.startswith("#")


def _called(node: ast.stmt) -> str | None:
    """Return the question that a statement checks, if that is all that it does."""
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call) or not call.args:
        return None
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", None)
    first = call.args[0]
    if name == "check" and isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value
    return None


def _argument(one: _Statement) -> str | None:
    """Return the answer that is given to `check`, as it is written."""
    call = one.node.value if isinstance(one.node, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return None
    given = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "answer")]
    if len(given) != 1 or isinstance(given[0], ast.Starred):
        return None
    return f"({ast.unparse(given[0])})" if not isinstance(given[0], ast.Name) else given[0].id


def _answer_name(known: SourceCell) -> str | None:
    """Return the name whose value a check cell asks for."""
    question = asked(known)
    try:
        for one in _statements(known.source):
            if _called(one.node) == question:
                return name if (name := _argument(one)) and name.isidentifier() else None
    except SyntaxError:
        pass
    return None


def _assigned(node: ast.stmt) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return set()
    return {target.id for target in targets if isinstance(target, ast.Name)}
