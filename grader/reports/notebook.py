"""A student's graded notebook as HTML: text, re-encoded pictures, cards; nothing that acts."""

import re
from html import escape, unescape
from urllib.parse import unquote

from grader.course.carried import CELL_ID
from grader.course.marks import Marks
from grader.grading.record import Entry
from grader.questions import Exercise, Question, Verdict, card_html
from grader.reports.page import TAGS, block, both

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b")
_HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?(### END HIDDEN TESTS\n?|\Z)", re.DOTALL)
_IMAGES = ("image/png", "image/jpeg")
TOP = 3
"""The level of a student's own largest heading: above it stand the page's."""


def cells_html(notebook: dict, entry: Entry, marks: Marks, exercise: Exercise | None) -> str:
    """Return the cells of a stored notebook, the cards and a teacher's words among them."""
    questions = {q.grade_id: q for q in exercise.questions.values()} if exercise else {}
    headings = _Headings()
    parts = []
    for number, cell in enumerate(notebook["cells"], 1):
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        source = _joined(cell["source"])
        if cell["cell_type"] == "markdown":
            body = _markdown(source, cell.get("attachments") or {}, headings)
        elif cell["cell_type"] == "raw":
            body = f"<pre>{escape(source)}</pre>"
        elif grade_id in entry.verdicts and grade_id in questions:
            body = f"<pre>{escape(source)}</pre>{_card(entry, questions[grade_id])}"
        else:
            ours = grade_id in ("start", CELL_ID)
            shown = _HIDDEN.sub("", _short(source) if ours else source)
            outputs = cell["outputs"]
            if shown != source and not ours:
                outputs = [_without_traceback(output) for output in outputs]
            body = f"<pre>{escape(shown)}</pre>"
            body += "".join(_output(output, number) for output in outputs)
        body += _teacher(grade_id, marks, questions.get(grade_id))
        parts.append(f'<div class="cell">{body}</div>')
    return "\n".join(parts)


def _card(entry: Entry, question: Question) -> str:
    verdict = Verdict.from_json(entry.verdicts[question.grade_id])
    return f'<div class="card">{block({k: card_html(verdict, question, k) for k in TAGS})}</div>'


def _teacher(grade_id: str | None, marks: Marks, question: Question | None) -> str:
    """Return a person's words on an answer, and what was looked for once it is marked."""
    mark = marks.cells.get(grade_id)
    html = ""
    if grade_id in marks.comments:
        html = f"<p><strong>{both('comment')}</strong> {escape(marks.comments[grade_id])}</p>"
    if question is not None and question.written and mark is not None and mark.manual is not None:
        rubric = question.parameters.rubric or {}
        if rubric:
            shown = block({language: escape(rubric[language].strip()) for language in TAGS})
            html += f'<p><strong>{both("rubric")}</strong></p><div class="rubric">{shown}</div>'
    return f'<div class="comment">{html}</div>' if html else ""


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
    for mime in _IMAGES:
        encoded = "".join(_joined(data.get(mime, "")).split())
        if encoded and re.fullmatch(r"[A-Za-z0-9+/=]+", encoded):
            said = f"第 {number} 格的图 / picture of cell {number}"
            return f'<p><img alt="{said}" src="data:{mime};base64,{encoded}"></p>'
    shown = _joined(data.get("text/plain", ""))
    return f"<pre>{escape(_ANSI.sub('', shown))}</pre>" if shown else ""


def _joined(value) -> str:
    return value if isinstance(value, str) else "".join(value)


class _Headings:
    """Puts a notebook's headings under the page's own, and leaves no level out."""

    def __init__(self):
        self.last = TOP - 1

    def __call__(self, found: re.Match) -> str:
        content = found[2]
        if not re.sub(r"<[^>]*>", "", content).strip():
            return content
        self.last = min(int(found[1]) + TOP - 1, self.last + 1, 6)
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
        html,
        attribute_filter=value_of,
        url_schemes={"http", "https", "mailto", "attachment"},
        url_relative="deny",
        link_rel="noopener",
    )
    # nh3 writes every element closed and every "<" of a text escaped.
    return re.sub(r"(?s)<h([1-6])>(.*?)</h\1>", headings, html)
