"""Reading an author's TOML: each problem becomes one sentence with file, line and repair.

A `Table` never stops at the first problem: it notes it, returns something harmless, and goes on,
so that one run says all that is wrong.
"""

import difflib
import math
import re
import tomllib
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from grader.errors import CourseError
from grader.questions.messages import LANGUAGES, places

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*")(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"))*)\s*="""
)

_CHINESE, _LATIN = re.compile(r"[\u3400-\u9fff]"), re.compile(r"[A-Za-z]")

Path_ = tuple[str | int, ...]


def read_toml(path: Path) -> dict:
    """Return the table in `path`.

    Raises:
        CourseError: there is no such file, or it is not TOML.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise CourseError(f"{path}: there is no such file; write it.") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path}: is not UTF-8 text; save it as UTF-8.") from None
    return parse_toml(text, str(path))


def parse_toml(text: str, file: str) -> dict:
    """Return the table in `text`, which begins at the first line of `file`.

    Raises:
        CourseError: it is not TOML.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        line = found[1] if found else len(text.splitlines())
        said = str(error).split(" (at ")[0]
        raise CourseError(f"{file}:{line}: is not TOML: {said}; mend this line.") from None


def line_map(text: str) -> dict[Path_, int]:
    """Return where each key of a TOML text stands: ``("question", "head", "points") -> 12``."""
    lines: dict[Path_, int] = {}
    base: Path_ = ()
    counts: dict[Path_, int] = {}
    inside = ""  # the delimiter of a multi-line string
    for number, line in enumerate(text.splitlines(), 1):
        if inside:
            if inside in line:
                inside = ""
            continue
        if header := _HEADER.match(line):
            base = _names(header[2])
            if header[1] == "[[":
                counts[base] = counts.get(base, -1) + 1
                base = (*base, counts[base])
            lines.setdefault(base, number)
        elif key := _KEY.match(line):
            lines.setdefault(base + _names(key[1]), number)
            rest = line[key.end() :]
            for quote in ('"""', "'''"):
                if rest.count(quote) == 1:
                    inside = quote
    return lines


def _names(dotted: str) -> Path_:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


