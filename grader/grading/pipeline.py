"""The pipeline: what happens to one submission, step by step, from its folder to the record.

`read` and `jobs_of` come before its notebooks are executed (`run`, by workers, elsewhere), the
`STEPS` after. Each step takes the `Grading`, which never changes, and the `Work` as far as it has
come, and returns the work one step further. All that can go wrong with a student's bytes goes wrong
before anything is written; what is written is written in an order in which a crash at any moment
loses nothing.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from grader.course.course import Course
from grader.course.gradebook import open_gradebook
from grader.course.release import load_config
from grader.errors import concerns_the_disk
from grader.grading.grading import Grading, TrustedModel
from grader.grading.intake.assignment import read_assignment
from grader.grading.intake.origin import origin
from grader.grading.intake.submission import Submission, read_submission
from grader.grading.judge.graded_notebooks import Graded, grade_notebooks
from grader.grading.judge.judge import end_all, judge_submission, probes_of
from grader.grading.run.job import Executed, Job
from grader.grading.store.blobs import keep_answers
from grader.grading.store.decisions import read_decided
from grader.grading.store.entry import entry_of, of_today
from grader.grading.store.folders import digest_of, read_graded, write_graded
from grader.grading.store.record import Entry, append
from grader.grading.store.save import Scorebook, open_scorebook, same_answers, save_scores
from grader.questions import Outcome, Verdict

log = logging.getLogger(__name__)


@contextmanager
def open_grading(
    course: Course, slug: str, load_model: Callable[[], Any] | None = None, **how: Any
) -> Iterator[tuple[Grading, Scorebook]]:
    """Read what grading an assignment rests on; the caller holds `only_one` if it writes.

    Args:
        course: whose.
        slug: the assignment.
        load_model: gives the trusted model; None for the course's own.
        how: other fields of the `Grading`: ``limits``, ``provisioner``.

    Raises:
        CourseError: course or assignment are wrong.
    """
    with open_gradebook(course, writing=True) as gradebook:
        roster = course.students()
        grading = Grading(
            course,
            read_assignment(course, slug, gradebook),
            TrustedModel(load_model),
            secret=course.secret(),
            roster=roster,
            accepted={
                (student, submission): as_id
                for student, said in read_decided(course, slug).items()
                for submission, as_id in said.variants.items()
            },
            **how,
        )
        book = open_scorebook(gradebook, slug, load_config(course), roster)
        gradebook.db.rollback()  # the session holds nothing while kernels run
        yield grading, book


def read(grading: Grading, student: str) -> Submission:
    """Read what a student handed in, and whether it comes from this course's release."""
    submission = read_submission(grading.course, grading.assignment, student, grading.limits)
    ours = (grading.assignment, grading.course.course_id, grading.variant_id(student))
    changes = tuple(c for one in submission.notebooks.values() for c in origin(one, *ours))
    return replace(submission, origin=changes)


def jobs_of(grading: Grading, submission: Submission) -> list[Job]:
    """Return what has to be executed; a worker needs nothing else, and gets nothing else."""
    probes = probes_of(grading.assignment, grading.secret, submission.sha256)
    return [
        Job(
            name=name,
            notebook=restored.notebook,
            files=submission.files,
            questions={
                grade_id: (question.id, probes[grade_id])
                for grade_id, question in grading.assignment.questions.items()
                if grade_id in grading.assignment.notebooks[name].by_id
            },
            provisioner=grading.provisioner,
            limits=grading.limits,
        )
        for name, restored in submission.restored.items()
    ]


@dataclass(frozen=True)
class Work:
    """One submission, as far as it has come."""

    submission: Submission
    key: str
    """Of all that decides its grade."""
    ran: Mapping[str, Executed] = field(default_factory=dict)
    """Name -> what came of a notebook that was executed."""
    worker: str = ""
    """Where."""
    fault: str = ""
    """What went wrong on our side."""
    last: str = ""
    """sha256 of the student's submission that was graded last."""
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    graded: Graded | None = None
    same: frozenset[str] = frozenset()
    """grade_ids of the answers that were graded before."""
    answers: str = ""
    """sha256 of what check cells recorded."""
    entry: Entry | None = None


def judge_answers(grading: Grading, book: Scorebook, work: Work) -> Work:
    """Hold what check cells recorded against the model."""
    submission = work.submission
    verdicts = judge_submission(
        grading, submission.student, submission.sha256, work.ran, changes=submission.changes
    )
    return replace(work, verdicts=verdicts)


def finish_notebooks(grading: Grading, book: Scorebook, work: Work) -> Work:
    """Make the graded notebooks: cards into check cells, harmless text everywhere else."""
    submission, course = work.submission, grading.course
    variant = grading.variant(submission.student, submission.sha256)[1]
    graded = grade_notebooks(
        grading.assignment, submission, work.ran, work.verdicts, variant, course.language
    )
    return replace(work, graded=graded, verdicts=graded.verdicts)


