"""Feedback: one self-contained page a student, with the notebook, the cards and how it came about.

The page carries a content security policy that runs no script and loads nothing. It is made from
the stored notebook and the record; neither holds a probe or an expected value.
"""

import hashlib
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path

from grader.course.folder import Course
from grader.course.gradebook import open_gradebook
from grader.course.marks import Mark, Marks, read_marks
from grader.course.receipt import receipt as receipt_of
from grader.course.receipt import spaced
from grader.course.scores import Score, read_scores
from grader.grading.changes import sentence
from grader.grading.record import Entry, read_record
from grader.questions import Exercise, load_exercise
from grader.reports.notebook import cells_html
from grader.reports.page import POLICY, TAGS, both, page, spans, table
from grader.reports.table import plain
from grader.reports.texts import filled, number

__all__ = ["POLICY", "Pages", "feedback_page", "write_feedback"]


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
    scores = read_scores(course, slug)
    paths, changed = {}, []
    with open_gradebook(course) as gradebook:
        for student, entry in read_record(course, slug).items():
            marks = read_marks(gradebook, slug, student)
            for stored in sorted(course.folder("autograded", slug, student).glob("*.ipynb")):
                notebook = json.loads(stored.read_text(encoding="utf-8"))
                html = feedback_page(
                    notebook,
                    entry,
                    marks,
                    exercise,
                    course.language,
                    _receipt(course, entry),
                    scores.get(student),
                )
                path = course.folder("feedback", slug, student) / f"{stored.stem}.html"
                paths[student] = path
                if not path.is_file() or path.read_text(encoding="utf-8") != html:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(html, encoding="utf-8")
                    changed.append(student)
    return Pages(paths, changed)


def feedback_page(
    notebook: dict,
    entry: Entry,
    marks: Marks,
    exercise: Exercise | None,
    language: str,
    receipt: str = "",
    score: Score | None = None,
) -> str:
    """Return one student's page: both languages in it, `language` shown first.

    Args:
        notebook: as it was stored when it was graded.
        entry: the grade.
        marks: what stands in the gradebook.
        exercise: with titles, labels and hints; None for a stock assignment.
        language: ``zh`` or ``en``.
        receipt: of the file that was graded, as the student got it.
        score: what lateness takes off, which points do not tell.
    """
    titles = exercise.title if exercise else dict.fromkeys(TAGS, entry.exercise)
    earned = sum(mark.points or 0.0 for mark in marks.cells.values())
    points = both("points", points=number(earned), maximum=number(marks.maximum))
    body = f"""\
<p><strong>{escape(entry.student)}</strong> · {points}{_late(score)}</p>
{_door(entry)}{_summary(entry, marks, exercise)}{_run(entry, receipt, score)}
<h2>{both("notebook")}</h2>
{cells_html(notebook, entry, marks, exercise)}"""
    return page({k: f"{titles[k]} · {entry.student}" for k in TAGS}, language, body)


def _late(score: Score | None) -> str:
    if score is None or not score.taken_off:
        return ""
    days = score.lateness.days
    return "<br>" + both(
        "late",
        days="?" if days is None else days,
        points=number(score.taken_off),
        counted=number(score.counted),
    )


def _door(entry: Entry) -> str:
    if not entry.door:
        return ""
    reason = both(f"door.{entry.door['reason']}", **entry.door["values"])
    return f'<p class="card">{both("door")}{reason}</p>\n'


def _summary(entry: Entry, marks: Marks, exercise: Exercise | None) -> str:
    titles = _titles(entry, exercise)
    rows = []
    for grade_id in [*entry.verdicts, *entry.stock, *entry.written]:
        mark = marks.cells.get(grade_id)
        if mark is None:
            continue
        got = (
            both("open")
            if mark.points is None
            else f"{number(mark.points)} / {number(mark.maximum)}"
        )
        rows.append([titles.get(grade_id, escape(grade_id)), got, _how(grade_id, entry, mark)])
    heads = [both(key) for key in ("question", "score", "how")]
    return f"<h2>{both('questions')}</h2>\n" + table(heads, rows, numbers=(1,))


def _titles(entry: Entry, exercise: Exercise | None) -> dict[str, str]:
    """Return each question's title as HTML, with the words of the student's own sentence."""
    words = next((v["variant"] for v in entry.verdicts.values() if v["variant"]), {})
    return {
        question.grade_id: spans({k: escape(filled(question.title[k], words)) for k in TAGS})
        for question in (exercise.questions.values() if exercise else ())
    }


def _how(grade_id: str, entry: Entry, mark: Mark) -> str:
    if mark.manual is not None:
        return both("by_hand")
    if grade_id in entry.verdicts:
        return both(f"outcome.{entry.verdicts[grade_id]['outcome']}")
    if grade_id in entry.stock:
        return both("forgeable")
    if mark.auto == 0:
        return both("no_response")
    return ""


def _run(entry: Entry, receipt: str, score: Score | None) -> str:
    lines = [spans({k: escape(plain(sentence(c, k))) for k in TAGS}) for c in entry.changes]
    lines += [both(f"note.{n['kind']}", cell=n["cell"] + 1) for n in entry.notes]
    if not entry.confined and entry.kernels:
        lines.append(both("unconfined"))
    if entry.submission:
        lines.append(both("file", name=entry.notebook or "-", sha256=entry.submission))
    if receipt:
        lines.append(both("receipt", receipt=spaced(receipt)))
    if entry.at:
        lines.append(both("graded_at", at=entry.at.replace("T", " "), grader=entry.grader))
    if entry.model:
        lines.append(both("asked", model=entry.model[:12]))
    if not lines:
        return ""
    items = "".join(f"<li>{line}</li>" for line in lines)
    return f'<h2>{both("run")}</h2>\n<ul class="small">{items}</ul>\n'


def _receipt(course: Course, entry: Entry) -> str:
    """Return the receipt of the file that was graded; empty where it is not there any more."""
    path = course.folder("submitted", entry.exercise, entry.student) / (entry.notebook or "-")
    if path.is_symlink() or not path.is_file():
        return ""
    data = path.read_bytes()
    same = hashlib.sha256(data).hexdigest() == entry.submission
    return (receipt_of(data) or "") if same else ""
