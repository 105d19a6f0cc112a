"""`grader check`: a student runs a notebook here and sees every card, as handing in would."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.grading.execute import Executed, execute
from grader.grading.limits import DEFAULT
from grader.grading.submission import NotANotebook, parse_notebook, read_file
from grader.questions import (
    LANGUAGES,
    Exercise,
    Outcome,
    Refusal,
    Verdict,
    card_text,
    decode_public,
    judge_outputs,
    public_probes,
    read_bundles,
)

QUESTIONS = 'questions="'


@dataclass(frozen=True)
class Checked:
    """The verdicts of the public criteria on one notebook."""

    exercise: Exercise
    verdicts: tuple[Verdict, ...]
    language: str

    @property
    def passed(self) -> bool:
        """Whether every question was answered and no public criterion failed."""
        return all(v.outcome == Outcome.GRADED and v.passed for v in self.verdicts)

    def to_json(self) -> dict:
        """Return it as plain data."""
        return {
            "exercise": self.exercise.slug,
            "passed": self.passed,
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
        }

    def text(self) -> str:
        """Return the cards."""
        questions = {q.id: q for q in self.exercise.questions.values()}
        return "\n".join(card_text(v, questions[v.question], self.language) for v in self.verdicts)


def check_notebook(path: Path, language: str | None = None, model: Any = None) -> Checked:
    """Execute the notebook at `path` in its own folder and judge its public criteria.

    Args:
        path: a student's notebook.
        language: of the cards; None for the one that the notebook's first cell sets.
        model: what the answers are judged with; None for the default model.

    Raises:
        GraderError: it is no notebook of ours; says why.
    """
    try:
        parsed = parse_notebook(read_file(path, DEFAULT.notebook_file).data)
    except NotANotebook as why:
        raise GraderError(
            f"{path} is not a notebook that can be checked ({why.reason}); "
            "open it in JupyterLab and save it again."
        ) from None
    exercise = _exercise(parsed, path)
    questions = {q.grade_id: q for q in exercise.questions.values() if not q.written}
    notebook = _executable(parsed)
    asked = {g: (q.id, public_probes(q)) for g, q in questions.items()}
    executed = execute(notebook, folder=path.resolve().parent, questions=asked)
    if model is None:
        from grader.capture import load_model

        model = load_model()
    verdicts = [_verdict(q, executed, exercise, model) for q in questions.values()]
    return Checked(exercise, tuple(verdicts), language or _language(parsed))


def _verdict(question, executed: Executed, exercise: Exercise, model: Any) -> Verdict:
    if question.grade_id in executed.endings:
        return Verdict.ended(question, executed.endings[question.grade_id])
    outputs = executed.recorded.get(question.grade_id, "[]")
    try:
        index = read_bundles(outputs, question.id).variant
    except Refusal:
        index = 0
    index = min(index, len(exercise.variants) - 1)
    probes = public_probes(question)
    return judge_outputs(question, index, exercise.variants[index], outputs, model, probes)


def _language(parsed: dict) -> str:
    for cell in parsed["cells"]:
        found = re.search(r'^language = "(zh|en)"', cell["source"], re.MULTILINE)
        if found:
            return found[1]
    return LANGUAGES[0]


def _exercise(parsed: dict, path: Path) -> Exercise:
    for cell in parsed["cells"]:
        if "start" in cell["claims"] and QUESTIONS in cell["source"]:
            packed = cell["source"].split(QUESTIONS, 1)[1].split('"', 1)[0]
            return Exercise.from_public(decode_public(packed))
    raise GraderError(f"{path} has no cell that starts an exercise; download the notebook again.")


def _executable(parsed: dict) -> dict:
    cells = []
    for at, cell in enumerate(parsed["cells"]):
        name = cell["claims"][0] if cell["claims"] else None
        made = {
            "cell_type": cell["cell_type"],
            "id": f"cell-{at:03d}",
            "metadata": {"nbgrader": {"grade_id": name}} if name else {},
            "source": cell["source"],
        }
        if cell["cell_type"] == "code":
            made |= {"execution_count": None, "outputs": []}
        cells.append(made)
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return json.loads(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})
    )
