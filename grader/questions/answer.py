"""What a check cell sends: an answer as plain data, in a bundle that names its question.

JSON numbers, strings, lists, dicts, booleans and null go as they are; other forms of the same go as
those: tuples as lists, named tuples and dataclasses as dicts, decimals and fractions as numbers.
An array (numpy or torch) goes as ``{"$array": {"dtype": "f4", "shape": [2, 3], "data":
"<base64>"}}``: bool, i4, i8, f4 or f8, little-endian, rows first. Nothing else goes; there is no
pickle.
"""

import base64
import dataclasses
import math
from collections import deque
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Set, ValuesView
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from grader.questions.messages import message, say

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

_SENT_AS = {
    "f2": "f4",
    "f12": "f8",
    "f16": "f8",
    "i1": "i4",
    "u1": "i4",
    "i2": "i4",
    "u2": "i4",
    "u4": "i8",
    "u8": "i8",
}


class Unsendable(TypeError):
    """A value that cannot be an answer; says what to write instead."""

    def __init__(self, key: str, got: str = ""):
        self.key, self.got = key, got
        super().__init__(message(say(f"unsendable.{key}", got=got), "en"))

    def to_json(self) -> dict:
        """Return what is sent in the value's place: its key, and perhaps what it was."""
        return {"$unsendable": f"{self.key} {self.got}".strip()}


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
        Unsendable: it holds something that cannot be sent; the message is a sentence.
    """
    return _encode(value, 0)


def _encode(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise Unsendable("deep", str(MAX_DEPTH))
    if value is None or value is Ellipsis:  # ``...`` stands where nothing is answered yet
        return None
    if isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, int):
        return _whole(int(value))
    if isinstance(value, (float, Decimal, Fraction, np.longdouble)):
        return _decimal(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if hasattr(value, "weights") and hasattr(value, "tokens"):
        value = value.weights  # an Attention stands for its array
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [_encode(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return _encode_mapping(value, depth)
    array = _as_array(value)
    if array is None:
        raise Unsendable(*_instead(value))
    return _encode_array(array, depth)


def _whole(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise Unsendable("long_number")
    return value


def _decimal(value: Any) -> float:
    try:
        found = float(value)
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise Unsendable("not_finite", str(value)[:20])
    return found


def _encode_mapping(value: Mapping, depth: int) -> dict:
    for key in value:
        if not isinstance(key, str) or key.startswith("$"):
            raise Unsendable("keys", repr(key)[:40])
    return {str(key): _encode(item, depth + 1) for key, item in value.items()}


def _as_array(value: Any) -> np.ndarray | None:
    """Return what is an array, of numpy or of another library, as numpy's; None for the rest."""
    if hasattr(value, "detach"):
        return _tensor(value)
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise Unsendable("masked")
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    if hasattr(type(value), "__array__") and _library(value) not in _TABLES:
        return np.asarray(value)
    return None


def _tensor(value: Any) -> np.ndarray:
    """Return a tensor's numbers, whatever it hangs on: a gradient, a device, a sparse layout."""
    if "bfloat16" in str(value.dtype):
        raise Unsendable("bfloat16")
    try:
        value = value.detach()
        value = value.to_dense() if value.is_sparse else value
        return value.cpu().resolve_conj().resolve_neg().numpy()
    except (RuntimeError, TypeError, NotImplementedError, AttributeError):
        raise Unsendable("tensor", f"{value.dtype}, {value.device}") from None


_TABLES = ("pandas", "polars")


def _library(value: Any) -> str:
    return type(value).__module__.partition(".")[0]


_INSTEAD = (
    ("list", (KeysView, ValuesView, ItemsView, Iterator, range, deque)),
    ("set", (Set,)),
    ("bytes", (bytes, bytearray, memoryview)),
    ("complex", (complex,)),
)


def _instead(value: Any) -> tuple[str, str]:
    """Return which sentence says what to write instead of a value, and what it was."""
    got = type(value).__name__
    if _library(value) in _TABLES:
        return "table", got
    for key, types in _INSTEAD:
        if isinstance(value, types):
            return key, got
    return ("call" if callable(value) else "type"), got


def _encode_array(array: np.ndarray, depth: int) -> Any:
    kind = array.dtype.kind
    if array.ndim == 0 and kind in "biufUO":
        return _encode(float(array) if kind == "f" else array.item(), depth + 1)
    short = "bool" if kind == "b" else f"{kind}{array.dtype.itemsize}"
    name = _SENT_AS.get(short, short)
    if name not in DTYPES:
        key = {"U": "strings", "S": "strings", "O": "objects", "c": "complex"}.get(kind, "dtype")
        key = "bfloat16" if "bfloat16" in str(array.dtype) else key
        raise Unsendable(key, str(array.dtype)[:40])
    if short == "u8" and array.size and int(array.max()) >= 2**63:
        raise Unsendable("long_number")
    raw = np.ascontiguousarray(array, dtype=DTYPES[name]).tobytes()
    data = base64.b64encode(raw).decode("ascii")
    return {"$array": {"dtype": name, "shape": list(array.shape), "data": data}}
