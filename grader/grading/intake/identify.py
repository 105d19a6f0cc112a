"""Which cell of a student's file stands for which cell of the assignment.

Marks are not believed alone: editors lose them, copies double them. A cell is known by what it
says it is, by its id, by the question that it checks, by its text, and at last by the names that
it sets. Who owns which mark decides where a cell is put back, never what it is worth.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass

from grader.course.carried import CELL_ID, find_data
from grader.grading.intake.source import SourceCell, SourceNotebook
from grader.grading.intake.student_code import binds, readable, unfenced

_CALL = re.compile(r"\bcheck\s*\(\s*(?:question_id\s*=\s*)?f?[\"']([\w.-]{1,200})[\"']")
_START = re.compile(r"\bstart\s*\(\s*[\"']([\w.-]{1,200})[\"']")
_SETS = re.compile(r"^(?:def|class)\s+(\w+)|^(\w+)\s*(?:=(?!=)|:)", re.MULTILINE)


@dataclass(frozen=True)
class Owners:
    """Which cells are known."""

    of: dict[int, str]
    """Place of a cell in the file -> grade_id."""
    copies: dict[int, str]
    """Place of a cell that bears the mark of another one -> grade_id."""
    by_text: tuple[str, ...]
    """grade_ids that no mark and no id told."""

    @property
    def place(self) -> dict[str, int]:
        """Where each known grade_id stands."""
        return {grade_id: at for at, grade_id in self.of.items()}


def identify(cells: list[dict], source: SourceNotebook) -> Owners:
    """Find each cell of the assignment among a student's; of several copies the last one counts.

    That is nbgrader's rule; of copies of a student's own cell it is the last that was filled in,
    and of a cell that others need, such as `start`, the first.
    """
    same_text = {known.grade_id: "\n".join(plain(known.source)) for known in source.cells}
    same = Counter(same_text.values())
    text_of = {same_text[known.grade_id]: known for known in source.cells}
    asks = {question: k for k in source.cells if (question := asked(k))}
    starts = {name: k for k in source.cells if (name := started(k))}
    pairs: list[tuple[float, int, int, str]] = []
    for at, cell in enumerate(cells):
        text = "\n".join(plain(cell["source"]))
        claimed = [source.by_id[name] for name in cell["claims"] if name in source.by_id]
        points: defaultdict[str, float] = defaultdict(float)
        for rank, name in enumerate(cell["claims"][:2]):
            if name in source.by_id:
                points[name] += 2 - rank
                if source.by_id[name].solution and not is_blank(cell, source.by_id[name]):
                    points[name] += 0.25
        known = text_of.get(text)
        if known is not None and text and same[text] == 1:
            if not known.solution:
                points[known.grade_id] += 8
            elif not claimed:
                points[known.grade_id] += 0.5
        if not any(k.solution for k in claimed):
            calls = called(cell["source"]) & asks.keys()
            if len(calls) > 1 and not claimed:
                calls = set()  # cells were merged: `restore` takes them apart
            begun = _begun(cell["source"]) & starts.keys()
            for name in [*(asks[q].grade_id for q in calls), *(starts[s].grade_id for s in begun)]:
                points[name] += 4
            if CELL_ID in source.by_id and find_data(cell["source"]) is not None:
                points[CELL_ID] += 4
        for name, score in points.items():
            if shared(source.by_id[name]):  # the first of them, whatever speaks for it
                pairs.append((-16, at, at, name))
            else:
                pairs.append((-score, -at, at, name))
    owner: dict[int, str] = {}
    taken: set[str] = set()
    for _, _, at, name in sorted(pairs):
        if at not in owner and name not in taken:
            owner[at] = name
            taken.add(name)
    _by_names(cells, source, owner, taken)
    copies = {
        at: next(c for c in cell["claims"] if c in source.by_id)
        for at, cell in enumerate(cells)
        if at not in owner and any(c in source.by_id for c in cell["claims"])
    }
    by_text = tuple(
        known.grade_id
        for known in source.cells
        for at, name in owner.items()
        if name == known.grade_id and name not in cells[at]["claims"]
    )
    return Owners(owner, copies, by_text)


def plain(source: str) -> list[str]:
    """Return the lines of a source as editors may keep them: blanks and line ends aside."""
    lines = unicodedata.normalize("NFC", source).strip("\ufeff").splitlines()
    return [line.expandtabs(4).rstrip() for line in lines if line.strip()]


def is_blank(cell: dict, known: SourceCell) -> bool:
    """Say whether a cell of a student's holds nothing but what was handed out in `known`."""
    return set(plain(known.source)).issuperset(plain(cell["source"]))


def asked(known: SourceCell) -> str | None:
    """Return the question that a check cell of ours asks; None for any other cell."""
    if known.type == "code" and known.grade and not known.solution:
        found = _CALL.search(known.source)
        return found[1] if found else None
    return None


def called(source: str) -> set[str]:
    """Return the questions that a cell seems to check, full-width punctuation or not."""
    if "check" not in source or (source.lstrip().startswith("%%") and not readable(source)):
        return set()  # a cell of another language
    flat = unicodedata.normalize("NFKC", source)
    return set(_CALL.findall(flat.replace("“", '"').replace("”", '"')))


def sets(source: str) -> set[str]:
    """Return the names that a text sets at its top level, as far as its lines tell."""
    return {one or other for one, other in _SETS.findall(unfenced(source))}


def set_in(cell: dict) -> set[str]:
    """Return the names that a cell sets; words that are no code mention names without setting."""
    return binds(cell["source"]) if cell["cell_type"] == "code" else sets(cell["source"])


def started(known: SourceCell) -> str | None:
    """Return the exercise that a cell of ours starts; None for any other cell."""
    begun = _begun(known.source) if known.locked and not known.grade else set()
    return min(begun, default=None)


def _begun(source: str) -> set[str]:
    """Return the exercises that a cell seems to start."""
    # Looked for plainly first: a cell with packed data is long.
    return set(_START.findall(source)) if "start" in source else set()


def shared(known: SourceCell) -> bool:
    """Say whether others need a cell of ours, which asks nothing itself."""
    return known.locked and not known.grade


def _by_names(
    cells: list[dict], source: SourceNotebook, owner: dict[int, str], taken: set[str]
) -> None:
    """Find solution cells without a mark by the names that they set."""
    place = {name: at for at, name in owner.items()}
    wanted = [k for k in source.cells if k.solution and k.type == "code"]
    if all(known.grade_id in taken for known in wanted):
        return
    bound = {at: set_in(cell) for at, cell in enumerate(cells) if at not in owner}
    for number, known in enumerate(source.cells):
        if known not in wanted or known.grade_id in taken:
            continue
        names = sets(known.source)
        after = next(
            (place[k.grade_id] for k in source.cells[number:] if k.grade_id in place), None
        )
        fits = [
            (len(names & found), after is None or at < after, at)
            for at, found in bound.items()
            if at not in owner
        ]
        best = max(fits, default=(0, False, 0))
        if best[0] and names:
            owner[best[2]] = known.grade_id
            place[known.grade_id] = best[2]
            taken.add(known.grade_id)
