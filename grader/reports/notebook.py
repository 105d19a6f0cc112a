"""A student's graded notebook as HTML: text, re-encoded pictures, cards; nothing that acts."""

import re
from html import escape, unescape
from urllib.parse import unquote

from grader.course.carried import CELL_ID
from grader.course.marks import Marks
from grader.grading.sanitize.plain_text import RenderedMarkdown
from grader.grading.store.record import Entry
from grader.reports.page import both
from grader.reports.results import Results, line

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b")
_HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?(### END HIDDEN TESTS\n?|\Z)", re.DOTALL)
_IMAGES = ("image/png", "image/jpeg")
MAX_ALT = 1000
TOP = 3
"""The level of a student's own largest heading: above it stand the page's."""

STYLE = """\
.cell{margin:1rem 0}
.cell:target,.question:target{scroll-margin-top:1rem}
.cell:target{box-shadow:-1rem 0 0 -.8rem var(--look)}
.cell table{width:auto}
.cell blockquote{margin:.8rem 0;padding-left:1rem;border-left:3px solid var(--line);
font-family:var(--read);font-size:1.1rem}
.setup{margin:1rem 0;color:var(--quiet)}
.result{margin:.3rem 0 1.6rem;padding-left:.9rem;border-left:3px solid var(--look)}
"""


def cells_html(notebook: dict, entry: Entry, marks: Marks, results: Results) -> str:
    """Return the cells of a stored notebook; those that set it up are folded.

    What a question earned stands above it all (`Results`): a check cell has one line that leads
    there, and a written answer too.
    """
    headings, rendered = _Headings(), RenderedMarkdown()
    parts: list[str] = []
    folded: list[str] = []
    begun = False
    for number, cell in enumerate(notebook["cells"], 1):
        marked = cell["metadata"].get("nbgrader", {})
        grade_id = marked.get("grade_id")
        begun = begun or bool(marked.get("solution") or marked.get("grade"))
        html = _cell(cell, number, entry, results, headings, rendered)
        if grade_id not in results.order:
            html += _comment(grade_id, marks)
        anchor = f' id="cell-{escape(grade_id)}"' if grade_id in results.order else ""
        html = f'<div class="cell"{anchor}>{html}</div>'
        if cell["cell_type"] == "code" and not begun:
            folded.append(html)
            continue
        parts += [*_folded(folded), html]
        folded.clear()
    return "\n".join([*parts, *_folded(folded)])


def answers_html(notebook: dict, entry: Entry) -> dict[str, str]:
    """Return the written answers: grade_id -> HTML."""
    rendered = RenderedMarkdown()
    return {
        grade_id: _markdown(
            rendered(_joined(cell["source"])), cell.get("attachments") or {}, _Headings(TOP + 1)
        )
        for cell in notebook["cells"]
        if (grade_id := cell["metadata"].get("nbgrader", {}).get("grade_id")) in entry.written
        and cell["cell_type"] == "markdown"
    }


def _cell(
    cell: dict,
    number: int,
    entry: Entry,
    results: Results,
    headings: "_Headings",
    rendered: RenderedMarkdown,
) -> str:
    grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
    source = _joined(cell["source"])
    if cell["cell_type"] == "markdown":
        if grade_id in results.order and grade_id in entry.written:
            return line(results, grade_id)
        return _markdown(rendered(source), cell.get("attachments") or {}, headings)
    if cell["cell_type"] == "raw":
        return f"<pre>{escape(source)}</pre>"
    if grade_id in entry.verdicts and grade_id in results.questions:
        return f"<pre>{escape(source)}</pre>{line(results, grade_id)}"
    ours = grade_id in ("start", CELL_ID)
    shown = _HIDDEN.sub("", _short(source) if ours else source)
    outputs = cell["outputs"]
    if shown != source and not ours:
        outputs = [_without_traceback(output) for output in outputs]
    return f"<pre>{escape(shown)}</pre>" + "".join(_output(output, number) for output in outputs)


def _folded(cells: list[str]) -> list[str]:
    if not cells:
        return []
    said = f"<summary>{both('setup')}</summary>"
    return [f'<details class="setup">{said}\n{"".join(cells)}</details>']


def _comment(grade_id: str | None, marks: Marks) -> str:
    """Return a person's words on a cell that is no question's."""
    if grade_id not in marks.comments or f"{grade_id}_check" in marks.cells:
        return ""
    comment = escape(marks.comments[grade_id])
    return f'<div class="teacher"><p><strong>{both("comment")}</strong> {comment}</p></div>'


def _short(source: str) -> str:
    """Return a cell that carries the questions without them."""
    return re.sub(rf'(questions=|{CELL_ID} = )"[^"]*"', r'\1"..."', source)


def _without_traceback(output: dict) -> dict:
    """Return an error as its name alone: a traceback quotes the hidden test that failed."""
    if output["output_type"] != "error":
        return output
    return {**output, "evalue": "", "traceback": [output["ename"]]}


def _output(output: dict, number: int) -> str:
    kind = output["output_type"]
    if kind == "error":
        trace = "\n".join(output["traceback"]) or f"{output['ename']}: {output['evalue']}"
        return f'<pre class="error">{escape(_ANSI.sub("", trace))}</pre>'
    if kind == "stream":
        return f"<pre>{escape(_ANSI.sub('', _joined(output['text'])))}</pre>"
    data = output["data"]
    shown = _ANSI.sub("", _joined(data.get("text/plain", "")))
    for mime in _IMAGES:
        encoded = "".join(_joined(data.get(mime, "")).split())
        if encoded and re.fullmatch(r"[A-Za-z0-9+/=]+", encoded):
            said = f"第 {number} 格的图 / picture of cell {number}"
            said += f": {shown[:MAX_ALT]}" if shown and not shown.startswith("<") else ""
            return f'<p><img alt="{escape(said)}" src="data:{mime};base64,{encoded}"></p>'
    return f"<pre>{escape(shown)}</pre>" if shown else ""


def _joined(value) -> str:
    return value if isinstance(value, str) else "".join(value)


class _Headings:
    """Puts a notebook's headings under the page's own, and leaves no level out."""

    def __init__(self, top: int = TOP):
        self.top, self.last = top, top - 1

    def __call__(self, found: re.Match) -> str:
        content = found[2]
        if not re.sub(r"<[^>]*>", "", content).strip():
            return content
        self.last = min(int(found[1]) + self.top - 1, self.last + 1, 6)
        return f"<h{self.last}>{content}</h{self.last}>"


def _markdown(source: str, attachments: dict, headings: _Headings) -> str:
    import mistune
    import nh3
    from mistune.util import striptags

    class Renderer(mistune.HTMLRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            """Show what is attached to the cell; a page that loads a picture tells who reads."""
            if url.startswith("attachment:"):
                alt = escape(unescape(striptags(text)))
                return f'<img alt="{alt}" src="{escape(url)}">'
            return f"![{text}]({escape(url)})"

    left = dict(attachments)

    def value_of(tag: str, attribute: str, value: str) -> str | None:
        """Put each picture where it is named first: a page is no longer than its notebook."""
        if not value.startswith("attachment:"):
            return value
        data = left.pop(unquote(value.removeprefix("attachment:")), {}) if tag == "img" else {}
        for mime in _IMAGES:
            encoded = "".join(_joined(data.get(mime, "")).split())
            if encoded and re.fullmatch(r"[A-Za-z0-9+/=]+", encoded):
                return f"data:{mime};base64,{encoded}"
        return None

    plugins = ["table", "strikethrough"]
    html = mistune.create_markdown(renderer=Renderer(escape=True), plugins=plugins)(source)
    html = nh3.clean(
        str(html),
        attribute_filter=value_of,
        url_schemes={"http", "https", "mailto", "attachment"},
        url_relative="deny",
        link_rel="noopener",
    )
    # nh3 writes every element closed and every "<" of a text escaped.
    return re.sub(r"(?s)<h([1-6])>(.*?)</h\1>", headings, html)
