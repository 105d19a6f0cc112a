"""How many different answers a student has checked: kept on their own machine, over restarts.

Whoever deletes the file begins anew. It is no secret and no proof: it keeps a card from telling a
loop each number by itself.
"""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

MOST = 6
"""How many answers to one question are told apart."""

KEPT = 2000
"""How many questions, heads and sentences are remembered, the latest ones."""


class Tries:
    """Different answers by what they speak of.

    Args:
        path: the file that keeps them; None keeps them in this process only.
    """

    def __init__(self, path: Path | None = None):
        self.path = path
        self._seen: dict[str, list[str]] | None = None

    def count(self, *key: Any, answer: Any) -> int:
        """Return how many different answers were given under a key, this one included; at most 6.

        Args:
            key: who answers what, about what.
            answer: as data.
        """
        seen = self._read()
        name, digest = _digest(key), _digest(answer)
        answers = seen.pop(name, [])
        if digest not in answers:
            answers = [*answers, digest][-MOST:]
        seen[name] = answers
        while len(seen) > KEPT:
            del seen[next(iter(seen))]
        self._write()
        return len(answers)

    def forget(self) -> None:
        """Forget what this process knows; the file stays."""
        self._seen = None

    def _read(self) -> dict[str, list[str]]:
        if self._seen is None:
            self._seen = {}
            if self.path is not None:
                with suppress(OSError, ValueError):
                    found = json.loads(self.path.read_text("utf-8"))
                    self._seen = {str(k): list(map(str, v))[-MOST:] for k, v in found.items()}
        return self._seen

    def _write(self) -> None:
        if self.path is None:
            return
        with suppress(OSError):  # a full or read-only disk costs nothing but the memory of it
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
            beside.write_text(json.dumps(self._seen), "utf-8")
            beside.replace(self.path)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
