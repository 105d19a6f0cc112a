"""Feedback: one self-contained page a student: points, reasons and hints, marks, the notebook.

The page carries a content security policy that runs no script and loads nothing. It is made from
the stored notebook and the record; neither holds a probe or an expected value.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from grader.atomic import write_atomically
from grader.course.course import Course
from grader.course.gradebook import open_gradebook
from grader.course.marks import Marks, read_marks
from grader.course.receipt import receipt as receipt_of
from grader.course.receipt import spaced
from grader.course.scores import Score, read_scores
from grader.grading.intake.changes import sentence
from grader.grading.store.decisions import NEW_HAND_IN
from grader.grading.store.record import Entry, read_record
from grader.questions import Exercise
from grader.reports.bounded import bounded
from grader.reports.exchange import write_for_exchange
from grader.reports.notebook import STYLE as NOTEBOOK_STYLE
from grader.reports.notebook import answers_html, cells_html
from grader.reports.page import POLICY, TAGS, both, page, spans
from grader.reports.results import STYLE as RESULTS_STYLE
from grader.reports.results import Results
from grader.reports.table import plain
from grader.reports.texts import number

__all__ = ["POLICY", "Pages", "feedback_page", "write_feedback"]

STYLE = """\
.total{display:flex;align-items:baseline;gap:.5rem;margin:1.4rem 0 0}
.total b{font-size:2.6rem;line-height:1;font-weight:600;letter-spacing:-.02em;
font-variant-numeric:tabular-nums lining-nums}
.sentence{margin:1rem 0 0;font-family:var(--read);font-size:1.25rem;line-height:1.5}
.sentence small{display:block;font:.85rem/1.6 var(--latin),var(--han),sans-serif;
color:var(--quiet)}
.notice{margin:1rem 0;padding:.6rem .9rem;border-left:3px solid var(--red);
background:var(--raised);border-radius:0 .35rem .35rem 0}
.notice p,.notice ul{margin:.2rem 0}
.notice ul{padding-left:1.1rem}
.basis{margin-top:3rem;border-top:1px solid var(--line);padding-top:.8rem}
"""


@dataclass(frozen=True)
class Pages:
    """What a run of feedback wrote."""

    paths: dict[str, Path]
    """Student -> page."""
    changed: list[str]
    """Students whose page is new or other than before."""
    short: list[str]
    """Students whose notebook cannot be shown: the page says so, and has all the rest."""


class ClassFeedback:
    """What the pages of a class are made from, read once."""

    def __init__(self, course: Course, slug: str):
        self.course, self.slug = course, slug
        self.exercise = course.questions(slug)
        self.scores = read_scores(course, slug)
        self.names = course.names()
        self.record = read_record(course, slug)

    def page(self, gradebook, student: str, stored: Path) -> tuple[str, bool]:
        """Return the page on a student's stored notebook, and whether it has to do without it."""
        entry = self.record[student]
        about = (
            entry,
            read_marks(gradebook, self.slug, student),
            self.exercise,
            self.course.language,
            _receipt(self.course, entry),
            self.scores.get(student),
            self.names.get(student, ""),
        )
        html = bounded(partial(_page_of, stored, *about))
        return (feedback_page(None, *about), True) if html is None else (html, False)


def write_feedback(course: Course, slug: str) -> Pages:
    """Write feedback/<student>/<slug>/<notebook>.html for everyone in the record."""
    everybody = ClassFeedback(course, slug)
    paths, changed, short = {}, [], []
    with open_gradebook(course) as gradebook:
        for student, entry in everybody.record.items():
            for stored in sorted(course.folder("autograded", slug, student).glob("*.ipynb")):
                html, is_short = everybody.page(gradebook, student, stored)
                short += [student] if is_short else []
                path = course.folder("feedback", slug, student) / f"{stored.stem}.html"
                paths[student] = path
                if write_atomically(path, html.encode("utf-8", "replace")):
                    changed.append(student)
            if student in paths:
                write_for_exchange(course, entry)
    return Pages(paths, changed, short)


def _page_of(stored: Path, *about: Any) -> str:
    return feedback_page(json.loads(stored.read_text(encoding="utf-8")), *about)


