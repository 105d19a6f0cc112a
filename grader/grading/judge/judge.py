"""From what a kernel recorded to verdicts, and from verdicts to a notebook that nbgrader can read.

This runs in a process that never ran student code. The score of a question is a function of the
course's question, the recorded answer and the trusted model: nothing else that a kernel said.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from grader.course.carried import find_language
from grader.grading.grading import Grading
from grader.grading.intake.assignment import Assignment
from grader.grading.intake.changes import Change, another_variant
from grader.grading.sanitize.markdown import defuse_cell
from grader.questions import (
    Outcome,
    Question,
    Verdict,
    card_html,
    card_text,
    draw_probes,
    judge_outputs,
)


def probes_of(assignment: Assignment, secret: bytes, submission: str) -> dict[str, list | None]:
    """Draw the inputs that the functions of one submission are called with.

    Args:
        assignment: whose function questions ask for inputs.
        secret: the course's; a leaked input tells nothing about another submission's.
        submission: sha256 of what was handed in, so that a regrade repeats the draw.
    """
    return {
        grade_id: draw_probes(question, _seed(secret, question, submission))
        for grade_id, question in assignment.questions.items()
    }


def judge_submission(
    grading: Grading,
    student: str,
    submission: str,
    answers: Mapping[str, Any],
    variant_id: str | None = None,
    changes: Iterable[Change | Mapping] = (),
) -> dict[str, Verdict]:
    """Judge what a submission's check cells recorded.

    Args:
        grading: by what.
        student: whose.
        submission: sha256 of what was handed in, from which its probes are drawn.
        answers: notebook -> what has ``recorded`` and ``endings``.
        variant_id: what the sentence is drawn from; None for what the roster says.
        changes: of the submission; where one says that it was written for another sentence,
            nothing is judged and a person decides.

    Returns:
        grade_id -> verdict, for the cells of these notebooks.
    """
    assignment = grading.assignment
    if variant_id is None:
        variant_id = grading.variant_id(student, submission)
    variant = assignment.variant(grading.course.course_id, variant_id)
    if another_variant(changes):
        every = end_all(assignment, Outcome.ANOTHER_VARIANT, variant[1])
        cells = {g for name in answers for g in assignment.notebooks[name].by_id}
        return {grade_id: one for grade_id, one in every.items() if grade_id in cells}
    probes = probes_of(assignment, grading.secret, submission)
    return {
        grade_id: verdict
        for name, one in answers.items()
        for grade_id, verdict in judge_recorded(
            assignment, one.recorded, one.endings, variant, grading.model.loaded, probes
        ).items()
        if grade_id in assignment.notebooks[name].by_id
    }


def judge_recorded(
    assignment: Assignment,
    recorded: dict[str, str],
    endings: dict[str, Outcome],
    variant: tuple[int, dict],
    model: Any,
    probes: dict[str, list | None],
) -> dict[str, Verdict]:
    """Judge every question by what its check cell recorded, now or when it was first graded."""
    verdicts = {}
    for grade_id, question in assignment.questions.items():
        if grade_id in endings:
            outcome = endings[grade_id]
            verdicts[grade_id] = Verdict.ended(question, outcome, variant=variant[1])
            continue
        outputs = recorded.get(grade_id, "[]")
        verdicts[grade_id] = judge_outputs(question, *variant, outputs, model, probes[grade_id])
    return verdicts


def end_all(assignment: Assignment, outcome: Outcome, variant: Mapping) -> dict[str, Verdict]:
    """Return the verdicts of a submission that ended before any question was asked."""
    return {
        grade_id: Verdict.ended(question, outcome, variant=variant)
        for grade_id, question in assignment.questions.items()
    }


def finish_notebook(
    notebook: dict, assignment: Assignment, verdicts: Mapping[str, Verdict], language: str
) -> dict:
    """Return the notebook to store: cards in check cells, harmless Markdown everywhere else."""
    cells = [
        cell if cell["cell_type"] == "code" else defuse_cell(cell) for cell in notebook["cells"]
    ]
    return with_cards({**notebook, "cells": cells}, assignment, verdicts, language)


def with_cards(
    notebook: dict, assignment: Assignment, verdicts: Mapping[str, Verdict], language: str
) -> dict:
    """Return a notebook with the cards of `verdicts` in its check cells.

    A check cell gets one ``execute_result``: its ``text/plain`` is the number that nbgrader's own
    rule reads, its ``text/html`` the card that formgrader shows. A question left open gets a card
    without a number.

    Args:
        notebook: as it was executed.
        assignment: whose questions.
        verdicts: grade_id -> verdict.
        language: of the cards where the notebook does not set its own.
    """
    language = find_language(notebook) or language
    cells = []
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if cell["cell_type"] == "code" and grade_id in verdicts:
            question = assignment.questions[grade_id]
            cell = {**cell, "outputs": [_card(verdicts[grade_id], question, cell, language)]}
        cells.append(cell)
    return {**notebook, "cells": cells}


def bounded(points: float, maximum: float) -> float | None:
    """Return `points` as a finite number within 0..maximum with two decimals; None if it is none.

    Rounded first and clamped then: a hundredth too much makes nbgrader drop the submission.
    """
    if not isinstance(points, (int, float)) or points != points:
        return None
    if points in (float("inf"), float("-inf")):
        return None
    return float(min(max(round(points, 2), 0.0), maximum))


def _card(verdict: Verdict, question: Question, cell: dict, language: str) -> dict:
    html = card_html(verdict, question, language)
    points = bounded(verdict.points, question.points)
    if verdict.outcome.open or points is None:
        return {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/plain": card_text(verdict, question, language), "text/html": html},
        }
    return {
        "output_type": "execute_result",
        "execution_count": cell.get("execution_count"),
        "metadata": {},
        "data": {"text/plain": repr(points), "text/html": html},
    }


def _seed(secret: bytes, question: Question, submission: str) -> bytes:
    text = f"{question.id}\0{submission}".encode()
    return hmac.new(secret, text, hashlib.sha256).digest()
