"""What a student looks for first: points for each question, with reason and hint in place.

Questions that a person marks come after those that the grader judges, with the person's words.
"""

import re
from html import escape

from grader.course.marks import Mark, Marks
from grader.grading.store.record import Entry
from grader.questions import Exercise, Question, Verdict, card_of
from grader.questions.card import Line
from grader.reports.page import TAGS, block, both, spans
from grader.reports.texts import called, number

STYLE = """\
.strip{display:flex;gap:3px;height:.6rem;margin:.9rem 0 .3rem}
.strip span{background:var(--line);border-radius:2px;overflow:hidden}
.strip i{display:block;height:100%;background:var(--look)}
.strip .open{background:var(--asks);box-shadow:inset 0 0 0 1px var(--asks-edge)}
.question{border-top:1px solid var(--line);padding:.15rem 0}
.question:last-of-type{border-bottom:1px solid var(--line)}
.question>summary,.question>.title{display:flex;gap:1rem;align-items:baseline;padding:.55rem 0}
.question>summary{list-style:none}
.question>summary::-webkit-details-marker{display:none}
.question h3{flex:1;margin:0;font-size:1rem;line-height:1.5}
.question>summary h3::after{content:"";display:inline-block;width:.4em;height:.4em;
margin-left:.6em;border:solid var(--quiet);border-width:0 1.5px 1.5px 0;
transform:translateY(-.2em) rotate(45deg)}
.question[open]>summary h3::after{transform:translateY(0) rotate(225deg)}
.got{font-weight:600}
.got .of{font-weight:400;color:var(--quiet)}
.got.open{color:var(--asks-edge);font-weight:500}
@media (prefers-color-scheme:light){.got.open{color:#7a5800}}
.criteria{list-style:none;margin:.1rem 0 1rem;padding:0}
.criteria li{display:grid;grid-template-columns:1.5rem 1fr auto;gap:0 .5rem;padding:.35rem 0}
.criteria .label{font-weight:500}
.criteria .said{grid-column:2/4;color:var(--quiet);font-size:.92rem}
.criteria .sign{font-weight:600;text-align:center}
.passed .sign{color:var(--look)}
.failed .sign,.partly .sign{color:var(--red)}
.hint{grid-column:2/4;margin:.4rem 0 .2rem;padding:.45rem .8rem;background:var(--asks);
border-radius:.35rem;font-size:.92rem}
.ended{margin:0 0 .9rem;color:var(--red)}
.teacher{border-left:3px solid var(--red);padding:.1rem 0 .1rem .9rem;margin:.5rem 0 .9rem}
.teacher strong{color:var(--red)}
.answer{margin:.3rem 0 .9rem;padding-left:.9rem;border-left:3px solid var(--line)}
.rubric{white-space:pre-line}
.more{margin:.2rem 0 1rem;font-size:.92rem}
@media (max-width:36rem){.criteria li{grid-template-columns:1.2rem 1fr auto}}
"""


