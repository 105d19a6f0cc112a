"""Claims about minilm-qa: figures that its ``evaluate`` and ``study`` wrote, kept beside it.

QAMR, on which most of them are measured, is not part of the project; both commands compute the
same files again from it. One file each for the model that ships (seed 0), and one for each other
run of training in ``seeds``, which differ in nothing but the seed.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader.errors import known
from grader.ledger.sets import MeasureError
from grader.models.known import MINILM_QA

FILES = ("results", "study")
ADAPTER = MINILM_QA.adapter
"""What evaluation and study wrote lies beside it."""
ENDS = {"lowest": min, "highest": max}


def qa_value(at, file: str, place: str) -> float | int | str:
    """A figure of the model that ships; `place` is like ``looking.after.hit_at_1.mean``."""
    return _value(ADAPTER.parent, file, place)


def qa_seeds_value(at, file: str, place: str, end: str) -> float | int | str:
    """The lowest or the highest of a figure over all runs of training."""
    if end not in ENDS:
        raise MeasureError(f"no end is called {end!r}; {known(ENDS)}")
    return ENDS[end](_value(folder, file, place) for folder in _runs())


def qa_seeds(at) -> int:
    """How many runs of training there are figures of."""
    return len(_runs())


def _runs() -> list[Path]:
    return [ADAPTER.parent, *sorted((ADAPTER.parent / "seeds").iterdir())]


def _value(folder: Path, file: str, place: str) -> float | int | str:
    if file not in FILES:
        raise MeasureError(f"no file of minilm-qa is called {file!r}; {known(FILES)}")
    value: Any = _read(folder / f"{file}.json")
    for key in place.split("."):
        found = dict(enumerate(value)) if isinstance(value, list) else value
        at = int(key) if isinstance(value, list) and key.isdigit() else key
        if not isinstance(found, dict) or at not in found:
            raise MeasureError(f"{file}.json of minilm-qa has nothing at {place!r}")
        value = found[at]
    return value


@lru_cache
def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


FUNCTIONS = (qa_value, qa_seeds_value, qa_seeds)
