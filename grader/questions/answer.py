"""What a check cell sends: an answer as plain data, in a bundle that names its question.

JSON numbers, strings, lists, dicts, booleans and null go as they are. An array (numpy or torch)
goes as ``{"$array": {"dtype": "f4", "shape": [2, 3], "data": "<base64>"}}``: bool, i4, i8, f4 or
f8, little-endian, rows first. Nothing else goes; there is no pickle.
"""

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

MIME = "application/vnd.seeing-attention.answer+json"
"""The type under which a check cell displays its bundle."""

SCHEMA = 1
"""The version of the bundle."""

MAX_BYTES = 4 * 1024 * 1024
"""The longest answer, as JSON text."""

MAX_DEPTH = 16
"""How deeply an answer may be nested."""

DTYPES = {"bool": "|b1", "i4": "<i4", "i8": "<i8", "f4": "<f4", "f8": "<f8"}
"""The names of array types in an answer, and numpy's for the same bytes."""

_SENT_AS = {"f2": "f4", "i1": "i4", "u1": "i4", "i2": "i4", "u2": "i4", "u4": "i8"}


def bundle(question_id: str, variant: int, model: str, answer: Any) -> dict:
    """Return the one thing that a check cell displays; `answer` is already encoded."""
    return {
        "schema": SCHEMA,
        "question": question_id,
        "variant": variant,
        "model": model,
        "answer": answer,
    }


def encode_answer(value: Any) -> Any:
    """Return `value` as JSON data.

    Raises:
        TypeError: it holds something that cannot be sent; the message is a sentence.
    """
    return _encode(value, 0)


def _encode(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise TypeError(f"an answer can be nested {MAX_DEPTH} deep; this one goes deeper.")
    if value is None or isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise TypeError("whole numbers in an answer have at most 64 bits.")
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TypeError(f"{value} is not a number that can be an answer.")
        return float(value)
    if isinstance(value, (list, tuple)):
        return [_encode(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return _encode_mapping(value, depth)
    if hasattr(value, "weights") and hasattr(value, "tokens"):
        value = value.weights  # an Attention stands for its array
    if hasattr(value, "detach"):
        value = value.detach().cpu()
        value = (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()
    if isinstance(value, (np.ndarray, np.generic)):
        return _encode_array(np.asarray(value), depth)
    raise TypeError(
        f"a {type(value).__name__} cannot be an answer; numbers, text, True and False, lists, "
        "dicts and arrays can."
    )


def _encode_mapping(value: Mapping, depth: int) -> dict:
    for key in value:
        if not isinstance(key, str) or key.startswith("$"):
            raise TypeError(f"the keys of an answer are plain names; {key!r} is none.")
    return {str(key): _encode(item, depth + 1) for key, item in value.items()}


def _encode_array(array: np.ndarray, depth: int) -> Any:
    if array.ndim == 0 and array.dtype.kind in "biuf":
        return _encode(array.item(), depth)
    short = "bool" if array.dtype.kind == "b" else f"{array.dtype.kind}{array.dtype.itemsize}"
    name = _SENT_AS.get(short, short)
    if name not in DTYPES:
        raise TypeError(f"an array of {array.dtype} cannot be an answer; use float32 or int64.")
    raw = np.ascontiguousarray(array, dtype=DTYPES[name]).tobytes()
    data = base64.b64encode(raw).decode("ascii")
    return {"$array": {"dtype": name, "shape": list(array.shape), "data": data}}
