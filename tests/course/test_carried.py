import json

import pytest

from grader.course import carried
from grader.course.notebooks import build_notebook
from grader.course.release import released_bytes
from grader.questions import encode_public, load_exercise
from support.courses import write_exercise


@pytest.fixture(scope="module")
def mini(tmp_path_factory):
    return write_exercise(tmp_path_factory.mktemp("carried")) / "mini"


@pytest.fixture(scope="module")
def released(mini):
    return {
        language: json.loads(released_bytes(mini, language, "c", practice=True))
        for language in ("zh", "en")
    }


def data_of(notebook):
    found = [carried.find_data("".join(cell["source"])) for cell in notebook["cells"]]
    return next(one for one in found if one)


def test_it_is_the_same_text_in_both_places_and_both_languages(released):
    texts = {data_of(one) for one in released.values()}
    texts |= {one["metadata"][carried.METADATA]["data"] for one in released.values()}
    assert len(texts) == 1


def test_a_notebook_carries_its_cells_as_they_were_handed_out(released):
    found = carried.unpack(data_of(released["en"]))
    handed_out = {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in released["en"]["cells"]
        if "nbgrader" in cell["metadata"]
    }
    del handed_out[carried.CELL_ID]
    assert {cell.grade_id: cell.source for cell in found.cells} == handed_out
    assert (found.slug, found.course_id, found.practice) == ("mini", "c", True)


def test_every_line_of_the_other_cells_is_known(released):
    lines = carried.unpack(data_of(released["en"])).lines
    for notebook in released.values():
        for cell in notebook["cells"]:
            if "nbgrader" not in cell["metadata"]:
                for line in "".join(cell["source"]).splitlines():
                    assert carried.line_hash(line) in lines | {""}, line
    assert carried.line_hash("I think that it is the man.") not in lines


def test_it_holds_no_solution(mini):
    data = data_of({"cells": build_notebook(mini, "en", "c").cells})
    text = json.dumps([carried.unpack(data).public, [c.source for c in carried.unpack(data).cells]])
    assert "keepdims" not in text
    assert "SECRET ESSAY" not in text


@pytest.mark.parametrize("data", ["", "xyz", "é", "0" * 20, "A" * (carried.MAX_PACKED + 1)])
def test_damaged_data_are_no_data(data):
    assert carried.unpack(data) is None


def test_data_that_unpack_to_too_much_are_no_data(mini):
    exercise = load_exercise(mini)
    for size, well in ((1000, True), (carried.MAX_DATA, False)):
        cell = carried.CarriedCell("a", "code", "given", None, " " * size)
        found = carried.unpack(carried.pack(exercise, "c", [cell], [["a line"], []]))
        assert (found is not None) == well


def test_it_tells_what_stood_before_each_cell(released):
    found = carried.unpack(data_of(released["en"]))
    before = dict(zip([cell.grade_id for cell in found.cells], found.before, strict=False))
    assert len(found.before) == len(found.cells) + 1
    assert carried.line_hash("# A small exercise") in before["start"]
    assert carried.line_hash("# 小练习") in before["start"]
    assert not before["pick_check"]


def test_a_notebook_of_before_carries_its_questions_alone(mini):
    data = encode_public(load_exercise(mini).public())
    old = f'session = start("mini", course_id="a \\"c\\"", questions="{data}")'
    found = carried.unpack(carried.find_data(old))
    assert (found.slug, found.cells, carried.find_course(old)) == ("mini", (), 'a "c"')
