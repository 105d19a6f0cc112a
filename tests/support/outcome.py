"""All that a batch leaves behind, in a form in which two batches can be compared."""

from collections import Counter

from grader.course.gradebook import open_gradebook
from grader.grading.store.record import broken, read_entries, results_hash

SCORES = """
SELECT student.id, submitted_assignment.timestamp, base_cell.name, auto_score, manual_score,
       extra_credit, needs_manual_grade, late_submission_penalty
FROM grade JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN student ON student.id = submitted_assignment.student_id
JOIN base_cell ON base_cell.id = grade.cell_id
ORDER BY student.id, base_cell.name
"""
COMMENTS = """
SELECT student.id, base_cell.name, auto_comment, manual_comment
FROM comment JOIN submitted_notebook ON submitted_notebook.id = comment.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN student ON student.id = submitted_assignment.student_id
JOIN base_cell ON base_cell.id = comment.cell_id
ORDER BY student.id, base_cell.name
"""
COUNTS = ("student", "submitted_assignment", "submitted_notebook", "grade", "comment")


def gradebook_rows(course) -> dict:
    """Return what the gradebook holds, without the random ids of its rows."""
    from sqlalchemy import text

    with open_gradebook(course) as gradebook:
        counted = (text(f"SELECT count(*) FROM {table}") for table in COUNTS)
        found = {"counts": [gradebook.db.execute(one).scalar() for one in counted]}
        for name, query in (("scores", SCORES), ("comments", COMMENTS)):
            found[name] = [
                tuple(_plain(value) for value in row) for row in gradebook.db.execute(text(query))
            ]
    return found


def left_behind(course, slug: str = "mini") -> dict:
    """Return gradebook, record, and every file that a batch wrote."""
    folder = course.path
    return {
        "gradebook": gradebook_rows(course),
        "results": results_hash(course, slug),
        "entries": dict(Counter(e.student for e in read_entries(course))),
        "broken": broken(course),
        "files": {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for step in ("autograded", "kept")
            for path in sorted((folder / step).rglob("*"))
            if path.is_file()
        },
    }


def _plain(value):
    """Return a value as both databases mean it."""
    if isinstance(value, bool):
        return int(value)
    return str(value)[:19] if hasattr(value, "isoformat") or _is_time(value) else value


def _is_time(value) -> bool:
    return isinstance(value, str) and len(value) == 26 and value[4] == value[7] == "-"
