"""The weights of a model: a safetensors file, read by memory map.

A mapped file is read from disk when a number is used, and its pages are shared by all processes
that map it. The format: eight bytes with the length of a header, the header in JSON (for each
tensor its type, shape and place), then the numbers.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from grader.errors import ModelError

DTYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1"}
BF16 = "BF16"
"""numpy has no such type: the upper half of a float32."""
LONGEST_HEADER = 100 << 20
"""Bytes: the format's own limit."""
ALIGNMENT = 64
"""Bytes: a multiple of it is where the numbers begin in a file of ours."""


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """Return the tensors of a file by name; those in float32 lie in the file and are read-only.

    Raises:
        ModelError: it is not a safetensors file.
    """
    try:
        data = np.memmap(path, dtype=np.uint8, mode="r")
        length = int.from_bytes(data[:8].tobytes(), "little")
        if length > min(LONGEST_HEADER, len(data) - 8):
            raise ValueError("its header is longer than the file")
        header = json.loads(data[8 : 8 + length].tobytes())
        header.pop("__metadata__", None)
        return {name: _tensor(data[8 + length :], about) for name, about in header.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"{path} is no safetensors file ({error}); name a folder that save_pretrained wrote."
        ) from error


def _tensor(data: np.ndarray, about: Mapping) -> np.ndarray:
    start, end = about["data_offsets"]
    raw = data[start:end]
    if about["dtype"] == BF16:
        wide = raw.view("<u2").astype(np.uint32) << 16
        return wide.view(np.float32).reshape(about["shape"])
    tensor = raw.view(DTYPES[about["dtype"]]).reshape(about["shape"])
    return tensor.astype(np.float32) if tensor.dtype in (np.float16, np.float64) else tensor


def write_weights(
    path: Path, shapes: Mapping[str, Sequence[int]], tensors: Iterable[tuple[str, np.ndarray]]
) -> None:
    """Write tensors into a safetensors file as float32, one at a time.

    Args:
        path: of the file.
        shapes: of all tensors, by name.
        tensors: the same names, in any order.
    """
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, shape in sorted(shapes.items()):
        start, end = end, end + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [start, end]}
    about = json.dumps(header).encode()
    about += b" " * (-(8 + len(about)) % ALIGNMENT)
    with path.open("wb") as file:
        file.write(len(about).to_bytes(8, "little") + about)
        for name, tensor in tensors:
            file.seek(8 + len(about) + header[name]["data_offsets"][0])
            np.ascontiguousarray(tensor, dtype="<f4").tofile(file)
