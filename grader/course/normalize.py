"""Text of platforms and spreadsheets as it is compared: one width, nothing invisible."""

import re
import unicodedata

SELECTORS = range(0xFE00, 0xFE10)
"""Variation selectors: they change how a sign looks, not which it is."""


def visible(text: str) -> str:
    """Return `text` in normal widths (NFKC), without invisible signs, with single spaces."""
    shown = unicodedata.normalize("NFKC", text)
    kept = (c for c in shown if unicodedata.category(c) != "Cf" and ord(c) not in SELECTORS)
    return " ".join("".join(kept).split())


def same_name(name: str) -> str:
    """Return a name as it is compared: no capitals, spaces or signs; marks of vowels stay."""
    return "".join(c for c in visible(name).casefold() if _in_words(c))


def words(text: str) -> list[str]:
    """Return the words of `text`, as `same_name` writes them; Chinese and others are apart."""
    found: list[str] = []
    before = ""
    for c in visible(text).casefold():
        kind = "" if not _in_words(c) else "han" if _is_han(c) else "word"
        if kind and kind == before:
            found[-1] += c
        elif kind:
            found.append(c)
        before = kind
    return found


def parse_number(text: str) -> float | None:
    """Return the number in a cell, with a point or a comma before its decimals; None for none.

    "1,234" is none: it may be a thousand, or a little more than one.
    """
    text = visible(text).replace(" ", "")
    if not re.fullmatch(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?", text):
        return None
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", text):
        return None
    return float(text.replace(",", "."))


def _in_words(c: str) -> bool:
    return c.isalnum() or unicodedata.category(c).startswith("M")


def _is_han(c: str) -> bool:
    return unicodedata.name(c, "").startswith("CJK")