def feedback_page(
    notebook: dict | None,
    entry: Entry,
    marks: Marks,
    exercise: Exercise | None,
    language: str,
    receipt: str = "",
    score: Score | None = None,
    name: str = "",
) -> str:
    """Return one student's page: both languages in it, `language` shown first.

    Args:
        notebook: as it was stored when it was graded; None where it cannot be shown.
        entry: the grade.
        marks: what stands in the gradebook.
        exercise: with titles, labels and hints; None for a stock assignment.
        language: ``zh`` or ``en``.
        receipt: of the file that was graded, as the student got it.
        score: what lateness takes off, which points do not tell.
        name: the student's, from the roster.
    """
    titles = exercise.title if exercise else dict.fromkeys(TAGS, entry.exercise)
    results = Results(entry, marks, exercise)
    who = " · ".join(filter(None, (name, entry.student)))
    if notebook is None:
        written, cells = {}, f'<p class="notice">{both("not_shown")}</p>'
    else:
        written, cells = answers_html(notebook, entry), cells_html(notebook, entry, marks, results)
    body = f"""\
<p class="eyebrow">{both("feedback")}</p>
<h1>{spans({k: escape(titles[k]) for k in TAGS})}</h1>
<p class="quiet">{escape(who)}</p>
{_asked(entry)}
{_sentence(results)}{_total(marks, score)}{results.strip()}{_door(entry)}{_notes(entry)}
{results.judged()}
{results.written(written)}
<h2>{both("notebook")}</h2>
{cells}
{_basis(entry, receipt)}"""
    style = STYLE + RESULTS_STYLE + NOTEBOOK_STYLE
    return page({k: f"{titles[k]} · {entry.student}" for k in TAGS}, language, body, style)


def _asked(entry: Entry) -> str:
    """Return that a person asks for a new hand-in, where that is the last thing decided."""
    if entry.cause.get("decision") != NEW_HAND_IN:
        return ""
    reason = entry.cause.get("reason", "")
    return f'<p class="card">{both("asked_again", reason=reason)}</p>\n'


def _sentence(results: Results) -> str:
    """Return the student's own sentence, in an exercise where each student has another."""
    sentence = results.words.get("sentence", "")
    if not sentence or results.exercise is None or len(results.exercise.variants) == 1:
        return ""
    return f'<p class="sentence"><small>{both("sentence")}</small>{escape(sentence)}</p>\n'


def _total(marks: Marks, score: Score | None) -> str:
    earned = sum(mark.points or 0.0 for mark in marks.cells.values())
    waiting = [mark for mark in marks.cells.values() if mark.points is None]
    most = both("out_of", maximum=number(marks.maximum))
    html = f'<p class="total"><b>{number(earned)}</b> <span class="quiet">{most}</span></p>\n'
    lines = []
    if waiting:
        more = number(sum(mark.maximum for mark in waiting))
        lines.append(both("still_open", count=len(waiting), points=more))
    late = _late(score)
    if late:
        lines.append(late)
    return html + "".join(f'<p class="small">{line}</p>\n' for line in lines)


def _late(score: Score | None) -> str:
    if score is None or not score.taken_off:
        return ""
    days = score.lateness.days
    return both(
        "late",
        days="?" if days is None else days,
        points=number(score.taken_off),
        counted=number(score.counted),
    )


def _door(entry: Entry) -> str:
    if not entry.door:
        return ""
    reason = both(f"door.{entry.door['reason']}", **entry.door["values"])
    return f'<div class="notice"><p>{both("door")}{reason}</p></div>\n'


def _notes(entry: Entry) -> str:
    """Return what happened on the way that the student should know."""
    lines = [spans({k: escape(plain(sentence(c, k))) for k in TAGS}) for c in entry.changes]
    lines += [both(f"note.{n['kind']}", cell=n["cell"] + 1) for n in entry.notes]
    if not lines:
        return ""
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<div class="notice"><p><strong>{both("run")}</strong></p><ul>{items}</ul></div>\n'


def _basis(entry: Entry, receipt: str) -> str:
    """Return what the grade rests on, for who wants to make sure."""
    lines = []
    if receipt:
        lines.append(both("receipt", receipt=spaced(receipt)))
    if entry.submission:
        lines.append(both("file", name=entry.notebook or "-", sha256=entry.submission))
    if entry.at:
        lines.append(both("graded_at", at=entry.at.replace("T", " "), grader=entry.grader))
    if entry.model:
        lines.append(both("asked", model=entry.model[:12]))
    if not entry.confined and entry.kernels:
        lines.append(both("unconfined"))
    if not lines:
        return ""
    items = "".join(f"<li>{line}</li>" for line in lines)
    return (
        f'<details class="basis small"><summary>{both("basis")}</summary><ul>{items}</ul></details>'
    )


def _receipt(course: Course, entry: Entry) -> str:
    """Return the receipt of the file that was graded; empty where it is not there any more."""
    path = course.folder("submitted", entry.exercise, entry.student) / (entry.notebook or "-")
    if path.is_symlink() or not path.is_file():
        return ""
    data = path.read_bytes()
    same = hashlib.sha256(data).hexdigest() == entry.submission
    return (receipt_of(data) or "") if same else ""
