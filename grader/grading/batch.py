"""A batch: every submission of an assignment that changed, from the door to the gradebook.

The coordinator alone reads and writes the course folder and the gradebook, and judges. What runs
in between is a stateless function of a submission's bytes, mapped over workers. Whatever happens
to one submission, the others are graded.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

from grader.course.folder import Course, Student
from grader.course.gradebook import open_gradebook
from grader.course.release import load_config
from grader.errors import GraderError
from grader.grading import save
from grader.grading.assignment import Assignment, read_assignment
from grader.grading.execute import Executed, Job
from grader.grading.handed_in import Submission, read_submission, students_of
from grader.grading.judge import end_all, finish_notebook, judge_executed, probes_of
from grader.grading.limits import DEFAULT, Limits
from grader.grading.record import Entry, append, grader_version, key_of, only_one, read_record
from grader.grading.restore import blank, restore
from grader.grading.wall import CONFINED, kernels, trusted_model
from grader.grading.workers import mapped, run_jobs
from grader.models import find_model
from grader.questions import Outcome, Remembered, Verdict

MODEL = "minilm"

log = logging.getLogger(__name__)


@dataclass
class Settings:
    """How a batch runs; none of it changes a score."""

    workers: int = 1
    provisioner: str = CONFINED
    limits: Limits = DEFAULT
    students: tuple[str, ...] = ()
    """Only these; empty for all."""
    force: bool = False
    """Grade also what did not change."""
    run: Callable[[list[Job]], list[Executed]] = run_jobs
    load_model: Callable[[], Any] | None = None
    progress: Callable[[int, int, str], None] = lambda done, total, student: None


@dataclass
class Batch:
    """What a batch came to."""

    entries: dict[str, Entry] = field(default_factory=dict)
    """The present grade of each student that was looked at, graded now or before."""
    graded: list[str] = field(default_factory=list)
    """Who was graded in this run."""

    @property
    def not_graded(self) -> dict[str, str]:
        """Student -> why the submission could not be graded, or not wholly."""
        found = {}
        for student, entry in self.entries.items():
            if entry.fault:
                found[student] = entry.fault
            elif entry.door:
                found[student] = entry.door["reason"]
            else:
                left = [o for o in entry.outcomes.values() if Outcome(o).open]
                if left:
                    found[student] = left[0]
        return found


def autograde(course: Course, slug: str, settings: Settings | None = None) -> Batch:
    """Grade what changed in the submissions to `slug`.

    Raises:
        CourseError: course or assignment are wrong; no submission was touched.
        GraderError: another grader is at work in this course, or a named student handed in nothing.
    """
    settings = settings or Settings()
    with only_one(course):
        return _Grading(course, slug, settings).run()


class _Grading:
    """One batch over one assignment."""

    def __init__(self, course: Course, slug: str, settings: Settings):
        self.course, self.slug, self.settings = course, slug, settings
        self.confined = settings.provisioner == CONFINED
        self.assignment: Assignment = read_assignment(course, slug)
        self.late_penalty = save.late_penalty_plugin(load_config(course))
        self.secret = course.secret()
        self.roster = course.students()
        self.record = read_record(course, slug)
        self.batch = Batch()

    @cached_property
    def model(self) -> Any:
        """The trusted model, asked for when the first answer is judged."""
        if self.settings.load_model is not None:
            return self.settings.load_model()
        return Remembered(trusted_model(self.settings.provisioner, MODEL))

    @cached_property
    def model_sha256(self) -> str:
        if not self.assignment.questions:
            return ""
        if self.settings.load_model is not None:
            return self.model.sha256
        return find_model(MODEL).sha256

    def run(self) -> Batch:
        students = self._students()
        self.done, self.total = 0, len(students)
        with open_gradebook(self.course) as gradebook:
            self.gradebook = gradebook
            run, provisioner = self.settings.run, self.settings.provisioner
            # Whatever else runs jobs brings kernels of its own.
            around = partial(kernels, provisioner) if run is run_jobs else nullcontext
            results = mapped(self._work(students), self.settings.workers, run, around)
            for (submission, key), executed in results:
                self._finish(submission, key, executed)
        self.batch.entries = dict(sorted(self.batch.entries.items()))
        self.batch.graded.sort()
        return self.batch

    def _students(self) -> list[str]:
        there = students_of(self.course, self.slug)
        for student in self.settings.students:
            if student not in there:
                raise GraderError(
                    f'"{student!a}" handed in nothing for {self.slug}; there is no '
                    f"{self.course.path / 'submitted'}/{student}/{self.slug}."
                )
        return [s for s in there if not self.settings.students or s in self.settings.students]

    def _work(self, students: list[str]) -> Iterator[tuple[tuple[Submission, str], list[Job]]]:
        """Yield what has to be executed; what did not change and what is no notebook ends here."""
        for student in students:
            submission = read_submission(
                self.course, self.assignment, student, self.settings.limits
            )
            key = self._key(submission)
            known = self.record.get(student)
            if not self.settings.force and known and self._stands(known, key):
                self.batch.entries[student] = known
                self._tell(student)
                continue
            jobs = self._jobs(submission)
            if jobs:
                yield (submission, key), jobs
            else:
                self._finish(submission, key, [])

    def _key(self, submission: Submission) -> str:
        return key_of(
            self.course.course_id,
            self.course.language,
            submission.student,
            self._variant_id(submission.student),
            submission.everything,
            self.assignment.material,
            grader_version(),
            self.model_sha256,
            hashlib.sha256(self.secret).hexdigest(),
            str(self.confined),
            repr(self.settings.limits),
        )

    def _variant_id(self, student: str) -> str:
        known = self.roster.get(student)
        return known.variant_id if known else student

    def _stands(self, known: Entry, key: str) -> bool:
        """Say whether a grade still holds: nothing changed, and what was written is still there."""
        if known.key != key or known.fault:
            return False
        folder = self.course.folder("autograded", self.slug, known.student)
        try:
            stored = {
                name: (folder / f"{name}.ipynb").read_bytes() for name in self.assignment.notebooks
            }
            return _digest(stored) == known.stored
        except (OSError, ValueError):
            return False

    def _jobs(self, submission: Submission) -> list[Job]:
        probes = probes_of(self.assignment, self.secret, submission.sha256)
        jobs = []
        for name, parsed in submission.notebooks.items():
            source = self.assignment.notebooks[name]
            asked = {
                grade_id: (question.id, probes[grade_id])
                for grade_id, question in self.assignment.questions.items()
                if grade_id in source.by_id
            }
            jobs.append(
                Job(
                    name=name,
                    notebook=restore(parsed, source),
                    files=submission.files,
                    questions=asked,
                    provisioner=self.settings.provisioner,
                    limits=self.settings.limits,
                )
            )
        return jobs

    def _finish(self, submission: Submission, key: str, executed) -> None:
        """Judge, store, save, record: in this order, so that a crash in between loses nothing."""
        try:
            entry = self._grade(submission, key, executed)
        except Exception as error:
            log.warning("%s could not be graded", submission.student, exc_info=error)
            entry = self._fault(submission, key, error)
        self.batch.entries[submission.student] = entry
        self.batch.graded.append(submission.student)
        self._tell(submission.student)

    def _grade(self, submission: Submission, key: str, executed) -> Entry:
        fault = ""
        if isinstance(executed, Exception):
            fault = f"{type(executed).__name__}: {executed}"[:500]
            executed = [None] * len(submission.notebooks)
        results = dict(zip(submission.notebooks, executed, strict=True))
        student = self.roster.get(submission.student) or Student(
            submission.student, submission.student
        )
        variant = self.assignment.variant(self.course.course_id, student.variant_id)
        probes = probes_of(self.assignment, self.secret, submission.sha256)
        verdicts: dict[str, Verdict] = {}
        stored: dict[str, bytes] = {}
        stock: dict[str, list] = {}
        scores, no_response = {}, {}
        for name in self.assignment.notebooks:
            notebook, found = self._judged(name, submission, results, variant, probes, fault)
            of_stock = save.stock_scores(notebook, self.assignment)
            if name in submission.refused:
                of_stock = {g: [0.0, maximum] for g, (_, maximum) in of_stock.items()}
            no_response[name] = save.untouched(notebook)
            scores[name] = save.scores_of(found, of_stock)
            verdicts |= found
            stock |= of_stock
            stored[name] = self._bytes(
                finish_notebook(notebook, self.assignment, found, self.course.language)
            )
        save.register(self.gradebook, self.slug, student, self._timestamp(submission))
        save.store(
            self.course,
            self.slug,
            submission.student,
            stored,
            submission.files,
            submission.timestamp,
        )
        save.save_scores(
            self.gradebook,
            self.slug,
            submission.student,
            scores,
            no_response,
            self.late_penalty,
        )
        entry = self._entry(
            submission,
            key,
            verdicts=verdicts,
            stock=stock,
            fault=fault,
            stored=_digest(stored),
            executed=[one for one in results.values() if one],
        )
        append(self.course, entry)
        return entry

    def _judged(
        self, name: str, submission: Submission, results, variant, probes, fault
    ) -> tuple[dict, dict[str, Verdict]]:
        """Return a notebook as executed, and the verdicts on its questions."""
        source = self.assignment.notebooks[name]
        mine = {g for g in self.assignment.questions if g in source.by_id}
        if name in submission.refused:
            notebook = blank(source)
            verdicts = end_all(self.assignment, Outcome.NOT_A_NOTEBOOK, variant[1])
        elif fault:
            notebook = restore(submission.notebooks[name], source)
            for cell in notebook["cells"]:
                cell.pop("attachments", None)
            verdicts = end_all(self.assignment, Outcome.INTERNAL, variant[1])
        else:
            done = results[name]
            notebook = done.notebook
            verdicts = judge_executed(self.assignment, done, variant, self.model, probes)
        return notebook, {g: v for g, v in verdicts.items() if g in mine}

    def _fault(self, submission: Submission, key: str, error: Exception) -> Entry:
        """Record that we failed; the next run tries again."""
        self.gradebook.db.rollback()
        entry = self._entry(
            submission,
            key,
            verdicts=end_all(self.assignment, Outcome.INTERNAL, {}),
            stock={},
            fault=f"{type(error).__name__}: {error}"[:500],
            stored="",
            executed=[],
        )
        append(self.course, entry)
        return entry

    def _entry(self, submission: Submission, key: str, *, verdicts, stock, executed, **rest):
        written = {
            cell.grade_id for n in self.assignment.notebooks.values() for cell in n.cells
            if cell.grade and cell.solution
        }  # fmt: skip
        door = next(iter(submission.refused.values()), None)
        return Entry(
            student=submission.student,
            exercise=self.slug,
            notebook=next((n for n in submission.names.values() if n), ""),
            key=key,
            submission=submission.sha256,
            material=self.assignment.material,
            grader=grader_version(),
            model=self.model_sha256,
            variant_id=self._variant_id(submission.student),
            verdicts={grade_id: verdict.to_json() for grade_id, verdict in verdicts.items()},
            stock={g: score for g, score in stock.items() if g not in written},
            written={g: score for g, score in stock.items() if g in written},
            door={"reason": door.reason, "values": door.values} if door else None,
            notes=[asdict(note) for one in executed for note in one.notes],
            confined=self.confined,
            seconds=round(sum(one.seconds for one in executed), 3),
            kernels=sum(one.kernels for one in executed),
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            **rest,
        )

    @staticmethod
    def _bytes(notebook: dict) -> bytes:
        import nbformat

        node = nbformat.from_dict(notebook)
        nbformat.validate(node)
        return (nbformat.writes(node).rstrip("\n") + "\n").encode()

    @staticmethod
    def _timestamp(submission: Submission):
        from nbgrader.utils import parse_utc

        try:
            return parse_utc((submission.timestamp or b"").decode().strip()) or None
        except (ValueError, OverflowError, TypeError, UnicodeDecodeError):
            return None

    def _tell(self, student: str) -> None:
        self.done += 1
        self.settings.progress(self.done, self.total, student)


def _digest(stored: dict[str, bytes]) -> str:
    """Return one hash of stored notebooks; nbgrader may have written the same with other spaces."""
    plain = {name: json.loads(data) for name, data in stored.items()}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def default_workers() -> int:
    """Return how many notebooks to run at once: as many as there are processors, at most four."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
