"""A batch: every submission of an assignment that changed, from its folder to the gradebook.

The coordinator alone reads and writes the course folder and the gradebook, and judges. What runs
in between is a stateless function of a submission's bytes, mapped over workers. Whatever happens
to one submission, the others are graded.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from grader.course.course import Course
from grader.errors import GraderError
from grader.grading.grading import Grading
from grader.grading.intake.notebook_file import NotANotebook, read_file
from grader.grading.intake.submission import Submission, students_of
from grader.grading.kernels import CONFINED
from grader.grading.kernels.zygote import LIBRARIES
from grader.grading.limits import DEFAULT, Limits
from grader.grading.pipeline import grade, jobs_of, open_grading, read
from grader.grading.run.job import Executed, Job
from grader.grading.run.sandbox import kernels
from grader.grading.run.workers import Local, Ran, mapped, run_jobs
from grader.grading.store.folders import clean_up
from grader.grading.store.record import Entry, head, only_one, read_record
from grader.grading.store.save import Scorebook
from grader.grading.store.standing import Held, changed_since, grade_key, stands
from grader.questions import Outcome

LOOKED_INTO = 200
"""Hand-ins that tell what the others will import."""
SEVERAL = 3
"""Hand-ins that import a library, from which on it is imported once for all of them."""
LONGEST_LOOKED_INTO = 1 << 20
"""Bytes of a notebook that is looked into: most of a longer one are pictures."""
_IMPORTS = re.compile(rf"(?:import|from) ({'|'.join(LIBRARIES)})\b".encode())


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
    regrade: bool = False
    """Grade also what rests on other questions, settings or another grader than today's."""
    cluster: Any = None
    """A `cluster.Cluster` whose workers run the notebooks; None: processes of this machine."""
    begun: Any = None
    """What `begin_kernels` yielded, where kernels were begun with before the batch."""
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
    head: str = ""
    """Hash of the record's last entry when the batch was done."""

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
        Held: questions, settings or grader changed since grades were given, and neither `force`
            nor `regrade` is set; no submission was touched.
        GraderError: another grader is at work in this course, or a named student handed in nothing.
    """
    settings = settings or Settings()
    how = {"provisioner": settings.provisioner, "limits": settings.limits}
    with (
        only_one(course),
        open_grading(course, slug, settings.load_model, **how) as (grading, book),
    ):
        return _Run(grading, book, settings).run()


class _Run:
    """One batch over one assignment."""

    def __init__(self, grading: Grading, book: Scorebook, settings: Settings):
        self.grading, self.book, self.settings = grading, book, settings
        self.record = read_record(grading.course, grading.slug)
        self.batch = Batch()

    def run(self) -> Batch:
        settings, course = self.settings, self.grading.course
        students = self._students()
        if not (settings.force or settings.regrade):
            since = changed_since(self.grading, self.record, students)
            if since:
                raise Held(self.grading.slug, since)
        self.done, self.total = 0, len(students)
        clean_up(course, self.grading.slug)
        # Whatever else runs jobs brings kernels of its own.
        ours = settings.run is run_jobs and settings.cluster is None
        around: Callable[..., AbstractContextManager[Any]] = nullcontext
        if ours:
            libraries = libraries_of(course, self.grading.slug, self._new(students))
            wanted = self._texts(students), libraries
            around = partial(kernels, settings.provisioner, *wanted, settings.begun)
        pool = settings.cluster or Local(settings.workers, settings.run)
        for (submission, key), ran in mapped(self._work(students), pool, around):
            self._finish(submission, key, ran)
        self.batch.entries = dict(sorted(self.batch.entries.items()))
        self.batch.graded.sort()
        self.batch.head = head(course)
        return self.batch

    def _students(self) -> list[str]:
        course, slug = self.grading.course, self.grading.slug
        there = students_of(course, slug)
        for student in self.settings.students:
            if student not in there:
                raise GraderError(
                    f"{student!a} handed in nothing for {slug}; there is no "
                    f"{course.path / 'submitted'}/{student}/{slug}."
                )
        return [s for s in there if not self.settings.students or s in self.settings.students]

    def _new(self, students: list[str]) -> list[str]:
        """Leave out who was graded before: most often nothing changed."""
        return [s for s in students if self.settings.force or s not in self.record]

    def _texts(self, students: list[str]) -> tuple[str, ...]:
        """Return what the notebooks to come will ask the model for, as far as it is known."""
        assignment = self.grading.assignment
        if assignment.exercise is None:
            return ()
        variants = dict(self.grading.variant(student) for student in self._new(students))
        return assignment.exercise.texts(variants.values())

    def _work(self, students: list[str]) -> Iterator[tuple[tuple[Submission, str], list[Job]]]:
        """Yield what has to be executed; what did not change and what is no notebook ends here."""
        for student in students:
            submission = read(self.grading, student)
            key = grade_key(self.grading, submission)
            known = self.record.get(student)
            if not self.settings.force and known and stands(self.grading, known, key):
                self.batch.entries[student] = known
                self._tell(student)
                continue
            jobs = jobs_of(self.grading, submission)
            if jobs:
                yield (submission, key), jobs
            else:
                self._finish(submission, key, Ran([]))

    def _finish(self, submission: Submission, key: str, ran: Ran) -> None:
        student = submission.student
        known = self.record.get(student)
        self.batch.entries[student] = grade(
            self.grading,
            self.book,
            submission,
            key,
            ran.result,
            worker=ran.worker,
            last=known.submission if known else "",
        )
        self.batch.graded.append(student)
        self._tell(student)

    def _tell(self, student: str) -> None:
        self.done += 1
        self.settings.progress(self.done, self.total, student)


def libraries_of(course: Course, slug: str, students: Sequence[str] = ()) -> tuple[str, ...]:
    """Return which of `LIBRARIES` an assignment's own notebooks import, or several hand-ins.

    Importing torch and transformers takes a notebook longer than all else in it, so where a few
    students use them, all are better off when they are imported once. The first
    `LOOKED_INTO` hand-ins tell.
    """
    sources = sorted(course.folder("source", slug).glob("*.ipynb"))
    wanted = {name for path in sources for name in _imported(path.read_bytes())}
    found: Counter[str] = Counter()
    for student in students[:LOOKED_INTO]:
        folder = course.folder("submitted", slug, student)
        paths = [folder / path.name for path in sources]
        found.update({name for path in paths for name in _imported(_handed_in(path))})
    wanted |= {name for name, times in found.items() if times >= SEVERAL}
    return tuple(name for name in LIBRARIES if name in wanted)


def _imported(notebook: bytes) -> set[str]:
    """Return which of `LIBRARIES` a notebook's text imports."""
    return {name.decode() for name in _IMPORTS.findall(notebook)}


def _handed_in(path: Path) -> bytes:
    """Return a notebook as handed in; nothing where it cannot be read or is too long."""
    try:
        return read_file(path, LONGEST_LOOKED_INTO).data
    except NotANotebook:
        return b""


def default_workers() -> int:
    """Return how many notebooks to run at once: as many as there are processors, at most four."""
    return min(4, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