def keep_recorded_answers(grading: Grading, book: Scorebook, work: Work) -> Work:
    """Write what check cells recorded to the disk, by its hash."""
    return replace(work, answers=keep_answers(grading.course, work.ran))


def compare_with_last(grading: Grading, book: Scorebook, work: Work) -> Work:
    """Find the answers that were graded before: a person's marks for them still stand."""
    submission = work.submission
    same_file = work.last == submission.sha256
    # nothing was graded before, or what lies there is no notebook and will be replaced
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        before = read_graded(
            grading.course, grading.slug, submission.student, grading.assignment.notebooks
        )
        same = same_answers(before, _graded(work).notebooks, same_file=same_file)
        return replace(work, same=frozenset(same))
    return work


def write_notebooks(grading: Grading, book: Scorebook, work: Work) -> Work:
    """Put the graded notebooks into autograded/, the whole folder at once."""
    submission = work.submission
    write_graded(
        grading.course,
        grading.slug,
        submission.student,
        _graded(work).notebooks,
        submission.stored,
        submission.timestamp,
    )
    return work


def write_scores(grading: Grading, book: Scorebook, work: Work) -> Work:
    """Write scores and late penalty into nbgrader's gradebook, in one transaction."""
    submission, graded = work.submission, _graded(work)
    save_scores(
        book,
        submission.student,
        submission.timestamp,
        graded.scores,
        graded.no_response,
        work.same,
    )
    return work


def write_record(grading: Grading, book: Scorebook, work: Work) -> Work:
    """Append the grade to the record."""
    submission, graded = work.submission, work.graded
    entry = entry_of(
        grading.assignment,
        submission,
        work.verdicts,
        graded.stock if graded else {},
        list(work.ran.values()),
        key=work.key,
        model=grading.model_sha256,
        variant_id=grading.variant_id(submission.student, submission.sha256),
        confined=grading.confined,
        fault=work.fault,
        worker=work.worker,
        answers=work.answers,
        tests=graded.tests if graded else {},
        stored=digest_of(graded.notebooks) if graded else "",
        **of_today(grading),
    )
    return replace(work, entry=append(grading.course, entry))


def _graded(work: Work) -> Graded:
    assert work.graded is not None  # `finish_notebooks` comes before
    return work.graded


def _entry(work: Work) -> Entry:
    assert work.entry is not None  # `write_record` comes before
    return work.entry


STEPS = (
    # Nothing is written by these two, so what makes them fail leaves no trace.
    judge_answers,
    finish_notebooks,
    # Before the record, which names them: what it names is on the disk.
    keep_recorded_answers,
    # While the folder still holds the notebooks that were graded last.
    compare_with_last,
    # The notebook before its scores: formgrader never shows points without a card.
    write_notebooks,
    write_scores,
    # Last: what the record does not hold has not been graded, and is graded again.
    write_record,
)


def grade(
    grading: Grading,
    book: Scorebook,
    submission: Submission,
    key: str,
    executed: list[Executed] | Exception,
    *,
    worker: str = "",
    last: str = "",
) -> Entry:
    """Take a submission whose notebooks were executed through the `STEPS`.

    Never raises for what a submission holds.

    Args:
        grading: by what.
        book: the assignment in the gradebook.
        submission: what was handed in.
        key: of all that decides its grade.
        executed: what came of its notebooks, in their order; an exception where that is our fault.
        worker: where they were executed.
        last: sha256 of the student's submission that was graded last.
    """
    work = Work(submission, key, worker=worker, last=last)
    try:
        work = _executed(work, executed)
        for step in STEPS:
            work = step(grading, book, work)
        return _entry(work)
    except Exception as error:
        if concerns_the_disk(error):  # the next one would meet it, too
            raise
        log.warning("%s could not be graded", submission.student, exc_info=error)
        with suppress(Exception):  # formgrader shows that somebody handed in, and waits
            nothing = {
                name: dict.fromkeys(rows.grades.values()) for name, rows in book.rows.items()
            }
            save_scores(book, submission.student, submission.timestamp, nothing, {})
        failed = Work(
            submission,
            key,
            verdicts=end_all(grading.assignment, Outcome.INTERNAL, {}),
            fault=_words(error),
        )
        return _entry(write_record(grading, book, failed))


def _executed(work: Work, executed: list[Executed] | Exception) -> Work:
    if isinstance(executed, Exception):
        return replace(work, fault=_words(executed))
    ran = dict(zip(work.submission.notebooks, executed, strict=True))
    lost = any(Outcome.INTERNAL in one.endings.values() for one in ran.values())
    return replace(
        work, ran=ran, fault="the process that guards the kernel was lost" if lost else ""
    )


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
