"""The graded notebooks of a submission and the scores of their cells; nothing here is written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from grader.grading.intake.assignment import Assignment
from grader.grading.intake.restore import blank
from grader.grading.intake.submission import Submission
from grader.grading.judge.judge import bounded, end_all, finish_notebook, with_cards
from grader.grading.judge.stock_cells import stock_scores, untouched
from grader.grading.run.job import Executed
from grader.questions import Outcome, Verdict


@dataclass(frozen=True)
class Graded:
    """What comes of a submission, in the shapes in which folder, gradebook and record take it."""

    verdicts: dict[str, Verdict]
    """grade_id -> verdict, in the order of the questions."""
    stock: dict[str, list]
    """grade_id of a cell that is not ours -> [points or None, maximum]."""
    notebooks: dict[str, bytes]
    """Name without suffix -> the notebook with its cards."""
    scores: dict[str, dict[str, float | None]]
    """Notebook -> grade_id -> points or None."""
    no_response: dict[str, dict[str, bool]]
    """Notebook -> grade_id -> whether the cell is as released."""
    tests: dict[str, dict]
    """grade_id of an in-kernel test -> what it came to."""


def grade_notebooks(
    assignment: Assignment,
    submission: Submission,
    ran: Mapping[str, Executed],
    verdicts: Mapping[str, Verdict],
    variant: Mapping,
    language: str,
) -> Graded:
    """Return the graded notebooks of a submission: also of what is missing, refused or lost.

    Args:
        assignment: whose notebooks.
        submission: what was handed in.
        ran: name -> what came of a notebook that was executed.
        verdicts: grade_id -> verdict on what `ran` recorded.
        variant: the student's, for the questions that nothing was recorded for.
        language: of the cards.
    """
    verdicts = dict(verdicts)
    stock: dict[str, list] = {}
    tests: dict[str, dict] = {}
    notebooks, scores, no_response = {}, {}, {}
    for name, source in assignment.notebooks.items():
        notebook = _notebook(assignment, submission, ran, name)
        if name not in ran:
            refused = name in submission.refused
            outcome = Outcome.NOT_A_NOTEBOOK if refused else Outcome.INTERNAL
            ended = end_all(assignment, outcome, variant)
            verdicts |= {g: verdict for g, verdict in ended.items() if g in source.by_id}
        found = {g: v for g, v in verdicts.items() if g in source.by_id}
        of_stock, of_tests = stock_scores(notebook, assignment)
        if name in submission.refused:
            of_stock = {g: [0.0, maximum] for g, (_, maximum) in of_stock.items()}
            of_tests = {}
        elif name not in ran:  # a test that was never run passed no more than it failed
            of_stock |= {g: [None, of_stock[g][1]] for g in of_tests}
            of_tests = {}
        no_response[name] = untouched(notebook)
        scores[name] = scores_of(found, of_stock)
        stock |= of_stock
        tests |= of_tests
        notebooks[name] = _bytes(finish_notebook(notebook, assignment, found, language))
    ordered = {g: verdicts[g] for g in assignment.questions if g in verdicts}
    return Graded(ordered, stock, notebooks, scores, no_response, tests)


def grade_again(
    assignment: Assignment,
    notebooks: dict[str, bytes],
    verdicts: dict[str, Verdict],
    changed: set[str],
    language: str,
) -> tuple[dict[str, bytes], dict[str, dict[str, float | None]]]:
    """Return graded notebooks with the cards of other verdicts; what else they hold stays.

    Args:
        assignment: whose notebooks.
        notebooks: name -> the graded notebook as it is.
        verdicts: grade_id -> verdict.
        changed: the grade_ids whose verdicts are other than they were.
        language: of the cards.

    Returns:
        The notebooks by name, and by name the scores of `changed`.
    """
    again, scores = {}, {}
    for name, data in notebooks.items():
        cells = assignment.notebooks[name].by_id
        mine = {g: v for g, v in verdicts.items() if g in cells}
        again[name] = _bytes(with_cards(json.loads(data), assignment, mine, language))
        scores[name] = scores_of({g: v for g, v in mine.items() if g in changed}, {})
    return again, scores


def scores_of(verdicts: dict[str, Verdict], stock: dict[str, list]) -> dict[str, float | None]:
    """Return what goes into the gradebook: grade_id -> points, None where it is left open."""
    scores = {
        grade_id: None if verdict.outcome.open else bounded(verdict.points, verdict.max_points)
        for grade_id, verdict in verdicts.items()
    }
    return scores | {grade_id: points for grade_id, (points, _) in stock.items()}


def _notebook(
    assignment: Assignment, submission: Submission, ran: Mapping[str, Executed], name: str
) -> dict:
    """Return a notebook as executed, or as it is where it was not."""
    source = assignment.notebooks[name]
    if name in submission.refused:
        return blank(source)
    if name in ran:
        return ran[name].notebook
    notebook = submission.restored[name].notebook
    cells = [{k: v for k, v in c.items() if k != "attachments"} for c in notebook["cells"]]
    return {**notebook, "cells": cells}


def _bytes(notebook: dict) -> bytes:
    """Return a notebook as nbformat writes it.

    Raises:
        nbformat.ValidationError: it is none.
    """
    import nbformat

    node = nbformat.from_dict(notebook)
    nbformat.validate(node)
    # Not `nbformat.writes`, which would look at it a second time, and log instead of raising.
    return (nbformat.v4.writes(node).rstrip("\n") + "\n").encode()
