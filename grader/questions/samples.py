"""Sample submissions: ``answers/NAME.py``, some cells of a notebook and what they must earn.

The leading comment is TOML: ``about``, ``points`` and ``hint`` and ``outcome`` by question (hints
in any order; an outcome that is not said is ``graded``), ``kernel = true`` where only a real kernel
can run it. Then come the cells, in percent format, each with the ``grade_id`` of the cell of
``notebook.py`` that it takes the place of.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.questions.authoring import Problems, nearest
from grader.questions.exercise import Exercise
from grader.questions.outcome import Outcome

_CELL = re.compile(r"(?m)^# %%(.*)$")
_GRADE_ID = re.compile(r'grade_id="([^"]*)"')
_KEYS = ("about", "points", "hint", "outcome", "kernel")


@dataclass(frozen=True)
class Sample:
    """A sample submission."""

    name: str
    about: str
    kernel: bool
    """Whether only a real kernel can run it."""
    points: Mapping[str, float]
    """Question name -> the points that it must earn."""
    hints: Mapping[str, tuple[str, ...]]
    """Question name -> the keys of all hints that it must be given."""
    outcomes: Mapping[str, Outcome]
    """Question name -> how it must end; ``graded`` where nothing is said."""
    cells: Mapping[str, str]
    """grade_id -> source of the cell; Markdown as Markdown."""


def read_samples(folder: Path, exercise: Exercise) -> list[Sample]:
    """Return the sample submissions of an exercise's folder, by name.

    Raises:
        CourseError: there is none, or one is wrong: file, line and repair.
    """
    paths = sorted((Path(folder) / "answers").glob("*.py"))
    if not paths:
        raise CourseError(
            f"{folder}: the exercise has no sample answers; write answers/full.py with the cells "
            "that earn full marks."
        )
    return [read_sample(path, exercise) for path in paths]


def read_sample(path: Path, exercise: Exercise) -> Sample:
    """Return one sample submission.

    Raises:
        CourseError: its header or a cell is wrong: file, line and repair.
    """
    text = path.read_text("utf-8")
    header, cells = _split(text)
    problems = Problems(str(path), header)
    try:
        table = tomllib.loads(header)
    except tomllib.TOMLDecodeError as error:
        problems.add((), f"the leading comment is not TOML: {error}; mend it.")
        problems.stop()
    for key in table:
        if key not in _KEYS:
            problems.add((key,), f"{key!r} is not known; {nearest(key, _KEYS)}.")
    judged = {name: q for name, q in exercise.questions.items() if not q.written}
    for key in ("points", "hint", "outcome"):
        if not isinstance(table.get(key, {}), dict):
            problems.add((key,), f"{key!r} is not a table; write [{key}] with a line per question.")
            table[key] = {}
        for name in table.get(key, {}):
            if name not in judged:
                problems.add(
                    (key, name), f"there is no question {name!r}; {nearest(name, judged)}."
                )
    points = table.get("points", {})
    for name in judged:
        if not isinstance(points.get(name), (int, float)):
            problems.add(("points",), f"no points are declared for {name!r}; add {name} = 0.")
    hints = {k: (v,) if isinstance(v, str) else tuple(v) for k, v in table.get("hint", {}).items()}
    for name, keys in hints.items():
        for key in keys:
            if name in judged and key not in judged[name].hints:
                problems.add(
                    ("hint", name), f"no hint {key!r}; {nearest(key, judged[name].hints)}."
                )
    for name, outcome in table.get("outcome", {}).items():
        if outcome not in set(Outcome):
            problems.add(("outcome", name), f"no outcome {outcome!r}; {nearest(outcome, Outcome)}.")
    problems.stop()
    return Sample(
        name=path.stem,
        about=str(table.get("about", "")),
        kernel=bool(table.get("kernel", False)),
        points={name: float(points[name]) for name in judged},
        hints=hints,
        outcomes={name: Outcome(o) for name, o in table.get("outcome", {}).items()},
        cells=cells,
    )


def _split(text: str) -> tuple[str, dict[str, str]]:
    """Return the header's TOML, its lines where they stand in the file, and the cells."""
    parts = _CELL.split(text)
    header = "\n".join(line[2:] for line in parts[0].splitlines() if line.startswith("#"))
    cells = {}
    for options, body in zip(parts[1::2], parts[2::2], strict=True):
        found = _GRADE_ID.search(options)
        if found:
            source = body.strip("\n")
            if "[markdown]" in options:
                source = "\n".join(line[2:] for line in source.splitlines())
            cells[found[1]] = source
    return header, cells
