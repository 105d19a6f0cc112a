import json

import pytest

from grader.grading.intake.assignment import read_assignment
from grader.grading.intake.notebook_file import NotANotebook
from grader.grading.intake.submission import read_submission
from grader.grading.limits import DEFAULT
from support.courses import RIGHT, filled, make_course, released


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("submission"))


@pytest.fixture
def read(course):
    """Hands in files, and reads them."""
    number = iter(range(1000))
    blank = json.dumps(released(course))
    full = json.dumps(filled(released(course), RIGHT))
    said = {"blank": blank, "full": full, "broken": "{", "": ""}

    def run(test, **files):
        student = f"{test}-{next(number)}"
        folder = course.folder("submitted", "mini", student)
        folder.mkdir(parents=True)
        for name, kind in files.items():
            (folder / name).write_text(said[kind], "utf-8")
        return read_submission(course, read_assignment(course, "mini"), student, DEFAULT)

    return run


def kinds(submission):
    return {one.kind: one.text for one in submission.changes if one.kind != "no_id"}


def test_a_blank_notebook_beside_a_filled_one_is_not_taken_and_is_told(read):
    found = read("a", **{"mini.ipynb": "blank", "mini(1).ipynb": "full"})
    assert found.names == {"mini": "mini(1).ipynb"}
    assert kinds(found) == {"not_taken": "mini.ipynb"}


def test_two_filled_notebooks_are_a_persons_to_look_at(read):
    found = read("b", **{"mini.ipynb": "full", "mini(1).ipynb": "full"})
    assert found.names == {"mini": "mini.ipynb"}
    assert kinds(found) == {"two_notebooks": "mini(1).ipynb"}
    assert any(change.waits for change in found.changes)


def test_a_file_with_the_right_name_that_cannot_be_read_is_told(read):
    found = read("c", **{"mini.ipynb": "broken", "mini(1).ipynb": "full"})
    assert found.names == {"mini": "mini(1).ipynb"}
    assert kinds(found) == {"two_notebooks": "mini.ipynb"}


def test_what_macos_writes_beside_a_file_is_no_notebook(read):
    found = read("d", **{"mini(1).ipynb": "full", "._mini(1).ipynb": ""})
    assert found.names == {"mini": "mini(1).ipynb"}
    assert kinds(found) == {}


def test_the_ending_may_be_in_capitals(read):
    found = read("e", **{"MINI.IPYNB": "full"})
    assert found.names == {"mini": "MINI.IPYNB"}
    assert found.files == {}


def test_of_two_equal_ones_with_other_names_none_is_meant(read):
    found = read("f", **{"one.ipynb": "full", "two.ipynb": "full"})
    assert found.refused["mini"].reason == "which_notebook"
    assert read("g").refused["mini"].reason == "no_notebook"


def test_one_that_cannot_be_read_is_refused_by_its_name(read):
    found = read("h", **{"mini.ipynb": "broken"})
    assert isinstance(found.refused["mini"], NotANotebook)
    assert (found.refused["mini"].reason, found.names["mini"]) == ("not_json", "mini.ipynb")
