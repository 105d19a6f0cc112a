import json

import pytest

from grader.grading.intake.assignment import read_assignment
from grader.grading.intake.notebook_file import parse_notebook
from grader.grading.intake.restore import answered, blank, restore
from support.courses import RIGHT, cell_of, filled, make_course, released


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("restore"))


@pytest.fixture(scope="module")
def source(course):
    return read_assignment(course, "mini").notebooks["mini"]


@pytest.fixture
def notebook(course):
    return filled(released(course), RIGHT)


def restored(notebook, source):
    return restore(parse_notebook(json.dumps(notebook).encode()), source).notebook


def marks(notebook):
    return [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]


def sources(notebook):
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["source"]
        for cell in notebook["cells"]
        if cell["metadata"]
    }


def test_an_untouched_notebook_keeps_its_cells(notebook, source):
    done = restored(notebook, source)
    assert marks(done) == [
        *(None, None, None),  # title, how to begin, the student's own
        *("notebook_data", "start"),
        *("pick", "pick_check", "soft", "soft_check", "essay"),
        None,  # what to do before handing in
    ]
    assert {k: v for k, v in sources(done).items() if k in RIGHT} == RIGHT


def tampering():
    def tags(cells):
        for cell in cells:
            cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]

    def points(cells):
        cell_of({"cells": cells}, "pick_check")["metadata"]["nbgrader"]["points"] = 300

    def flags(cells):
        marks = cell_of({"cells": cells}, "pick_check")["metadata"]["nbgrader"]
        marks.update(solution=True, grade=False, locked=False, schema_version=1)

    def edited(cells):
        cell_of({"cells": cells}, "pick_check")["source"] = "print('1.0')"

    def wrong_type(cells):
        cell_of({"cells": cells}, "pick_check")["cell_type"] = "markdown"

    def copied(cells):
        cells.append(json.loads(json.dumps(cell_of({"cells": cells}, "pick_check"))))

    def deleted(cells):
        cells.remove(cell_of({"cells": cells}, "pick_check"))

    def no_metadata(cells):
        for cell in cells:
            cell["metadata"] = {}

    def no_dict(cells):
        for cell in cells:
            cell["metadata"] = [1]

    return [tags, points, flags, edited, wrong_type, copied, deleted, no_metadata, no_dict]


@pytest.mark.parametrize("tamper", tampering(), ids=lambda f: f.__name__)
def test_however_it_was_tampered_with_the_check_cell_is_ours(notebook, source, tamper):
    whole = restored(notebook, source)
    tamper(notebook["cells"])
    done = restored(notebook, source)
    assert cell_of(done, "pick_check") == cell_of(whole, "pick_check") | {
        "id": cell_of(done, "pick_check")["id"]
    }
    found = [mark for mark in marks(done) if mark]
    assert sorted(found) == sorted(mark for mark in marks(whole) if mark)
    assert all("tags" not in cell["metadata"] for cell in done["cells"])


def test_deleted_cells_come_back_behind_the_one_before_them(notebook, source):
    gone = {"start", "pick_check", "soft_check", "essay"}
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") not in gone
    ]
    found = [mark for mark in marks(restored(notebook, source)) if mark]
    order = ["notebook_data", "start", "pick", "pick_check", "soft", "soft_check", "essay"]
    assert found == order


@pytest.mark.parametrize(
    "answer",
    [
        "pick = %time [[1.0]]",
        "%time pick = [[1.0]]",
        "%%time\npick = [[1.0]]",
        "globals()['pick'] = [[1.0]]",
        "if True:\n    pick = [[1.0]]",
        "this is no python: pick = [[1.0]]",
    ],
)
def test_a_deleted_check_comes_back_behind_what_sets_its_answer(notebook, source, answer):
    cells = notebook["cells"]
    cells.remove(cell_of(notebook, "pick_check"))
    cells.insert(cells.index(cell_of(notebook, "pick")) + 1, cells[0] | new(answer))
    found = [cell["source"] for cell in restored(notebook, source)["cells"]]
    assert found.index('check("mini.pick", pick)') == found.index(answer) + 1


def test_a_deleted_check_whose_answer_nothing_sets_stands_before_the_next_cell(notebook, source):
    cells = notebook["cells"]
    cells.remove(cell_of(notebook, "pick_check"))
    at = cells.index(cell_of(notebook, "pick"))
    cells[at : at + 1] = [cells[0] | new("import answers"), cells[0] | new("answers.fill()")]
    found = [cell["source"] for cell in restored(notebook, source)["cells"]]
    assert found.index('check("mini.pick", pick)') == found.index("answers.fill()") + 1


def new(source):
    return {"cell_type": "code", "id": "new", "metadata": {}, "source": source, "outputs": []}


def test_swapped_ids_swap_only_the_students_own_cells(notebook, source):
    one, other = cell_of(notebook, "pick_check"), cell_of(notebook, "soft_check")
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]
    done = restored(notebook, source)
    assert cell_of(done, "pick_check")["source"] == 'check("mini.pick", pick)'


def test_the_kernel_is_the_assignments(notebook, source):
    notebook["metadata"]["kernelspec"] = {"name": "evil", "display_name": "x"}
    assert restored(notebook, source)["metadata"]["kernelspec"]["name"] == "python3"


def test_cell_ids_are_unique(notebook, source):
    for cell in notebook["cells"]:
        cell["id"] = "same"
    ids = [cell["id"] for cell in restored(notebook, source)["cells"]]
    assert len(ids) == len(set(ids))


def test_a_blank_notebook_holds_nothing_of_a_students(source):
    assert marks(blank(source)) == [
        "notebook_data",
        "start",
        "pick",
        "pick_check",
        "soft",
        "soft_check",
        "essay",
    ]


def test_answered_counts_the_cells_filled_in(course, notebook, source):
    def count(notebook):
        return answered(parse_notebook(json.dumps(notebook).encode()), source)

    assert count(released(course)) == 0
    assert count(notebook) == 3
