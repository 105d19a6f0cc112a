"""References of an exercise's own: ``references.py`` beside its questions, run by the judge alone.

Each public function of the file is what a `function` question may ask for; ``MISTAKES`` says what
known mistakes return. Reading an exercise runs none of it: names come from the syntax tree. No
student's notebook, kernel or release holds the file.

    def row_entropy(pattern):
        return -(pattern * np.log(pattern)).sum(axis=-1)

    MISTAKES = {"row_entropy": {"base": [lambda pattern: ...]}}
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.questions.authoring import Problems
from grader.questions.references import Reference

FILE = "references.py"
"""Beside ``questions.toml``; part of what a grade rests on."""


@dataclass(frozen=True)
class OwnReferences:
    """What an exercise's ``references.py`` defines."""

    path: str
    source: str
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Function -> the mistakes that it knows by name."""

    @cached_property
    def functions(self) -> dict[str, Reference]:
        """The functions; this runs the author's file.

        Raises:
            Exception: whatever the file raises.
        """
        scope: dict[str, Any] = {"__name__": "references", "__file__": self.path}
        exec(compile(self.source, self.path, "exec"), scope)
        mistakes = scope.get("MISTAKES", {})
        return {
            name: Reference(
                scope[name],
                {hint: tuple(made) for hint, made in mistakes.get(name, {}).items()},
            )
            for name in self.hints
        }


def read_own_references(path: Path, problems: Problems) -> OwnReferences:
    """Read the names in ``references.py`` without running it; none where there is no file.

    Args:
        path: of the file.
        problems: where a wrong file is noted, with its line.
    """
    if not path.is_file():
        return OwnReferences(str(path), "")
    source = path.read_text("utf-8")
    noted = Problems(str(path))
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        noted.note(error.lineno or 1, f"is not Python: {error.msg}; mend this line.")
        problems.found += noted.found
        return OwnReferences(str(path), "")
    defined = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }
    hints: dict[str, tuple[str, ...]] = dict.fromkeys(defined, ())
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "MISTAKES" for target in node.targets
        ):
            hints |= _mistakes(node, hints, noted)
    if not defined:
        noted.note(1, "defines no function; write def NAME(...), or remove the file.")
    problems.found += noted.found
    return OwnReferences(str(path), source, hints)


def _mistakes(
    node: ast.Assign, known: Mapping[str, tuple], noted: Problems
) -> dict[str, tuple[str, ...]]:
    form = 'write MISTAKES = {"FUNCTION": {"HINT": [FUNCTIONS]}}.'
    if not isinstance(node.value, ast.Dict):
        noted.note(node.lineno, f"MISTAKES is no dictionary that can be read here; {form}")
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for key, value in zip(node.value.keys, node.value.values, strict=True):
        name = key.value if isinstance(key, ast.Constant) else None
        if not isinstance(name, str) or name not in known:
            noted.note(
                value.lineno, f"MISTAKES speaks of {name!r}, which is no function here; {form}"
            )
        elif not isinstance(value, ast.Dict) or not all(
            isinstance(hint, ast.Constant) and isinstance(hint.value, str) for hint in value.keys
        ):
            noted.note(value.lineno, f"MISTAKES of {name!r} are no dictionary of hints; {form}")
        else:
            found[name] = tuple(ast.literal_eval(hint) for hint in value.keys if hint)
    return found
