"""The judge: whose answer, whose model, whose fault."""

import json

import pytest

from grader.errors import ModelError
from grader.questions import MIME, Outcome, Remembered, bundle, judge_outputs
from support.fake_model import FakeModel

RIGHT = {"mean_noun": 0.3125, "most": False, "larger": "noun"}


@pytest.fixture
def judged(exercise, cell):
    def judged(outputs, model=None, variant=0, name="means"):
        words = exercise.variants[variant]
        return judge_outputs(
            exercise.questions[name], variant, words, outputs, model or FakeModel()
        )

    return judged


def test_a_right_answer_is_graded(judged, cell):
    verdict = judged(cell(RIGHT))
    assert (verdict.outcome, verdict.points) == (Outcome.GRADED, 3)


def test_each_variant_has_its_own_truth(judged, cell):
    # "I saw a man with them" has the same positions here, so the same numbers are right.
    assert judged(cell(RIGHT, variant=1), variant=1).points == 3


def test_another_variant_is_left_open(judged, cell):
    verdict = judged(cell(RIGHT, variant=1))
    assert (verdict.outcome, verdict.points) == (Outcome.ANOTHER_VARIANT, 0)


def test_another_model_is_left_open(judged, cell):
    assert judged(cell(RIGHT, model="ab" * 32)).outcome == Outcome.ANOTHER_MODEL


def test_the_model_of_the_judge_and_none_are_accepted(judged, cell):
    assert judged(cell(RIGHT, model=FakeModel.sha256)).points == 3
    assert judged(cell(RIGHT, model="")).points == 3


def test_an_answer_to_another_question_is_no_answer(judged, cell):
    assert judged(cell(RIGHT, question="trial.clear")).outcome == Outcome.NO_ANSWER


def test_no_outputs_are_no_answer(judged):
    assert judged("[]").outcome == Outcome.NO_ANSWER


def test_several_answers_are_refused_even_if_one_is_right(judged, cell):
    verdict = judged(cell(RIGHT, {"mean_noun": 1}))
    assert (verdict.outcome, verdict.points) == (Outcome.REFUSED, 0)


def test_an_answer_too_long_for_its_question_is_refused(judged, cell):
    assert judged(cell({"larger": "x" * 10_000})).reason.key == "refused.too_large_here"


@pytest.mark.parametrize(
    "error", [ValueError("no"), MemoryError(), KeyError("x"), ModelError("gone.")]
)
def test_a_fault_of_ours_leaves_the_points_open(judged, cell, error):
    class Broken(FakeModel):
        def attend(self, text, pair=None):
            raise error

    verdict = judged(cell(RIGHT), Broken())
    assert (verdict.outcome, verdict.points) == (Outcome.INTERNAL, 0)
    assert {c.status for c in verdict.criteria} == {"unchecked"}


def test_scores_and_results_beside_the_answer_are_not_looked_at(judged, exercise):
    shown = [
        {"output_type": "execute_result", "data": {"text/plain": "3.0"}},
        {"output_type": "stream", "text": "3.0"},
        {"output_type": "display_data", "data": {"text/html": "3 of 3 points"}},
        {
            "output_type": "display_data",
            "data": {MIME: bundle("trial.means", 0, "", {"most": True})},
        },
        {
            "output_type": "display_data",
            "data": {"text/plain": "passed"},
            "metadata": {"points": 3},
        },
    ]
    assert judged(json.dumps(shown)).points == 0


def test_a_remembered_model_is_asked_once_for_each_sentence(judged, cell):
    model = FakeModel()
    remembered = Remembered(model)
    judged(cell(RIGHT), remembered)
    asked = model.asked
    assert asked > 0
    for _ in range(2):
        judged(cell(RIGHT), remembered)
    assert model.asked == asked
