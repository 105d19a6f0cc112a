"""Wrong versions of a right function, made by a fixed list of operators over its syntax tree.

Each operator yields a description and a changed copy of the tree, one change at a time. The
description says what became what, so that an equivalent mutant can be listed with its reason.
"""

import ast
import copy
from collections.abc import Callable, Iterator

Mutant = tuple[str, str]
"""What was changed, and the source with the change."""


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a source, each once."""
    found: dict[str, str] = {}
    tree = ast.parse(source)
    original = ast.unparse(tree)
    for operator in OPERATORS:
        for place, node in enumerate(ast.walk(tree)):
            for name, change in operator(node):
                changed = copy.deepcopy(tree)
                target = next(n for i, n in enumerate(ast.walk(changed)) if i == place)
                after = change(target)
                if after is not target:
                    _replace(changed, target, after)
                text = ast.unparse(ast.fix_missing_locations(changed))
                if text != original:
                    before = ast.unparse(node).splitlines()[0]
                    said = f"{operator.__name__}: {before} -> {name} in {_statement(tree, node)}"
                    found.setdefault(text, said)
    return [(said, text) for text, said in found.items()]


def _statement(tree: ast.AST, node: ast.AST) -> str:
    """Return the statement that a node stands in."""
    around = [
        one
        for one in ast.walk(tree)
        if isinstance(one, ast.stmt) and any(inner is node for inner in ast.walk(one))
    ]
    return ast.unparse(around[-1]).splitlines()[0] if around else ""


def _replace(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(item is old for item in value):
                setattr(parent, name, [new if item is old else item for item in value])


Change = tuple[str, Callable[[ast.AST], ast.AST]]


def _is_int(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def dropped_operand(node: ast.AST) -> Iterator[Change]:
    """A scale, a shift or a constant is forgotten: only one side of an operation is left."""
    if isinstance(node, ast.BinOp):
        yield f"{ast.unparse(node.left)}", lambda n: n.left
        yield f"{ast.unparse(node.right)}", lambda n: n.right


def sign(node: ast.AST) -> Iterator[Change]:
    """Plus for minus, times for over, and the other way round; a minus too many or too few."""
    swaps = {ast.Sub: ast.Add, ast.Add: ast.Sub, ast.Div: ast.Mult, ast.Mult: ast.Div}
    if isinstance(node, ast.BinOp) and type(node.op) in swaps:
        other = swaps[type(node.op)]

        def change(n):
            n.op = other()
            return n

        yield other.__name__, change
    if isinstance(node, ast.UnaryOp) and not _is_int(node.operand):
        yield "without its sign", lambda n: n.operand
    if isinstance(node, ast.Return) and node.value is not None:

        def minus(n):
            n.value = ast.UnaryOp(ast.USub(), n.value)
            return n

        yield "minus it", minus


def off_by_one(node: ast.AST) -> Iterator[Change]:
    """A whole number is one more or one less: an axis, an index, a constant."""
    if _is_int(node):
        for step in (-1, 1):

            def change(n, step=step):
                n.value += step
                return n

            yield str(node.value + step), change


def axis_swap(node: ast.AST) -> Iterator[Change]:
    """Another axis is summed over, or none is named."""
    if isinstance(node, ast.Call):
        for i, keyword in enumerate(node.keywords):
            if keyword.arg in ("axis", "dim"):
                for axis in (0, -2):

                    def change(n, i=i, axis=axis):
                        n.keywords[i].value = ast.Constant(axis)
                        return n

                    yield f"{keyword.arg}={axis}", change
            if keyword.arg in ("axis", "keepdims"):

                def without(n, i=i):
                    del n.keywords[i]
                    return n

                yield f"without {keyword.arg}", without


def dropped_mask(node: ast.AST) -> Iterator[Change]:
    """A choice is not made: always one side of it, or the sides changed over."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("where"):
        yield "always the first", lambda n: n.args[1]
        yield "always the second", lambda n: n.args[2]

        def over(n):
            n.args[1], n.args[2] = n.args[2], n.args[1]
            return n

        yield "the other way round", over
    method = node.func.attr if isinstance(getattr(node, "func", None), ast.Attribute) else ""
    if method in ("masked_fill", "nan_to_num"):
        yield f"without {method}", lambda n: n.func.value


def transposition(node: ast.AST) -> Iterator[Change]:
    """Rows for columns: a result turned, a turn forgotten, two arguments changed over."""
    if isinstance(node, ast.Return) and node.value is not None:

        def turned(n):
            n.value = ast.parse(f"np.swapaxes({ast.unparse(n.value)}, -1, -2)", mode="eval").body
            return n

        yield "turned", turned
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("swapaxes"):
        yield "not turned", lambda n: n.args[0]
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield "not turned", lambda n: n.value
    if isinstance(node, ast.FunctionDef) and len(node.args.args) >= 2:

        def roles(n):
            n.args.args[0], n.args.args[1] = n.args.args[1], n.args.args[0]
            return n

        yield "queries for keys", roles


def left_out(node: ast.AST) -> Iterator[Change]:
    """A function is not applied: its argument comes through as it is."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        yield ast.unparse(node.args[0]), lambda n: n.args[0]
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.exp", "np.sqrt"):

        def other(n):
            n.func.attr = {"exp": "exp2", "sqrt": "log"}[n.func.attr]
            return n

        yield "another function", other


def constant_return(node: ast.AST) -> Iterator[Change]:
    """The same comes back whatever goes in."""
    if isinstance(node, ast.Return) and node.value is not None:
        for made in ("np.zeros_like", "np.ones_like"):

            def change(n, made=made):
                n.value = ast.parse(f"{made}({ast.unparse(n.value)})", mode="eval").body
                return n

            yield made, change

        def even(n):
            text = ast.unparse(n.value)
            n.value = ast.parse(f"np.ones_like({text}) / ({text}).shape[-1]", mode="eval").body
            return n

        yield "even shares", even


OPERATORS = (
    dropped_operand,
    sign,
    off_by_one,
    axis_swap,
    dropped_mask,
    transposition,
    left_out,
    constant_return,
)
