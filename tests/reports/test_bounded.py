"""One student's page costs the others nothing, whatever is in it."""

import json
import os

import pytest

from grader.grading.batch import Settings, autograde
from grader.grading.sanitize import plain_text
from grader.reports import bounded as bounded_module
from grader.reports.bounded import bounded
from grader.reports.feedback import write_feedback
from grader.reports.notebook import _Headings, _markdown
from support.courses import RIGHT, NoModel, filled, hand_in, in_process, make_course, released

TABLE = "a|b\n-|-\n" + "x|y\n" * 60_000
"""Rows of which each is looked at once for each one before it."""


def forever() -> str:
    while True:
        pass


def test_what_is_made_in_time_is_what_comes():
    assert bounded(lambda: "页" * 1_000_000) == "页" * 1_000_000


@pytest.mark.parametrize("make", [forever, lambda: 1 / 0, lambda: os._exit(0), lambda: "\ud800"])
def test_what_fails_or_takes_too_long_is_nothing(monkeypatch, make):
    monkeypatch.setattr(bounded_module, "CPU_SECONDS", 1)
    assert bounded(make) is None


def test_a_page_that_is_too_long_is_nothing(monkeypatch):
    monkeypatch.setattr(bounded_module, "LONGEST", 1000)
    assert bounded(lambda: "x" * 1001) is None


def test_a_page_that_takes_too_long_says_so_and_the_others_are_written(tmp_path, monkeypatch):
    course = make_course(tmp_path)
    for student, essay in (("ann", "fine"), ("eve", "fine"), ("joe", "fine")):
        hand_in(course, student, filled(released(course), RIGHT | {"essay": essay}, student))
    autograde(course, "mini", Settings(run=in_process, load_model=NoModel))
    path = course.folder("autograded", "mini", "eve") / "mini.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": TABLE})
    path.chmod(0o644)
    path.write_text(json.dumps(notebook))
    monkeypatch.setattr(bounded_module, "CPU_SECONDS", 1)
    monkeypatch.setattr(plain_text, "OF_CELL", len(TABLE))  # the limit before this one
    monkeypatch.setattr(plain_text, "OF_NOTEBOOK", 2 * len(TABLE))
    pages = write_feedback(course, "mini")
    assert pages.short == ["eve"]
    assert list(pages.paths) == ["ann", "eve", "joe"]
    html = {student: page.read_text() for student, page in pages.paths.items()}
    for student, page in html.items():
        assert ("too intricate" in page and "太复杂" in page) == (student == "eve")
        assert "3" in page


@pytest.mark.long
def test_nothing_but_the_limit_ends_the_table(monkeypatch):
    monkeypatch.setattr(bounded_module, "CPU_SECONDS", 1)
    assert bounded(lambda: _markdown(TABLE, {}, _Headings(1))) is None
    monkeypatch.setattr(bounded_module, "CPU_SECONDS", 60)
    assert bounded(lambda: _markdown(TABLE, {}, _Headings(1))).count("</tr>") == 60_001
