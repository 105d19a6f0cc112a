"""What judging gives: points by named criteria, each with its reason and perhaps a hint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from grader.questions.messages import Message, say
from grader.questions.outcome import Outcome

Status = Literal["passed", "failed", "unchecked"]


@dataclass(frozen=True)
class CriterionResult:
    """One criterion of one answer."""

    name: str
    """Name of the criterion in questions.toml."""
    status: Status
    """``failed`` may still carry part of the points; ``unchecked`` is left to a person or later."""
    points: float
    max_points: float
    reason: Message
    hint: str | None = None
    """Key of a hint of the question: the mistake that we think this is."""


@dataclass(frozen=True)
class Verdict:
    """What one answer earned."""

    question: str
    """Id of the question."""
    outcome: Outcome
    points: float
    """0..max_points, two decimals."""
    max_points: float
    criteria: tuple[CriterionResult, ...]
    reason: Message | None = None
    """Why it ended otherwise than graded."""
    variant: Mapping[str, str] = field(default_factory=dict)
    """The words of the student's own sentence, for labels and hints."""
    notes: tuple[Message, ...] = ()
    """What the answer holds that is not asked for and costs nothing."""

    @classmethod
    def of(
        cls, question, variant, criteria, *, outcome=Outcome.GRADED, reason=None, notes=()
    ) -> "Verdict":
        """Return the verdict that adds up `criteria`: rounded first, then kept within bounds."""
        total = round(sum(c.points for c in criteria), 2)
        points = min(max(total, 0.0), float(question.points))
        return cls(
            question=question.id,
            outcome=outcome,
            points=points,
            max_points=float(question.points),
            criteria=tuple(criteria),
            reason=reason,
            variant=dict(variant),
            notes=tuple(notes),
        )

    @classmethod
    def ended(
        cls,
        question,
        outcome: Outcome,
        reason: Message | None = None,
        variant: Mapping[str, str] | None = None,
        **values: Any,
    ) -> "Verdict":
        """Return the verdict where there is no answer to judge.

        The student's own ends cost the points; ours leave every criterion unchecked.
        """
        outcome = Outcome(outcome)
        reason = reason or say(f"ended.{outcome.value.replace(' ', '_')}", **values)
        status: Status = "unchecked" if outcome.open else "failed"
        criteria = [
            CriterionResult(c.name, status, 0.0, c.points, reason) for c in question.criteria
        ]
        return cls.of(question, variant or {}, criteria, outcome=outcome, reason=reason)

    @property
    def passed(self) -> bool:
        """Whether no criterion failed."""
        return all(c.status != "failed" for c in self.criteria)

    @property
    def hints(self) -> tuple[str, ...]:
        """The keys of its hints in order, each once."""
        return tuple(dict.fromkeys(c.hint for c in self.criteria if c.hint))

    def to_json(self) -> dict:
        """Return it as plain data; ``notes`` stand there only where there are some."""
        notes = {"notes": [note.to_json() for note in self.notes]} if self.notes else {}
        return notes | {
            "question": self.question,
            "outcome": self.outcome.value,
            "points": self.points,
            "max_points": self.max_points,
            "criteria": [
                {
                    "name": c.name,
                    "status": c.status,
                    "points": c.points,
                    "max_points": c.max_points,
                    "reason": c.reason.to_json(),
                    "hint": c.hint,
                }
                for c in self.criteria
            ],
            "reason": self.reason.to_json() if self.reason else None,
            "variant": dict(self.variant),
        }

    @classmethod
    def from_json(cls, data: Mapping) -> "Verdict":
        """Read what ``to_json`` wrote."""
        criteria = tuple(
            CriterionResult(**{**c, "reason": Message.from_json(c["reason"])})
            for c in data["criteria"]
        )
        reason = data["reason"]
        return cls(
            question=data["question"],
            outcome=Outcome(data["outcome"]),
            points=data["points"],
            max_points=data["max_points"],
            criteria=criteria,
            reason=Message.from_json(reason) if reason else None,
            variant=dict(data["variant"]),
            notes=tuple(Message.from_json(note) for note in data.get("notes", ())),
        )
