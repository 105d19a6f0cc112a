"""Our feedback page where nbgrader makes its own, in `generate_feedback` and in formgrader.

nbgrader removes a student's feedback folder and writes it anew by an exporter. With this one it
writes the same page as `grader feedback`.
"""

from pathlib import Path

from nbconvert.exporters import HTMLExporter

from grader.course.course import open_course
from grader.course.gradebook import open_gradebook
from grader.reports.exchange import write_for_exchange
from grader.reports.feedback import ClassFeedback


class FeedbackExporter(HTMLExporter):
    """Exports a graded notebook as our feedback page; as nbgrader's own what we did not grade."""

    _known: ClassFeedback | None = None

    def from_notebook_node(self, nb, resources=None, **named):
        """Return the page, and `resources` with its suffix."""
        at = (resources or {}).get("nbgrader", {})
        slug, student = at.get("assignment"), at.get("student")
        if self._known is None or self._known.slug != slug:
            self._known = ClassFeedback(open_course(Path(self.config.CourseDirectory.root)), slug)
        if student not in self._known.record:
            return super().from_notebook_node(nb, resources, **named)
        course = self._known.course
        with open_gradebook(course) as gradebook:
            stored = course.folder("autograded", slug, student) / f"{at['notebook']}.ipynb"
            html, _ = self._known.page(gradebook, student, stored)
        write_for_exchange(course, self._known.record[student])
        return html, {**resources, "output_extension": self.file_extension}
