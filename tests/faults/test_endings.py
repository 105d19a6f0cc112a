"""A fault costs at most the question in whose own cell it stands, and the feedback says so."""

import re
from html import unescape

import pytest
from faults.catalogue import ANSWERS, FAULTS
from faults.exercise import FULL, Bench

from grader.questions.messages import message
from grader.reports.texts import text
from support.courses import RIGHT

pytestmark = pytest.mark.long

ENDING = [fault for fault in FAULTS if fault.ends]


def named(faults):
    return pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.name)


@pytest.fixture(scope="module")
def bench(zygote, tmp_path_factory):
    return Bench(tmp_path_factory.mktemp("faults"))


def is_told(run, fault):
    """Assert that record and feedback tell of the fault, and of nothing else."""
    assert run.notes == fault.notes
    assert run.executed.kernels == fault.kernels
    page = run.feedback()
    for note in run.executed.notes:
        assert text(f"note.{note.kind}", "en", cell=note.cell + 1) in page
    read = unescape(re.sub("<[^>]*>", "", page))
    for verdict in run.verdicts.values():
        if verdict.reason is not None:
            # There it is a sentence of its own: a capital letter, code without its marks.
            assert message(verdict.reason, "en")[1:].replace("`", "") in read


@named(FAULTS)
def test_a_fault_between_the_questions_costs_nothing(bench, fault):
    run = bench.run(RIGHT["soft"], before=fault.source, seconds=fault.seconds)
    assert run.points == FULL
    is_told(run, fault)


@named([*ENDING, *ANSWERS])
def test_a_fault_in_an_answers_cell_costs_that_question_alone(bench, fault):
    answered = fault.source if fault in ANSWERS else f"{fault.source}\n{RIGHT['soft']}"
    run = bench.run(answered, seconds=fault.seconds)
    assert run.verdicts["soft_check"].outcome == fault.ends
    assert run.points == FULL | {"soft_check": 0.0}
    is_told(run, fault)
