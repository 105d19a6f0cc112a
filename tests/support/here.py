"""Notebooks run in this process with the real `check`, for the tests' own and harmless cells."""

import json
import os
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import grader.check
from grader.grading.run.job import Executed
from grader.questions import MIME


def run_here(jobs) -> list[Executed]:
    """Return what check cells recorded; what real kernels do of a notebook, without them."""
    return [_run(job.notebook, job.questions) for job in jobs]


def execute_here(notebook, *, folder, questions, **_) -> Executed:
    """Do what `grader.grading.run.execute.execute` does."""
    return _run(notebook, questions)


def _run(notebook: dict, questions: dict) -> Executed:
    grader.check.forget()
    before = os.environ.get("NBGRADER_EXECUTION")
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    scope, recorded = {"display": lambda *_: None}, {}
    notebook = json.loads(json.dumps(notebook))
    try:
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code" or "NBGRADER_EXECUTION" in cell["source"]:
                continue
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
            question, probes = questions.get(grade_id, (None, None))
            if probes is not None:
                grader.check.set_probes(question, probes)
            outputs, seen = [], len(grader.check.recorded())
            try:
                with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                    exec(compile(cell["source"], f"cell {grade_id}", "exec"), scope)
            except (Exception, SystemExit) as error:
                outputs = [
                    {"output_type": "error", "ename": type(error).__name__}
                    | {"evalue": str(error), "traceback": []}
                ]
            if question is None:
                cell["outputs"] = outputs
            else:
                sent = grader.check.recorded()[seen:]
                bundles = [{"output_type": "display_data", "data": {MIME: b}} for b in sent]
                recorded[grade_id] = json.dumps(outputs + bundles)
    finally:
        os.environ.pop("NBGRADER_EXECUTION")
        if before is not None:
            os.environ["NBGRADER_EXECUTION"] = before
    return Executed(notebook=notebook, recorded=recorded, endings={}, seconds=0.0, kernels=1)
