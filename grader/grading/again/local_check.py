"""`grader check`: a student runs a notebook here and sees every card, as handing in would."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from grader.course.carried import find_data, find_language, unpack
from grader.course.receipt import receipt, spaced
from grader.errors import GraderError
from grader.grading.intake.changes import Change, changed, sentence
from grader.grading.intake.notebook_file import parse_notebook, read_file
from grader.grading.intake.restore import restore
from grader.grading.intake.source import source_of
from grader.grading.limits import DEFAULT
from grader.grading.run.execute import execute
from grader.grading.run.job import Executed
from grader.kept_model import JUDGES, KeptModel
from grader.questions import (
    LANGUAGES,
    Exercise,
    Outcome,
    Refusal,
    Remembered,
    Verdict,
    card_text,
    decode_public,
    judge_outputs,
    public_probes,
    read_bundles,
)

QUESTIONS = 'questions="'

SAYS = {
    "zh": {
        "so_far": "目前得分 {points} / {most}（公开的评分项）",
        "later": "以后才评的：{later}",
        "person": "{question}（{points} 分，由人批改）",
        "handing_in": "{question}（{points} 分，提交后评）",
        "receipt": "回执 {receipt}。请记下：交上去的笔记本应有同一个回执（重新保存不会改变它）",
    },
    "en": {
        "so_far": "Points so far: {points} of {most} (public criteria)",
        "later": "Judged later: {later}",
        "person": "{question} ({points} points, by a person)",
        "handing_in": "{question} ({points} points, when you hand in)",
        "receipt": "Receipt {receipt}  Keep it: what you handed in must have the same one "
        "(saving again does not change it)",
    },
}


@dataclass(frozen=True)
class Later:
    """Points that nobody can tell yet."""

    question: str
    """Name of the question."""
    points: float
    why: str
    """``person``, or ``handing_in``: the criterion is judged when the notebook is graded."""


@dataclass(frozen=True)
class Checked:
    """The verdicts of the public criteria on one notebook."""

    exercise: Exercise
    verdicts: tuple[Verdict, ...]
    language: str
    receipt: str = ""
    """Of the file; the same that `grader collect` and the feedback page state."""
    changes: tuple[Change, ...] = ()
    """What grading will change in it; done here, too, before it was run."""

    @property
    def passed(self) -> bool:
        """Whether every question was answered and no public criterion failed."""
        return all(v.outcome == Outcome.GRADED and v.passed for v in self.verdicts)

    @property
    def points(self) -> float:
        """The points so far."""
        return round(sum(verdict.points for verdict in self.verdicts), 2)

    @property
    def later(self) -> tuple[Later, ...]:
        """What is judged later, question by question."""
        verdicts = {verdict.question: verdict for verdict in self.verdicts}
        found = []
        for question in self.exercise.questions.values():
            if question.written:
                found.append(Later(question.name, question.points, "person"))
            elif verdicts[question.id].outcome == Outcome.GRADED:
                criteria = verdicts[question.id].criteria
                points = sum(c.max_points for c in criteria if c.status == "unchecked")
                if points:
                    found.append(Later(question.name, points, "handing_in"))
        return tuple(found)

    def to_json(self) -> dict:
        """Return it as plain data."""
        return {
            "exercise": self.exercise.slug,
            "passed": self.passed,
            "verdicts": [verdict.to_json() for verdict in self.verdicts],
            "points": self.points,
            "max_points": self.exercise.points,
            "later": [asdict(later) for later in self.later],
            "receipt": self.receipt,
            "changes": [
                change.to_json() | {"sentence": sentence(change, self.language)}
                for change in self.changes
            ],
        }

    def text(self) -> str:
        """Return the cards, the points so far, what is judged later, and the receipt."""
        questions = {q.id: q for q in self.exercise.questions.values()}
        lines = [sentence(change, self.language) for change in self.changes]
        lines += [card_text(v, questions[v.question], self.language) for v in self.verdicts]
        say = SAYS[self.language]
        lines.append(
            say["so_far"].format(points=f"{self.points:g}", most=f"{self.exercise.points:g}")
        )
        later = [
            say[one.why].format(question=one.question, points=f"{one.points:g}")
            for one in self.later
        ]
        if later:
            lines.append(
                say["later"].format(later=("；" if self.language == "zh" else "; ").join(later))
            )
        lines.append(say["receipt"].format(receipt=spaced(self.receipt)))
        return "\n".join(lines)


def check_notebook(path: Path, language: str | None = None, model: Any = None) -> Checked:
    """Execute the notebook at `path` in its own folder and judge its public criteria.

    Args:
        path: a student's notebook.
        language: of the cards; None for the one that the notebook's first cell sets.
        model: what the answers are judged with; None for the default model.

    Raises:
        NotANotebook: it is no notebook.
        GraderError: it is no notebook of ours; says why.
    """
    data = read_file(path, DEFAULT.notebook_file).data
    parsed = parse_notebook(data)
    exercise, prepared, changes = _prepared(parsed, path)
    questions = {q.grade_id: q for q in exercise.questions.values() if not q.written}
    asked = {g: (q.id, public_probes(q)) for g, q in questions.items()}
    with _judging_kernel():
        executed = execute(prepared, folder=path.resolve().parent, questions=asked)
    model = Remembered(KeptModel()) if model is None else model
    verdicts = [_verdict(q, executed, exercise, model) for q in questions.values()]
    # What is unanswered does not say whose sentence it is; what is answered does.
    variant = next((v.variant for v in verdicts if v.variant), {})
    verdicts = [v if v.variant else replace(v, variant=variant) for v in verdicts]
    return Checked(
        exercise,
        tuple(verdicts),
        language or find_language(parsed) or LANGUAGES[0],
        receipt(data) or "?" * 16,
        changes,
    )


@contextmanager
def _judging_kernel() -> Iterator[None]:
    """Let the kernel judge, too, as it does for the student.

    What it asks of the model is then kept on disk, and is not worked out a second time here. The
    notebook gets no cell for it, as cells may speak of each other by number (``Out[5]``).
    """
    before = os.environ.get(JUDGES)
    os.environ[JUDGES] = "1"
    try:
        yield
    finally:
        del os.environ[JUDGES]
        if before is not None:
            os.environ[JUDGES] = before


def _prepared(parsed: dict, path: Path) -> tuple[Exercise, dict, tuple[Change, ...]]:
    """Return the exercise and the notebook to execute, prepared as grading prepares it."""
    for data in [*(find_data(cell["source"]) for cell in parsed["cells"]), parsed["data"]]:
        found = unpack(data) if data else None
        if found is not None and found.cells:
            exercise = Exercise.from_public(found.public)
            restored = restore(parsed, source_of(found, data))
            changes = restored.changes
            if found.practice:
                changes = (changed("practice"), *changes)
            return exercise, restored.notebook, changes
    return _exercise(parsed, path), _as_it_is(parsed), ()


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


def _exercise(parsed: dict, path: Path) -> Exercise:
    """Return the exercise of a notebook from before notebooks carried their cells."""
    for cell in parsed["cells"]:
        if "start" in cell["claims"] and QUESTIONS in cell["source"]:
            packed = cell["source"].split(QUESTIONS, 1)[1].split('"', 1)[0]
            return Exercise.from_public(decode_public(packed))
    raise GraderError(f"{path} has no cell that starts an exercise; download the notebook again.")


def _as_it_is(parsed: dict) -> dict:
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
