"""An assignment's notebook as it was handed out: the only truth about its cells.

A course's gradebook holds it; a notebook carries it too, so that `grader check` prepares what a
student wrote from the same source as grading.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from grader.course import carried
from grader.course.carried import Carried, line_hash

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class SourceCell:
    """A cell of the assignment, as the gradebook holds it: the only truth about its metadata."""

    grade_id: str
    type: str
    source: str
    checksum: str | None
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float | None

    def metadata(self) -> dict:
        """Return nbgrader's metadata of the cell."""
        marks = {
            "schema_version": 3,
            "grade_id": self.grade_id,
            "grade": self.grade,
            "solution": self.solution,
            "task": self.task,
            "locked": self.locked,
            "cell_type": self.type,
        }
        if self.checksum:
            marks["checksum"] = self.checksum
        if self.points is not None:
            marks["points"] = self.points
        return {"nbgrader": marks}


@dataclass(frozen=True)
class SourceNotebook:
    """A notebook of the assignment: its cells in the order of the source."""

    name: str
    kernelspec: dict
    cells: tuple[SourceCell, ...]
    before: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """grade_id -> `line_hash` of what stands between the cell before and this one; under an empty
    name what stands behind the last. It was handed out: nobody's answer."""
    variants: int = 1
    """How many sentences there are."""

    @cached_property
    def lines(self) -> frozenset[str]:
        """`line_hash` of every line that was handed out."""
        texts = (line for cell in self.cells for line in cell.source.splitlines())
        own = {line_hash(line) for line in texts} - {""}
        return frozenset(own).union(*self.before.values())

    @cached_property
    def by_id(self) -> dict[str, SourceCell]:
        """The cells by grade_id."""
        return {cell.grade_id: cell for cell in self.cells}


def source_of(found: Carried, data: str) -> SourceNotebook:
    """Return the notebook that a student's file carries.

    Args:
        found: what `carried.unpack` read.
        data: what it was read from.
    """
    cells = [
        _cell(cell.grade_id, cell.type, cell.role, cell.points, cell.source) for cell in found.cells
    ]
    own = _cell(carried.CELL_ID, "code", "given", None, carried.cell_source(data))
    return SourceNotebook(found.slug, KERNEL, (own, *cells), before_of(found), found.variants)


def before_of(found: Carried) -> dict[str, frozenset[str]]:
    """Return `SourceNotebook.before` of what a notebook carries."""
    names = [*(cell.grade_id for cell in found.cells), ""]
    return dict(zip(names, found.before, strict=False))


def _cell(grade_id: str, type: str, role: str, points: float | None, source: str) -> SourceCell:
    flags = carried.ROLES[role]
    return SourceCell(grade_id, type, source, None, task=False, points=points, **flags)
