"""The numbers of a question judged together: what a card says to whoever tries number after number.

Judged one by one, each number tells by itself when it is right, and a loop finds all of them. After
a handful of different answers about the same head and sentence a card therefore judges the numbers
of a question together. When a notebook is graded each counts by itself, as always.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from grader.questions.exercise import Question
from grader.questions.kinds import KINDS, fields
from grader.questions.messages import say
from grader.questions.outcome import Outcome
from grader.questions.reading import letters
from grader.questions.verdict import Verdict

HANDFUL = 5
"""So many different answers are judged number by number."""

WRONG = frozenset(
    {
        "number.wrong",
        "weight.wrong",
        "control.weights_first",
        "claim.number_first",
        "equal.wrong",
        "array.wrong",
        "array.rows",
        "shape.sizes",
        "tokens.missing",
        "tokens.extra",
        "span.wrong",
        "cuts.not_zero",
    }
)
"""The reasons that say of a number, or of one of a list, that it is wrong."""


def about(value: Any) -> str:
    """Return what the numbers of an answer speak of: its head and its texts.

    Numbers for another head or another sentence are other numbers: trying them begins anew.
    """
    if not isinstance(value, dict):
        return ""
    parts = []
    with suppress(fields.FieldError):
        parts.append(str(fields.head_id(value, (2**62, 2**62))))
    for one in (value, *value.values()):
        if isinstance(one, dict):
            said = (one.get(key) for key in ("text", "context"))
            parts += [letters(text) for text in said if isinstance(text, str)]
    return "\0".join(parts)


def judged_together(verdict: Verdict, question: Question) -> Verdict:
    """Return a verdict in which the numbers are right only if all are.

    What is wrong with a head or a sentence is said as before.
    """
    names = KINDS[question.kind].together(question.parameters)
    numbers = [c for c in verdict.criteria if c.name in names]
    wrong = [c for c in numbers if c.status == "failed" and c.reason.key in WRONG]
    if verdict.outcome != Outcome.GRADED or not wrong:
        return verdict
    hidden = {c.name for c in numbers if c in wrong or c.status == "passed"}
    reason = say("together", count=HANDFUL)
    criteria = [
        replace(c, status="failed", points=0.0, reason=reason, hint=None) if c.name in hidden else c
        for c in verdict.criteria
    ]
    return Verdict.of(question, verdict.variant, criteria, notes=verdict.notes)
