"""Feedback: one self-contained page a student, with the notebook, the cards and how it came about.

The page carries a content security policy that runs no script and loads nothing. It is made from
the stored notebook and the record; neither holds a probe or an expected value.
"""

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from grader.course.folder import Course
from grader.course.gradebook import open_gradebook
from grader.course.marks import Marks, read_marks
from grader.grading.record import Entry, read_record
from grader.questions import Exercise, Verdict, card_html, load_exercise
from grader.reports.texts import number, text

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"

STYLE = """\
:root{color-scheme:light dark}
body{font:16px/1.6 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
max-width:60rem;margin:0 auto;padding:1rem}
pre{background:#8881;padding:.6rem .8rem;overflow-x:auto;border-radius:4px;font-size:.85rem}
pre.error{border-left:4px solid #c33}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;
border-bottom:1px solid #8884;vertical-align:top}
td.n{white-space:nowrap}
.card,.comment{border:1px solid #8886;border-left:4px solid #36c;border-radius:4px;
padding:.4rem .8rem;margin:.6rem 0}
.comment{border-left-color:#2a7}
img{max-width:100%}
.cell{margin:1rem 0}
"""

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b")
_HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?(### END HIDDEN TESTS\n?|\Z)", re.DOTALL)
_IMAGES = ("image/png", "image/jpeg")


@dataclass(frozen=True)
class Pages:
    """What a run of feedback wrote."""

    paths: dict[str, Path]
    """Student -> page."""
    changed: list[str]
    """Students whose page is new or other than before."""


def write_feedback(course: Course, slug: str) -> Pages:
    """Write feedback/<student>/<slug>/<notebook>.html for everyone in the record."""
    folder = course.exercises / slug
    exercise = load_exercise(folder) if (folder / "questions.toml").is_file() else None
    paths, changed = {}, []
    with open_gradebook(course) as gradebook:
        for student, entry in read_record(course, slug).items():
            marks = read_marks(gradebook, slug, student)
            for stored in sorted(course.folder("autograded", slug, student).glob("*.ipynb")):
                page = feedback_page(
                    json.loads(stored.read_text(encoding="utf-8")),
                    entry,
                    marks,
                    exercise,
                    course.language,
                )
                path = course.folder("feedback", slug, student) / f"{stored.stem}.html"
                paths[student] = path
                if not path.is_file() or path.read_text(encoding="utf-8") != page:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(page, encoding="utf-8")
                    changed.append(student)
    return Pages(paths, changed)


def feedback_page(
    notebook: dict, entry: Entry, marks: Marks, exercise: Exercise | None, language: str
) -> str:
    """Return one student's page."""
    title = exercise.title[language] if exercise else entry.exercise
    points = text("points", language, points=number(marks.total), maximum=number(marks.maximum))
    return f"""<!DOCTYPE html>
<html lang="{"zh-CN" if language == "zh" else "en"}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · {escape(entry.student)}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
<p><strong>{escape(entry.student)}</strong> · {escape(points)}</p>
{_door(entry, language)}{_summary(entry, marks, exercise, language)}{_run(entry, marks, language)}
<h2>{escape(text("notebook", language))}</h2>
{_cells(notebook, entry, marks, exercise, language)}
</body>
</html>
"""


def _door(entry: Entry, language: str) -> str:
    if not entry.door:
        return ""
    reason = text(f"door.{entry.door['reason']}", language, **entry.door["values"])
    return f'<p class="card">{escape(text("door", language) + reason)}</p>\n'


def _summary(entry: Entry, marks: Marks, exercise: Exercise | None, language: str) -> str:
    rows = []
    for grade_id in [*entry.verdicts, *entry.stock, *entry.written]:
        mark = marks.cells.get(grade_id)
        if mark is None:
            continue
        waits = text("open", language)
        got = waits if mark.points is None else f"{number(mark.points)} / {number(mark.maximum)}"
        rows.append(
            f"<tr><td>{escape(_title(grade_id, exercise, entry, language))}</td>"
            f'<td class="n">{escape(got)}</td>'
            f"<td>{escape(_how(grade_id, entry, mark, language))}</td></tr>"
        )
    head = "".join(
        f"<th>{escape(text(key, language))}</th>" for key in ("question", "score", "how")
    )
    return (
        f"<h2>{escape(text('questions', language))}</h2>\n"
        f"<table><tr>{head}</tr>\n" + "\n".join(rows) + "\n</table>\n"
    )


def _title(grade_id: str, exercise: Exercise | None, entry: Entry, language: str) -> str:
    for question in exercise.questions.values() if exercise else ():
        if question.grade_id == grade_id:
            named = entry.verdicts.get(grade_id, {}).get("variant", {})
            title = question.title[language]
            for place, word in named.items():
                title = title.replace("{" + place + "}", word)
            return title
    return grade_id


def _how(grade_id: str, entry: Entry, mark, language: str) -> str:
    if grade_id in entry.verdicts:
        return text(f"outcome.{entry.verdicts[grade_id]['outcome']}", language)
    if grade_id in entry.stock:
        return text("forgeable", language)
    if mark.manual is None and mark.auto == 0:
        return text("no_response", language)
    return ""


def _run(entry: Entry, marks: Marks, language: str) -> str:
    lines = [text(f"note.{n['kind']}", language, cell=n["cell"] + 1) for n in entry.notes]
    if not entry.confined and entry.kernels:
        lines.append(text("unconfined", language))
    if marks.penalty:
        lines.append(text("late", language, points=number(marks.penalty)))
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{escape(text('run', language))}</h2>\n<ul>{items}</ul>\n"


def _cells(notebook: dict, entry: Entry, marks: Marks, exercise, language: str) -> str:
    questions = {q.grade_id: q for q in exercise.questions.values()} if exercise else {}
    parts = []
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            body = _markdown(source, cell.get("attachments") or {})
        elif cell["cell_type"] == "raw":
            body = f"<pre>{escape(source)}</pre>"
        elif grade_id in entry.verdicts and grade_id in questions:
            verdict = Verdict.from_json(entry.verdicts[grade_id])
            card = card_html(verdict, questions[grade_id], language)
            body = f'<pre>{escape(source)}</pre><div class="card">{card}</div>'
        else:
            shown = _HIDDEN.sub("", source if grade_id != "start" else _short(source))
            outputs = cell["outputs"]
            if shown != source and grade_id != "start":
                outputs = [_without_traceback(output) for output in outputs]
            body = f"<pre>{escape(shown)}</pre>" + "".join(map(_output, outputs))
        if grade_id in marks.comments:
            body += (
                f'<div class="comment"><strong>{escape(text("comment", language))}</strong> '
                f"{escape(marks.comments[grade_id])}</div>"
            )
        parts.append(f'<div class="cell">{body}</div>')
    return "\n".join(parts)


def _short(source: str) -> str:
    """Return the cell that starts the notebook without the questions packed into it."""
    return re.sub(r'questions="[^"]*"', 'questions="..."', source)


def _without_traceback(output: dict) -> dict:
    """Return an error as its name alone: a traceback quotes the hidden test that failed."""
    if output["output_type"] != "error":
        return output
    return {**output, "evalue": "", "traceback": [output["ename"]]}


def _output(output: dict) -> str:
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
            return f'<p><img alt="" src="data:{mime};base64,{encoded}"></p>'
    shown = _joined(data.get("text/plain", ""))
    return f"<pre>{escape(_ANSI.sub('', shown))}</pre>" if shown else ""


def _joined(value) -> str:
    return value if isinstance(value, str) else "".join(value)


def _markdown(source: str, attachments: dict) -> str:
    import mistune
    import nh3

    for name, data in attachments.items():
        for mime in _IMAGES:
            if mime in data:
                encoded = "".join(_joined(data[mime]).split())
                source = source.replace(f"attachment:{name}", f"data:{mime};base64,{encoded}")
    html = mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])(source)
    return nh3.clean(html, url_schemes={"http", "https", "mailto", "data"}, link_rel="noopener")
