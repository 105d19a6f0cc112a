"""Stock nbgrader with the judge added: the same notebooks and scores, its own loop and kernels.

A course's nbgrader_config.py calls ``configure``. nbgrader then does all that it does by default:
one submission after the other, a cold kernel for each. One step is added after its Execute, since
a check cell records an answer and gives no points itself: the judge reads it and puts the points
where nbgrader's own rule finds them.
"""

import json
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from grader.course.course import open_course
from grader.grading.intake.assignment import read_assignment
from grader.questions import Remembered, judge_outputs

_judges: dict = {}


def configure(config, folder: Path) -> None:
    """Keep nbgrader's own steps, and add the judge behind Execute."""
    course = open_course(folder)
    config.CourseDirectory.course_id = course.course_id
    config.CourseDirectory.root = str(course.path)
    steps = list(Autograde.autograde_preprocessors.default_args[0])
    steps.insert(steps.index(Execute) + 1, Judge)
    config.Autograde.autograde_preprocessors = steps


class Judge(NbGraderPreprocessor):
    """Puts the points of each check cell where nbgrader reads them."""

    def preprocess(self, nb, resources):
        """Judge all check cells of a notebook."""
        at = resources["nbgrader"]
        course, assignment, model = _judge_of(self.config.CourseDirectory.root, at["assignment"])
        variant = assignment.variant(course.course_id, at["student"])
        for cell in nb.cells:
            question = assignment.questions.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            if question is not None:
                verdict = judge_outputs(question, *variant, json.dumps(cell.outputs), model)
                cell.outputs = [_points(verdict.points)]
        return nb, resources


def _judge_of(root: str, slug: str):
    if not _judges:
        from grader.capture import load_model

        course = open_course(Path(root))
        _judges["all"] = course, read_assignment(course, slug), Remembered(load_model())
    return _judges["all"]


def _points(points: float):
    from nbformat.v4 import new_output

    return new_output("execute_result", {"text/plain": repr(float(points))}, execution_count=None)
