"""Our grading inside nbgrader's own `autograde` and formgrader's Autograde button.

nbgrader_config.py of a course calls ``configure``. nbgrader then hands each submission to
``GradeOutside``, which grades it as `grader autograde` does, and stores what comes back.
"""

import json
import stat
from pathlib import Path

from nbgrader.preprocessors import ClearOutput, NbGraderPreprocessor

from grader.course.course import open_course
from grader.course.notebooks import stubs
from grader.grading.batch import Settings, autograde
from grader.grading.run.sandbox import choose_kernels
from grader.grading.sanitize.served_files import confine


def configure(config, folder: Path) -> None:
    """Set what nbgrader and formgrader need in the course folder `folder`."""
    course = open_course(folder)
    config.CourseDirectory.course_id = course.course_id
    config.CourseDirectory.root = str(course.path)
    config.CourseDirectory.db_url = course.db_url
    stubs(config)
    config.Autograde.sanitize_preprocessors = [ClearOutput]
    config.Autograde.autograde_preprocessors = [GradeOutside]
    # nbgrader removes what is there and makes it anew: then ours, too.
    config.GenerateFeedback.exporter_class = "grader.reports.exporter.FeedbackExporter"
    shown = "grader.grading.formgrader"
    config.HTMLExporter.preprocessors = [f"{shown}.ShowPlainly", f"{shown}.ShowRubric"]
    config.GenerateAssignment.post_convert_hook = "grader.course.release.complete"
    # Second to what is stored: outputs that another tool put there stay harmless too.
    config.HTMLExporter.sanitize_html = True
    confine()


class GradeOutside(NbGraderPreprocessor):
    """Grades the submission that nbgrader is at: restored, executed, judged outside its kernel."""

    def preprocess(self, nb, resources):
        """Grade the student's file as handed in; returns the graded notebook."""
        import nbformat

        at = resources["nbgrader"]
        course = open_course(Path(self.config.CourseDirectory.root))
        provisioner = choose_kernels(course, at["assignment"], unconfined=False)
        settings = Settings(students=(at["student"],), force=True, provisioner=provisioner)
        autograde(course, at["assignment"], settings)
        stored = course.folder("autograded", at["assignment"], at["student"])
        path = stored / f"{at['notebook']}.ipynb"
        path.chmod(path.stat().st_mode | stat.S_IWUSR)  # nbgrader writes the same file once more
        graded = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
        return graded, resources
