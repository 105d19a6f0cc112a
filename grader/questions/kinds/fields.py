"""Reading the fields of an answer: each has one type, and says so in a sentence."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from grader.attention import HeadId
from grader.questions.answer import MAX_DEPTH
from grader.questions.authoring import Table
from grader.questions.facts import Facts
from grader.questions.messages import Message, say
from grader.questions.outcome import Refusal
from grader.questions.reading import letters

ROUNDED = 1e-3
"""The usual tolerance: numbers are copied by hand with three decimals."""

LONGEST_NUMERAL = 40


class FieldError(Exception):
    """A field of an answer is missing or has the wrong type; costs the criteria that need it."""

    def __init__(self, reason: Message, hint: str | None = None, head: HeadId | None = None):
        self.reason = reason
        self.hint = hint
        self.head = head
        """A head that there is not."""
        super().__init__(reason.key)


def mapping(value: Any, known: Iterable[str], facts: Facts) -> dict:
    """Return the fields of an answer that are asked for.

    Case and spaces in a key do not count. A key that is not asked for costs nothing: it is named
    on `facts`, so that a misspelt one is found.

    Raises:
        Refusal: it is no dict, or has none of the `known` keys.
    """
    known = list(known)
    if not isinstance(value, dict):
        raise Refusal("not_a_dict", known=known, got=type_name(value))
    meant = {letters(name): name for name in known}
    found, extra = {}, []
    for key, one in value.items():
        name = key if key in known else meant.get(letters(key), "")
        if not name or (name != key and name in value):
            extra.append(key)
        else:
            found[name] = one
    if extra and not found:
        raise Refusal("unknown_field", got=extra[0], known=known)
    if extra:
        facts.notes.append(say("extra_key", got=extra[:5], known=known))
    return found


def single(value: Any) -> Any:
    """Return what a list or an array of one element holds; anything else as it is."""
    for _ in range(MAX_DEPTH):
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.reshape(-1)[0].item()
        elif isinstance(value, list) and len(value) == 1:
            value = value[0]
    return value


def as_list(value: Any) -> Any:
    """Return a list for what holds values in an order: an array, a dict (a named tuple)."""
    if isinstance(value, np.ndarray) and value.ndim:
        return value.tolist()
    return list(value.values()) if isinstance(value, dict) else value


NUMERAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
"""A number written as text."""


def as_number(value: Any) -> Any:
    """Return the number that a value of another form stands for; anything else as it is."""
    value = single(value)
    if isinstance(value, str) and len(value) <= LONGEST_NUMERAL:
        plain = unicodedata.normalize("NFKC", tidy(value)).replace("\N{MINUS SIGN}", "-")
        if NUMERAL.fullmatch(plain) and plain.isascii():
            return float(plain) if set(plain) & set(".eE") else int(plain)
    return value


def number(fields: dict, key: str) -> float:
    """Return a finite number.

    Raises:
        FieldError: there is none under `key`.
    """
    value = as_number(_present(fields, key))
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise FieldError(say("field.number", field=key, got=type_name(value)))
    if not np.isfinite(value):
        raise FieldError(say("field.finite", field=key, got=str(value)))
    return float(value)


def as_whole(value: Any) -> int | None:
    """Return a whole number, 5.0 too; None for anything else."""
    value = as_number(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def whole(fields: dict, key: str) -> int:
    """Return a whole number.

    Raises:
        FieldError: there is none under `key`.
    """
    value = _present(fields, key)
    found = as_whole(value)
    if found is None:
        raise FieldError(say("field.whole", field=key, got=shown(value)))
    return found


YES = ("yes", "true", "y", "是", "是的", "对")
NO = ("no", "false", "n", "否", "不是", "不", "不对", "错")


def yes_no(fields: dict, key: str) -> bool:
    """Return True or False; yes and no in words, 1 and 0 stand for them.

    Raises:
        FieldError: there is neither under `key`.
    """
    value = single(_present(fields, key))
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and letters(value) in YES + NO:
        return letters(value) in YES
    if isinstance(value, (int, float)) and value in (0, 1):
        return value == 1
    raise FieldError(say("field.yes_no", field=key, got=shown(value)))


def option(
    fields: dict, key: str, options: Iterable[str], names: Mapping[str, Iterable[str]] | None = None
) -> str:
    """Return one of `options`.

    Case, spaces, quotes and marks between words do not count; `names` are other names of options.

    Raises:
        FieldError: there is none of them under `key`.
    """
    value = single(_present(fields, key))
    options = list(options)
    if isinstance(value, str):
        if value in options:
            return value
        said = letters(value)
        for meant in ({o: (o,) for o in options}, names or {}):
            found = [o for o, called in meant.items() if said and said in map(letters, called)]
            if len(found) == 1 and found[0] in options:
                return found[0]
    raise FieldError(say("field.option", field=key, got=shown(value), options=options))


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
    value = single(_present(fields, key))
    if not isinstance(value, str):
        raise FieldError(say("field.text", field=key, got=type_name(value)))
    if not (value := tidy(value)):
        raise FieldError(say("not_answered", field=key))
    return value


HEAD_NAME = re.compile(r"\(?\s*L?\s*(\d{1,9})\s*[,.·-]?\s*H\s*(\d{1,9})\s*\)?", re.IGNORECASE)
"""A head's name: L5H11."""
INDEX = re.compile(r"(?:L|H|layer|head)?\s*(\d{1,9})", re.IGNORECASE)
"""A layer or a head as text: 5, L5, layer 5."""


