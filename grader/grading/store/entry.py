"""A grade as the record tells it: made of what was handed in, what ran, and what was found."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from grader.grading.grading import Grading
from grader.grading.intake.assignment import Assignment
from grader.grading.intake.submission import Submission
from grader.grading.run.job import Executed
from grader.grading.store.blobs import keep_questions
from grader.grading.store.record import Entry, now, secret_tag
from grader.grading.version import grader_version
from grader.questions import Verdict


def entry_of(
    assignment: Assignment,
    submission: Submission,
    verdicts: Mapping[str, Verdict],
    stock: dict[str, list],
    executed: Sequence[Executed],
    **rest: Any,
) -> Entry:
    """Return the entry of a grade.

    Args:
        assignment: what was graded.
        submission: what was handed in.
        verdicts: grade_id -> verdict.
        stock: grade_id of a cell that is not ours -> [points or None, maximum].
        executed: what came of the notebooks that ran.
        rest: the fields of the entry that these do not say.
    """
    written = {
        cell.grade_id
        for notebook in assignment.notebooks.values()
        for cell in notebook.cells
        if cell.grade and cell.solution
    }
    door = next(iter(submission.refused.values()), None)
    recipe = assignment.question_files.get("probes.toml")
    return Entry(
        student=submission.student,
        exercise=assignment.slug,
        notebook=next((n for n in submission.names.values() if n), ""),
        submission=submission.sha256,
        verdicts={grade_id: verdict.to_json() for grade_id, verdict in verdicts.items()},
        stock={g: score for g, score in stock.items() if g not in written},
        written={g: score for g, score in stock.items() if g in written},
        door={"reason": door.reason, "values": door.values} if door else None,
        changes=[change.to_json() for change in submission.changes],
        notes=[asdict(note) for one in executed for note in one.notes],
        seconds=round(sum(one.seconds for one in executed), 3),
        kernels=sum(one.kernels for one in executed),
        cpu_seconds=round(sum(one.cpu_seconds for one in executed), 3),
        peak_bytes=max((one.peak_bytes for one in executed), default=0),
        recipe=hashlib.sha256(recipe).hexdigest() if recipe is not None else "",
        **rest,
    )


def of_today(grading: Grading) -> dict[str, str]:
    """Return what a grade that is given now rests on, and when it is given, as an entry says it."""
    return {
        "material": grading.assignment.material,
        "grader": grader_version(),
        "questions": keep_questions(grading.course, grading.assignment.question_files),
        "course_id": grading.course.course_id,
        "language": grading.course.language,
        "secret": secret_tag(grading.secret),
        "at": now(),
    }


def plain(verdict: Verdict) -> dict:
    """Return a verdict as it stands in the record."""
    return json.loads(json.dumps(verdict.to_json()))
