"""A stranger's JSON, looked at before it is parsed: how long, how deep, how many values.

Python needs up to a hundred times as many bytes for a value as it is long: sixteen megabytes of
``[],[],...`` become half a gigabyte. A few passes of compiled code tell that at the door.
"""

import json
import re
from itertools import accumulate
from typing import Any

DEEPEST = 100
"""Levels of lists and objects; notebooks and messages have a dozen."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
"""Of an open string the rest of the text, so that no text is searched twice."""
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_WIDE = re.compile(rb"[\xf0-\xff]")
"""Begins a sign for which every sign of the same text takes four bytes."""
CONTAINER, ITEM = 240, 60
"""What a small object and a string or number take at most in memory, in bytes."""

NOTEBOOK_LONGEST = 40 << 20
"""Of a notebook as Python holds it, in bytes; one emoji makes every sign take four."""
NOTEBOOK_HEAVIEST = 24 << 20


class TooMuch(ValueError):
    """A text that is not parsed; ``what`` it is too: ``long``, ``heavy`` or ``deep``."""

    def __init__(self, what: str):
        self.what = what
        super().__init__(f"too {what}")


def loads(data: bytes, *, longest: int, heaviest: int, deepest: int = DEEPEST) -> Any:
    """Parse UTF-8 JSON within limits.

    Args:
        data: the text.
        longest: in bytes, of the text as Python holds it.
        heaviest: in bytes, of its lists, objects and items, without the letters of its strings.
        deepest: how many lists and objects may be inside each other.

    Raises:
        TooMuch: a limit is passed; nothing was parsed.
        ValueError: it is no JSON, or no UTF-8.
    """
    width = 1 if data.isascii() else 4 if _WIDE.search(data) else 2
    if width * len(data) > longest:
        raise TooMuch("long")
    strings = (data.count(b'"') - data.count(b'\\"')) // 2  # before they are cut out one by one
    if ITEM * strings > heaviest:
        raise TooMuch("heavy")
    bones = _STRING.sub(b"", data)
    containers = bones.count(b"[") + bones.count(b"{")
    if CONTAINER * containers + ITEM * bones.count(b",") > heaviest:
        raise TooMuch("heavy")
    brackets = bones.translate(None, _NO_BRACKETS)
    if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > deepest:
        raise TooMuch("deep")
    return json.loads(data.decode("utf-8-sig"))


def loads_notebook(data: bytes) -> Any:
    """Parse a notebook file that a student handed in; errors are those of `loads`."""
    return loads(data, longest=NOTEBOOK_LONGEST, heaviest=NOTEBOOK_HEAVIEST)
