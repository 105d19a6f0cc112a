"""Which encoding names and tables are in that do not say it: decided by all of them together.

Windows in China writes GBK without a word, others write UTF-8 without a word. Most GBK is no valid
UTF-8, but short names can be both: 谢伟 in GBK is the UTF-8 of a Cyrillic letter and a Greek one.
So one name decides nothing: who is known decides, then what letters stand beside each other.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable

ENCODINGS = ("utf-8", "gb18030")
ASIDE = "big5"
"""Chosen only where it makes more known names than any other."""
NOT_ASCII = re.compile(r"[A-Za-z]?[^\x00-\x7f]+[A-Za-z]?")
NEVER = 1 << 30


def choose_encoding(texts: Iterable[bytes], known: Callable[[str], bool] | None = None) -> str:
    """Return the encoding of `texts`: ``utf-8``, ``gb18030`` or, by known names alone, ``big5``.

    Args:
        texts: names or lines that one program wrote.
        known: whether a text names somebody who is known.
    """
    texts = [text for text in texts if not text.isascii()]
    best, least = ENCODINGS[0], None
    for encoding in (*ENCODINGS, ASIDE):
        read = [_decode(text, encoding) for text in texts]
        hits = sum(known(text) for text in read if text is not None) if known else 0
        odd = NEVER if encoding == ASIDE else _oddities(encoding, texts, read)
        cost = (-hits, sum(text is None for text in read), odd)
        if least is None or cost < least:
            best, least = encoding, cost
    return best


def decode(text: bytes, encoding: str) -> str:
    """Return `text` in `encoding`; where it is not in it, in another that it is in."""
    for one in (encoding, *ENCODINGS):
        found = _decode(text, one)
        if found is not None:
            return found
    return text.decode("cp437")  # as zip has it


def _decode(text: bytes, encoding: str) -> str | None:
    try:
        return text.decode(encoding)
    except UnicodeDecodeError:
        return None


def _oddities(encoding: str, texts: list[bytes], read: list[str | None]) -> int:
    """Count what an encoding makes that nobody writes."""
    if encoding == "utf-8":
        whole = "".join(text for text in read if text)
        if any(c >= "\u0800" and unicodedata.name(c, "") for c in whole):
            return 0  # three bytes that fit together and mean something are no accident
        return sum(not _plausible(run) for text in read if text for run in NOT_ASCII.findall(text))
    return sum(_decode(text, "gb2312") is None for text in texts)


def _plausible(run: str) -> bool:
    """Say whether letters that stand together could be a word of an alphabet."""
    run = unicodedata.normalize("NFC", run)
    letters = run.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
    if len(letters) == 1 and letters < "\u0100":  # é, °
        return True
    scripts = {unicodedata.name(c, "?").split()[0] for c in letters} - {"COMBINING"}
    if len(scripts) != 1 or not letters[0].isalpha():
        return False
    script = scripts.pop()
    if script == "LATIN":
        return letters != run
    if script not in ("GREEK", "CYRILLIC"):
        return True
    usual = range(0x386, 0x3CF) if script == "GREEK" else range(0x410, 0x450)
    cased = letters.islower() or letters.isupper() or letters.istitle()
    return cased and 2 * sum(ord(c) in usual for c in letters) > len(letters)
