"""What stands in the gradebook for one submission: a person's marks and comments included."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mark:
    """The points of one graded cell."""

    auto: float | None
    manual: float | None
    extra: float
    maximum: float
    open: bool
    """A person has to look at it: nbgrader's ``needs_manual_grade``, or there are no points."""

    @property
    def points(self) -> float | None:
        """What counts: a person's mark before the grader's; None while there is none."""
        base = self.manual if self.manual is not None else self.auto
        return None if base is None else base + self.extra


@dataclass(frozen=True)
class Marks:
    """All marks of one submission."""

    cells: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    """grade_id -> what a person wrote about the answer."""
    penalty: float = 0.0
    """Points taken off for handing in late."""

    @property
    def total(self) -> float:
        """The points so far."""
        return round(sum(mark.points or 0.0 for mark in self.cells.values()) - self.penalty, 2)

    @property
    def maximum(self) -> float:
        """The points that there are."""
        return sum(mark.maximum for mark in self.cells.values())


def read_marks(gradebook, slug: str, student: str) -> Marks:
    """Read the marks of `student` in `slug`; none if nothing was handed in."""
    from nbgrader.api import MissingEntry

    try:
        submission = gradebook.find_submission(slug, student)
    except MissingEntry:
        return Marks()
    cells, comments, penalty = {}, {}, 0.0
    for notebook in sorted(submission.notebooks, key=lambda n: n.name):
        penalty += notebook.late_submission_penalty or 0.0
        for grade in notebook.grades:
            cells[grade.name] = Mark(
                auto=grade.auto_score,
                manual=grade.manual_score,
                extra=grade.extra_credit or 0.0,
                maximum=float(grade.max_score),
                open=bool(grade.needs_manual_grade)
                or (grade.auto_score is None and grade.manual_score is None),
            )
        for comment in notebook.comments:
            if comment.manual_comment:
                comments[comment.name] = comment.manual_comment
    return Marks(cells, comments, penalty)
