"""The desk where grades are given: the only place that judges, and that writes what was judged.

One desk serves one assignment, with one session of the gradebook. Its steps are in an order in
which a crash at any moment loses nothing: the notebook first, the scores then, the record last.
What the record does not hold has not been graded, and is graded again.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from grader.course.course import Course, Student
from grader.course.gradebook import open_gradebook
from grader.course.release import load_config
from grader.errors import concerns_the_disk
from grader.grading.intake.assignment import Assignment, read_assignment
from grader.grading.intake.changes import Change, another_variant
from grader.grading.intake.origin import origin
from grader.grading.intake.submission import Submission, read_submission
from grader.grading.judge.graded_notebooks import digest_of, grade_again, grade_notebooks
from grader.grading.judge.judge import end_all, judge_recorded, probes_of
from grader.grading.limits import DEFAULT, Limits
from grader.grading.run.execute import Executed, Job
from grader.grading.store import save
from grader.grading.store.blobs import keep_answers, keep_questions
from grader.grading.store.decisions import read_decided
from grader.grading.store.entry import entry_of, plain
from grader.grading.store.record import Entry, append, grader_version, key_of, secret_tag
from grader.models import find_model
from grader.questions import Outcome, Verdict

MODEL = "minilm"

log = logging.getLogger(__name__)


@contextmanager
def open_desk(course: Course, slug: str, **settings: Any) -> Iterator["Desk"]:
    """Open the desk of an assignment; the caller holds `only_one` if it writes.

    Raises:
        CourseError: course or assignment are wrong.
    """
    with open_gradebook(course, writing=True) as gradebook:
        assignment = read_assignment(course, slug, gradebook)
        desk = Desk(course, assignment, gradebook, **settings)
        gradebook.db.rollback()  # the session holds nothing while kernels run
        yield desk


class Desk:
    """What judging and writing one assignment's grades needs."""

    def __init__(
        self,
        course: Course,
        assignment: Assignment,
        gradebook: Any,
        *,
        load_model: Callable[[], Any],
        model_sha256: str | None = None,
        confined: bool = True,
        provisioner: str = "",
        limits: Limits = DEFAULT,
    ):
        """Lay everything ready.

        Args:
            course: whose folder and gradebook are written.
            assignment: whose grades are given.
            gradebook: nbgrader's, open.
            load_model: gives the trusted model; called when the first answer is judged.
            model_sha256: of its weights; None for those of the course's model.
            confined: whether kernels are.
            provisioner: jupyter_client's name of what starts them.
            limits: what a notebook may use.
        """
        self.course, self.assignment, self.gradebook = course, assignment, gradebook
        self.slug, self.limits = assignment.slug, limits
        self.confined, self.provisioner = confined, provisioner
        self.secret = course.secret()
        self.roster = course.students()
        self.late_penalty = save.late_penalty_plugin(load_config(course))
        self.rows = save.rows_of(gradebook, assignment.slug)
        self.graded_before: dict[str, str] = {}
        """Student -> sha256 of the submission that was graded last, where a batch knows it."""
        self.accepted = {
            (student, submission): as_id
            for student, said in read_decided(course, assignment.slug).items()
            for submission, as_id in said.variants.items()
        }
        """(student, sha256 of a submission) -> the id by whose sentence a person had it judged."""
        self._load_model, self._model_sha256 = load_model, model_sha256

    @cached_property
    def model(self) -> Any:
        """The trusted model."""
        return self._load_model()

    @cached_property
    def model_sha256(self) -> str:
        """Of the model's weights; empty where no question is judged."""
        if not self.assignment.questions:
            return ""
        return self._model_sha256 or find_model(MODEL).sha256

    @cached_property
    def _questions_sha256(self) -> str:
        return keep_questions(self.course, self.assignment.question_files)

    def read(self, student: str) -> Submission:
        """Read what a student handed in."""
        read = read_submission(self.course, self.assignment, student, self.limits)
        ours = (self.assignment, self.course.course_id, self.variant_id(student))
        read.origin = tuple(c for one in read.notebooks.values() for c in origin(one, *ours))
        return read

    def key(self, submission: Submission, of: Entry | None = None) -> str:
        """Return the hash of all that decides a submission's grade.

        Args:
            submission: what was handed in.
            of: a grade: what its key is if all that is not the grader's is as it was then.
        """
        return key_of(
            self.course.course_id,
            self.course.language,
            submission.student,
            self.variant_id(submission.student, submission.sha256),
            submission.everything,
            of.material if of else self.assignment.material,
            of.grader if of else grader_version(),
            of.model if of else self.model_sha256,
            hashlib.sha256(self.secret).hexdigest(),
            str(of.confined if of else self.confined),
            repr(self.limits),
        )

    def variant_id(self, student: str, submission: str = "") -> str:
        """Return what a student's own sentence is drawn from.

        Args:
            student: whose.
            submission: sha256 of what was handed in, for which a person may have said another id.
        """
        if (student, submission) in self.accepted:
            return self.accepted[student, submission]
        known = self.roster.get(student)
        return known.variant_id if known else student

    def stands(self, entry: Entry, key: str) -> bool:
        """Say whether a grade holds: nothing changed, and what was written is still there."""
        return entry.key == key and not entry.fault and self.stored_as_recorded(entry)

    def stored_as_recorded(self, entry: Entry) -> bool:
        """Say whether the graded notebooks are those that were written."""
        try:
            return digest_of(self.stored(entry.student)) == entry.stored
        except (OSError, ValueError):
            return False

    def stored(self, student: str) -> dict[str, bytes]:
        """Return the graded notebooks of a student, by name.

        Raises:
            OSError: one is not there.
        """
        folder = self.course.folder("autograded", self.slug, student)
        return {n: (folder / f"{n}.ipynb").read_bytes() for n in self.assignment.notebooks}

    def jobs(self, submission: Submission) -> list[Job]:
        """Return what has to be executed; a worker needs nothing else."""
        probes = probes_of(self.assignment, self.secret, submission.sha256)
        jobs = []
        for name, restored in submission.restored.items():
            source = self.assignment.notebooks[name]
            asked = {
                grade_id: (question.id, probes[grade_id])
                for grade_id, question in self.assignment.questions.items()
                if grade_id in source.by_id
            }
            jobs.append(
                Job(
                    name=name,
                    notebook=restored.notebook,
                    files=submission.files,
                    questions=asked,
                    provisioner=self.provisioner,
                    limits=self.limits,
                )
            )
        return jobs

    def grade(
        self,
        submission: Submission,
        key: str,
        executed: list[Executed] | Exception,
        worker: str = "",
    ) -> Entry:
        """Judge, store, save, record; never raises for what a submission holds."""
        try:
            return self._grade(submission, key, executed, worker)
        except Exception as error:
            if concerns_the_disk(error):  # the next one would meet it, too
                raise
            log.warning("%s could not be graded", submission.student, exc_info=error)
            with suppress(Exception):  # formgrader shows that somebody handed in, and waits
                nothing = {
                    name: dict.fromkeys(rows.grades.values()) for name, rows in self.rows[1].items()
                }
                self._save(submission.student, submission.timestamp, nothing, {})
            return self._record(
                submission,
                key,
                verdicts=end_all(self.assignment, Outcome.INTERNAL, {}),
                fault=_words(error),
            )

    def judge(
        self,
        student: str,
        submission: str,
        answers: dict,
        variant_id: str | None = None,
        changes: Iterable[Change | Mapping] = (),
    ) -> dict[str, Verdict]:
        """Judge what a submission's check cells recorded.

        Args:
            student: whose.
            submission: sha256 of what was handed in, from which its probes are drawn.
            answers: notebook -> what has ``recorded`` and ``endings``.
            variant_id: what the sentence is drawn from; None for what the roster says.
            changes: of the submission; where one says that it was written for another sentence,
                nothing is judged and a person decides.
        """
        if variant_id is None:
            variant_id = self.variant_id(student, submission)
        variant = self.assignment.variant(self.course.course_id, variant_id)
        if another_variant(changes):
            every = end_all(self.assignment, Outcome.ANOTHER_VARIANT, variant[1])
            cells = {g for name in answers for g in self.assignment.notebooks[name].by_id}
            return {grade_id: one for grade_id, one in every.items() if grade_id in cells}
        probes = probes_of(self.assignment, self.secret, submission)
        return {
            grade_id: verdict
            for name, one in answers.items()
            for grade_id, verdict in judge_recorded(
                self.assignment, one.recorded, one.endings, variant, self.model, probes
            ).items()
            if grade_id in self.assignment.notebooks[name].by_id
        }

    def regrade(
        self, entry: Entry, key: str, verdicts: dict[str, Verdict], cause: dict, **rest: str
    ) -> Entry:
        """Write other verdicts on the same answers: new cards, new scores, an entry that says why.

        Rows of the gradebook that the verdicts do not change stay as they are: a person's marks
        and what waits for one above all.

        Args:
            entry: the present grade, with its graded notebook in the course folder.
            key: what `key` says of the submission now, so that a batch finds the grade as it is.
            verdicts: grade_id -> verdict.
            cause: why; stands in the record.
            rest: other fields of the entry than those of today.

        Raises:
            OSError: a graded notebook is not there.
        """
        changed = {g for g, v in verdicts.items() if entry.verdicts.get(g) != plain(v)}
        notebooks, scores = grade_again(
            self.assignment, self.stored(entry.student), verdicts, changed, self.course.language
        )
        save.restore_notebooks(self.course, self.slug, entry.student, notebooks)
        self._save(entry.student, None, scores, {}, same=entry.verdicts)
        return append(
            self.course,
            replace(
                entry,
                key=key,
                verdicts={grade_id: plain(verdict) for grade_id, verdict in verdicts.items()},
                stored=digest_of(notebooks),
                at=now(),
                cause=cause,
                **self._of_today() | rest,
            ),
        )

    def _grade(self, submission: Submission, key: str, executed, worker: str) -> Entry:
        fault = ""
        if isinstance(executed, Exception):
            fault = _words(executed)
            executed = [None] * len(submission.notebooks)
        results = dict(zip(submission.notebooks, executed, strict=True))
        ran = {name: one for name, one in results.items() if one is not None}
        if not fault and any(Outcome.INTERNAL in one.endings.values() for one in ran.values()):
            fault = "the process that guards the kernel was lost"
        verdicts = self.judge(
            submission.student, submission.sha256, ran, changes=submission.changes
        )
        variant = self.assignment.variant(
            self.course.course_id, self.variant_id(submission.student, submission.sha256)
        )[1]
        graded = grade_notebooks(
            self.assignment, submission, ran, verdicts, variant, self.course.language
        )
        answers = keep_answers(self.course, ran)
        same = self._same_answers(submission, graded.notebooks)
        save.store(
            self.course,
            self.slug,
            submission.student,
            graded.notebooks,
            submission.stored,
            submission.timestamp,
        )
        self._save(
            submission.student,
            submission.timestamp,
            graded.scores,
            graded.no_response,
            same=same,
        )
        return self._record(
            submission,
            key,
            verdicts=graded.verdicts,
            stock=graded.stock,
            tests=graded.tests,
            fault=fault,
            stored=digest_of(graded.notebooks),
            executed=list(ran.values()),
            answers=answers,
            worker=worker,
        )

    def _same_answers(self, submission: Submission, fresh: dict[str, bytes]) -> set[str]:
        """Return the cells whose answer is the one that was graded before, by grade_id.

        Of the same file all; of another those whose text is the same, which says it all where no
        code can change what the text means: in written answers.
        """
        try:
            before = self.stored(submission.student)
        except OSError:
            return set()
        last = self.graded_before.get(submission.student, "")
        old, new = (_sources(notebooks, last == submission.sha256) for notebooks in (before, fresh))
        return {grade_id for grade_id, text in new.items() if old.get(grade_id) == text}

    def _save(
        self, student: str, timestamp: bytes | None, scores, no_response, same: Collection[str] = ()
    ) -> None:
        known = self.roster.get(student) or Student(student, student)
        save.save_scores(
            self.gradebook,
            self.rows,
            known,
            _time(timestamp),
            scores,
            no_response,
            self.late_penalty,
            same,
        )

    def _record(
        self, submission: Submission, key: str, *, verdicts, stock=None, executed=(), **rest
    ) -> Entry:
        entry = entry_of(
            self.assignment,
            submission,
            verdicts,
            stock or {},
            executed,
            key=key,
            model=self.model_sha256,
            variant_id=self.variant_id(submission.student, submission.sha256),
            confined=self.confined,
            at=now(),
            **self._of_today(),
            **rest,
        )
        return append(self.course, entry)

    def _of_today(self) -> dict[str, str]:
        """Return what a grade that is given now rests on, as the record names it."""
        return {
            "material": self.assignment.material,
            "grader": grader_version(),
            "questions": self._questions_sha256,
            "course_id": self.course.course_id,
            "language": self.course.language,
            "secret": secret_tag(self.secret),
        }


def _sources(notebooks: dict[str, bytes], code: bool) -> dict[str, str]:
    """Return the text of each cell with a grade_id; that of code only where it is asked for."""
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"]).strip()
        for data in notebooks.values()
        for cell in json.loads(data)["cells"]
        if "nbgrader" in cell["metadata"] and (code or cell["cell_type"] != "code")
    }


def _time(timestamp: bytes | None):
    from nbgrader.utils import parse_utc

    try:
        return parse_utc((timestamp or b"").decode().strip()) or None
    except (ValueError, OverflowError, TypeError, UnicodeDecodeError):
        return None


def now() -> str:
    """Return the time as the record holds it, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
