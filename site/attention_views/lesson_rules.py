"""Rules that a page of the lessons keeps: it has a twin, stands in `nav`, and types no number.

A strict build says each mistake with file, line and repair. In a guide numbers are settings and
measurements, so they may be typed there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from attention_views.problems import log
from grader.errors import shown_path

LANGUAGES = ("zh", "en")
FENCE = re.compile(
    r"^(?P<indent> *)(?P<ticks>`{3,})(?P<name>\w*)[^\n]*\n(?P<body>.*?)^(?P=indent)(?P=ticks) *$",
    re.MULTILINE | re.DOTALL,
)
READ = {
    "attention": ("caption",),
    "guess": ("ask", "options", "found"),
    "scissors": ("caption",),
    "quiz": ("ask", "text", "feedback", "misconception"),
}
"""Fence -> its keys whose values a reader reads."""
KEY = re.compile(r"^[ -]*(\w+):")
NOT_TEXT = re.compile(
    r"\A---\n.*?\n---\n"  # front matter
    r"|<svg.*?</svg>"
    r"|\[\[[^\]]*\]\]"  # marks: what they print comes from the ledger
    r"|`[^`\n]*`"  # code
    r"|(?<=\])\([^)]*\)|href=\"[^\"]*\"",  # addresses of links
    re.DOTALL,
)
NUMBER = re.compile(
    r"\d\.\d"  # a decimal
    r"|\d\s*[%％]"
    r"|\d+ (?:out )?of \d+|\d+ */ *\d+"
    r"|\bL\d+H\d+|\b[Hh]ead \d+(?:-\d+)?|\b[Ll]ayer \d+|第 ?\d+ ?层|\d+ ?号头",
)


def report(docs: Path, nav: Sequence | None, config: str) -> None:
    """Say every mistake of the pages of one language; a strict build then fails at its end.

    Args:
        docs: the language's folder of lessons.
        nav: as the configuration has it.
        config: the configuration's file, for messages.
    """
    for sentence in mistakes(docs, nav, config):
        log.error(sentence)


def mistakes(docs: Path, nav: Sequence | None, config: str) -> Iterator[str]:
    """Yield a sentence with file, line and repair for each mistake."""
    listed = set(_pages(nav or ()))
    other = next(language for language in LANGUAGES if language != docs.name)
    twins = docs.parent / other
    names = sorted(path.relative_to(docs) for path in docs.rglob("*.md"))
    for name in names:
        where = shown_path(docs / name)
        if not (twins / name).is_file():
            yield f"{where}:1: has no twin {shown_path(twins / name)}; write it, or take this away."
        if nav is not None and name.as_posix() not in listed:
            yield f"{where}:1: stands outside nav; add {name.as_posix()} to nav in {config}."
        if name.parts[0] != "guide":
            for line, number in typed_numbers((docs / name).read_text(encoding="utf-8")):
                yield (
                    f'{where}:{line}: "{number}" is typed; print it with [[claim:...]] from '
                    "lessons/claims.toml, or say it in words."
                )


def typed_numbers(text: str) -> list[tuple[int, str]]:
    """Return line and text of each number in a page that no mark has printed."""
    plain = NOT_TEXT.sub(lambda found: _blank(found[0]), FENCE.sub(_read, text))
    return [(plain.count("\n", 0, found.start()) + 1, found[0]) for found in NUMBER.finditer(plain)]


def _pages(nav: Sequence | Mapping | str) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, Mapping):
        for below in nav.values():
            yield from _pages(below)
    else:
        for below in nav:
            yield from _pages(below)


def _read(fence: re.Match) -> str:
    """Return a fence with all blank that no reader reads; its lines stay where they are."""
    keys = READ.get(fence["name"], ())
    kept, reading = [], False
    for line in fence[0].split("\n"):
        if key := KEY.match(line):
            reading = key[1] in keys
            line = _blank(key[0]) + line[key.end() :]
        kept.append(line if reading and not line.strip().startswith("```") else "")
    return "\n".join(kept)


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
