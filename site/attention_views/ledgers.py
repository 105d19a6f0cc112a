"""The ledger of a build: read once for all pages and languages, its problems said to MkDocs."""

from pathlib import Path

from attention_views.problems import log
from grader.ledger import Capture, Ledger

_ledgers: dict[tuple, Ledger] = {}


def read_ledger(path: Path, capture: Capture) -> Ledger:
    """Return the ledger; its claims are computed once a build."""
    key = (path.resolve(), capture)
    if key not in _ledgers:
        _ledgers[key] = Ledger.read(path, capture, say=log.error)
    return _ledgers[key]


def forget_ledgers() -> None:
    """Start a build: read and compute everything again, and say every problem again."""
    _ledgers.clear()
