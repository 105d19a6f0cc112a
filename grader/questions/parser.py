"""Reading an answer out of a cell that a stranger's code has filled: the attack surface.

Everything here gives an `Answer` or raises a `Refusal`, in bounded time and memory. Nothing is
believed but the data of the one bundle: no score, no text beside it, no other cell.
"""

import base64
import binascii
import json
import math
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from grader.questions.answer import DTYPES, MAX_BYTES, MAX_DEPTH, MIME, SCHEMA
from grader.questions.messages import Message, clean_text, say, texts
from grader.questions.outcome import Outcome, Refusal

MAX_CELL = 2 * MAX_BYTES
"""The longest cell output, as JSON text, that is looked at."""

MAX_NODES = 200_000
"""How many values an answer may hold."""

MAX_RANK = 8
MAX_SIZE = 1 << 20
"""How many axes an array may have, and how long each may be."""

MAX_DIGITS = 20
"""The longest whole number as text; 64 bits need 20 characters with the sign."""

_BUNDLE_KEYS = {"schema", "question", "variant", "model", "answer"}


@dataclass(frozen=True)
class Answer:
    """What a student answered, read and bounded but not yet judged."""

    question: str
    """Id of the question."""
    variant: int
    """Which of the exercise's sentences the notebook was set to."""
    model: str
    """sha256 of the model's weights that the notebook worked with; empty if none."""
    value: Any
    """Plain data and read-only arrays."""
    size: int = 0
    """Characters of its JSON text."""


def read_bundles(outputs_json: str, question_id: str) -> Answer:
    """Return the one answer to `question_id` that stands in a cell's outputs.

    Args:
        outputs_json: JSON text of the cell's list of outputs as it stood when the cell ended.
        question_id: ``telescope.head``.

    Raises:
        Refusal: there is none, there are several different ones, or it is not well formed.
    """
    if len(outputs_json) > MAX_CELL:
        raise Refusal("too_large", limit=MAX_CELL // (1024 * 1024))
    outputs = _load(outputs_json)
    if not isinstance(outputs, list):
        raise Refusal("not_json")
    bundles = [found for output in outputs if (found := _bundle_in(output)) is not None]
    mine = [b for b in bundles if isinstance(b, dict) and b.get("question") == question_id]
    if not mine:
        _refuse_nothing(outputs, bundles)
    distinct = {_canonical(b): b for b in mine}
    if len(distinct) > 1:
        raise Refusal("several", count=len(distinct))
    ((text, found),) = distinct.items()
    return _answer(found, text)


def decode(value: Any) -> Any:
    """Return encoded data with its arrays rebuilt, everything checked.

    Raises:
        Refusal: it is too deep, too long, or holds what an answer cannot hold.
    """
    return _Decoder().decode(value, 0)


def _load(text: str) -> Any:
    try:
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_int=_whole_number,
            parse_float=_finite_number,
            object_pairs_hook=_unique_keys,
        )
    except RecursionError:
        raise Refusal("deep", limit=MAX_DEPTH) from None
    except ValueError:
        raise Refusal("not_json") from None


def _refuse_constant(token: str) -> NoReturn:
    raise Refusal("not_finite", got=token)


def _whole_number(token: str) -> int:
    if len(token) > MAX_DIGITS or not -(2**63) <= int(token) < 2**63:
        raise Refusal("long_number")
    return int(token)


def _finite_number(token: str) -> float:
    number = float(token) if len(token) <= 400 else math.inf
    if not math.isfinite(number):
        raise Refusal("not_finite", got=clean_text(token, 20))
    return number


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refusal("same_key_twice")
    return found


def _bundle_in(output: Any) -> Any:
    if not isinstance(output, dict) or output.get("output_type") != "display_data":
        return None
    data = output.get("data")
    return data.get(MIME) if isinstance(data, dict) else None


def _refuse_nothing(outputs: list, bundles: list) -> NoReturn:
    if bundles:
        raise Refusal("another_question", outcome=Outcome.NO_ANSWER)
    for output in outputs:
        if isinstance(output, dict) and output.get("output_type") == "error":
            name = output.get("ename")
            name = clean_text(name, 40) if isinstance(name, str) else "error"
            raise Refusal("cell_stopped", outcome=Outcome.NO_ANSWER, error=name)
    raise Refusal("nothing", outcome=Outcome.NO_ANSWER)


