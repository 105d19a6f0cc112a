"""Three questions, the faulty cell with the second one, and the way from a notebook to feedback."""

import json
from dataclasses import asdict
from pathlib import Path

from grader.course.course import init_course
from grader.course.marks import Mark, Marks
from grader.course.release import release
from grader.grading.intake.assignment import read_assignment
from grader.grading.intake.notebook_file import parse_notebook
from grader.grading.intake.restore import restore
from grader.grading.judge.judge import finish_notebook, judge_recorded, probes_of
from grader.grading.kernels import CONFINED
from grader.grading.limits import Limits
from grader.grading.run.execute import run_job
from grader.grading.run.job import Executed, Job
from grader.grading.store.record import Entry
from grader.models import MINILM_SHA256
from grader.questions import Verdict
from grader.reports.feedback import feedback_page
from support.courses import (
    NOTEBOOK,
    QUESTIONS,
    RIGHT,
    NoModel,
    filled,
    released,
    write_exercise,
)

SLUG = "mini"
SUBMISSION = "0" * 64
LAST = """
[question.last]
kind = "choice"
points = 1
key = "yes"
title = {zh = "最后", en = "At last"}
option.yes = {zh = "是", en = "yes"}
option.no = {zh = "否", en = "no"}
criterion.choice = {points = 1, label = {zh = "到了最后", en = "got to the end"}}
hint.wrong_choice = {zh = "再读一遍", en = "Read it again."}
"""
LAST_CELLS = """# %% role="solution" grade_id="last"
last = None
### BEGIN SOLUTION
last = "yes"
### END SOLUTION
# %% role="check" grade_id="last_check"
check("mini.last", last)
"""
ANSWERS = RIGHT | {"last": 'last = "yes"'}
FULL = {"pick_check": 1.0, "soft_check": 2.0, "last_check": 1.0}


class Unasked(NoModel):
    """The model that the kernels know; no question here asks it."""

    sha256 = MINILM_SHA256


class Bench:
    """A released exercise: runs filled-in copies of it in confined kernels."""

    def __init__(self, folder: Path):
        questions = QUESTIONS.replace("points = 4", "points = 5", 1) + LAST
        exercises = write_exercise(
            folder, SLUG, questions=questions, notebook=NOTEBOOK + LAST_CELLS
        )
        self.course, _ = init_course(folder / "course", exercises=exercises, language="en")
        release(self.course, SLUG)
        self.assignment = read_assignment(self.course, SLUG)
        self.probes = probes_of(self.assignment, b"secret", SUBMISSION)
        self.variant = (0, self.assignment.exercise.variants[0])

    def run(self, soft: str, *, before: str | None = None, seconds: float = 2) -> "Run":
        """Execute and judge a notebook that answers everything; the arguments are ``job``'s."""
        return Run(self, run_job(self.job(soft, before=before, seconds=seconds)))

    def job(self, soft: str, *, before: str | None = None, seconds: float = 2) -> Job:
        """Return what executes a notebook that answers everything.

        Args:
            soft: what stands in the second question's cell.
            before: a cell of its own before that cell.
            seconds: how long a cell may take.
        """
        notebook = filled(released(self.course), ANSWERS | {"soft": soft})
        if before is not None:
            at = next(i for i, cell in enumerate(notebook["cells"]) if cell.get("id") == "soft")
            cell = {"cell_type": "code", "source": before, "metadata": {}, "outputs": []}
            notebook["cells"].insert(at, cell)
        data = json.dumps(notebook).encode()
        return Job(
            SLUG,
            restore(parse_notebook(data), self.assignment.notebooks[SLUG]).notebook,
            {f"{SLUG}.ipynb": data},
            {g: (q.id, self.probes[g]) for g, q in self.assignment.questions.items()},
            provisioner=CONFINED,
            limits=Limits(cell_seconds=seconds, silence_seconds=1, notebook_seconds=60),
        )


class Run:
    """What came of one notebook."""

    def __init__(self, bench: Bench, executed: Executed):
        self.bench, self.executed = bench, executed
        self.verdicts: dict[str, Verdict] = judge_recorded(
            bench.assignment,
            executed.recorded,
            executed.endings,
            bench.variant,
            Unasked(),
            bench.probes,
        )

    @property
    def points(self) -> dict[str, float]:
        return {grade_id: verdict.points for grade_id, verdict in self.verdicts.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(note.kind for note in self.executed.notes)

    def feedback(self) -> str:
        """Return the student's page."""
        questions = self.bench.assignment.questions
        marks = {
            g: Mark(v.points, None, 0, questions[g].points, v.outcome.open)
            for g, v in self.verdicts.items()
        }
        nothing = dict.fromkeys(
            ("notebook", "key", "submission", "material", "grader", "model", "variant_id"), ""
        )
        entry = Entry(
            student="amy",
            exercise=SLUG,
            **nothing,
            verdicts={g: v.to_json() for g, v in self.verdicts.items()},
            stock={},
            written={},
            notes=[asdict(note) for note in self.executed.notes],
            confined=True,
            kernels=self.executed.kernels,
        )
        notebook = finish_notebook(
            self.executed.notebook, self.bench.assignment, self.verdicts, "en"
        )
        exercise = self.bench.assignment.exercise
        return feedback_page(notebook, entry, Marks(marks), exercise, "en")
