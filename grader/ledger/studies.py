"""Claims about real text: figures that ``grader study`` wrote, kept in ``lessons/data``.

The treebanks themselves are not part of the course; the command computes the same file again from
them, to the last digit.
"""

import json
from functools import lru_cache
from pathlib import Path

from grader.errors import known
from grader.ledger.sets import MeasureError, data

VERDICTS = ("above", "neither", "below")


def study_value(at, study: str, relation: str, column: str) -> float | int | str:
    """A figure of one relation: accuracy, baseline, offset, head, n, low, high ..."""
    rows = {row["relation"]: row for row in _read(study)["rows"]}
    if relation not in rows:
        raise MeasureError(f"study {study!r} has no relation {relation!r}; {known(rows)}")
    if column not in rows[relation]:
        raise MeasureError(f"a study has no column {column!r}; {known(rows[relation])}")
    return rows[relation][column]


def study_relations(at, study: str, verdict: str = "") -> int:
    """How many relations stand in a study, or stand above, below or neither to the baseline."""
    if verdict and verdict not in VERDICTS:
        raise MeasureError(f"no verdict is called {verdict!r}; {known(VERDICTS)}")
    rows = [row for row in _read(study)["rows"] if row["relation"] != "all"]
    return sum(row["verdict"] == verdict or not verdict for row in rows)


def study_sentences(at, study: str, side: str) -> int:
    """How many sentences heads were chosen on (side: select) or reported on (side: report)."""
    if side not in ("select", "report"):
        raise MeasureError(f"no side is called {side!r}; known: report, select")
    return _read(study)[side]["sentences"]


def _read(study: str) -> dict:
    path = data() / f"{study}.json"
    if not path.is_file():
        raise MeasureError(
            f"no study is called {study!r}; {known(p.stem for p in data().glob('study-*.json'))}"
        )
    return _results(path, path.stat().st_mtime_ns)


@lru_cache
def _results(path: Path, changed: int) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


FUNCTIONS = (study_value, study_relations, study_sentences)
