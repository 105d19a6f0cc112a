"""Each kind on patterns that one can work out in the head (see support.fake_model)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.questions import KINDS, Answer, Outcome, judge
from grader.questions.kinds.base import Kind
from support.fake_model import HEAD_RIGHT, FakeModel

# "[CLS] I saw the man with it [SEP]": 8 tokens; `with` at 5, `man` at 4.
# with -> man in the six heads: 1, .125, 0, .75, 0, 0; with -> I: 0, .125, 0, 0, .5, 0.
MEAN_NOUN = (1 + 0.125 + 0.75) / 6
MEAN_SUBJECT = (0.125 + 0.5) / 6


def statuses(verdict):
    return {c.name: c.status for c in verdict.criteria}


def points(verdict):
    return {c.name: c.points for c in verdict.criteria}


def weights(model):
    return model.attend("I saw the man with it").weights


class TestArray:
    def test_the_models_own_weights_earn_everything(self, ask, model):
        assert ask("array", weights(model)).points == 1

    def test_lists_of_numbers_are_an_array_too(self, ask, model):
        assert ask("array", weights(model).tolist()).points == 1

    @pytest.mark.parametrize(
        ("change", "hint"),
        [
            (lambda w: w[None], "batch"),
            (lambda w: w[:, None], "batch"),
            (lambda w: w.transpose(1, 0, 2, 3), "axes"),
            (lambda w: w.transpose(2, 3, 0, 1), "axes"),
            (lambda w: w[:, :, 1:-1, 1:-1], "few_tokens"),
            (lambda w: w[0], "few_layers"),
            (lambda w: w[0, 0], "few_layers"),
        ],
    )
    def test_a_wrong_shape_earns_nothing_and_says_which_mistake_it_is(
        self, ask, model, change, hint
    ):
        verdict = ask("array", change(weights(model)))
        assert verdict.points == 0
        assert verdict.hints == (hint,)

    def test_transposed_weights_keep_the_points_of_the_shape(self, ask, model):
        verdict = ask("array", weights(model).swapaxes(2, 3))
        assert points(verdict) == {"shape": 0.25, "rows": 0, "weights": 0}
        assert verdict.hints == ("transposed",)

    def test_scores_before_the_softmax_are_recognised_by_what_it_makes_of_them(self, ask, model):
        scores = np.log(weights(model) + 1e-9) + 3
        assert "no_softmax" in ask("array", scores).hints

    def test_negative_numbers_alone_are_no_scores(self, ask, model):
        assert ask("array", weights(model) ** 2 - 1).hints == ()

    def test_rows_with_holes_are_recognised_as_dropout(self, ask, model):
        holes = np.where(weights(model) < 0.3, 0, weights(model) * 1.1)
        assert "dropout" in ask("array", holes).hints

    @pytest.mark.parametrize("bad", [np.nan, np.inf])
    def test_an_infinite_value_costs_rows_and_weights(self, ask, model, bad):
        broken = weights(model).copy()
        broken[0, 0, 0, 0] = bad
        assert points(ask("array", broken)) == {"shape": 0.25, "rows": 0, "weights": 0}

    def test_infinity_everywhere_earns_the_shape_alone(self, ask, model):
        everywhere = np.full_like(weights(model), np.inf)
        assert points(ask("array", everywhere)) == {"shape": 0.25, "rows": 0, "weights": 0}

    @pytest.mark.parametrize("value", [3, "x", {"a": 1}, [1, "x"], [[1], [1, 2]]])
    def test_what_is_no_array_is_refused(self, ask, value):
        assert ask("array", value).outcome == Outcome.REFUSED

    @pytest.mark.parametrize("shape", [(0, 2**20), (1,), (2, 3, 8, 0)])
    def test_an_array_of_any_shape_is_compared_by_shape_first(self, ask, shape):
        assert ask("array", np.zeros(shape)).points == 0


class TestValues:
    def test_right_values_earn_everything(self, ask):
        value = {"mean_noun": MEAN_NOUN, "most": False, "larger": "noun"}
        assert ask("means", value).points == 3

    def test_a_number_may_be_rounded_to_three_decimals(self, ask):
        assert points(ask("means", {"mean_noun": 0.313}))["mean_noun"] == 1  # 0.3125

    def test_a_number_further_off_than_the_tolerance_fails(self, ask):
        assert points(ask("means", {"mean_noun": MEAN_NOUN + 0.0011}))["mean_noun"] == 0

    @pytest.mark.parametrize(
        ("value", "hint"),
        [
            (6 * MEAN_NOUN, "not_a_mean"),
            (100 * MEAN_NOUN, "not_a_mean"),
            ((1 + 0.125) / 3, "one_layer"),
        ],
    )
    def test_a_wrong_number_is_recognised(self, ask, value, hint):
        assert ask("means", {"mean_noun": value}).hints == (hint,)

    def test_the_column_instead_of_the_row_is_recognised(self, ask, model):
        transposed = weights(model)[:, :, 4, 5].mean()
        assert ask("means", {"mean_noun": float(transposed)}).hints == ("transposed",)

    def test_zero_is_never_taken_for_a_known_mistake(self, ask):
        assert ask("means", {"mean_noun": 0}).hints == ()

    @pytest.mark.parametrize("value", [True, "a third", [0.3, 0.3], {}, float("nan"), float("inf")])
    def test_a_value_of_the_wrong_type_costs_its_own_criterion_only(self, ask, value):
        verdict = ask("means", {"mean_noun": value, "most": False, "larger": "noun"})
        assert points(verdict) == {"mean_noun": 0, "most": 1, "larger": 1}

    @pytest.mark.parametrize("value", [2, 0.5, "perhaps", [], "yes no"])
    def test_what_is_neither_yes_nor_no_earns_nothing(self, ask, value):
        assert points(ask("means", {"most": value}))["most"] == 0

    def test_an_unknown_key_is_refused_with_those_that_are_known(self, ask):
        verdict = ask("means", {"mean_man": 0.3})
        assert verdict.outcome == Outcome.REFUSED
        assert "mean_noun" in str(verdict.reason.values["known"])

    def test_nothing_filled_in_is_no_answer(self, ask):
        empty = dict.fromkeys(["mean_noun", "most", "larger"])
        assert ask("means", empty).outcome == Outcome.NO_ANSWER
        assert ask("means", None).outcome == Outcome.NO_ANSWER


class TestHead:
    right = HEAD_RIGHT

    def test_a_clear_head_with_weights_and_control_earns_everything(self, ask):
        assert ask("clear", self.right).points == 3

    def test_a_positional_head_earns_everything_if_it_is_known_not_to_survive(self, ask):
        value = self.right | {"layer": 0, "head": 0, "noun": 1.0, "survives": False}
        assert ask("clear", value | {"noun_control": 0.0}).points == 3

    def test_the_wrong_conclusion_from_right_weights_earns_half_the_control(self, ask):
        verdict = ask("clear", self.right | {"survives": False})
        assert points(verdict)["control"] == 0.5
        assert verdict.hints == ("half",)

    def test_a_conclusion_without_its_weights_earns_nothing(self, ask):
        verdict = ask("clear", self.right | {"noun_control": 0.1})
        assert points(verdict)["control"] == 0

    def test_half_of_a_difference_earns_half_the_head(self, ask):
        verdict = ask("clear", {"layer": 1, "head": 1})  # I .5, man 0
        assert points(verdict)["head"] == 0.5

    def test_weights_are_judged_for_the_head_named(self, ask):
        verdict = ask("clear", {"layer": 1, "head": 1, "noun": 0.0, "subject": 0.5})
        assert points(verdict)["weights"] == 1

    def test_one_right_weight_earns_half(self, ask):
        verdict = ask("clear", self.right | {"subject": 0.3})
        assert points(verdict)["weights"] == 0.5

    def test_zeros_earn_nothing_where_the_other_weight_is_wrong(self, ask):
        verdict = ask("clear", self.right | {"noun": 0.0})
        assert points(verdict)["weights"] == 0

    def test_zeros_earn_nothing_for_a_head_that_looks_at_neither_word(self, ask):
        verdict = ask("clear", {"layer": 0, "head": 2, "noun": 0, "subject": 0})
        assert points(verdict)["weights"] == 0
        assert verdict.hints == ()  # a head that looks at [CLS], like many, is no evidence

    @pytest.mark.parametrize(
        ("change", "hint"),
        [
            ({"noun": 0.0, "subject": 0.75}, "swapped"),
            ({"layer": 2, "head": 1}, "counted_from_one"),
        ],
    )
    def test_a_wrong_head_or_weight_is_recognised(self, ask, change, hint):
        assert hint in ask("clear", self.right | change).hints

    @pytest.mark.parametrize(
        "change",
        [{"layer": True}, {"layer": 1.5}, {"head": "L0H0"}, {"head": -1}, {"layer": 2**62}],
    )
    def test_what_names_no_head_costs_everything_that_needs_it(self, ask, change):
        verdict = ask("clear", self.right | change)
        assert verdict.points == 0
        assert verdict.outcome == Outcome.GRADED

    def test_the_most_leaves_positional_heads_out(self, ask):
        verdict = ask("best", {"layer": 0, "head": 0, "noun": 1.0, "verb": 0.0})
        assert points(verdict) == {"head": 0, "weights": 0.5}
        assert verdict.hints == ("positional",)
        assert ask("best", {"layer": 1, "head": 0, "noun": 0.75, "verb": 0.0}).points == 1

    def test_the_most_in_the_other_direction_is_recognised(self, ask):
        assert "other_side" in ask("best", {"layer": 1, "head": 1}).hints

    def test_no_head_is_a_stored_key(self, exercise):
        """Another model with the heads in another order makes another head right."""

        class Turned(FakeModel):
            def attend(self, text, pair=None):
                found = super().attend(text, pair)
                turned = found.weights[::-1, ::-1].copy()
                return type(found)(**{**found.__dict__, "weights": turned})

        question = exercise.questions["best"]
        value = {"layer": 0, "head": 2, "noun": 0.75, "verb": 0.0}
        given_answer = Answer(question.id, 0, "", value)
        assert judge(question, exercise.variants[0], given_answer, Turned()).points == 1


class TestSentences:
    right = {  # noqa: RUF012
        "layer": 1,
        "head": 0,
        "first": {"text": "I saw one man with you", "words": ["I", "man"], "weights": [0, 0.75]},
        "second": {"text": "I saw my man with him", "words": ["I", "man"], "weights": [0, 0.75]},
        "sides": "same side",
    }

    def changed(self, **changes):
        return self.right | {"first": self.right["first"] | changes}

    def test_two_sentences_with_their_weights_earn_everything(self, ask):
        assert ask("own", self.right).points == 1.5

    def test_sides_are_recomputed(self, ask):
        verdict = ask("own", self.right | {"sides": "changes side"})
        assert points(verdict)["sides"] == 0
        assert verdict.hints == ("sides",)

    def test_another_order_of_the_words_is_another_side(self, ask):
        value = self.changed(words=["man", "I"], weights=[0.75, 0]) | {"sides": "changes side"}
        assert ask("own", value).points == 1.5

    def test_either_side_is_right_where_a_difference_is_small(self, ask):
        uniform = self.right | {"head": 1, "layer": 0}
        for sides in ("same side", "changes side"):
            assert points(ask("own", uniform | {"sides": sides}))["sides"] == 0.5

    @pytest.mark.parametrize(
        "changes",
        [
            {"text": "I saw the man with it"},  # the exercise's own
            {"text": "I, saw the man with it."},  # the same but for a comma
            {"text": "I saw one man"},
            {"text": "I saw one man with you with me"},
            {"text": "with you I saw one man"},
            {"text": "I saw one man and one man with you"},
            {"text": "I saw one man with you" + " and you" * 6},  # more than 12 pieces
            {"text": "I saw one man with you" + " and you" * 100},  # the model raises
            {"text": "x" * 500},
            {"text": "   "},
            {"text": 5},
            {"words": ["man", "man"]},
            {"words": ["man", "Man"]},
            {"words": ["I"]},
            {"words": "I man"},
            {"words": ["[CLS]", "man"]},
            {"words": ["", "man"]},
            {"words": ["one man", "I"]},
            {"words": [1, 2]},
        ],
    )
    def test_a_sentence_that_is_not_as_asked_earns_nothing(self, ask, changes):
        verdict = ask("own", self.changed(**changes))
        assert points(verdict) == {"first": 0, "second": 0.5, "sides": 0}

    @pytest.mark.parametrize(
        "text",
        [
            "I saw\tone man with\u00a0you",
            "I saw one man with you\u202e",
            " I saw  one man with you",
        ],
    )
    def test_what_nobody_sees_of_a_sentence_costs_nothing(self, ask, text):
        assert ask("own", self.changed(text=text)).points == 1.5

    def test_the_same_sentence_twice_is_one_sentence(self, ask):
        twice = self.right | {"second": self.right["first"]}
        assert points(ask("own", twice)) == {"first": 0.5, "second": 0, "sides": 0}

    @pytest.mark.parametrize("bad", [None, 5, [], [1], [1, "x"], [True, False], "ab", [[1], [2]]])
    def test_weights_of_the_wrong_form_cost_their_own_criterion_only(self, ask, bad):
        verdict = ask("own", self.changed(weights=bad))
        assert points(verdict) == {"first": 0, "second": 0.5, "sides": 0.5}

    def test_weights_may_be_an_array(self, ask):
        assert ask("own", self.changed(weights=np.array([0, 0.75]))).points == 1.5

    def test_zeros_earn_nothing_for_a_head_that_looks_at_neither_word(self, ask):
        value = self.right | {"layer": 0, "head": 2}
        zeros = {k: v | {"weights": [0, 0]} for k, v in value.items() if isinstance(v, dict)}
        verdict = ask("own", value | zeros)
        assert points(verdict) == {"first": 0, "second": 0, "sides": 0.5}

    def test_an_answer_costs_a_fixed_number_of_captures(self, exercise):
        model = FakeModel()
        question = exercise.questions["own"]
        judge(question, exercise.variants[0], Answer(question.id, 0, "", self.right), model)
        assert model.asked == 2

    @pytest.mark.parametrize("more", [6, 100])
    def test_a_sentence_that_is_too_long_is_not_read(self, exercise, more):
        model = FakeModel()
        question = exercise.questions["own"]
        value = self.changed(text="I saw one man with you" + " and you" * more)
        judge(question, exercise.variants[0], Answer(question.id, 0, "", value), model)
        assert model.asked == 1  # the other sentence


class TestChoice:
    def test_the_key_earns_the_points(self, ask):
        assert ask("claim", "b").points == 0.5

    def test_another_option_earns_nothing_and_a_hint(self, ask):
        verdict = ask("claim", "a")
        assert (verdict.points, verdict.hints) == (0, ("wrong_choice",))

    @pytest.mark.parametrize("value", ["c", 1, True, ["a", "b"], {"a": "b", "b": "b"}])
    def test_what_is_no_option_earns_nothing(self, ask, value):
        assert ask("claim", value).points == 0


@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_a_mean_within_the_tolerance_is_right_and_beyond_it_is_wrong(noise):
    """The tolerance is a band around the truth, whatever the truth is."""
    from grader.questions.kinds.fields import ROUNDED, close

    truth = float(np.mean(noise))
    assert close(round(truth, 3), truth, ROUNDED)
    assert not close(truth + 1.01 * ROUNDED, truth, ROUNDED)


def test_a_written_answer_waits_for_a_person(ask):
    verdict = ask("why", "because")
    assert statuses(verdict) == {"written": "unchecked"}


def test_every_kind_says_what_it_is():
    for name, kind in KINDS.items():
        assert isinstance(kind, Kind)
        assert kind.name == name
        assert kind.max_bytes <= 4 * 1024 * 1024
