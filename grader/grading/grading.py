"""What grading one assignment rests on, as one frozen value that every step is given.

To judge by other questions, or as if a person had decided otherwise, is to have another `Grading`
(``dataclasses.replace``); nobody changes one that is in use.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.capture import load_model
from grader.course.course import Course, Student
from grader.grading.intake.assignment import Assignment
from grader.grading.kernels import CONFINED
from grader.grading.limits import DEFAULT, Limits
from grader.models import KNOWN_MODELS, find_model
from grader.questions import Remembered
from grader.questions.exercise import DEFAULT_MODEL


class TrustedModel:
    """The model that the judge asks: its hash at once, its weights when the first answer is judged.

    The judge loads it itself, in a process that never ran a student's code.

    Args:
        load: returns the model; None for the course's, the default one.
    """

    def __init__(self, load: Callable[[], Any] | None = None):
        self._load = load

    @cached_property
    def loaded(self) -> Any:
        """The model itself; it remembers what it was asked."""
        return Remembered(self._load() if self._load else load_model())

    @cached_property
    def sha256(self) -> str:
        """Of its weights."""
        return self.loaded.sha256 if self._load else find_model().sha256


@dataclass(frozen=True)
class Grading:
    """One assignment of one course, the model that answers are held to, and the limits."""

    course: Course
    assignment: Assignment
    model: TrustedModel
    limits: Limits = DEFAULT
    provisioner: str = CONFINED
    """jupyter_client's name of what starts kernels."""
    secret: bytes = b""
    """The course's, from which probes are drawn."""
    roster: Mapping[str, Student] = field(default_factory=dict)
    accepted: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(student, sha256 of a submission) -> the id by whose sentence a person had it judged."""

    @property
    def slug(self) -> str:
        """The assignment's name."""
        return self.assignment.slug

    @property
    def confined(self) -> bool:
        """Whether notebooks run in a sandbox."""
        return self.provisioner == CONFINED

    @property
    def model_sha256(self) -> str:
        """Of the weights that questions are about, with a plus between; empty where none is."""
        names = sorted({question.model for question in self.assignment.questions.values()})
        return "+".join(
            self.model.sha256 if name == DEFAULT_MODEL else KNOWN_MODELS[name].sha256
            for name in names
        )

    def variant_id(self, student: str, submission: str = "") -> str:
        """Return what a student's own sentence is drawn from.

        Args:
            student: whose.
            submission: sha256 of what was handed in, for which a person may have said another id.
        """
        if (student, submission) in self.accepted:
            return self.accepted[student, submission]
        known = self.roster.get(student)
        return known.variant_id if known else student

    def variant(self, student: str, submission: str = "") -> tuple[int, dict]:
        """Return number and sentence of a student; arguments as for `variant_id`."""
        return self.assignment.variant(self.course.course_id, self.variant_id(student, submission))
