"""A student's code, read and never run: its statements, the names it binds, its calls of `check`.

What cannot be read is no error here. It binds nothing, or perhaps whatever it mentions; that is
for the caller to choose.
"""

import ast
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.grading.intake.code_texts import COMMENT, parts

MAX_PARSED = 1 << 16
"""Characters of one cell that are read as Python; a longer one is read by lines."""
MAX_STATEMENTS = 500
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What reading may raise."""
_TIMED = re.compile(r"^(\s*)%time[ \t]+(?=\S)")
_MAGIC = re.compile(r"^(\s*)[%!?].*|^(\s*)[\w.]+\?\??\s*$")
_MAGIC_VALUE = re.compile(r"^(\s*[\w.]+(?:\s*,\s*[\w.]+)*\s*=)\s*[!%].*")
_PYTHON_BELOW = re.compile(r"\s*%%(?:time|capture|prun)\b")
"""Cell magics that run the cell below them as it is."""
_FENCE = re.compile(r"[ \t]*(```+|~~~+)")
_WORD = re.compile(r"[^\W\d]\w*")
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_INNER = _DEFINITIONS | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_BY_TEXT = frozenset({"globals", "locals", "vars", "exec", "eval", "setattr", "get_ipython"})


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a cell."""

    node: ast.stmt
    text: str
    """As it is written, with the comments above it."""

    @property
    def dump(self) -> str:
        """The statement, however it is laid out."""
        return ast.dump(self.node)


@dataclass(frozen=True)
class CheckCall:
    """A call of `check`, wherever it stands in a statement."""

    node: ast.Call
    question: str | None
    """None where only running it would tell."""
    alone: bool
    """Whether it is all that a statement does."""

    @property
    def given(self) -> list[ast.expr]:
        """What is given beside the question; one answer, as a rule."""
        named = {k.arg: k.value for k in self.node.keywords}
        rest = self.node.args if "question_id" in named else self.node.args[1:]
        return [*rest, *(value for name, value in named.items() if name == "answer")]

    @property
    def argument(self) -> str | None:
        """The answer as it is written: a name, or something in parentheses."""
        if len(self.given) != 1 or isinstance(self.given[0], ast.Starred):
            return None
        (given,) = self.given
        return given.id if isinstance(given, ast.Name) else f"({ast.unparse(given)})"


def statements(source: str) -> list[Statement]:
    """Return the top-level statements of a cell; IPython's own lines count as one each.

    Raises:
        SyntaxError: it is no Python, or too much of it.
    """
    lines, masked, tree = _parsed(source)
    found, end = [], 0
    for node in tree.body:
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        above = [line for line in lines[end : start - 1] if line.lstrip().startswith(("#", "%%"))]
        alone = masked[start - 1][: _column(masked[start - 1], node)].strip() == ""
        last = node.end_lineno or start
        if alone and _ends_line(masked[last - 1], node):
            body = lines[start - 1 : last]
        else:  # several on one line
            body = [ast.get_source_segment("\n".join(masked), node) or ""]
        found.append(Statement(node, "\n".join([*above, *body])))
        end = last
    return found


def binds(source: str) -> set[str]:
    """Return the names that a code cell sets in the notebook, wherever in it that stands.

    Where it sets them by their text (``globals()["x"] = 1``), or cannot be read, each name that is
    mentioned counts.
    """
    try:
        return _bound(_parsed(source)[2])
    except UNREADABLE:
        return set(_WORD.findall(source))


def sets_plainly(source: str, name: str) -> ast.Constant | bool:
    """Say how a cell sets a name at last: to which constant, True to another value, False not."""
    try:
        tree = _parsed(source)[2]
    except UNREADABLE:
        return False  # the kernel cannot read it either
    setting = [node for node in tree.body if name in _bound(node)]
    if not setting:
        return False
    last = setting[-1]
    if isinstance(last, ast.Assign | ast.AnnAssign) and isinstance(last.value, ast.Constant):
        return last.value
    return True


def checks(node: ast.AST, texts: Mapping[str, str] | None = None) -> list[CheckCall]:
    """Return the calls of `check` in a tree.

    Args:
        node: the tree.
        texts: names that stand for a text, such as a question's.
    """
    alone = node.value if isinstance(node, ast.Expr) else None
    return [
        CheckCall(one, _question(one, texts or {}), one is alone)
        for one in ast.walk(node)
        if isinstance(one, ast.Call)
        and "check" in (getattr(one.func, "id", None), getattr(one.func, "attr", None))
        and (one.args or one.keywords)
    ]


