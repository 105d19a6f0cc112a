"""What a class has: points, what is open, what lateness takes off; each number told apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from grader.course.chosen import STAMP
from grader.course.collect import told_late
from grader.course.course import Course
from grader.course.gradebook import open_gradebook
from grader.course.late import Lateness, lateness, taken_off
from grader.course.marks import Marks, read_marks
from grader.course.times import read_stamp


@dataclass(frozen=True)
class Score:
    """One student's result in one exercise."""

    student: str
    slug: str
    points: float
    """The points so far; lateness does not change them."""
    maximum: float
    open: tuple[str, ...]
    """Cells that a person has to look at: without points, or marked for another answer. They are
    those with nbgrader's ``needs_manual_grade``."""
    handed_in: datetime | None
    lateness: Lateness
    taken_off: float
    """What lateness takes off, by the course's policy."""

    @property
    def counted(self) -> float:
        """What counts: the points without what lateness takes off."""
        return round(self.points - self.taken_off, 2)


def read_scores(course: Course, slug: str) -> dict[str, Score]:
    """Return the results of all who handed in `slug` and were graded, by student id."""
    told = told_late(course, slug)
    with open_gradebook(course) as gradebook:
        graded = [s.student.id for s in _submissions(gradebook, slug)]
        return {
            student: score(
                course,
                slug,
                student,
                read_marks(gradebook, slug, student),
                told.get(student),
            )
            for student in sorted(graded)
        }


def score(
    course: Course,
    slug: str,
    student: str,
    marks: Marks,
    told: bool | None = None,
) -> Score:
    """Return one result.

    Args:
        course: for due times and policy.
        slug: the exercise.
        student: the student's id.
        marks: what stands in the gradebook.
        told: what the platform said without a time (`told_late`).
    """
    when = handed_in(course, slug, student)
    late = lateness(when, course.due_for(slug, student), course.late, told)
    points = round(sum(mark.points or 0.0 for mark in marks.cells.values()), 2)
    off = taken_off(course.late, points, late)
    if course.late.policy == "none":  # then nbgrader's own plugin may have taken something off
        off = min(round(marks.penalty, 2), points)
    return Score(
        student=student,
        slug=slug,
        points=points,
        maximum=marks.maximum,
        open=tuple(g for g, mark in sorted(marks.cells.items()) if mark.open),
        handed_in=when,
        lateness=late,
        taken_off=off,
    )


def handed_in(course: Course, slug: str, student: str) -> datetime | None:
    """Return when the graded submission was handed in; None where nobody knows."""
    try:
        return read_stamp((course.folder("autograded", slug, student) / STAMP).read_bytes())
    except OSError:
        return None


def _submissions(gradebook, slug: str) -> Iterable:
    from nbgrader.api import MissingEntry

    try:
        return [s for s in gradebook.find_assignment(slug).submissions if s.notebooks]
    except MissingEntry:
        return []
