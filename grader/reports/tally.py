"""A class in numbers: what its record, its kept answers and its gradebook add up to."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from statistics import mean
from typing import Any

import numpy as np

from grader.course.course import Course
from grader.course.gradebook import open_gradebook
from grader.course.marks import Marks, read_marks
from grader.course.scores import read_scores
from grader.grading.store.blobs import NotKept, kept_answers
from grader.grading.store.record import Entry, read_record
from grader.grading.store.waiting import Waiting, read_waiting
from grader.questions import Exercise, Question, Refusal, Verdict, read_bundles

MODEL_SHAPE = (6, 12)
"""Layers and heads of the course's models, minilm and minilm-qa."""

COMMON = 0.05
"""A wrong answer that more than this part of the class gives is a common mistake: no pairs."""

RARE = 3
"""So many may share a wrong answer in a class however small."""

SMALL = ("choice", "function", "written")
"""Kinds whose identical wrong answers tell nothing: few options, inputs drawn anew, or text."""


@dataclass(frozen=True)
class Points:
    """How the points of one question are spread."""

    grade_id: str
    maximum: float
    counts: tuple[tuple[float, int], ...]
    """Points -> students, ascending."""
    waiting: int
    """Students whose answer a person has to mark."""

    @property
    def mean(self) -> float | None:
        """The mean of the points that were given."""
        given = sum(count for _, count in self.counts)
        return sum(p * count for p, count in self.counts) / given if given else None


@dataclass(frozen=True)
class Criterion:
    """How many met one criterion."""

    grade_id: str
    name: str
    met: int
    partly: int
    missed: int
    unchecked: int

    @property
    def share(self) -> float:
        """The part of the answers checked that met it."""
        return self.met / max(self.met + self.partly + self.missed, 1)


@dataclass(frozen=True)
class Hint:
    """How many were given one hint."""

    grade_id: str
    name: str
    students: int


@dataclass(frozen=True)
class Pair:
    """Two students with the same wrong answers, to look at."""

    first: str
    second: str
    questions: tuple[str, ...]
    """grade_ids."""


@dataclass(frozen=True)
class Tally:
    """All that a report says of a class."""

    slug: str
    roster: int
    """How many are on the roster."""
    totals: tuple[tuple[str, float], ...]
    """Student -> points so far, as in the record's order."""
    maximum: float
    questions: tuple[Points, ...]
    criteria: tuple[Criterion, ...]
    """The hardest first."""
    hints: tuple[Hint, ...]
    """The most frequent first."""
    endings: tuple[tuple[str, tuple[str, ...]], ...]
    """Outcome other than graded -> students who had it in any question."""
    notes: tuple[tuple[str, tuple[str, ...]], ...]
    """What happened in any cell, questions or not -> students."""
    doors: tuple[tuple[str, str], ...]
    """Student -> why what was handed in is no notebook."""
    faults: tuple[str, ...]
    """Students whose submission we failed at."""
    waiting: tuple[Waiting, ...]
    """What a person has to settle."""
    late: tuple[str, ...]
    """Students who handed in late; points do not tell."""
    heads: tuple[tuple[str, tuple[tuple[int, int, int], ...]], ...]
    """grade_id -> (layer, head, students who named it)."""
    pairs: tuple[Pair, ...]
    """Those that share the most first."""
    common: tuple[tuple[str, int], ...]
    """grade_id of a wrong answer that many share, and how many."""

    def to_json(self) -> dict:
        """Return it as plain data."""
        return json.loads(json.dumps(asdict(self)))


def tally(course: Course, slug: str) -> Tally:
    """Add up the class of `slug`."""
    exercise = course.questions(slug)
    record = read_record(course, slug)
    with open_gradebook(course) as gradebook:
        marks = {student: read_marks(gradebook, slug, student) for student in record}
    answers = {s: dict(_answers(course, entry, exercise)) for s, entry in record.items()}
    wrong = _wrong(record, answers, exercise)
    limit = max(RARE, COMMON * len(record))
    order = list(dict.fromkeys(g for entry in record.values() for g in _cells(entry)))
    return Tally(
        slug=slug,
        roster=len(course.students()),
        totals=tuple((student, _earned(found)) for student, found in marks.items()),
        maximum=max((found.maximum for found in marks.values()), default=0.0),
        questions=tuple(_points(grade_id, marks) for grade_id in order),
        criteria=_criteria(record),
        hints=_hints(record),
        endings=_endings(record),
        notes=_notes(record),
        doors=tuple((s, e.door["reason"]) for s, e in record.items() if e.door),
        faults=tuple(s for s, e in record.items() if e.fault),
        waiting=read_waiting(course, slug),
        late=tuple(s for s, one in read_scores(course, slug).items() if one.taken_off),
        heads=_heads(answers, order),
        pairs=_pairs([group for group in wrong if len(group[1]) <= limit]),
        common=tuple(
            (grade_id, len(who)) for grade_id, who in wrong if len(who) > max(limit, RARE)
        ),
    )


def _earned(marks: Marks) -> float:
    return round(sum(mark.points or 0.0 for mark in marks.cells.values()), 2)


def _cells(entry: Entry) -> list[str]:
    return [*entry.verdicts, *entry.stock, *entry.written]


def _points(grade_id: str, marks: Mapping[str, Marks]) -> Points:
    found = [m.cells[grade_id] for m in marks.values() if grade_id in m.cells]
    counts = Counter(round(mark.points, 2) for mark in found if mark.points is not None)
    return Points(
        grade_id,
        max((mark.maximum for mark in found), default=0.0),
        tuple(sorted(counts.items())),
        sum(mark.open for mark in found),
    )