def texts_of(found: Iterable[Statement]) -> dict[str, str]:
    """Return the names that statements set to a text, with the text."""
    texts: dict[str, str] = {}
    for one in found:
        value = one.node.value if isinstance(one.node, ast.Assign) else None
        if isinstance(one.node, ast.Assign) and (text := _text(value)) is not None:
            texts |= {each.id: text for each in one.node.targets if isinstance(each, ast.Name)}
    return texts


def unfenced(source: str) -> str:
    """Return the code between the fences of a Markdown text; all of it where there are none."""
    inside, fence = [], ""
    for line in source.splitlines():
        mark = _FENCE.match(line)
        if fence and mark and line.strip() == fence:
            fence = ""
        elif fence:
            inside.append(line)
        elif mark:
            fence = mark[1]
    return "\n".join(inside) if inside else source


def readable(source: str) -> bool:
    """Say whether a cell is Python as far as IPython goes."""
    try:
        _parsed(source)
    except UNREADABLE:
        return False
    return True


def python_of(source: str) -> str:
    """Return a cell with IPython's own lines masked; as it is where it cannot be read."""
    try:
        return "\n".join(_parsed(source)[1])
    except UNREADABLE:
        return source


def comments(source: str) -> set[str]:
    """Return the comments in a cell."""
    found = parts(python_of(source))
    return {part.string.strip() for part in found if part.kind == COMMENT}


def visible(source: str) -> str:
    """Return a source whose blanks are plain blanks, without characters that nobody sees."""
    kept = (c for c in source if unicodedata.category(c) != "Cf")
    return "".join(" " if unicodedata.category(c) == "Zs" else c for c in kept)


def _parsed(source: str) -> tuple[list[str], list[str], ast.Module]:
    """Return a cell's lines, the same without IPython's own syntax, and the tree of these.

    Raises:
        SyntaxError: it is no Python, or too much of it.
    """
    source = source.strip("\ufeff")
    under = _PYTHON_BELOW.match(source)
    if len(source) > MAX_PARSED or (source.lstrip().startswith("%%") and not under):
        raise SyntaxError("too long, or a cell magic")
    lines = re.split(r"\r\n|\r|\n", source)  # as Python does, not `splitlines`
    masked = list(map(_masked, lines))
    if under:
        first = next(at for at, line in enumerate(lines) if line.strip())
        masked[first] = "#"
    with warnings.catch_warnings(action="ignore"):  # of a student's escapes
        try:
            tree = ast.parse("\n".join(masked) + "\n")
        except IndentationError:  # IPython takes away what a whole cell is indented by
            first_line = next(line for line in masked if line.strip())
            indent = first_line[: len(first_line) - len(first_line.lstrip(" \t"))]
            masked = [line.removeprefix(indent) for line in masked]
            lines = [line.removeprefix(indent) for line in lines]
            tree = ast.parse("\n".join(masked) + "\n")
    if len(tree.body) > MAX_STATEMENTS:
        raise SyntaxError("too many statements")
    return lines, masked, tree


def _masked(line: str) -> str:
    line = _TIMED.sub(r"\1", line)
    return _MAGIC_VALUE.sub(r"\1 None", _MAGIC.sub(lambda m: (m[1] or m[2] or "") + "pass", line))


def _column(line: str, node: ast.stmt) -> int:
    return len(line.encode()[: node.col_offset].decode("utf-8", "ignore"))


def _ends_line(line: str, node: ast.stmt) -> bool:
    rest = line.encode()[node.end_col_offset :].decode("utf-8", "ignore").strip()
    return not rest or rest.startswith("#")


def _question(call: ast.Call, texts: Mapping[str, str]) -> str | None:
    named = [k.value for k in call.keywords if k.arg == "question_id"]
    first = (named or call.args)[0] if named or call.args else None
    if isinstance(first, ast.Name):
        return texts.get(first.id)
    parts = first.values if isinstance(first, ast.JoinedStr) else [first]
    said = [text for part in parts if (text := _text(part)) is not None]
    return "".join(said) if len(said) == len(parts) else None


def _text(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return None


def _bound(tree: ast.AST) -> set[str]:
    found, left, whole = set(), [tree], list(ast.walk(tree))
    while left:
        node = left.pop()
        if isinstance(node, _DEFINITIONS):
            found.add(node.name)
        if isinstance(node, _INNER):  # its names are its own
            inside = list(ast.walk(node))
            found |= {name for one in inside if isinstance(one, ast.Global) for name in one.names}
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.partition(".")[0])
        left += ast.iter_child_nodes(node)
    if any(isinstance(one, ast.Name) and one.id in _BY_TEXT for one in whole):
        texts = [one.value for one in whole if isinstance(one, ast.Constant)]
        found |= {name for one in texts if isinstance(one, str) for name in _WORD.findall(one)}
    return found