class Results:
    """The questions of one submission, each with its title, points and what there is to say."""

    def __init__(self, entry: Entry, marks: Marks, exercise: Exercise | None):
        self.entry, self.marks = entry, marks
        questions = exercise.questions.values() if exercise else ()
        self.questions = {question.grade_id: question for question in questions}
        self.exercise = exercise
        self.words: dict[str, str] = next(
            (v["variant"] for v in entry.verdicts.values() if v["variant"]), {}
        )
        self.order = [
            g for g in (*entry.verdicts, *entry.stock, *entry.written) if g in marks.cells
        ]

    def title(self, grade_id: str) -> str:
        """Return a question's title as HTML, with the words of the student's own sentence."""
        if grade_id not in self.questions:
            return escape(grade_id)
        title = self.questions[grade_id].title
        return spans({k: escape(called(title[k], self.exercise, k, self.words)) for k in TAGS})

    def strip(self) -> str:
        """Return the points as one line: a part for each question, filled as far as it earned."""
        parts = []
        for mark in (self.marks.cells[grade_id] for grade_id in self.order):
            share = min(max((mark.points or 0.0) / (mark.maximum or 1.0), 0.0), 1.0)
            kind = ' class="open"' if mark.points is None else ""
            filled = f'<i style="width:{share:.0%}"></i>'
            parts.append(f'<span{kind} style="flex:{mark.maximum:g}">{filled}</span>')
        return f'<div class="strip" aria-hidden="true">{"".join(parts)}</div>\n' if parts else ""

    def judged(self) -> str:
        """Return the questions that the grader judges; what lost points is unfolded."""
        parts = [self._judged(g) for g in self.order if g not in self.entry.written]
        return f"<h2>{both('questions')}</h2>\n{''.join(parts)}" if parts else ""

    def written(self, answers: dict[str, str]) -> str:
        """Return the questions that a person marks.

        Args:
            answers: grade_id -> what the student wrote, as HTML that acts no more.
        """
        parts = [self._written(g, answers) for g in self.order if g in self.entry.written]
        return f"<h2>{both('essays')}</h2>\n{''.join(parts)}" if parts else ""

    def _judged(self, grade_id: str) -> str:
        mark = self.marks.cells[grade_id]
        body = self._teacher(grade_id, mark)
        if grade_id in self.entry.verdicts and grade_id in self.questions:
            verdict = Verdict.from_json(self.entry.verdicts[grade_id])
            body += block({k: _criteria(verdict, self.questions[grade_id], k) for k in TAGS})
        elif grade_id in self.entry.stock:
            body += f'<p class="more quiet">{both("forgeable")}</p>'
        body += self._place(grade_id)
        lost = mark.points is None or mark.points < mark.maximum or grade_id in self.marks.comments
        return (
            f'<details class="question" id="{_anchor(grade_id)}"{" open" if lost else ""}>'
            f"<summary>{self._head(grade_id, mark)}</summary>\n{body}</details>\n"
        )

    def _written(self, grade_id: str, answers: dict[str, str]) -> str:
        mark = self.marks.cells[grade_id]
        body = self._teacher(grade_id, mark)
        question = self.questions.get(grade_id)
        rubric = question and mark.manual is not None and question.parameters.rubric
        if rubric:
            shown = block({k: escape(rubric[k].strip()) for k in TAGS})
            body += (
                f'<details class="more"><summary>{both("rubric")}</summary>'
                f'<div class="rubric">{shown}</div></details>'
            )
        if mark.manual is None and mark.auto == 0:
            body += f'<p class="more quiet">{both("no_response")}</p>'
        elif answers.get(grade_id):
            body += (
                f'<p class="small quiet">{both("your_answer")}</p>'
                f'<div class="answer">{answers[grade_id]}</div>'
            )
        head = f'<div class="title">{self._head(grade_id, mark)}</div>'
        return f'<section class="question" id="{_anchor(grade_id)}">{head}\n{body}</section>\n'

    def _head(self, grade_id: str, mark: Mark) -> str:
        if mark.points is None:
            got = f'<span class="got n open">{both("open")}</span>'
        else:
            most = f'<span class="of">/ {number(mark.maximum)}</span>'
            got = f'<span class="got n">{number(mark.points)} {most}</span>'
        return f"<h3>{self.title(grade_id)}</h3>{got}"

    def _teacher(self, grade_id: str, mark: Mark) -> str:
        """Return a person's mark where it is another than the grader's, and a person's words."""
        html = ""
        if mark.manual is not None and grade_id not in self.entry.written:
            html += f"<p><strong>{both('by_hand')}</strong></p>"
        for place in (grade_id, grade_id.removesuffix("_check")):
            if place in self.marks.comments:
                comment = escape(self.marks.comments[place])
                html += f"<p><strong>{both('comment')}</strong> {comment}</p>"
                break
        return f'<div class="teacher">{html}</div>' if html else ""

    def _place(self, grade_id: str) -> str:
        link = f'<a href="#cell-{escape(grade_id)}">{both("place")}</a>'
        return f'<p class="more">{link}</p>' if grade_id in self.entry.verdicts else ""


def line(results: Results, grade_id: str) -> str:
    """Return one line on a question for its place in the notebook, which leads to the whole."""
    mark = results.marks.cells.get(grade_id)
    got = ""
    if mark is not None:
        got = both("open") if mark.points is None else _points(mark)
        got = f' · <span class="n">{got}</span>'
    title = f'<a href="#{_anchor(grade_id)}">{results.title(grade_id)}</a>'
    return f'<p class="result">{title}{got}</p>'


def _points(mark: Mark) -> str:
    return both("points", points=number(mark.points or 0.0), maximum=number(mark.maximum))


def _anchor(grade_id: str) -> str:
    return f"question-{escape(grade_id)}"


def _criteria(verdict: Verdict, question: Question, language: str) -> str:
    card = card_of(verdict, question, language)
    if not card.lines:
        return f'<p class="ended">{_sentence(card.reason)}</p>'
    notes = "".join(f"<li>{escape(note)}</li>" for note in card.notes)
    return f'<ul class="criteria">{"".join(map(_criterion, card.lines))}{notes}</ul>'


def _criterion(line: Line) -> str:
    got, _, most = line.points.partition(" / ")
    hint = f'<p class="hint">{both("hint")}{_sentence(line.hint)}</p>' if line.hint else ""
    return (
        f'<li class="{line.status}"><span class="sign"><span aria-hidden="true">{line.sign}</span>'
        f'<span class="off">{escape(line.word)} </span></span>'
        f'<span class="label">{escape(line.label)}</span>'
        f'<span class="n">{got} <span class="quiet">/ {most}</span></span>'
        f'<span class="said">{_sentence(line.reason)}</span>{hint}</li>'
    )


def _sentence(text: str) -> str:
    """Return a reason, which on a card follows a colon, as a sentence of its own in HTML."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text[:1].upper() + text[1:]))
