"""What waits for a person, in words: the lines of a terminal, the rows of a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.grading.intake.changes import sentence
from grader.grading.store.waiting import Waiting
from grader.reports.texts import text

MOST_NAMES = 12


@dataclass(frozen=True)
class Line:
    """What several students wait for in the same way."""

    cells: tuple[str, ...]
    students: tuple[str, ...]
    waiting: Waiting
    """The first of them: it says why, and what settles it."""

    def why(self, language: str) -> str:
        """Return the sentence that says why."""
        return why(self.waiting, language)

    def who(self, language: str) -> str:
        """Return the students; of many the first ones and how many more."""
        shown = ", ".join(self.students[:MOST_NAMES])
        more = len(self.students) - MOST_NAMES
        return f"{shown} {text('waits.more', language, count=more)}" if more > 0 else shown

    @property
    def questions(self) -> str:
        """The questions' names."""
        return ", ".join(cell.removesuffix("_check") for cell in self.cells)


def why(waiting: Waiting, language: str) -> str:
    """Return the sentence that says why something waits."""
    if waiting.why == "change":
        return sentence(waiting.values["change"], language)
    if waiting.why == "door":
        door = waiting.values["door"]
        reason = text(f"door.{door['reason']}", language, **door["values"])
        return text("door", language) + reason
    return text(f"waits.{waiting.why}", language, **waiting.values)


def lines(waiting: Iterable[Waiting]) -> list[Line]:
    """Put together what one command settles for several students; ordinary marking comes last."""
    groups: dict[tuple, list[Waiting]] = {}
    for one in waiting:
        same = (one.why, one.cells, one.command, repr(sorted(one.values.items())))
        groups.setdefault(same, []).append(one)
    return [
        Line(found[0].cells, tuple(one.student for one in found), found[0])
        for found in sorted(groups.values(), key=lambda found: found[0].why == "unmarked")
    ]


def queue_text(waiting: Iterable[Waiting], language: str) -> str:
    """Return the queue for a terminal: for each line who, what, why and the command; or nothing."""
    shown = []
    waiting = list(waiting)
    for line in lines(waiting):
        asked = f" ({line.questions})" if line.cells else ""
        shown += [f"  {line.who(language)}{asked}: {line.why(language)}"]
        shown += [f"    {line.waiting.command}"]
    if not shown:
        return ""
    count = len({one.student for one in waiting})
    return "\n".join([text("waits.title", language, count=count), *shown])
