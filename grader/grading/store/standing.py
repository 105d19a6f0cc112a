"""Whether a grade still stands: the key of all that decides it, and what changed since.

Questions, settings or a grader that changed would regrade a class; a batch first says so.
"""

import hashlib
from collections.abc import Iterator, Mapping

from grader.errors import GraderError
from grader.grading.grading import Grading
from grader.grading.intake.submission import Submission
from grader.grading.store.folders import digest_of, read_graded
from grader.grading.store.record import Entry, secret_tag
from grader.grading.version import grader_version
from grader.questions import Outcome

NAMES = {
    "material": "the questions, variants, probe recipes or cells of the assignment",
    "secret": "the course's secret",
    "course_id": "course_id in course.toml",
    "language": "language in course.toml",
    "variant_id": "variant_id in roster.csv",
    "model": "the model",
    "grader": "the grader",
    "confined": "whether kernels are confined",
}
"""Field of an entry -> what it is called."""


class Held(GraderError):
    """Grades would be given anew for another reason than a new submission; nothing was graded.

    Attributes:
        exercise: the assignment.
        since: field of an entry -> students for whom it is another than when they were graded.
    """

    def __init__(self, exercise: str, since: dict[str, list[str]]):
        self.exercise, self.since = exercise, since
        count = len({student for students in since.values() for student in students})
        lines = [
            f"Nothing was graded: {count} grades in {exercise} rest on what has changed since."
        ]
        lines += [f"  {NAMES[name]}: {_count(students)}" for name, students in since.items()]
        super().__init__("\n".join(lines))


def key_of(*parts: str) -> str:
    """Return one hash for everything that decides a grade."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def grade_key(grading: Grading, submission: Submission, of: Entry | None = None) -> str:
    """Return the hash of all that decides a submission's grade.

    Args:
        grading: by what it is graded now.
        submission: what was handed in.
        of: a grade: what its key is if all that is not the grader's is as it was then.
    """
    return key_of(
        grading.course.course_id,
        grading.course.language,
        submission.student,
        grading.variant_id(submission.student, submission.sha256),
        submission.everything,
        of.material if of else grading.assignment.material,
        of.grader if of else grader_version(),
        of.model if of else grading.model_sha256,
        hashlib.sha256(grading.secret).hexdigest(),
        str(of.confined if of else grading.confined),
        repr(grading.limits),
    )


def stands(grading: Grading, entry: Entry, key: str) -> bool:
    """Say whether a grade holds: nothing changed, and what was written is still there."""
    return entry.key == key and not entry.fault and stored_as_recorded(grading, entry)


def stored_as_recorded(grading: Grading, entry: Entry) -> bool:
    """Say whether the graded notebooks are those that were written."""
    try:
        names = grading.assignment.notebooks
        stored = read_graded(grading.course, grading.slug, entry.student, names)
        return digest_of(stored) == entry.stored
    except (OSError, ValueError):
        return False


def changed_since(
    grading: Grading, record: Mapping[str, Entry], students: list[str]
) -> dict[str, list[str]]:
    """Return what changed since the grades of `students` were given: field -> whose.

    Who has no grade yet, because nothing could be graded or all is left to a person, is not among
    them: to mend what was the reason is what people do.
    """
    changed: dict[str, list[str]] = {}
    for student in students:
        entry = record.get(student)
        if entry is None or entry.fault or not _has_grade(entry):
            continue
        for name in _other(grading, entry):
            changed.setdefault(name, []).append(student)
    return changed


def _has_grade(entry: Entry) -> bool:
    outcomes = entry.outcomes.values()
    return bool(entry.stock) or any(not Outcome(outcome).open for outcome in outcomes)


def _other(grading: Grading, entry: Entry) -> Iterator[str]:
    today = {
        "material": grading.assignment.material,
        "secret": secret_tag(grading.secret),
        "course_id": grading.course.course_id,
        "language": grading.course.language,
        "variant_id": grading.variant_id(entry.student, entry.submission),
        "model": grading.model_sha256,
        "grader": grader_version(),
        "confined": grading.confined,
    }
    for name, now in today.items():
        then = getattr(entry, name)
        if then != now and then != "":  # an older grader did not write it down
            yield name


def _count(students: list[str]) -> str:
    shown = ", ".join(students[:5]) + (", ..." if len(students) > 5 else "")
    return f"{len(students)} ({shown})"
