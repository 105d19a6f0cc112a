"""Results of experiments on the model, kept on disk: a build need not load torch for each.

An entry is named by the weights, the text and the source of the code that made it, so an entry
never outlives what it was made by. A damaged or missing one is made again.
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

from grader.models import cache_folder, find_model
from grader.whole import write_whole


def kept(experiment: Callable[..., np.ndarray], text: str, *arguments) -> np.ndarray:
    """Return ``experiment(text, *arguments)`` on the default model, from disk where it lies there.

    Args:
        experiment: a function of a module; its name and its module's source are part of the key.
        text: one sentence.
        arguments: numbers, or tuples of them.
    """
    source = inspect.getsource(sys.modules[experiment.__module__])
    key = json.dumps([find_model("minilm").sha256, experiment.__name__, source, text, *arguments])
    entry = cache_folder() / "experiments" / f"{hashlib.sha256(key.encode()).hexdigest()}.npy"
    return _kept(entry, experiment, text, *arguments)


@cache
def _kept(entry: Path, experiment: Callable[..., np.ndarray], *arguments) -> np.ndarray:
    try:
        return np.load(io.BytesIO(entry.read_bytes()), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        made = experiment(*arguments)
    packed = io.BytesIO()
    np.save(packed, made, allow_pickle=False)
    with suppress(OSError):  # a folder that cannot be written costs time, nothing else
        write_whole(entry, packed.getvalue())
    return made
