"""A verdict as a student reads it: a card in HTML, and the same in plain text.

The HTML uses only tags that nbconvert's sanitizer keeps (``strong``, ``em``, ``ul``, ``li``,
``code``) and no colours, so that it reads in dark and light and aloud: every mark is a word too.
"""

from html import escape
from typing import NamedTuple

from grader.questions.exercise import Criterion, Question
from grader.questions.messages import LANGUAGES, fill, message, places
from grader.questions.verdict import CriterionResult, Verdict

_MARKS = {
    "passed": ("✓", {"zh": "通过", "en": "passed"}),
    "partly": ("◐", {"zh": "部分得分", "en": "partly"}),
    "failed": ("✗", {"zh": "未通过", "en": "failed"}),
    "unchecked": ("?", {"zh": "未检查", "en": "not checked"}),
}

_POINTS = {"zh": "{points} / {most} 分", "en": "{points} of {most} points"}
_COLON = {"zh": "：", "en": ": "}
_HINT = {"zh": "提示：", "en": "Hint: "}


class Line(NamedTuple):
    """What a card says of one criterion, in one language, as plain text."""

    status: str
    """``passed``, ``partly``, ``failed`` or ``unchecked``."""
    sign: str
    """The status as a sign."""
    word: str
    """The status as a word."""
    label: str
    points: str
    """``0.5 / 1``."""
    reason: str
    hint: str
    """Empty where there is none."""


class Card(NamedTuple):
    """A verdict in one language, as plain text; who shows it escapes it."""

    title: str
    points: str
    reason: str
    """Why there are no lines: how it ended otherwise than graded."""
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    """What the answer holds that is not asked for and costs nothing."""


def card_of(verdict: Verdict, question: Question, language: str) -> Card:
    """Return what a card says.

    Raises:
        KeyError: cards are not written in `language`.
    """
    if language not in LANGUAGES:
        raise KeyError(f"cards are written in {' and '.join(LANGUAGES)}, not in {language!r}")
    points = _POINTS[language].format(
        points=_number(verdict.points), most=_number(verdict.max_points)
    )
    title = _filled(question.title[language], verdict)
    if verdict.reason is not None:
        return Card(title, points, message(verdict.reason, language), ())
    named = {criterion.name: criterion for criterion in question.criteria}
    lines = [_line(c, named[c.name], verdict, question, language) for c in verdict.criteria]
    notes = tuple(message(note, language) for note in verdict.notes)
    return Card(title, points, "", tuple(lines), notes)


def card_html(verdict: Verdict, question: Question, language: str) -> str:
    """Return the card as HTML; everything a student wrote in it is escaped."""
    found = card_of(verdict, question, language)
    items = []
    for line in found.lines:
        item = (
            f"{escape(f'{line.sign} {line.word}')} <strong>{escape(line.label)}</strong>"
            f"{_bracketed(line.points, language)}{_COLON[language]}{escape(line.reason)}"
        )
        if line.hint:
            item += f"<ul><li><em>{escape(_HINT[language])}</em>{escape(line.hint)}</li></ul>"
        items.append(f"<li>{item}</li>")
    items += [f"<li>{escape(note)}</li>" for note in found.notes]
    return f"<strong>{escape(_head(found))}</strong><ul>{''.join(items)}</ul>"


def card_text(verdict: Verdict, question: Question, language: str) -> str:
    """Return the card as plain text."""
    found = card_of(verdict, question, language)
    rows = [_head(found)]
    for line in found.lines:
        points = _bracketed(line.points, language)
        said = f"  {line.sign} {line.word} {line.label}{points}{_COLON[language]}{line.reason}"
        rows.append(said)
        if line.hint:
            rows.append(f"      {_HINT[language]}{line.hint}")
    rows += [f"  · {note}" for note in found.notes]
    return "\n".join(rows)


def _head(found: Card) -> str:
    return " · ".join(filter(None, (found.title, found.points, found.reason)))


def _line(
    result: CriterionResult,
    criterion: Criterion,
    verdict: Verdict,
    question: Question,
    language: str,
) -> Line:
    status = "partly" if result.status == "failed" and result.points else result.status
    sign, words = _MARKS[status]
    points = f"{_number(result.points)} / {_number(result.max_points)}"
    hint = question.hints.get(result.hint or "", {}).get(language, "")
    return Line(
        status=status,
        sign=sign,
        word=words[language],
        label=_filled(criterion.label[language], verdict),
        points=points,
        reason=message(result.reason, language),
        hint=_filled(hint, verdict),
    )


def _bracketed(points: str, language: str) -> str:
    return f"（{points}）" if language == "zh" else f" ({points})"


def _filled(template: str, verdict: Verdict) -> str:
    """Return a text with the words of the student's sentence; names where it is not known."""
    return fill(template, {name: name for name in places(template)} | dict(verdict.variant))


def _number(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")