def _verdicts(record: Mapping[str, Entry]) -> Iterator[tuple[str, str, Verdict]]:
    for student, entry in record.items():
        for grade_id, data in entry.verdicts.items():
            yield student, grade_id, Verdict.from_json(data)


def _criteria(record: Mapping[str, Entry]) -> tuple[Criterion, ...]:
    """Count answers that were judged: what was never answered makes no criterion hard."""
    counts: dict[tuple[str, str], Counter] = {}
    for _, grade_id, verdict in _verdicts(record):
        for one in verdict.criteria:
            how = counts.setdefault((grade_id, one.name), Counter())
            if verdict.outcome != "graded" or one.status == "unchecked":
                how["unchecked"] += 1
            elif one.status == "passed":
                how["met"] += 1
            else:
                how["partly" if one.points else "missed"] += 1
    found = [
        Criterion(*key, how["met"], how["partly"], how["missed"], how["unchecked"])
        for key, how in counts.items()
    ]
    return tuple(sorted(found, key=lambda c: (c.share, -(c.missed + c.partly))))


def _hints(record: Mapping[str, Entry]) -> tuple[Hint, ...]:
    counts = Counter(
        (grade_id, hint) for _, grade_id, verdict in _verdicts(record) for hint in verdict.hints
    )
    return tuple(Hint(*key, count) for key, count in sorted(counts.items(), key=_most_first))


def _most_first(item: tuple) -> tuple:
    return (-item[1], item[0])


def _endings(record: Mapping[str, Entry]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for student, _, verdict in _verdicts(record):
        if verdict.outcome != "graded":
            found[verdict.outcome.value][student] = None
    return tuple((outcome, tuple(found[outcome])) for outcome in sorted(found))


def _notes(record: Mapping[str, Entry]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for student, entry in record.items():
        for note in entry.notes:
            found[note["kind"]][student] = None
    return tuple((kind, tuple(found[kind])) for kind in sorted(found))


def _answers(course: Course, entry: Entry, exercise: Exercise | None) -> Iterator[tuple[str, Any]]:
    """Yield grade_id and answer for each question that was answered in a form that is taken."""
    if exercise is None or not entry.answers:
        return
    try:
        kept = kept_answers(course, entry.answers)
    except NotKept:
        return
    questions = {q.grade_id: q for q in exercise.questions.values()}
    for notebook in kept.values():
        for grade_id, outputs in notebook.recorded.items():
            if grade_id in questions:
                try:
                    yield grade_id, read_bundles(outputs, questions[grade_id].id).value
                except Refusal:
                    continue


def _heads(answers: Mapping[str, dict], order: list[str]):
    counts: dict[str, Counter] = {}
    for of_student in answers.values():
        for grade_id, value in of_student.items():
            counts.setdefault(grade_id, Counter()).update(set(_named(value)))
    return tuple(
        (g, tuple((*head, count) for head, count in sorted(counts[g].items())))
        for g in order
        if counts.get(g)
    )


def _named(value: Any) -> Iterator[tuple[int, int]]:
    """Yield the heads that an answer names, by ``layer`` and ``head`` side by side."""
    if isinstance(value, Mapping):
        head: Any = (value.get("layer"), value.get("head"))
        if all(type(i) is int and 0 <= i < n for i, n in zip(head, MODEL_SHAPE, strict=True)):
            yield head
    if isinstance(value, (Mapping, list)):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _named(one)


def _wrong(record, answers, exercise: Exercise | None) -> list[tuple[str, tuple[str, ...]]]:
    """Return each wrong answer that more than one student gave: its question, and who."""
    if exercise is None:
        return []
    questions: dict[str, Question] = {q.grade_id: q for q in exercise.questions.values()}
    groups = defaultdict(list)
    for student, of_student in answers.items():
        for grade_id, value in of_student.items():
            verdict = record[student].verdicts.get(grade_id)
            if verdict is None or questions[grade_id].kind in SMALL:
                continue
            if verdict["points"] < verdict["max_points"] and verdict["outcome"] != "no answer":
                groups[grade_id, _digest(value)].append(student)
    found = [(grade_id, tuple(who)) for (grade_id, _), who in groups.items() if len(who) > 1]
    return sorted(found, key=lambda group: (group[0], -len(group[1]), group[1]))


def _digest(value: Any) -> str:
    """Return one text for equal answers; numbers count to six decimals, as no one copies noise."""
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        data = np.round(value, 6) + 0 if value.dtype.kind == "f" else value
        digest = hashlib.sha256(np.ascontiguousarray(data).tobytes()).hexdigest()
        return ["array", str(value.dtype), list(value.shape), digest]
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return round(value, 6) + 0.0 if isinstance(value, float) else value


def _pairs(groups: list[tuple[str, tuple[str, ...]]]) -> tuple[Pair, ...]:
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    weight: defaultdict[tuple[str, str], float] = defaultdict(float)
    for grade_id, who in groups:
        for pair in combinations(who, 2):
            shared[pair].append(grade_id)
            weight[pair] += 1 / (len(who) - 1)  # what two alone share says more
    order = sorted(shared, key=lambda pair: (-len(shared[pair]), -weight[pair], pair))
    return tuple(Pair(*pair, tuple(shared[pair])) for pair in order)


def middle(numbers: list[float]) -> tuple[float, float]:
    """Return mean and median; (0, 0) of nothing."""
    if not numbers:
        return 0.0, 0.0
    return mean(numbers), float(np.median(numbers))
