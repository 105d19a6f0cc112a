"""Save scores and late penalties in nbgrader's gradebook; columns mean what nbgrader means."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from grader.course.course import Student
from grader.course.gradebook import in_one_transaction


@dataclass(frozen=True)
class Rows:
    """The rows of one notebook of an assignment, by which a submission's rows are made."""

    id: str
    grades: dict[str, str]
    """Id of a graded cell -> its grade_id."""
    comments: dict[str, str]
    """Id of a cell that is commented on -> its grade_id."""


@dataclass(frozen=True)
class Scorebook:
    """An assignment in the gradebook: whatever it takes to write a submission's scores."""

    gradebook: Any
    """An open ``nbgrader.api.Gradebook``."""
    assignment: str
    """Its id there."""
    rows: Mapping[str, Rows]
    """Name of a notebook -> its rows."""
    late_penalty: Any
    """nbgrader's plugin for late submissions."""
    roster: Mapping[str, Student]


def open_scorebook(gradebook: Any, slug: str, config: Any, roster: Mapping[str, Student]):
    """Return the `Scorebook` of an assignment.

    Args:
        gradebook: an open ``nbgrader.api.Gradebook``.
        slug: the assignment.
        config: nbgrader's, of the course.
        roster: the students.
    """
    known = gradebook.find_assignment(slug)
    rows = {}
    for notebook in sorted(known.notebooks, key=lambda one: one.name):
        tasks = {cell.id: cell.name for cell in notebook.task_cells}
        rows[notebook.name] = Rows(
            id=notebook.id,
            grades={cell.id: cell.name for cell in notebook.grade_cells} | tasks,
            comments={cell.id: cell.name for cell in notebook.solution_cells} | tasks,
        )
    return Scorebook(gradebook, known.id, rows, late_penalty_plugin(config), roster)


def save_scores(
    book: Scorebook,
    student: str,
    timestamp: bytes | None,
    scores: Mapping[str, Mapping[str, float | None]],
    no_response: Mapping[str, Mapping[str, bool]],
    same: Collection[str] = (),
) -> None:
    """Write one submission's scores in one transaction; a person's marks are never touched.

    Args:
        book: of the assignment.
        student: whose.
        timestamp: contents of timestamp.txt; None where there is none.
        scores: notebook -> grade_id -> points or None.
        no_response: notebook -> grade_id -> whether the cell is as released.
        same: grade_ids whose answer is the one that was graded last: a mark for it still stands.
    """
    gradebook, late_penalty = book.gradebook, book.late_penalty
    known = book.roster.get(student) or Student(student, student)

    def write() -> None:
        submission = _submission(gradebook.db, book.assignment, known, _time(timestamp))
        of_name = {one.notebook_id: one for one in submission.notebooks}
        for name, of_notebook in book.rows.items():
            notebook = _notebook(submission, of_name.get(of_notebook.id), of_notebook)
            _set(notebook, of_notebook, scores.get(name, {}), no_response.get(name, {}), same)
        gradebook.db.flush()
        late = submission.total_seconds_late
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None
            if late > 0:
                gradebook.db.flush()
                gradebook.db.refresh(notebook)
                penalty = late_penalty(known.id, notebook.score, late)
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


def _set(
    notebook, rows: Rows, scores: Mapping, no_response: Mapping, same: Collection[str]
) -> None:
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


def same_answers(
    before: Mapping[str, bytes], fresh: Mapping[str, bytes], *, same_file: bool
) -> set[str]:
    """Return the grade_ids of cells whose answer is the one that was graded before.

    Of the same file all; of another those whose text is the same, which says it all where no code
    can change what the text means: in written answers.

    Args:
        before: the graded notebooks that are there, by name.
        fresh: those that will be.
        same_file: whether both are of the same submission.
    """
    old, new = (_sources(notebooks, code=same_file) for notebooks in (before, fresh))
    return {grade_id for grade_id, text in new.items() if old.get(grade_id) == text}


def _sources(notebooks: Mapping[str, bytes], code: bool) -> dict[str, str]:
    """Return the text of each cell with a grade_id; that of code only where it is asked for."""
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]).strip()
        for data in notebooks.values()
        for cell in json.loads(data)["cells"]
        if "nbgrader" in cell["metadata"] and (code or cell["cell_type"] != "code")
    }


def _time(timestamp: bytes | None):
    from nbgrader.utils import parse_utc

    try:
        return parse_utc((timestamp or b"").decode().strip()) or None
    except (ValueError, OverflowError, TypeError, UnicodeDecodeError):
        return None
