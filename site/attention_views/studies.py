"""Claims about real text: figures that ``grader study`` wrote, kept in ``lessons/data``.

The treebanks themselves are not part of the course; the command computes the same file again from
them, to the last digit.
"""

import json
from functools import lru_cache

from attention_views.problems import known
from attention_views.sets import DATA, MeasureError

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


@lru_cache
def _read(study: str) -> dict:
    path = DATA / f"{study}.json"
    if not path.is_file():
        raise MeasureError(
            f"no study is called {study!r}; {known(p.stem for p in DATA.glob('study-*.json'))}"
        )
    return json.loads(path.read_text(encoding="utf-8"))


FUNCTIONS = (study_value, study_relations, study_sentences)
