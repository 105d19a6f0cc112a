import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from grader.course.course import open_course
from grader.course.solution import last_due, write_solution
from grader.errors import CourseError
from support.courses import make_course

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
TIMES = """
[due]
mini = 2026-03-01 12:00:00
[extension."ann"]
mini = 2026-03-04 12:00:00
"""


@pytest.fixture
def course(tmp_path):
    course = make_course(tmp_path)
    path = course.path / "course.toml"
    text = re.split(r"(?m)^\[late\]", path.read_text("utf-8"))[0]
    path.write_text(text + TIMES, encoding="utf-8")
    return open_course(course.path)


def test_a_solution_waits_for_the_last_extension(course):
    assert last_due(course, "mini") == DUE + timedelta(days=3)
    with pytest.raises(CourseError, match="until 2026-03-04 12:00"):
        write_solution(course, "mini", DUE + timedelta(days=2))
    assert not (course.path / "solutions").exists()


def test_a_solution_needs_a_due_time(tmp_path):
    with pytest.raises(CourseError, match="no due time for mini"):
        write_solution(make_course(tmp_path), "mini", DUE)


def test_a_solution_holds_the_solutions_in_both_languages_and_no_mark_of_nbgraders(course):
    written = write_solution(course, "mini", DUE + timedelta(days=4))
    assert written.changed
    assert {path.name for path in written.notebooks.values()} == {"mini.ipynb", "mini.zh.ipynb"}
    for language, essay in (("en", "THE SECRET ESSAY"), ("zh", "参考答案")):
        text = written.notebooks[language].read_text("utf-8")
        assert essay in text
        assert 'pick = \\"keys\\"' in text
        assert "BEGIN SOLUTION" not in text
        assert all("nbgrader" not in cell["metadata"] for cell in json.loads(text)["cells"])
    assert not write_solution(course, "mini", DUE + timedelta(days=5)).changed
