"""Claims about smollm2: figures that ``python -m grader.decoder`` wrote, kept in ``lessons/data``.

So a site is built without the model. ``grader claims`` computes them again from it.
"""

import json
from functools import lru_cache
from pathlib import Path

from grader.errors import known
from grader.ledger.sets import MeasureError, data


def writer_value(at, place: str) -> float | int | str:
    """A figure of smollm2; `place` is like ``sink.share.mean``."""
    path = data() / "writer.json"
    if not path.is_file():
        raise MeasureError("lessons/data has no writer.json; run: python -m grader.decoder")
    value = _read(path, path.stat().st_mtime_ns)
    for key in place.split("."):
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            told = known(value) if isinstance(value, dict) else "it ends there"
            raise MeasureError(f"writer.json has nothing at {place!r}: no {key!r}; {told}")
    if isinstance(value, dict | list):
        raise MeasureError(f"writer.json has no single figure at {place!r}; name one below it")
    return value


@lru_cache
def _read(path: Path, changed: int) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


FUNCTIONS = (writer_value,)
