"""Other verdicts on the same answers: new cards, new scores, an entry that says why."""

from dataclasses import replace
from typing import Any

from grader.grading.grading import Grading
from grader.grading.judge.graded_notebooks import grade_again
from grader.grading.store.entry import of_today, plain
from grader.grading.store.folders import digest_of, read_graded, replace_notebooks
from grader.grading.store.record import Entry, append
from grader.grading.store.save import Scorebook, save_scores
from grader.questions import Verdict


def rewrite_grade(
    grading: Grading,
    book: Scorebook,
    entry: Entry,
    key: str,
    verdicts: dict[str, Verdict],
    cause: dict,
    **rest: str,
) -> Entry:
    """Write other verdicts over a grade.

    Rows of the gradebook that the verdicts do not change stay as they are: a person's marks and
    what waits for one above all.

    Args:
        grading: by what the verdicts were given.
        book: the assignment in the gradebook.
        entry: the present grade, with its graded notebook in the course folder.
        key: what `grade_key` says of the submission now, so that a batch finds the grade as it is.
        verdicts: grade_id -> verdict.
        cause: why; stands in the record.
        rest: other fields of the entry than those of today.

    Raises:
        OSError: a graded notebook is not there.
    """
    course, slug, assignment = grading.course, grading.slug, grading.assignment
    plain_verdicts = {grade_id: plain(verdict) for grade_id, verdict in verdicts.items()}
    changed = {g for g, v in plain_verdicts.items() if entry.verdicts.get(g) != v}
    stored = read_graded(course, slug, entry.student, assignment.notebooks)
    notebooks, scores = grade_again(assignment, stored, verdicts, changed, course.language)
    replace_notebooks(course, slug, entry.student, notebooks)
    save_scores(book, entry.student, None, scores, {}, same=entry.verdicts)
    fields: dict[str, Any] = {
        "key": key,
        "verdicts": plain_verdicts,
        "stored": digest_of(notebooks),
        "cause": cause,
        **of_today(grading),
    }
    return append(course, replace(entry, **fields | rest))
