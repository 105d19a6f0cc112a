"""Marks in running text: computed numbers, sources, exercises.

``[[claim:id:.3f]]`` prints a number of the ledger, ``[[cite:id]]`` a source, ``[[exercise:slug]]``
the link to a notebook. The format stands after a colon because a ``|`` would split the cell of a
table.
"""

import re
from html import escape
from typing import Any
from xml.etree import ElementTree

from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from attention_views.notebooks import FOLDER, exercises, package
from attention_views.problems import MarkError
from grader.course.wheel import wheel_name
from grader.errors import known
from grader.ledger import MARK, ClaimError, Ledger


class Marks(InlineProcessor):
    """Replace a mark by what the ledger says; above links, below code and escapes."""

    md: Any  # it carries the lesson

    def __init__(self, md, ledger: Ledger, language: str):
        super().__init__(MARK, md)
        self.ledger, self.language = ledger, language

    def handleMatch(self, m, data):  # type: ignore[override]  # as its parent's
        """Return the element for a mark, a visible failure where it is wrong."""
        line = self.md.lesson.next_line_of(m[0])
        try:
            if m["kind"] not in {*KINDS, "exercise"}:
                raise MarkError(f"no mark is called {m['kind']!r}; {known({*KINDS, 'exercise'})}")
            if m["kind"] == "exercise":
                element = _exercise(self.md, m["id"], m["spec"], self.language)
            else:
                element = KINDS[m["kind"]](self.ledger, m["id"], m["spec"], self.language)
        except MarkError as error:
            self.md.lesson.report(str(error), line)
            element = ElementTree.Element("mark", {"class": "failure"})
            element.text = m[0]
        except ClaimError as error:  # the ledger's own file is wrong, said once for all its marks
            self.ledger.report(error)
            element = ElementTree.Element("mark", {"class": "failure"})
            element.text = m[0]
        return element, m.start(0), m.end(0)


class RefuseInHeadings(Treeprocessor):
    """Report a claim in a heading without an id of its own: its anchor would move with the number.

    Runs after attr_list (8) has set ids and before toc (5) makes them up.
    """

    md: Any  # it carries the lesson

    def run(self, root):
        """Leave the tree as it is."""
        for element in root.iter():
            if not re.fullmatch("h[1-6]", str(element.tag)) or element.get("id"):
                continue
            claim = element.find(".//span[@data-claim]")
            if claim is not None:
                lesson = self.md.lesson
                mark = f"[[claim:{claim.get('data-claim')}"
                lines = [
                    n for n, text in enumerate(lesson.source, 1) if mark in text and "#" in text
                ]
                lesson.report(
                    "a number in a heading would change the heading's address; "
                    "give the heading an id, {#like-this}, or say the number below it",
                    lines[0] if lines else None,
                )


def printed(value: float | int | str, spec: str | None) -> str:
    """Return a claim's value as text: ``.2f`` for a fraction unless the mark says otherwise.

    Raises:
        MarkError: the format does not fit the value.
    """
    if not spec:
        return f"{value:.2f}" if isinstance(value, float) else str(value)
    try:
        return format(value, spec)
    except (ValueError, TypeError):
        kind = {float: "a fraction", int: "a whole number", str: "a name"}[type(value)]
        raise MarkError(
            f"format {spec!r} does not fit {kind} ({value}); write .3f, .0% or d, or nothing"
        ) from None


def _claim(ledger: Ledger, name: str, spec: str | None, language: str):
    claim = ledger.claims.get(name)
    if claim is None:
        raise MarkError(f"no claim is called {name!r}; {_near(name, ledger.claims)}")
    element = ElementTree.Element("span", {"class": "claim", "data-claim": name})
    element.text = printed(ledger.value(name), spec)
    return element


def _cite(ledger: Ledger, name: str, spec: str | None, language: str):
    reference = ledger.references.get(name)
    if reference is None:
        raise MarkError(f"no reference is called {name!r}; {_near(name, ledger.references)}")
    element = ElementTree.Element("a", {"class": "cite", "href": reference.url})
    element.set("title", reference.full)
    element.text = reference.short[language]
    return element


def _exercise(md, slug: str, spec: str | None, language: str):
    """Return a link to the notebook with its points and minutes; MkDocs turns the address.

    It names the package too, unless ``spec`` is ``short``; ``[[exercise:package]]`` is that alone.
    """
    up = "../" * md.lesson.depth
    if slug == "package":
        alone = ElementTree.Element("span")
        text = {"zh": "课程的 Python 包", "en": "the course's Python package"}[language]
        alone.text = md.htmlStash.store(_package(up, language, text))
        return alone
    found = exercises().get(slug)
    if found is None:
        raise MarkError(f"no exercise is called {slug!r}; {known(exercises())}")
    element = ElementTree.Element("span", {"class": "exercise"})
    link = ElementTree.SubElement(
        element, "a", {"href": f"{up}{FOLDER}/{slug}.ipynb", "download": f"{slug}.ipynb"}
    )
    link.text = found.title[language]
    points = f"{found.points:g}"
    link.tail = {
        "zh": f"（{points} 分，约 {found.minutes} 分钟",
        "en": f" ({points} points, about {found.minutes} minutes",
    }[language]
    if spec != "short":
        text = {"zh": "所需的软件包", "en": "the package it needs"}[language]
        link.tail += {"zh": "；", "en": "; "}[language]
        link.tail += md.htmlStash.store(_package(up, language, text))
    link.tail += {"zh": "）", "en": ")"}[language]
    return element


def _package(up: str, language: str, text: str) -> str:
    """Return a link to the package, which both languages share: so MkDocs must not turn it.

    A site without an address has its pages as files, where a relative path needs no turning.
    """
    root = up + ("../" if language == "en" else "")
    address = package().replace("./", f"{root}{FOLDER}/")
    return f'<a href="{escape(address)}" download="{wheel_name()}">{text}</a>'


def _near(name: str, names) -> str:
    """Return the names an author may have meant: those of the same page, else all."""
    page = name.split(".")[0]
    same = [other for other in names if other.split(".")[0] == page]
    return known(same or names) if names else "lessons/claims.toml has none yet; add it there"


KINDS = {"claim": _claim, "cite": _cite}
