"""What formgrader shows beside a mark: the rubric, and texts at a cost that has a bound.

nbgrader renders a submission in its own server, which waits for it.
"""

from html import escape
from pathlib import Path

from nbconvert.preprocessors import Preprocessor

from grader.course.carried import find_language
from grader.course.course import open_course
from grader.errors import GraderError
from grader.grading.sanitize.plain_text import RenderedMarkdown
from grader.questions import load_exercise

TITLE = {"zh": "评分标准（{points} 分）", "en": "What to look for ({points} points)"}
CODE_OF_CELL, CODE_OF_NOTEBOOK = 50_000, 150_000
COLOURED = 100_000
"""Of a notebook's outputs, in signs; more would take a minute to be coloured."""
_ESCAPE = "\x1b"


class ShowPlainly(Preprocessor):
    """Shows what is too long plainly: Markdown as typed, outputs in one colour, code cut short.

    Nothing is stored, and of what a person marks each sign is on the page.
    """

    def preprocess(self, nb, resources):
        """Return the notebook, where formgrader shows a submission, as it may be rendered."""
        if "submission_id" not in resources:
            return nb, resources
        rendered = RenderedMarkdown()
        codes, colours = CODE_OF_NOTEBOOK, COLOURED
        for cell in nb.cells:
            size = len(cell.source)
            if cell.cell_type == "markdown":
                cell.source = rendered(cell.source)
            elif cell.cell_type == "code":
                most = min(codes, CODE_OF_CELL)
                if size > most:
                    cell.source = f"{cell.source[:most]}\n# ... {size - most} more signs"
                codes -= min(size, most)
                for output in cell.outputs:
                    colours -= uncoloured(output, colours)
        return nb, resources


def uncoloured(output: dict, most: int) -> int:
    """Take the colours (ESC) out of an output that is longer than `most`; return its signs."""
    holder = output.get("data", output)
    size = 0
    for name in ("text", "text/plain", "traceback", "evalue"):
        text = holder.get(name, "")
        lines = text if isinstance(text, list) else [text]
        size += sum(map(len, lines))
        if text and size > most:
            plain = [line.replace(_ESCAPE, "") for line in lines]
            holder[name] = plain if isinstance(text, list) else plain[0]
    return size


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
