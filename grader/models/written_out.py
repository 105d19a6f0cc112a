"""A known model that comes as one GGUF file: written out once, then known by what was written.

Weights in few bits are small to fetch and slow to use. So the cache holds both: the file as it was
published, whose sha256 is the model's, and beside it the folder that is loaded, in float32. Half a
gigabyte is not hashed each time that a process starts: a note says what size and time the file had
when its hash was right, as git does of a work tree; where either differs it is hashed again.
"""

import json
from contextlib import suppress
from pathlib import Path

from grader.errors import ModelError
from grader.models.known import KnownModel
from grader.models.model_folder import file_sha256, weights_sha256
from grader.network.from_gguf import write_folder

NOTE = "checked.json"


def write_out(known: KnownModel, folder: Path) -> None:
    """Write out the GGUF file in `folder`, which is that of `known`, beside it.

    Raises:
        ModelError: it is another file, or what was written is not what it should be.
    """
    source = folder / (known.gguf or "")
    if not source.is_file():
        raise ModelError(f"holds no {known.gguf}")
    found = file_sha256(source)
    if found == known.sha256:
        write_folder(source, folder)
        found = found_sha256(known, folder)
    if found != known.sha256:
        raise ModelError(
            f"has other weights (sha256 {found[:12]}..., wanted {known.sha256[:12]}...): "
            "another model or a cut download"
        )


def found_sha256(known: KnownModel, folder: Path) -> str:
    """Return the sha256 of a known model if the weights in `folder` are its own, else theirs.

    Raises:
        ModelError: the folder holds no weights.
    """
    if known.gguf is None:
        return weights_sha256(folder)
    weights, note = folder / "model.safetensors", folder / NOTE
    with suppress(OSError, ValueError):
        if json.loads(note.read_text()) == _stamp(known, weights):
            return known.sha256
    found = weights_sha256(folder)
    if found != known.written_sha256:
        return found
    with suppress(OSError):  # a folder that cannot be written costs a second the next time
        note.write_text(json.dumps(_stamp(known, weights)) + "\n")
    return known.sha256


def _stamp(known: KnownModel, weights: Path) -> dict:
    about = weights.stat()
    return {"sha256": known.written_sha256, "size": about.st_size, "time": about.st_mtime_ns}
