"""What changed since grades were given, other than what students handed in.

Questions, settings or a grader that changed would regrade a class; a batch first says so.
"""

from collections.abc import Iterator, Mapping

from grader.errors import GraderError
from grader.grading.pipeline import Desk
from grader.grading.store.record import Entry, grader_version, secret_tag
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


def changed_since(
    desk: Desk, record: Mapping[str, Entry], students: list[str]
) -> dict[str, list[str]]:
    """Return what changed since the grades of `students` were given: field -> whose.

    Who has no grade yet, because nothing could be graded or all is left to a person, is not among
    them: to mend what was the reason is what people do.
    """
    found: dict[str, list[str]] = {}
    for student in students:
        entry = record.get(student)
        if entry is None or entry.fault or not _has_grade(entry):
            continue
        for name in _other(desk, entry):
            found.setdefault(name, []).append(student)
    return found


def _has_grade(entry: Entry) -> bool:
    outcomes = entry.outcomes.values()
    return bool(entry.stock) or any(not Outcome(outcome).open for outcome in outcomes)


def _other(desk: Desk, entry: Entry) -> Iterator[str]:
    today = {
        "material": desk.assignment.material,
        "secret": secret_tag(desk.secret),
        "course_id": desk.course.course_id,
        "language": desk.course.language,
        "variant_id": desk.variant_id(entry.student, entry.submission),
        "model": desk.model_sha256,
        "grader": grader_version(),
        "confined": desk.confined,
    }
    for name, now in today.items():
        then = getattr(entry, name)
        if then != now and then != "":  # an older grader did not write it down
            yield name


def _count(students: list[str]) -> str:
    shown = ", ".join(students[:5]) + (", ..." if len(students) > 5 else "")
    return f"{len(students)} ({shown})"