class Problems:
    """What is wrong with one file."""

    def __init__(self, file: str, text: str = ""):
        self.file = file
        self.lines = line_map(text)
        self.found: list[tuple[str, int, str]] = []
        self._elsewhere: dict[Path_, tuple[Problems, Path_]] = {}

    def stands_in(self, path: Path_, other: "Problems", there: Path_) -> None:
        """Remember that the table at `path` was written in another file, at `there`."""
        self._elsewhere[path] = (other, there)

    def place(self, path: Path_) -> tuple[str, int]:
        """Return file and line of a key, or of the nearest table around it."""
        for end in range(len(path), 0, -1):
            if path[:end] in self._elsewhere:
                other, there = self._elsewhere[path[:end]]
                return other.place((*there, *path[end:]))
            if path[:end] in self.lines:
                return self.file, self.lines[path[:end]]
        below = [n for known, n in self.lines.items() if path and known[: len(path)] == path]
        return self.file, min(below, default=1)

    def add(self, path: Path_, sentence: str) -> None:
        """Note a problem: `sentence` says what and, after a semicolon, the repair."""
        self.found.append((*self.place(path), sentence))

    def note(self, line: int, sentence: str) -> None:
        """Note a problem that is not with a key, but stands in a line of the file."""
        self.found.append((self.file, line, sentence))

    def stop(self) -> None:
        """Raise what was found.

        Raises:
            CourseError: one line for each problem, in the file's order.
        """
        if self.found:
            ordered = dict.fromkeys(sorted(self.found))
            raise CourseError("\n".join(f"{file}:{line}: {said}" for file, line, said in ordered))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the words that tell which names there are, the likeliest first if one is near."""
    known = sorted(known)
    close = difflib.get_close_matches(name, known, n=1)
    guess = f"did you mean {close[0]!r}? " if close else ""
    return f"{guess}known are: {', '.join(known) if known else 'none'}"


_MISSING = object()


class Table:
    """One table of an author's file, read key by key."""

    def __init__(self, data: dict, path: Path_, problems: Problems):
        self.data = data
        self.path = path
        self.problems = problems
        self.read: set[str] = set()

    @property
    def name(self) -> str:
        """Its name as in its header."""
        return ".".join(str(part) for part in self.path)

    @property
    def where(self) -> str:
        """Its header as written; the top of the file has none."""
        return f"[{self.name}]" if self.path else "the file"

    def problem(self, sentence: str, key: str | None = None) -> None:
        """Note a problem with this table or with one of its keys."""
        self.problems.add(self.path if key is None else (*self.path, key), sentence)

    def has(self, key: str) -> bool:
        """Return whether the key is there."""
        return key in self.data

    def value(self, key: str, types: tuple[type, ...], form: str, default: Any = _MISSING) -> Any:
        """Return a value of one of `types`, or `default`; `form` shows how to write it."""
        self.read.add(key)
        if key not in self.data:
            if default is _MISSING:
                self.problem(f"{self.where} has no {key!r}; add {key} = {form}.")
                return None
            return default
        found = self.data[key]
        if not isinstance(found, types) or (isinstance(found, bool) and bool not in types):
            self.problem(f"{key!r} in {self.where} has the wrong type; write {key} = {form}.", key)
            return None if default is _MISSING else default
        return found

    def text(self, key: str, default: Any = _MISSING) -> str:
        """Return a text that is not empty."""
        found = self.value(key, (str,), '"..."', default)
        if isinstance(found, str) and not found.strip() and found is not default:
            self.problem(f"{key!r} in {self.where} is empty; write its text.", key)
        return found if found is not None else ""

    def number(
        self, key: str, default: Any = _MISSING, *, low: float = -math.inf, high: float = math.inf
    ) -> float:
        """Return a finite number within bounds."""
        found = self.value(key, (int, float), "0.5", default)
        if found is None:
            return float(max(low, 0.0)) if default is _MISSING else default
        if not math.isfinite(found) or not low <= found <= high:
            self.problem(f"{key!r} in {self.where} is {found}; write {low:g} to {high:g}.", key)
            return float(max(low, 0.0))
        return float(found)

    def choice(self, key: str, known: Collection[str], default: Any = _MISSING) -> str:
        """Return one of the `known` names."""
        found = self.value(key, (str,), f'"{next(iter(known), "...")}"', default)
        if found is not None and found not in known and found is not default:
            self.problem(
                f"{key} = {found!r} in {self.where} is not known; {nearest(found, known)}.", key
            )
            return ""
        return found or ""

    def texts(self, key: str) -> list[str]:
        """Return a list of texts that is not empty."""
        found = self.value(key, (list,), '["...", "..."]')
        if found is None:
            return []
        if not found or not all(isinstance(t, str) and t.strip() for t in found):
            self.problem(f'{key!r} in {self.where} needs texts; write {key} = ["...", "..."].', key)
            return []
        return found

    def both(
        self, key: str, *, default: Any = _MISSING, words: Collection[str] = ()
    ) -> dict[str, str] | Any:
        """Return a text in both languages; `words` are the ``{places}`` it may have."""
        found = self.value(key, (dict,), '{zh = "...", en = "..."}', default)
        if not isinstance(found, dict):
            return default if default is not _MISSING else dict.fromkeys(LANGUAGES, "")
        for language in LANGUAGES:
            text = found.get(language)
            if not isinstance(text, str) or not text.strip():
                self.problem(
                    f'{key!r} in {self.where} has no {language} text; add {language} = "...".', key
                )
            elif language == "en" and _CHINESE.search(text) and not _LATIN.search(text):
                self.problem(
                    f"the en text of {key!r} in {self.where} is Chinese; translate it.", key
                )
            else:
                self.check_places(text, words, key)
        for extra in sorted(set(found) - set(LANGUAGES)):
            self.problem(
                f"{extra!r} under {key!r} in {self.where} is no language; "
                f"{nearest(extra, LANGUAGES)}.",
                key,
            )
        return {language: str(found.get(language, "")) for language in LANGUAGES}

    def template(self, key: str, words: Collection[str], default: Any = _MISSING) -> str:
        """Return a text whose ``{places}`` are words of the variants."""
        found = self.text(key, default)
        if isinstance(found, str):
            self.check_places(found, words, key)
        return found

    def templates(
        self, key: str, words: Collection[str], *, needed: bool = True
    ) -> tuple[str, ...]:
        """Return texts whose ``{places}`` are words of the variants."""
        found = self.texts(key) if needed or self.has(key) else []
        for text in found:
            self.check_places(text, words, key)
        return tuple(found)

    def check_places(self, text: str, words: Collection[str], key: str) -> None:
        """Note each ``{place}`` of `text` that no variant fills."""
        for place in places(text):
            if place not in words:
                self.problem(
                    f"{{{place}}} under {key!r} in {self.where} is no word of every variant; "
                    f"{nearest(place, words)}.",
                    key,
                )

    def table(self, key: str, *, needed: bool = True) -> "Table":
        """Return the table below; an empty one when it is missing or not a table."""
        form = f"a table [{self.name}.{key}]" if self.path else f"a table [{key}]"
        self.read.add(key)
        found = self.data.get(key)
        if found is None and needed:
            self.problem(f"{self.where} has no {key!r}; add {form}.")
        elif found is not None and not isinstance(found, dict):
            self.problem(f"{key!r} in {self.where} is not a table; make it {form}.", key)
        return Table(found if isinstance(found, dict) else {}, (*self.path, key), self.problems)

    def tables(self, key: str, *, needed: bool = True) -> dict[str, "Table"]:
        """Return the named tables below ``key``."""
        below = self.table(key, needed=needed)
        return {name: below.table(name) for name in below.data}

    def finish(self) -> None:
        """Note every key that nobody has read: a misspelt one, most likely."""
        for key in self.data:
            if key not in self.read:
                self.problem(
                    f"{key!r} in {self.where} is not known; {nearest(key, self.read)}.", key
                )
