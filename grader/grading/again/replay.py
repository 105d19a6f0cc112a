"""Grades judged once more from what was recorded when they were given; no kernel runs.

`replay` asks whether a grade is what its record says: the same answers, the same questions, the
same grade. `judge_again` asks what the same answers are worth under the questions of today.
"""

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from grader.course.course import Course
from grader.course.gradebook import open_gradebook
from grader.course.release import load_config
from grader.errors import CourseError, GraderError
from grader.grading.again.audit import ByHand, Difference, compare, explanations
from grader.grading.grading import Grading
from grader.grading.intake.assignment import Assignment
from grader.grading.intake.submission import Submission
from grader.grading.judge.judge import judge_submission
from grader.grading.pipeline import open_grading, read
from grader.grading.store.blobs import kept_answers, kept_questions
from grader.grading.store.hash_chain import START, Fault, hash_of, read_lines
from grader.grading.store.record import (
    Entry,
    faults,
    head,
    read_entries,
    read_record,
    record_path,
    secret_tag,
)
from grader.grading.store.save import Scorebook, late_penalty_plugin
from grader.grading.store.standing import grade_key, stored_as_recorded
from grader.grading.version import grader_version
from grader.questions import Exercise, Verdict, load_exercise

OTHER_SECRET = (
    "{} is not the secret that {} was graded with ({} grades): functions would be called "
    "with other inputs, and grades cannot be judged again. Bring it back from a copy of the course."
)
MOST_SLIPS = 6
"""Characters in which a hash differs that was mistyped; another hash differs in about 60."""


class NotReplayable(GraderError):
    """A grade cannot be judged from what was recorded; says why."""


@dataclass(frozen=True)
class Chain:
    """What `check_chain` found."""

    broken: tuple[int, str] | None
    """The first line of the record that is not as it was written, and what about it."""
    entries: int
    head: str
    noted: bool | None
    """Whether the head that was noted is in the record; None where none was given."""
    faults: tuple[Fault, ...] = ()
    """All such lines."""
    nearly: int = 0
    """Number of the line whose hash differs from what was noted in very few places; 0: none."""

    @property
    def well(self) -> bool:
        """Whether the record is as it was written."""
        return not self.faults and self.noted is not False


@dataclass(frozen=True)
class Verified:
    """What `verify` found."""

    exercise: str
    replayed: tuple[str, ...]
    """Whose grades were judged again."""
    left: dict[str, str]
    """Whose were not, and why that is no fault: nothing was executed."""
    differences: tuple[Difference, ...]
    by_hand: tuple[ByHand, ...] = ()
    """Marks that nobody explains, and that a person can confirm."""

    @property
    def well(self) -> bool:
        """Whether every grade is what its record says, and every mark has somebody behind it."""
        return not self.differences and not self.by_hand


@contextmanager
def open_judge(course: Course, slug: str, load_model=None) -> Iterator[tuple[Grading, Scorebook]]:
    """Read what judging an assignment rests on; no kernels are started.

    Args:
        course: whose.
        slug: the assignment.
        load_model: gives the trusted model; None for the course's own.
    """
    with open_grading(course, slug, load_model) as opened:
        yield opened


def judge_again(grading: Grading, entry: Entry) -> dict[str, Verdict]:
    """Judge recorded answers by the questions of today.

    Args:
        grading: by the questions as they are now.
        entry: the grade.

    Returns:
        grade_id -> verdict, as `rewrite_grade` takes them.

    Raises:
        NotReplayable: nothing was recorded, or functions would be called with other inputs now.
    """
    _must_have_run(entry)
    if entry.secret not in ("", secret_tag(grading.secret)):
        raise NotReplayable(
            f"{entry.student}: the course's secret is another, so functions would be called with "
            "other inputs; put the secret back from your copy."
        )
    if _recipe(grading.assignment) != entry.recipe:
        raise NotReplayable(
            f"{entry.student}: probes.toml has changed since, so functions would be called with "
            f"other inputs; `grader autograde {entry.exercise}` runs them again."
        )
    return _judge(grading, entry)


def replay(grading: Grading, entry: Entry) -> dict[str, Verdict]:
    """Judge recorded answers by the questions that they were judged by.

    Raises:
        NotReplayable: nothing was recorded.
        NotKept: answers or questions are gone.
    """
    _must_have_run(entry)
    return _judge(as_it_was(grading, entry), entry)


