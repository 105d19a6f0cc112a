"""Reading the fields of an answer: each has one type, and says so in a sentence."""

import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np

from grader.attention import HeadId
from grader.questions.authoring import Table
from grader.questions.messages import Message, say
from grader.questions.outcome import Refusal

ROUNDED = 1e-3
"""The usual tolerance: numbers are copied by hand with three decimals."""

WORTH_A_HINT = 0.005
"""A wrong number below this is near too many others to tell which mistake it was."""


class FieldError(Exception):
    """A field of an answer is missing or has the wrong type; costs the criteria that need it."""

    def __init__(self, reason: Message, hint: str | None = None):
        self.reason = reason
        self.hint = hint
        super().__init__(reason.key)


def mapping(value: Any, known: Iterable[str], name: str = "") -> dict:
    """Return an answer that is a dict with no keys but the `known` ones.

    Raises:
        Refusal: it is not.
    """
    known = list(known)
    if not isinstance(value, dict):
        raise Refusal("not_a_dict", known=known, got=type_name(value))
    for key in value:
        if key not in known:
            raise Refusal("unknown_field", got=key, known=known)
    return value


def number(fields: dict, key: str) -> float:
    """Return a finite number.

    Raises:
        FieldError: there is none under `key`.
    """
    value = _present(fields, key)
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "if":
        value = value.reshape(-1)[0].item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FieldError(say("field.number", field=key, got=type_name(value)))
    if not np.isfinite(value):
        raise FieldError(say("field.finite", field=key, got=str(value)))
    return float(value)


def whole(fields: dict, key: str) -> int:
    """Return a whole number.

    Raises:
        FieldError: there is none under `key`.
    """
    value = _present(fields, key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError(say("field.whole", field=key, got=shown(value)))
    return value


def yes_no(fields: dict, key: str) -> bool:
    """Return True or False.

    Raises:
        FieldError: there is neither under `key`.
    """
    value = _present(fields, key)
    if not isinstance(value, bool):
        raise FieldError(say("field.yes_no", field=key, got=shown(value)))
    return value


def option(fields: dict, key: str, options: Iterable[str]) -> str:
    """Return one of `options`.

    Raises:
        FieldError: there is none of them under `key`.
    """
    value = _present(fields, key)
    options = list(options)
    if not isinstance(value, str) or value not in options:
        raise FieldError(say("field.option", field=key, got=shown(value), options=options))
    return value


def tidy(text: str) -> str:
    """Return a text without what nobody sees: one space for all that is one, none at the ends.

    Characters that do not print are left out, as the model's tokenizer leaves them out.
    """
    spaced = "".join(" " if c.isspace() else c for c in text)
    kept = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf"))
    return " ".join(kept.split())


def text(fields: dict, key: str) -> str:
    """Return a text that is not empty, tidied.

    Raises:
        FieldError: there is none under `key`.
    """
    value = _present(fields, key)
    if not isinstance(value, str):
        raise FieldError(say("field.text", field=key, got=type_name(value)))
    if not (value := tidy(value)):
        raise FieldError(say("not_answered", field=key))
    return value


def head_id(fields: dict, shape: tuple[int, ...]) -> HeadId:
    """Return the head that ``layer`` and ``head`` name in a model of `shape` layers and heads.

    Raises:
        FieldError: a number is missing, or there is no such head.
    """
    found = HeadId(layer=whole(fields, "layer"), head=whole(fields, "head"))
    if not (0 <= found.layer < shape[0] and 0 <= found.head < shape[1]):
        # One past the last is the last, for whoever counts from 1.
        one_past = found.layer == shape[0] or found.head == shape[1]
        raise FieldError(
            say("field.head", got=str(found), layers=shape[0] - 1, heads=shape[1] - 1),
            "counted_from_one" if one_past else None,
        )
    return found


def _present(fields: dict, key: str) -> Any:
    value = fields.get(key)
    if value is None:
        raise FieldError(say("not_answered", field=key))
    return value


def type_name(value: Any) -> Message:
    """Return what a value is, in words."""
    names = {bool: "bool", int: "int", float: "float", str: "str", list: "list", dict: "dict"}
    kind = "array" if isinstance(value, np.ndarray) else names.get(type(value), "nothing")
    return say(f"type.{kind}")


def shown(value: Any) -> Any:
    """Return a short value itself, a long one as what it is."""
    return (
        value
        if isinstance(value, (int, float)) or (isinstance(value, str) and len(value) <= 40)
        else type_name(value)
    )


def read_tolerance(table: Table) -> tuple[float, dict[str, str] | None]:
    """Return an author's tolerance, and its reason where it is not that of rounding by hand."""
    tolerance = table.number("tolerance", ROUNDED, low=0.0)
    because = table.both("because", default=None)
    if tolerance != ROUNDED and because is None:
        table.problem(
            f"[{table.name}] has a tolerance of its own without its reason; "
            'add because = {zh = "...", en = "..."}.',
            "tolerance",
        )
    return tolerance, because


def why(because: dict[str, str] | None) -> Message:
    """Return the reason of a tolerance as a message."""
    if because is None:
        return say("tolerance.rounded")
    return say("as_written", zh=because["zh"], en=because["en"])


def close(got: float, truth: float, tolerance: float) -> bool:
    """Return whether a number is right: a hair over the tolerance is float noise."""
    return abs(got - truth) <= tolerance * (1 + 1e-6)


def recognise(
    got: float,
    truth: float,
    mistakes: Iterable[tuple[str, Iterable[float]]],
    tolerance: float,
) -> str | None:
    """Return which mistake leads to the number `got`, the first that does."""
    if abs(got) < WORTH_A_HINT:
        return None
    for hint, values in mistakes:
        if any(close(got, float(v), tolerance) and abs(v - truth) > 2 * tolerance for v in values):
            return hint
    return None
