"""Into nbgrader's gradebook and folders, with nbgrader's own meaning of every column."""

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from grader.atomic import write_whole
from grader.course.course import Course, Student
from grader.course.gradebook import in_one_transaction
from grader.grading.judge.judge import bounded
from grader.questions import Verdict


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


@dataclass(frozen=True)
class Rows:
    """The rows of one notebook of an assignment, by which a submission's rows are made."""

    id: str
    grades: dict[str, str]
    """Id of a graded cell -> its grade_id."""
    comments: dict[str, str]
    """Id of a cell that is commented on -> its grade_id."""


def rows_of(gradebook, slug: str) -> tuple[str, dict[str, Rows]]:
    """Return an assignment's id in the gradebook, and the rows of its notebooks by name."""
    known = gradebook.find_assignment(slug)
    found = {}
    for notebook in sorted(known.notebooks, key=lambda one: one.name):
        tasks = {cell.id: cell.name for cell in notebook.task_cells}
        found[notebook.name] = Rows(
            id=notebook.id,
            grades={cell.id: cell.name for cell in notebook.grade_cells} | tasks,
            comments={cell.id: cell.name for cell in notebook.solution_cells} | tasks,
        )
    return known.id, found


def save_scores(
    gradebook,
    rows: tuple[str, dict[str, Rows]],
    student: Student,
    timestamp,
    scores: dict[str, dict[str, float | None]],
    no_response: dict[str, dict[str, bool]],
    late_penalty,
    same: Collection[str] = (),
) -> None:
    """Write one submission's scores in one transaction; a person's marks are never touched.

    Args:
        gradebook: an open ``nbgrader.api.Gradebook``.
        rows: what `rows_of` found of the assignment.
        student: whose.
        timestamp: when it was handed in, in UTC; None where that is not known.
        scores: notebook -> grade_id -> points or None.
        no_response: notebook -> grade_id -> whether the cell is as released.
        late_penalty: nbgrader's plugin for late submissions.
        same: grade_ids whose answer is the one that was graded last: a mark for it still stands.
    """

    def write() -> None:
        submission = _submission(gradebook.db, rows[0], student, timestamp)
        of_name = {one.notebook_id: one for one in submission.notebooks}
        for name, of_notebook in rows[1].items():
            notebook = _notebook(submission, of_name.get(of_notebook.id), of_notebook)
            _set(notebook, of_notebook, scores.get(name, {}), no_response.get(name, {}), same)
        gradebook.db.flush()
        late = submission.total_seconds_late
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None
            if late > 0:
                gradebook.db.flush()
                gradebook.db.refresh(notebook)
                penalty = late_penalty(student.id, notebook.score, late)
                if penalty is not None:
                    notebook.late_submission_penalty = min(max(penalty, 0), notebook.score)

    in_one_transaction(gradebook, write)


def _submission(db, assignment: str, student: Student, timestamp):
    """Return the row of a submission; it and the student's are made if they are not there yet."""
    from nbgrader import api

    known = db.get(api.Student, student.id)
    if known is None:
        known = api.Student(id=student.id)
        db.add(known)
    for name in ("first_name", "last_name", "email"):
        if getattr(student, name) and getattr(known, name) != getattr(student, name):
            setattr(known, name, getattr(student, name))
    submission = (
        db.query(api.SubmittedAssignment)
        .filter_by(assignment_id=assignment, student_id=student.id)
        .one_or_none()
    )
    if submission is None:
        submission = api.SubmittedAssignment(assignment_id=assignment, student_id=student.id)
        submission.notebooks = []
        db.add(submission)
    if timestamp:
        submission.timestamp = timestamp
    return submission


def _notebook(submission, notebook, rows: Rows):
    """Return the row of a submitted notebook, with a row for each cell."""
    from nbgrader import api

    if notebook is None:
        notebook = api.SubmittedNotebook(notebook_id=rows.id)
        notebook.grades, notebook.comments = [], []
        submission.notebooks.append(notebook)
    there = {grade.cell_id for grade in notebook.grades}
    for cell in [cell for cell in rows.grades if cell not in there]:
        notebook.grades.append(api.Grade(cell_id=cell, needs_manual_grade=True))
    there = {comment.cell_id for comment in notebook.comments}
    for cell in [cell for cell in rows.comments if cell not in there]:
        notebook.comments.append(api.Comment(cell_id=cell))
    return notebook


def _set(notebook, rows: Rows, scores: dict, no_response: dict, same: Collection[str]) -> None:
    """Set automatic scores; a person looks again only where a mark's answer or score is another.

    nbgrader would ask for every mark once more whenever something is graded again.
    """
    for grade in notebook.grades:
        name = rows.grades.get(grade.cell_id)
        if name not in scores:
            continue
        unmoved = name in same and grade.auto_score == scores[name]
        grade.auto_score = scores[name]
        if grade.manual_score is None:
            grade.needs_manual_grade = scores[name] is None
        elif not unmoved:
            grade.needs_manual_grade = True
    for comment in notebook.comments:
        name = rows.comments.get(comment.cell_id)
        if name in no_response:
            comment.auto_comment = "No response." if no_response[name] else None


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


def restore_notebooks(course: Course, slug: str, student: str, notebooks: dict[str, bytes]) -> None:
    """Put other graded notebooks into a submission's folder; what lies beside them stays."""
    for name, data in notebooks.items():
        path = course.folder("autograded", slug, student) / f"{name}.ipynb"
        if write_whole(path, data):
            path.chmod(0o444)


def clear_away(course: Course, slug: str) -> None:
    """Remove what a crash left of folders that were being written; put a lone old one back.

    The caller holds the course's lock.
    """
    for left in (course.path / "autograded").glob("*/.old-*"):
        if (left / slug).is_dir():
            if not (left.parent / slug).exists():
                (left / slug).rename(left.parent / slug)
            shutil.rmtree(left, ignore_errors=True)
    for left in (course.path / "autograded").glob("*/.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    for left in (course.path / "kept").glob("*/.new-*"):
        left.unlink(missing_ok=True)