def as_it_was(grading: Grading, entry: Entry) -> Grading:
    """Return a grading by the questions that a grade was given by.

    Raises:
        NotKept: they are gone.
    """
    exercise = exercise_then(grading.course, entry)
    return replace(grading, assignment=replace(grading.assignment, exercise=exercise))


def _judge(grading: Grading, entry: Entry) -> dict[str, Verdict]:
    answers = kept_answers(grading.course, entry.answers)
    return judge_submission(
        grading, entry.student, entry.submission, answers, entry.variant_id, entry.changes
    )


def check_chain(course: Course, noted: str = "") -> Chain:
    """Check that the record is as it was written.

    Args:
        course: whose.
        noted: a head that somebody wrote down; "" for none.

    Raises:
        GraderError: what was noted can be no head.
    """
    noted = noted.strip().lower()
    if noted and not re.fullmatch("[0-9a-f]{64}", noted):
        raise GraderError(
            f"--head {noted!a}: no such hash; a head is 64 characters 0-9 and a-f, and this is "
            f"{len(noted)} long. Copy it whole from the line that autograde printed."
        )
    hashes = {
        hash_of(line.text): line.number for line in read_lines(record_path(course)) if line.written
    }
    found = faults(course)
    near = (number for one, number in hashes.items() if _few_differ(one, noted))
    return Chain(
        broken=next(((fault.line, fault.how) for fault in found), None),
        entries=len(hashes),
        head=head(course),
        noted=(noted in {START, *hashes}) if noted else None,
        faults=tuple(found),
        nearly=0 if noted in hashes else next(near, 0),
    )


def _few_differ(a: str, b: str) -> bool:
    """Say whether two hashes are the same but for a slip of the hand."""
    return len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) <= MOST_SLIPS


def slugs_of(course: Course) -> list[str]:
    """Return the assignments for which record or gradebook hold a grade, in order."""
    recorded = {entry.exercise for entry in read_entries(course)}
    with open_gradebook(course) as gradebook:
        held = {a.name for a in gradebook.assignments if gradebook.assignment_submissions(a.name)}
    return sorted(recorded | held)


def verify(
    course: Course, slug: str, students: tuple[str, ...] = (), *, load_model=None
) -> Verified:
    """Check the present grades of an assignment against the record; the caller holds `only_one`.

    A grade is judged again from its recorded answers; what was handed in, the graded notebook and
    the gradebook must be those of the grade.

    Args:
        course: whose.
        slug: the assignment.
        students: only these; empty for all.
        load_model: gives the trusted model; None for the course's own.

    Raises:
        CourseError: course or assignment are wrong, and the gradebook is as it should be.
    """
    entries = read_record(course, slug)
    differences, by_hand = _marks(course, slug, entries, students)
    replayed: list[str] = []
    left: dict[str, str] = {}
    try:
        if entries:
            with (
                _with_questions(course, slug, entries) as whole,
                open_judge(whole, slug, load_model) as (grading, _),
            ):
                seen = [e for e in entries.values() if not students or e.student in students]
                differences += _judged_again(grading, seen, replayed, left)
    except CourseError as why:  # perhaps because of what somebody did to the gradebook
        if not differences:
            raise
        differences.append(Difference("", str(why)))
    return Verified(slug, tuple(replayed), left, tuple(differences), tuple(by_hand))


@contextmanager
def _with_questions(course: Course, slug: str, record: dict[str, Entry]) -> Iterator[Course]:
    """Yield the course; where its exercise is gone, with the questions kept with its grades."""
    kept = [entry.questions for entry in record.values() if entry.questions]
    if not kept or (course.exercises / slug / "questions.toml").is_file():
        yield course
        return
    with tempfile.TemporaryDirectory(prefix="sa-questions-") as folder:
        there = Path(folder) / slug
        there.mkdir()
        for name, data in kept_questions(course, kept[-1]).items():
            (there / name).write_bytes(data)
        yield replace(course, exercises=Path(folder))


