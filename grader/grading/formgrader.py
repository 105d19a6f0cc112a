"""What formgrader shows beside a mark: the rubric, right above the answer that a person marks."""

from html import escape
from pathlib import Path

from nbconvert.preprocessors import Preprocessor

from grader.course.carried import find_language
from grader.course.course import open_course
from grader.errors import GraderError
from grader.questions import load_exercise

TITLE = {"zh": "评分标准（{points} 分）", "en": "What to look for ({points} points)"}


class ShowRubric(Preprocessor):
    """Puts each written question's rubric before its cell, in formgrader's page alone.

    Nothing is stored: the rubric is the present one, and no student's page holds it early.
    """

    def preprocess(self, nb, resources):
        """Return the notebook with the rubrics in it, where formgrader shows a submission."""
        if "submission_id" not in resources:
            return nb, resources
        rubrics = self._rubrics(str(resources.get("assignment_id", "")), nb)
        cells = []
        for cell in nb.cells:
            rubric = rubrics.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
            cells += [rubric, cell] if rubric else [cell]
        nb.cells = cells
        return nb, resources

    def _rubrics(self, slug: str, nb) -> dict:
        """Return a Markdown cell for each written question; none for a stock assignment."""
        from nbformat.v4 import new_markdown_cell

        try:
            course = open_course(Path(self.config.CourseDirectory.root))
            exercise = load_exercise(course.exercise(slug))
        except GraderError as error:
            self.log.warning("no rubric is shown: %s", error)
            return {}
        language = find_language(nb) or course.language
        made = {}
        for question in exercise.questions.values():
            rubric = (question.parameters.rubric or {}).get(language) if question.written else None
            if rubric:
                title = TITLE[language].format(points=f"{question.points:g}")
                text = escape(rubric.strip(), quote=False).replace("\n", "\n\n")
                made[question.grade_id] = new_markdown_cell(
                    f"**{title}**\n\n{text}", id=f"rubric-{question.name}"[:64]
                )
        return made
