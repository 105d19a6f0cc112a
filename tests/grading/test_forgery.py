"""Nothing said inside a kernel moves a score.

Each attack has its control: the same executed notebook, scored by what is attacked (a plain assert
cell under nbgrader's rule, or a judge that believes what a kernel says), gives the points away.
"""

import json

import pytest
from nbgrader.utils import determine_grade

from grader.questions import MIME, judge_outputs
from support.courses import RIGHT

ASSERT_DROPPER = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
    def visit_Expr(self, node):
        return node
get_ipython().ast_transformers.append(Drop())
"""

NOT_LENT = """
import grader.own_names
grader.own_names.LentName._asks = lambda self, source: False
"""
"""A check cell calls ours whatever the student called theirs; an attack ends that first."""

PATCHED = (
    NOT_LENT
    + """
import grader.check
def generous(question, answer):
    return 1.0
grader.check.check = check = generous
"""
)

PRINTED = (
    NOT_LENT
    + """
def check(question, answer):
    print("1.0")
"""
)

VERDICT = (
    NOT_LENT
    + """
from IPython.display import display
def check(question, answer):
    display({MIME: {"schema": 1, "question": question, "variant": 0, "model": "",
        "answer": None, "score": 1.0, "passed": True}, "text/html": "<strong>1 of 1</strong>"},
        raw=True)
""".replace("MIME", repr(MIME))
)

ELSEWHERE = """
from IPython.display import display
display({MIME: {"schema": 1, "question": "mini.pick", "variant": 0, "model": "",
    "answer": "keys"}}, raw=True)
""".replace("MIME", repr(MIME))

UPDATED_BEFORE = (
    NOT_LENT
    + """
import grader.check
from IPython.display import display
handle = None
def check(question, answer):
    global handle
    handle = display({MIME: bundle("queries")}, raw=True, display_id=True)
def bundle(answer):
    return {"schema": 1, "question": "mini.pick", "variant": 0, "model": "", "answer": answer}
""".replace("MIME", repr(MIME))
)

UPDATED_LATER = "handle.update({MIME: bundle('keys')}, raw=True)".replace("MIME", repr(MIME))


def cell(notebook, grade_id):
    return next(
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def nbgraders_rule(bench, grade_id):
    """What nbgrader gives for the check cell as the kernel left it; None where it raises."""
    try:
        return determine_grade(cell(bench.raw, grade_id))[0]
    except ValueError:
        return None


def all_bundles(notebook):
    return [
        output.data[MIME]
        for c in notebook.cells
        for output in c.get("outputs", [])
        if MIME in output.get("data", {})
    ]


def test_asserts_dropped_by_an_ast_transformer(bench):
    points = bench.points({}, before={"pick": ASSERT_DROPPER, "soft": "assert 1 == 2\nNone"})
    control = next(c for c in bench.raw.cells if c.source.startswith("assert 1 == 2"))
    assert [o for o in control.outputs if o.output_type == "error"] == []  # the assert is gone
    assert points == {"pick_check": 0, "soft_check": 0}


def test_check_patched_to_return_points(bench):
    points = bench.points({}, before={"pick_check": PATCHED})
    assert nbgraders_rule(bench, "pick_check") == 1.0
    assert points["pick_check"] == 0


def test_a_printed_number(bench):
    points = bench.points({}, before={"pick_check": PRINTED})
    assert float(cell(bench.raw, "pick_check").outputs[0].text) == 1.0
    assert points["pick_check"] == 0


def test_a_displayed_verdict(bench):
    points = bench.points({}, before={"pick_check": VERDICT})
    assert all_bundles(bench.raw)[0]["score"] == 1.0
    assert points["pick_check"] == 0


def test_an_answer_displayed_in_another_cell(bench):
    points = bench.points({"pick": "pick = None"}, before={"pick_check": ELSEWHERE})
    question = bench.assignment.questions["pick_check"]
    elsewhere = next(b for b in all_bundles(bench.raw) if b["answer"] == "keys")
    outputs = json.dumps([{"output_type": "display_data", "data": {MIME: elsewhere}}])
    assert judge_outputs(question, 0, {}, outputs, None).points == 1.0
    assert points["pick_check"] == 0


def test_an_answer_updated_after_its_cell_has_ended(bench):
    points = bench.points({}, before={"pick_check": UPDATED_BEFORE, "soft": UPDATED_LATER})
    question = bench.assignment.questions["pick_check"]
    at_the_end = json.dumps(cell(bench.raw, "pick_check").outputs)
    assert judge_outputs(question, 0, {}, at_the_end, None).points == 1.0
    assert points["pick_check"] == 0


@pytest.mark.parametrize("number", ["nan", "-1", "inf", "2.0"])
def test_numbers_that_are_no_points_and_answers_that_are_no_numbers(bench, number):
    patched = NOT_LENT + (
        "import grader.check\n"
        "def check(question, answer):\n"
        "    if question == 'mini.pick':\n"
        f"        return float('{number}')\n"
        "    grader.check.check(question, answer)"
    )
    nans = "import numpy as np\ndef soft(scores):\n    return np.full(scores.shape, np.nan)"
    points = bench.points({"soft": nans}, before={"pick_check": patched})
    rule = nbgraders_rule(bench, "pick_check")
    # nbgrader pays nan and -1 in full, and drops the whole submission for more than the maximum.
    assert rule == (1.0 if number in ("nan", "-1") else None)
    assert points == {"pick_check": 0, "soft_check": 0}


def test_all_of_it_together_gains_nothing_and_costs_nothing(bench):
    before = {"pick": ASSERT_DROPPER, "pick_check": ELSEWHERE, "essay": "display('12.0')\n12.0"}
    assert bench.points(RIGHT, before=before) == {"pick_check": 1.0, "soft_check": 2.0}
