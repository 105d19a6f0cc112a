"""What a person decided about a submission, as the record holds it: `settle` writes it.

A decision is an entry of the record with a cause of the kind "settle". It says what stood before,
so that it can be taken back; the last one that was not taken back stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from grader.course.course import Course
from grader.grading.store.record import Entry, read_entries

SETTLE = "settle"
"""The kind of cause of an entry that a person's decision made."""
VARIANT, MARK, NEW_HAND_IN, KEEP, UNDO = "variant", "mark", "new hand-in", "keep", "undo"
"""What a person can decide."""


@dataclass(frozen=True)
class Decided:
    """What stands of a person's decisions about one student's submissions to one exercise."""

    variants: dict[str, str] = field(default_factory=dict)
    """sha256 of a submission -> the id by whose sentence its answers are judged."""
    marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    """grade_id -> ``before`` and ``after``, each [points or None, comment]."""
    again: dict[str, str] = field(default_factory=dict)
    """sha256 of a submission that should be handed in anew -> the reason given."""
    kept: frozenset[str] = frozenset()
    """sha256 of submissions whose grade stands as it is: a person has looked at them."""
    numbers: tuple[int, ...] = ()
    """Numbers of the entries that decided, oldest first."""


def read_decided(course: Course, slug: str) -> dict[str, Decided]:
    """Return what stands of the decisions on each student's submissions to `slug`."""
    return decided(entry for entry in read_entries(course) if entry.exercise == slug)


def decided(entries: Iterable[Entry]) -> dict[str, Decided]:
    """Return what stands, by student, of the entries of one exercise, oldest first."""
    standing: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.cause.get("kind") != SETTLE:
            continue
        mine = standing.setdefault(entry.student, [])
        if entry.cause["decision"] == UNDO:
            mine[:] = [one for one in mine if one.number != entry.cause["undoes"]]
        else:
            mine.append(entry)
    return {student: _decided(mine) for student, mine in standing.items()}


def _decided(entries: list[Entry]) -> Decided:
    variants: dict[str, str] = {}
    marks: dict[str, Any] = {}
    again: dict[str, str] = {}
    kept: set[str] = set()
    for entry in entries:
        cause = entry.cause
        if cause["decision"] == VARIANT:
            variants[entry.submission] = cause["id"]
        elif cause["decision"] == MARK:
            marks |= cause["marks"]
        elif cause["decision"] == KEEP:
            kept.add(entry.submission)
        else:
            again[entry.submission] = cause.get("reason", "")
    return Decided(
        variants, marks, again, frozenset(kept), tuple(entry.number for entry in entries)
    )
