"""One sentence for each mistake of an author: file, line, what is wrong, the repair.

Problems are said through a logger below "mkdocs": a strict build counts them all and fails once,
at its end, so an author sees every problem of a lesson in one run.
"""

import logging
import posixpath
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from grader.errors import shown_path

log = logging.getLogger("mkdocs.attention_views")


class MarkError(Exception):
    """A mark in a lesson is wrong; the message says what, and after a semicolon the repair.

    Args:
        message: what; repair.
        line: line within the fence's content, from 0; None where only the mark is known.
    """

    def __init__(self, message: str, line: int | None = None):
        super().__init__(message)
        self.line = line


@dataclass
class Lesson:
    """The page being converted: where it stands, and where in it we are."""

    path: str | None
    """The source file; None for text that comes from no file."""
    source: list[str]
    """The lines that the converter was given."""
    url: str = ""
    """The page's address below the root of its language; it ends in a slash, or in .html."""
    offset: int = 0
    """Lines of front matter that the generator had cut off before."""
    open_fences: dict[int, str] = field(default_factory=dict)
    """Line in `source` -> name of each fence of ours that has not been drawn yet."""
    seen: dict[str, int] = field(default_factory=dict)
    """How often each mark's text has been met."""
    quizzes: set[str] = field(default_factory=set)
    """Ids of the quizzes met."""

    @classmethod
    def of(cls, md, lines: list[str]) -> "Lesson":
        """Return the lesson that `md` is converting, as the generator names it."""
        path, url = _page_of(md)
        offset = 0
        if path and Path(path).is_file():
            text = Path(path).read_text(encoding="utf-8-sig")
            # Only the front is ever cut off, so the difference in length is the front matter.
            whole, given = text.rstrip(), "\n".join(lines).rstrip()
            offset = max(whole.count("\n") - given.count("\n"), 0)
        return cls(path, lines, url, offset)

    @property
    def folder(self) -> Path:
        """The folder in which the page stands."""
        return Path(self.path or "").parent

    @property
    def depth(self) -> int:
        """How many folders below its language's lessons the page stands."""
        parts = Path(self.path).parts if self.path else ()
        home = parts.index("lessons") + 2 if "lessons" in parts else len(parts) - 1
        return max(len(parts) - 1 - home, 0)

    def address(self, page: str) -> str:
        """Return how this page reaches `page`, a lesson's name such as ``why-look.md``.

        Raises:
            MarkError: there is no such page.
        """
        docs = [self.folder, *self.folder.parents][self.depth]
        if not (docs / page).is_file():
            raise MarkError(f"links to {page}, which is no page; name another")
        name = page.removesuffix(".md")
        if self.url.endswith(".html"):
            return posixpath.relpath(f"{name}.html", posixpath.dirname(self.url) or ".")
        return posixpath.relpath(name, self.url or ".") + "/"

    def report(self, what: str, line: int | None = None) -> str:
        """Say a problem of this lesson and return the box that stands in the page instead.

        Args:
            what: what; repair.
            line: in `source`, from 1; None if unknown.
        """
        where = shown_path(self.path) if self.path else "lesson"
        if line is not None:
            where += f":{line + self.offset}"
        sentence = f"{where}: {what}"
        log.error(sentence)
        return f'<div class="admonition failure"><p>{escape(sentence)}</p></div>'

    def next_line_of(self, mark: str) -> int | None:
        """Return the line (from 1) of the next occurrence of `mark` that is not code or escaped."""
        found = [
            number
            for number, line in enumerate(self.source, 1)
            if mark in line
            for _ in re.finditer(r"(?<![`\\])" + re.escape(mark), line)
        ]
        nth = self.seen.get(mark, 0)
        self.seen[mark] = nth + 1
        return found[min(nth, len(found) - 1)] if found else None


def _page_of(md) -> tuple[str | None, str]:
    """Return file and URL of the page that MkDocs or Zensical is converting."""
    if "relpath" in md.treeprocessors:
        file = getattr(md.treeprocessors["relpath"], "file", None)
        if file is not None:
            return file.abs_src_path, file.url
    if "rendering_context" in md.preprocessors:
        context = md.preprocessors["rendering_context"]
        return str(Path(context.config["docs_dir"]) / context.page.path), context.page.url
    return None, ""