def _named_head(value: Any) -> HeadId | None:
    """Return the head that one value names by itself: "L5H11", (5, 11), HeadId(5, 11)."""
    if isinstance(value, dict) and set(value) == {"layer", "head"}:
        value = [value["layer"], value["head"]]
    if isinstance(value, str):
        found = HEAD_NAME.fullmatch(unicodedata.normalize("NFKC", tidy(value)))
        return HeadId(layer=int(found[1]), head=int(found[2])) if found else None
    value = value.reshape(-1).tolist() if isinstance(value, np.ndarray) else value
    if isinstance(value, list) and len(value) == 2:
        layer, head = map(as_whole, value)
        return None if layer is None or head is None else HeadId(layer=layer, head=head)
    return None


def _index(fields: dict, key: str) -> int:
    value = single(fields.get(key))
    if isinstance(value, str):
        found = INDEX.fullmatch(unicodedata.normalize("NFKC", tidy(value)))
        if found:
            return int(found[1])
    return whole(fields, key)


def head_id(fields: dict, shape: tuple[int, ...]) -> HeadId:
    """Return the head that ``layer`` and ``head`` name in a model of `shape` layers and heads.

    One of the two may name both: ``"L5H11"``.

    Raises:
        FieldError: a number is missing, or there is no such head.
    """
    named = {key: _named_head(fields.get(key)) for key in ("head", "layer")}
    found = named["head"] or named["layer"]
    if found is None:
        found = HeadId(layer=_index(fields, "layer"), head=_index(fields, "head"))
    elif (
        not named["layer"]
        and fields.get("layer") is not None
        and _index(fields, "layer") != found.layer
    ):
        raise FieldError(say("field.head_twice", layer=shown(fields["layer"]), got=str(found)))
    if not (0 <= found.layer < shape[0] and 0 <= found.head < shape[1]):
        reason = say("field.head", got=str(found), layers=shape[0] - 1, heads=shape[1] - 1)
        raise FieldError(reason, head=found)
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
    return abs(got - truth) <= tolerance * (1 + 1e-6) + (half_a_step(got) if tolerance else 0)


HALF_STEP = 2.0**-11
"""How far rounding to half precision moves a number, as a part of it."""


def half_a_step(got: Any) -> Any:
    """Return how far its form may have moved each number: 0 unless all fit half precision.

    Half precision has three decimals up to 1 and fewer above: right numbers in it are right. That
    of infinity is none.
    """
    got = np.asarray(got, dtype=np.float64)
    with np.errstate(all="ignore"):
        half = got.astype(np.float16).astype(np.float64)
    fit = np.array_equal(half.astype(np.float32), got.astype(np.float32))
    if not fit or not np.isfinite(got).all():  # a part of infinity would excuse all
        return 0.0
    return np.abs(got) * HALF_STEP
