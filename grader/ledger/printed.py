"""Which pages print which claim, by the marks in their text."""

import re
from pathlib import Path

MARK = r"\[\[(?P<kind>[a-z]+):(?P<id>[^\]:]*)(?::(?P<spec>[^\]]*))?\]\]"
"""``[[claim:id:.3f]]`` or ``[[cite:id]]``."""
_CLAIM = re.compile(r"(?<![`\\])" + MARK)


def pages_of(lessons: Path) -> dict[str, list[str]]:
    """Return, per claim, the pages that print it in any language: ``telescope``, ``guide/authors``.

    Args:
        lessons: the folder that holds a folder for each language.
    """
    found: dict[str, set[str]] = {}
    for path in sorted(lessons.glob("*/**/*.md")):
        page = path.relative_to(lessons).with_suffix("").as_posix().partition("/")[2]
        for mark in _CLAIM.finditer(path.read_text(encoding="utf-8")):
            if page and mark["kind"] == "claim":
                found.setdefault(mark["id"], set()).add(page)
    return {claim: sorted(pages) for claim, pages in found.items()}