def _canonical(found: dict) -> str:
    """Return one text for equal bundles; True and 1 differ in it."""
    try:
        return json.dumps(found, sort_keys=True)
    except RecursionError:
        raise Refusal("deep", limit=MAX_DEPTH) from None


def _answer(found: dict, text: str) -> Answer:
    if set(found) != _BUNDLE_KEYS:
        raise Refusal("unknown_keys")
    schema, variant, model = found["schema"], found["variant"], found["model"]
    if type(schema) is not int or schema != SCHEMA:
        raise Refusal("schema", known=SCHEMA)
    if type(variant) is not int or variant < 0:
        raise Refusal("unknown_keys")
    if (
        not isinstance(model, str)
        or len(model) > 64
        or not all(c in "0123456789abcdef" for c in model)
    ):
        raise Refusal("unknown_keys")
    if len(text) > MAX_BYTES:
        raise Refusal("too_large", limit=MAX_BYTES // (1024 * 1024))
    value = decode(found["answer"])
    return Answer(found["question"], variant, model, value, len(text))


class _Decoder:
    """One walk over an answer with one budget."""

    def __init__(self):
        self.left = MAX_NODES

    def decode(self, value: Any, depth: int) -> Any:
        self.left -= 1
        if self.left < 0:
            raise Refusal("many_values", limit=MAX_NODES)
        if depth > MAX_DEPTH:
            raise Refusal("deep", limit=MAX_DEPTH)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return _text(value)
        if isinstance(value, int):
            if not -(2**63) <= value < 2**63:
                raise Refusal("long_number")
            return value
        if isinstance(value, float):
            if not math.isfinite(value):
                raise Refusal("not_finite", got=str(value))
            return value
        if isinstance(value, list):
            return [self.decode(item, depth + 1) for item in value]
        if isinstance(value, dict):
            return self._mapping(value, depth)
        raise Refusal("not_json")

    def _mapping(self, value: dict, depth: int) -> Any:
        if set(value) == {"$array"}:
            return _array(value["$array"])
        if set(value) == {"$unsendable"}:
            reason = value["$unsendable"]
            shown = _text(reason) if isinstance(reason, str) else "?"
            raise Refusal("unsendable", what=_why_not(shown))
        for key in value:
            if not isinstance(key, str) or key.startswith("$"):
                raise Refusal("unknown_keys")
            _text(key)
        return {key: self.decode(item, depth + 1) for key, item in value.items()}


def _why_not(reason: str) -> Message | str:
    """Return why a value could not be sent: a sentence of ours, or what was said."""
    key, _, got = reason.partition(" ")
    if f"unsendable.{key}" in texts():
        return say(f"unsendable.{key}", got=clean_text(got))
    return clean_text(reason)


def _text(value: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise Refusal("not_unicode") from None
    return value


def _array(table: Any) -> np.ndarray:
    if not isinstance(table, dict) or set(table) != {"dtype", "shape", "data"}:
        raise Refusal("array_form")
    name, shape, data = table["dtype"], table["shape"], table["data"]
    if not isinstance(name, str) or name not in DTYPES:
        raise Refusal("array_dtype", known=list(DTYPES))
    if not (
        isinstance(shape, list)
        and len(shape) <= MAX_RANK
        and all(type(n) is int and 0 <= n <= MAX_SIZE for n in shape)
    ):
        raise Refusal("array_shape", rank=MAX_RANK, size=MAX_SIZE)
    if not isinstance(data, str):
        raise Refusal("array_form")
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("array_form") from None
    dtype = np.dtype(DTYPES[name])
    if math.prod(shape) * dtype.itemsize != len(raw):  # Python integers: nothing overflows
        raise Refusal("array_bytes")
    if name == "bool" and raw.translate(None, b"\0\1"):
        raise Refusal("array_form")
    return np.frombuffer(raw, dtype).reshape(shape)  # a read-only view
