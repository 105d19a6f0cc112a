"""All figures together: computed, written beside the lessons, and compared with what stands there.

The lessons print the file, so that a site is built without the model; ``grader claims`` computes
it all again.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grader.capture import load_model
from grader.decoder import answers, chinese, copying, first_token, one_way
from grader.decoder.figures import DATA
from grader.errors import GraderError

PARTS = {
    "sink": first_token,
    "copying": copying,
    "answers": answers,
    "one_way": one_way,
    "chinese": chinese,
}
"""Name in the file -> what computes it."""
FILE = "writer.json"
NEAR = 0.02
"""How far a figure may be from the one that was kept, by itself or as a share of it: another
processor adds up in another order, and a loss or a difference of logits feels it."""


def figures(say: Callable[[str], None] = lambda part: None) -> dict[str, Any]:
    """Compute everything; a few minutes.

    Args:
        say: called with each part before it is begun.

    Raises:
        ModelError: there is no smollm2 and it cannot be fetched.
    """
    found: dict[str, Any] = {"model": load_model("smollm2").sha256}
    for name, part in PARTS.items():
        say(name)
        found[name] = _rounded(part.figures())
    return found


def write(found: dict[str, Any], folder: Path = DATA) -> None:
    """Write the figures beside the sentence sets."""
    text = json.dumps(found, indent=1, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def moved(found: dict[str, Any], folder: Path = DATA) -> list[str]:
    """Return what is no longer as the file says: a line for each figure.

    Raises:
        GraderError: there is no such file.
    """
    path = folder / FILE
    if not path.is_file():
        raise GraderError(f"{path}: no such file; write it with: python -m grader.decoder")
    kept, now = (dict(_flat(one)) for one in (json.loads(path.read_text("utf-8")), found))
    return [
        f"{FILE}: {place} is {now.get(place)}, kept is {kept.get(place)}"
        for place in dict.fromkeys([*kept, *now])
        if not _same(kept.get(place), now.get(place))
    ]


def _same(kept: Any, now: Any) -> bool:
    if isinstance(kept, float) and isinstance(now, int | float):
        return abs(kept - now) <= NEAR * max(1.0, abs(kept))
    return kept == now


def _flat(found: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(found, dict):
        for name, below in found.items():
            yield from _flat(below, f"{place}.{name}" if place else name)
    else:
        yield place, found


def _rounded(found: Any) -> Any:
    if isinstance(found, dict):
        return {name: _rounded(below) for name, below in found.items()}
    return round(found, 4) if isinstance(found, float) else found
