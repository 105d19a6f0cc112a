"""Results of experiments on the model, kept on disk: a build need not repeat them.

An entry is named by the weights, the text and the source of the code that made it, the network's
included, so an entry never outlives what it was made by. A damaged or missing one is made again.
"""

import hashlib
import inspect
import io
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from grader import network
from grader.atomic import write_atomically
from grader.models import cache_folder, find_model


def kept(experiment: Callable[..., np.ndarray], text: str, *arguments) -> np.ndarray:
    """Return ``experiment(text, *arguments)`` on the default model, from disk where it lies there.

    Args:
        experiment: a function of a module; its name, its module's source and the network's are
            part of the key.
        text: one sentence.
        arguments: numbers, or tuples of them.
    """
    source = inspect.getsource(sys.modules[experiment.__module__])
    made_by = [find_model("minilm").sha256, _network_source(), experiment.__name__, source]
    key = json.dumps([*made_by, text, *arguments])
    entry = cache_folder() / "experiments" / f"{hashlib.sha256(key.encode()).hexdigest()}.npy"
    return _kept(entry, experiment, text, *arguments)


@cache
def _network_source() -> str:
    folder = Path(network.__file__).parent
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))


@cache
def _kept(entry: Path, experiment: Callable[..., np.ndarray], *arguments) -> np.ndarray:
    try:
        return np.load(io.BytesIO(entry.read_bytes()), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        made = experiment(*arguments)
    packed = io.BytesIO()
    np.save(packed, made, allow_pickle=False)
    with suppress(OSError):  # a folder that cannot be written costs time, nothing else
        write_atomically(entry, packed.getvalue())
    return made
