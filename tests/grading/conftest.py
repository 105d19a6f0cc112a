"""One course with the small exercise, and notebooks executed in real kernels."""

import copy

import pytest

from grader.grading.intake.assignment import read_assignment
from grader.grading.intake.notebook_file import parse_notebook
from grader.grading.intake.restore import restore
from grader.grading.judge.judge import judge_recorded, probes_of
from grader.grading.limits import Limits
from grader.grading.run import execute as execute_module
from grader.grading.run.execute import run_job
from grader.grading.run.job import Job
from support.courses import NoModel, filled, make_course, released

SUBMISSION = "0" * 64


class NeverMind(NoModel):
    """The default model's hash without its weights: what `check` sends is believed to be of it."""

    from grader.models import MINILM_SHA256 as sha256


class Bench:
    """Executes a filled-in notebook, and judges it as a batch does."""

    def __init__(self, course):
        self.course = course
        self.assignment = read_assignment(course, "mini")
        self.source = self.assignment.notebooks["mini"]
        self.raw = None

    def notebook(self, answers, before=None):
        """Return a notebook to execute; `before` maps a grade_id to a cell put in before it."""
        import json

        notebook = filled(released(self.course), answers)
        for grade_id, source in (before or {}).items():
            at = next(
                i
                for i, cell in enumerate(notebook["cells"])
                if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
            )
            cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
            notebook["cells"].insert(at, cell)
        return restore(parse_notebook(json.dumps(notebook).encode()), self.source).notebook

    def execute(self, answers, before=None, **limits):
        """Execute in a real kernel; ``self.raw`` is then the notebook before outputs were cut."""
        probes = probes_of(self.assignment, b"secret", SUBMISSION)
        asked = {g: (q.id, probes[g]) for g, q in self.assignment.questions.items()}
        job = Job("mini", self.notebook(answers, before), {}, asked, limits=Limits(**limits))
        keep = execute_module.keep_outputs

        def watch(notebook, *args, **kwargs):
            self.raw = copy.deepcopy(notebook)
            keep(notebook, *args, **kwargs)

        execute_module.keep_outputs = watch
        try:
            return run_job(job)
        finally:
            execute_module.keep_outputs = keep

    def judge(self, executed):
        """Return the verdicts by grade_id."""
        probes = probes_of(self.assignment, b"secret", SUBMISSION)
        variant = (0, self.assignment.exercise.variants[0])
        return judge_recorded(
            self.assignment, executed.recorded, executed.endings, variant, NeverMind(), probes
        )

    def points(self, answers, before=None, **limits):
        """Execute and judge; returns grade_id -> points."""
        verdicts = self.judge(self.execute(answers, before, **limits))
        return {grade_id: verdict.points for grade_id, verdict in verdicts.items()}


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    return Bench(make_course(tmp_path_factory.mktemp("bench")))
