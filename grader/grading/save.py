"""Into nbgrader's gradebook and folders, with nbgrader's own meaning of every column."""

import os
import shutil
import tempfile
from pathlib import Path

from grader.course.folder import Course, Student
from grader.grading.assignment import Assignment
from grader.grading.judge import bounded
from grader.questions import Verdict


def stock_scores(notebook: dict, assignment: Assignment) -> dict[str, list]:
    """Score cells that are not ours by nbgrader's own rule: in-kernel tests, written answers.

    Returns:
        grade_id -> [points, or None for a person, and the maximum].
    """
    from nbformat import from_dict
    from nbgrader.utils import determine_grade, is_grade

    scores = {}
    for cell in from_dict(notebook).cells:
        if is_grade(cell) and cell.metadata.nbgrader.grade_id not in assignment.questions:
            maximum = float(cell.metadata.nbgrader.points)
            try:
                points, maximum = determine_grade(cell)
            except (ValueError, KeyError, TypeError):
                points = None  # nbgrader would drop the whole submission
            scores[cell.metadata.nbgrader.grade_id] = [points, maximum]
    return scores


def untouched(notebook: dict) -> dict[str, bool]:
    """Return for each solution cell whether it is as released: nbgrader says "No response."."""
    from nbformat import from_dict
    from nbgrader.utils import compute_checksum, is_solution

    return {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.get("checksum")
        == compute_checksum(cell)
        for cell in from_dict(notebook).cells
        if is_solution(cell)
    }


def scores_of(verdicts: dict[str, Verdict], stock: dict[str, list]) -> dict[str, float | None]:
    """Return what goes into the gradebook: grade_id -> points, None where it is left open."""
    scores = {
        grade_id: None if verdict.outcome.open else bounded(verdict.points, verdict.max_points)
        for grade_id, verdict in verdicts.items()
    }
    return scores | {grade_id: points for grade_id, (points, _) in stock.items()}


def register(gradebook, slug: str, student: Student, timestamp) -> None:
    """Make the rows of a student and a submission, if they are not there yet."""
    known = {
        name: getattr(student, name)
        for name in ("first_name", "last_name", "email")
        if getattr(student, name)
    }
    gradebook.update_or_create_student(student.id, **known)
    if timestamp:
        gradebook.update_or_create_submission(slug, student.id, timestamp=timestamp)
    else:
        gradebook.update_or_create_submission(slug, student.id)


def save_scores(
    gradebook,
    slug: str,
    student: str,
    scores: dict[str, dict[str, float | None]],
    no_response: dict[str, dict[str, bool]],
    late_penalty,
) -> None:
    """Write one submission's scores in one transaction; a person's marks are never touched.

    Args:
        gradebook: an open ``nbgrader.api.Gradebook``.
        slug: the assignment.
        student: the student's id.
        scores: notebook -> grade_id -> points or None.
        no_response: notebook -> grade_id -> whether the cell is as released.
        late_penalty: nbgrader's plugin for late submissions.
    """
    submission = gradebook.find_submission(slug, student)
    late = submission.total_seconds_late
    for name, of_cells in scores.items():
        notebook = gradebook.find_submission_notebook(name, slug, student)
        for grade in notebook.grades:
            if grade.name in of_cells:
                grade.auto_score = of_cells[grade.name]
                grade.needs_manual_grade = (
                    grade.manual_score is not None or grade.auto_score is None
                )
        for comment in notebook.comments:
            if comment.name in no_response[name]:
                comment.auto_comment = "No response." if no_response[name][comment.name] else None
        notebook.late_submission_penalty = None
        gradebook.db.flush()
        if late > 0:
            gradebook.db.refresh(notebook)
            penalty = late_penalty(student, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = min(max(penalty, 0), notebook.score)
    gradebook.db.commit()


def late_penalty_plugin(config):
    """Return the function that the course's configuration names for late submissions."""
    from nbgrader.preprocessors import AssignLatePenalties

    assign = AssignLatePenalties(config=config)
    assign.init_plugin()
    return assign.plugin_inst.late_submission_penalty


def store(
    course: Course,
    slug: str,
    student: str,
    notebooks: dict[str, bytes],
    files: dict[str, bytes],
    timestamp: bytes | None,
) -> None:
    """Write autograded/<student>/<slug>/ as a whole: the old folder stays until the new is there.

    Args:
        course: whose folder.
        slug: the assignment.
        student: the student's id.
        notebooks: name without suffix -> bytes.
        files: what lies beside them.
        timestamp: contents of timestamp.txt, by which nbgrader knows a newer submission.
    """
    target = course.folder("autograded", slug, student)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".new-", dir=target.parent))
    try:
        everything = {f"{name}.ipynb": data for name, data in notebooks.items()} | files
        if timestamp is not None:
            everything["timestamp.txt"] = timestamp
        for name, data in everything.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o444)  # as nbgrader does: what was graded is not edited by accident
        fresh.chmod(0o755)
        if target.exists():
            old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))
            target.rename(old / slug)
            fresh.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        else:
            fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def write_whole(path: Path, data: bytes) -> bool:
    """Write a file as a whole or not at all; returns whether anything changed."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(path)
    return True
