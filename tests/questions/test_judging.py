"""The judge: whose answer, whose model, whose fault."""

import json

import pytest

from grader.errors import ModelError
from grader.questions import MIME, Answer, Outcome, Remembered, bundle, judge, judge_outputs
from grader.questions.judging import _result
from grader.questions.kinds import KINDS
from grader.questions.kinds.base import Finding
from grader.questions.messages import say
from grader.questions.together import about, judged_together
from support.fake_model import HEAD_RIGHT, FakeModel

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


class TestShares:
    """What a finding is worth: its share of the criterion's points, never more than all."""

    @pytest.fixture
    def result(self, exercise):
        question = exercise.questions["array"]  # `weights` is worth half a point
        criterion = next(c for c in question.criteria if c.name == "weights")

        def result(share, hint=None):
            finding = Finding("weights", share, say("right"), hint)
            return _result(question, criterion, finding)

        return result

    @pytest.mark.parametrize(
        ("share", "status", "points"),
        [
            (1.0, "passed", 0.5),
            (0.5, "failed", 0.25),
            (0.999, "failed", 0.5),
            (0.33, "failed", 0.17),
            (0.0, "failed", 0.0),
            (None, "unchecked", 0.0),
            (2.0, "passed", 0.5),
            (-1.0, "failed", 0.0),
        ],
    )
    def test_a_share_earns_its_part_to_two_decimals_and_within_bounds(
        self, result, share, status, points
    ):
        found = result(share)
        assert (found.name, found.status, found.points) == ("weights", status, points)
        assert found.max_points == 0.5

    def test_of_several_names_for_a_mistake_the_author_wrote_a_text_for_the_first_counts(
        self, result
    ):
        assert result(0, "transposed").hint == "transposed"
        assert result(0, ("percent", "axes", "transposed")).hint == "axes"
        assert result(0, "percent").hint is None
        assert result(0, ()).hint is None
        assert result(0).hint is None


def test_an_answer_as_long_as_its_question_needs_is_judged(judged, cell):
    most = KINDS["values"].max_bytes
    empty = len(json.dumps({"larger": ""}, separators=(",", ":")))
    outcomes = [judged(cell({"larger": "x" * (most + n)})).outcome for n in (-empty - 100, 1)]
    assert outcomes == [Outcome.GRADED, Outcome.REFUSED]


def test_another_variant_is_told_with_both(judged, cell):
    verdict = judged(cell(RIGHT, variant=1))
    assert dict(verdict.reason.values) == {"got": 1, "expected": 0}
    assert dict(verdict.variant)["noun"] == "man"


def test_another_model_is_told_by_the_beginning_of_its_hash(judged, cell):
    verdict = judged(cell(RIGHT, model="ab" * 32))
    assert dict(verdict.reason.values) == {"got": "abababab", "expected": "fafafafa"}


def test_nothing_filled_in_needs_no_person_even_where_the_variant_is_another(judged, cell):
    empty = dict.fromkeys(RIGHT)
    verdict = judged(cell(empty, variant=1))
    assert (verdict.outcome, verdict.reason.key) == (Outcome.NO_ANSWER, "nothing_yet")


class TestTogether:
    """Numbers judged together: right only if all are."""

    right = HEAD_RIGHT

    def judged(self, exercise, name, value):
        question = exercise.questions[name]
        answer = Answer(question.id, 0, FakeModel.sha256, value)
        verdict = judge(question, exercise.variants[0], answer, FakeModel())
        together = judged_together(verdict, question)
        return verdict, together, {c.name: (c.points, c.reason.key) for c in together.criteria}

    def test_right_numbers_are_told_as_before(self, exercise):
        verdict, together, _ = self.judged(exercise, "clear", self.right)
        assert together is verdict

    def test_one_wrong_number_hides_the_right_ones_and_its_hint(self, exercise):
        value = {"mean_noun": 0.9, "most": False, "larger": "noun"}
        _, _, found = self.judged(exercise, "means", value)
        assert found["mean_noun"] == (0, "together")
        assert found["most"][0] == found["larger"][0] == 1  # they are no numbers

    def test_numbers_of_several_criteria_fail_together_and_the_head_does_not(self, exercise):
        _, together, found = self.judged(exercise, "clear", self.right | {"noun_control": 0.2})
        assert found["head"][0] == 1
        assert found["weights"] == found["control"] == (0, "together")
        assert together.points == 1
        assert together.hints == ()

    def test_what_is_no_number_is_told_as_before(self, exercise):
        verdict, together, found = self.judged(exercise, "clear", self.right | {"noun": "x"})
        assert found["weights"][1] == "field.number"
        assert together is verdict

    def test_numbers_speak_of_a_head_and_of_texts(self):
        one = about({"layer": 1, "head": 2, "text": "A cat.", "number": 5})
        assert one == "L1H2\0acat"
        assert about({"head": "L1H2", "first": {"text": "a"}, "context": "b"}) == "L1H2\0b\0a"
        assert about({"layer": 1, "text": 3}) == ""
        assert about([1]) == ""
