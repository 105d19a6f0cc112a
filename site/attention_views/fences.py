"""What superfences would swallow: line numbers, unclosed, misspelt and abandoned fences.

Superfences tells a formatter no line, prints an unclosed fence as text and a misspelt one as
code. So each fence of ours is given its line before superfences runs (priority 25), and what
superfences did not draw is reported after the page is converted.
"""

import difflib
import re
from typing import Any

from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from attention_views.problems import Lesson

NAMES = ("attention", "quiz", "guess", "home", "scissors")
"""The fences that are ours."""

_FENCE = re.compile(r"^(?P<indent>[ \t>]*)(?P<ticks>`{3,}|~{3,})[ \t]*(?P<info>[^`]*?)[ \t]*$")
_LIKENESS = 0.75


class NumberFences(Preprocessor):
    """Write each of our fences' line into its header: ```` ```attention line="10" ````."""

    md: Any  # it carries the lesson

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines with numbered fences; report unclosed and misspelt ones."""
        lesson = self.md.lesson = Lesson.of(self.md, list(lines))
        ticks, opened = "", 0
        numbered = []
        for number, line in enumerate(lines, 1):
            found = _FENCE.match(line)
            if found and not ticks:
                ticks, opened = found["ticks"], number
                line = _header(lesson, number, found) or line
            elif found and found["ticks"] == ticks and not found["info"]:
                ticks = ""
            numbered.append(line)
        if ticks:
            lesson.open_fences.pop(opened, None)
            lesson.report(f"this fence is never closed; add a line with {ticks}", opened)
        return numbered


class ReportAbandoned(Postprocessor):
    """Report each of our fences that superfences left as text."""

    md: Any  # it carries the lesson

    def run(self, text: str) -> str:
        """Return the page unchanged."""
        lesson = self.md.lesson
        for line, name in sorted(lesson.open_fences.items()):
            lesson.report(
                f"this {name} fence was not read as one; "
                "indent its lines and its end exactly like its first line",
                line,
            )
        lesson.open_fences.clear()
        return text


def _header(lesson: Lesson, number: int, found: re.Match) -> str | None:
    """Return the numbered header of a fence of ours, None for other fences."""
    info = found["info"]
    first = re.match(r"\{?\s*\.?([^\s{}]*)", info)
    name = first and first[1]
    if name in NAMES and info == name:
        lesson.open_fences[number] = name
        return f'{found["indent"]}{found["ticks"]}{name} line="{number}"'
    if name in NAMES:
        lesson.report(
            f"nothing else may stand in the first line of this {name} fence; "
            f"write {found['ticks']}{name} and put options into the lines below",
            number,
        )
    elif name and not _is_language(name):
        like = difflib.get_close_matches(name.lower(), NAMES, n=1, cutoff=_LIKENESS)
        if like:
            lesson.report(f"no fence is called {name!r}; write {found['ticks']}{like[0]}", number)
    return None


def _is_language(name: str) -> bool:
    """Tell whether Pygments knows `name` as a programming language."""
    try:
        find_lexer_class_by_name(name)
    except ClassNotFound:
        return False
    return True