def _marks(course: Course, slug: str, record: dict[str, Entry], students: tuple[str, ...]):
    """Return what is wrong with the gradebook, and the marks that a person can confirm."""
    differences: list[Difference] = []
    by_hand: list[ByHand] = []
    penalty = late_penalty_plugin(load_config(course))
    with open_gradebook(course) as gradebook:
        for one in compare(gradebook, slug, record, explanations(course, slug), penalty):
            if students and one.student not in students:
                continue
            if isinstance(one, ByHand):
                by_hand.append(one)
            else:
                differences.append(one)
    return differences, by_hand


def _judged_again(
    grading: Grading, entries: list[Entry], replayed: list[str], left: dict[str, str]
) -> list[Difference]:
    """Judge grades again; says who was, who could not be, and returns what is different."""
    found = []
    drawn_anew = {e.student for e in entries if e.secret not in ("", secret_tag(grading.secret))}
    if drawn_anew:
        where = grading.course.path / "secret"
        found.append(Difference("", OTHER_SECRET.format(where, grading.slug, len(drawn_anew))))
    for entry in entries:
        found += [Difference(entry.student, what) for what in _in_place(grading, entry)]
        if entry.student in drawn_anew:
            left[entry.student] = "its probes cannot be drawn with another secret."
            continue
        try:
            verdicts = replay(grading, entry)
        except NotReplayable as why:
            left[entry.student] = str(why)
            continue
        except GraderError as why:
            found.append(Difference(entry.student, str(why)))
            continue
        replayed.append(entry.student)
        found += [Difference(entry.student, what) for what in _compared(entry, verdicts)]
    return found


def _in_place(grading: Grading, entry: Entry) -> Iterator[str]:
    """Say where the files of a submission are not those of the grade."""
    if entry.stored and not stored_as_recorded(grading, entry):
        folder = grading.course.folder("autograded", grading.slug, entry.student)
        yield f"the graded notebook in {folder} is not the one that was written."
    folder = grading.course.folder("submitted", grading.slug, entry.student)
    submission = read(grading, entry.student)
    again = f"`grader autograde {grading.slug}` grades what is there now."
    if submission.sha256 != entry.submission:
        yield f"{folder / (entry.notebook or '')} is not the file that was graded; {again}"
    elif entry.grader == grader_version() and _other_key(grading, entry, submission):
        yield (
            f"a file beside the notebook in {folder}, its time of handing in, or the course's "
            f"course_id or language is not as it was graded; {again}"
        )


def _other_key(grading: Grading, entry: Entry, submission: Submission) -> bool:
    """Say whether the grade rests on other things; a secret that was changed is told elsewhere."""
    same_secret = entry.secret == secret_tag(grading.secret)
    return same_secret and grade_key(grading, submission, entry) != entry.key


def _compared(entry: Entry, verdicts: dict[str, Verdict]) -> Iterator[str]:
    same = entry.grader == grader_version()
    by = "" if same else f" (graded by {entry.grader}, judged again by {grader_version()})"
    for grade_id, data in entry.verdicts.items():
        now = verdicts.get(grade_id)
        if now is None or json.loads(json.dumps(now.to_json())) != data:
            told = "nothing" if now is None else f"{now.outcome} with {now.points:g} points"
            yield (
                f"{grade_id}: recorded {data['outcome']} with {data['points']:g} points, "
                f"judged again {told}{by}."
            )


def _must_have_run(entry: Entry) -> None:
    if not entry.answers:
        raise NotReplayable(
            f"{entry.student}: nothing was executed"
            + (f" ({entry.fault})" if entry.fault else "")
            + ", so there is no answer to judge."
        )


def _recipe(assignment: Assignment) -> str:
    recipe = assignment.question_files.get("probes.toml")
    return hashlib.sha256(recipe).hexdigest() if recipe is not None else ""


@lru_cache(maxsize=8)
def _read_exercise(slug: str, files: tuple[tuple[str, bytes], ...]) -> Exercise:
    with tempfile.TemporaryDirectory(prefix="sa-questions-") as folder:
        there = Path(folder) / slug
        there.mkdir()
        for name, data in files:
            (there / name).write_bytes(data)
        return load_exercise(there)


def exercise_then(course: Course, entry: Entry) -> Exercise | None:
    """Return the exercise as it was when a grade was given; None for a stock assignment.

    Raises:
        NotKept: its files are gone, or damaged.
    """
    if not entry.questions:
        return None
    files = kept_questions(course, entry.questions)
    return _read_exercise(entry.exercise, tuple(sorted(files.items())))
