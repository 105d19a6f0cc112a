"""nbgrader's own autograde, as formgrader's button runs it, on a course of ours."""

import json
import logging

from grader.course.gradebook import open_gradebook
from grader.course.marks import read_marks
from grader.course.release import load_config
from grader.grading import batch
from support.courses import RIGHT, cell_of, filled, hand_in, make_course, released


def test_nbgraders_autograde_grades_outside_the_kernel(tmp_path, monkeypatch):
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory

    from support.courses import NoModel, in_process

    course = make_course(tmp_path)
    folder = hand_in(course, "ann", filled(released(course), RIGHT, "ann")).parent
    for name in ("evil.html", "data.csv"):  # nbgrader copies both before it asks us
        (folder / name).write_text("1,2")
    real = batch.autograde

    def fast(course, slug, settings):
        settings.run, settings.load_model = in_process, NoModel
        return real(course, slug, settings)

    monkeypatch.setattr("grader.grading.preprocessors.autograde", fast)
    config = load_config(course)
    folder = CourseDirectory(config=config, assignment_id="mini", student_id="ann")
    logger = logging.Logger("quiet", logging.CRITICAL)
    converter = Autograde(coursedir=folder, config=config, log=logger)
    converter.log = logger
    converter.start()
    with open_gradebook(course) as gradebook:
        marks = read_marks(gradebook, "mini", "ann")
    assert {g: m.points for g, m in marks.cells.items()} == {
        "pick_check": 1.0,
        "soft_check": 2.0,
        "essay": None,
    }
    path = course.folder("autograded", "mini", "ann") / "mini.ipynb"
    assert sorted(p.name for p in path.parent.iterdir()) == ["data.csv", "mini.ipynb"]
    (output,) = cell_of(json.loads(path.read_text()), "pick_check")["outputs"]
    assert output["output_type"] == "execute_result"
    again = batch.Settings(run=in_process, load_model=NoModel)
    assert real(course, "mini", again).graded == []  # the same grade, however it was asked for
