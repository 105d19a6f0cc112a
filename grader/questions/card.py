"""A verdict as a student reads it: a card in HTML, and the same in plain text.

The HTML uses only tags that nbconvert's sanitizer keeps (``strong``, ``em``, ``ul``, ``li``,
``code``) and no colours, so that it reads in dark and light and aloud: every mark is a word too.
"""

from html import escape

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


def card_html(verdict: Verdict, question: Question, language: str) -> str:
    """Return the card as HTML; everything a student wrote in it is escaped."""
    head, lines = _lines(verdict, question, language)
    items = []
    for mark, label, points, reason, hint in lines:
        item = (
            f"{escape(mark)} <strong>{escape(label)}</strong>{_bracketed(points, language)}"
            f"{_COLON[language]}{escape(reason)}"
        )
        if hint:
            item += f"<ul><li><em>{escape(_HINT[language])}</em>{escape(hint)}</li></ul>"
        items.append(f"<li>{item}</li>")
    return f"<strong>{escape(head)}</strong><ul>{''.join(items)}</ul>"


def card_text(verdict: Verdict, question: Question, language: str) -> str:
    """Return the card as plain text."""
    head, lines = _lines(verdict, question, language)
    rows = [head]
    for mark, label, points, reason, hint in lines:
        rows.append(f"  {mark} {label}{_bracketed(points, language)}{_COLON[language]}{reason}")
        if hint:
            rows.append(f"      {_HINT[language]}{hint}")
    return "\n".join(rows)


def _lines(verdict: Verdict, question: Question, language: str):
    if language not in LANGUAGES:
        raise KeyError(f"cards are written in {' and '.join(LANGUAGES)}, not in {language!r}")
    title = _filled(question.title[language], verdict)
    points = _POINTS[language].format(
        points=_number(verdict.points), most=_number(verdict.max_points)
    )
    head = f"{title} · {points}"
    if verdict.reason is not None:
        return f"{head} · {message(verdict.reason, language)}", []
    named = {criterion.name: criterion for criterion in question.criteria}
    return head, [_line(c, named[c.name], verdict, question, language) for c in verdict.criteria]


def _line(
    result: CriterionResult,
    criterion: Criterion,
    verdict: Verdict,
    question: Question,
    language: str,
) -> tuple[str, str, str, str, str]:
    status = "partly" if result.status == "failed" and result.points else result.status
    sign, words = _MARKS[status]
    points = f"{_number(result.points)} / {_number(result.max_points)}"
    hint = question.hints.get(result.hint or "", {}).get(language, "")
    return (
        f"{sign} {words[language]}",
        _filled(criterion.label[language], verdict),
        points,
        message(result.reason, language),
        _filled(hint, verdict),
    )


def _bracketed(points: str, language: str) -> str:
    return f"（{points}）" if language == "zh" else f" ({points})"


def _filled(template: str, verdict: Verdict) -> str:
    """Return a text with the words of the student's sentence; names where it is not known."""
    return fill(template, {name: name for name in places(template)} | dict(verdict.variant))


def _number(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")
