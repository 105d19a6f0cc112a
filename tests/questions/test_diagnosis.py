"""Which mistake a wrong number shows, and when it is no more than chance."""

import numpy as np
import pytest

from grader.attention import HeadId
from grader.questions.facts import Facts
from grader.questions.kinds import diagnosis, fields, misnamed, own_text, weights
from grader.questions.kinds.given_texts import GivenTexts, spellings, without_repeats
from support.fake_model import FakeModel


@pytest.mark.parametrize(
    ("got", "tolerance", "resolution"),
    [
        (0.123, 1e-3, 0.0005),
        (0.12, 1e-3, 0.0005),  # .12 may be .120
        (0.1234, 1e-3, 0.00005),
        (0.12345, 1e-3, 0.000005),
        (12.3, 1e-3, 0.05),  # a percentage has one decimal
        (12.34, 1e-3, 0.005),
        (1.234, 5e-3, 0.0005),
        (1.3, 5e-3, 0.005),  # a logit has two
        (1.2e-05, 1e-3, 5e-7),
        (123456.7, 1e-3, 0.05),
    ],
)
def test_a_number_stands_for_what_lies_within_half_of_its_last_digit(got, tolerance, resolution):
    noise = diagnosis.NOISE * max(1.0, abs(got))
    assert diagnosis.resolution(got, tolerance) == pytest.approx(resolution + noise, rel=1e-6)
    assert diagnosis.resolution(-got, tolerance) == diagnosis.resolution(got, tolerance)


def test_a_number_of_half_precision_stands_for_half_a_step():
    assert diagnosis.resolution(8.5, 1e-3) == pytest.approx(0.05 + 8.5e-6)
    assert diagnosis.resolution(512.0, 1e-3) == pytest.approx(0.25 + 512e-6)


class TestExplain:
    def test_a_mistake_is_as_unlikely_as_its_number_is_long(self):
        found = diagnosis.explain(0.4, 0.9, [("other", [0.4])], 1e-3)
        assert found == {"other": pytest.approx(2 * 0.000501 / 0.4)}

    def test_each_number_of_its_size_makes_it_likelier(self):
        """Those of half to twice its size and of its sign count, and near equals once."""
        values = [0.4, 0.3, 0.7, 0.3000001, 0.1, 1.0, -0.5]
        found = diagnosis.explain(0.4, 0.9, [("other", values)], 1e-3)
        assert found == {"other": pytest.approx(3 * 2 * 0.000501 / 0.4)}

    @pytest.mark.parametrize(("value", "named"), [(0.4005, True), (0.4006, False), (0.3995, True)])
    def test_a_mistake_is_within_what_the_number_stands_for(self, value, named):
        assert bool(diagnosis.explain(0.4, 0.9, [("other", [value])], 1e-3)) == named

    def test_what_lies_by_the_truth_is_no_mistake(self):
        assert diagnosis.explain(0.4, 0.4019, [("other", [0.4])], 1e-3) == {}
        assert diagnosis.explain(0.4, 0.4021, [("other", [0.4])], 1e-3) != {}

    def test_zero_shows_nothing(self):
        assert diagnosis.explain(0.0, 0.9, [("other", [0.0])], 1e-3) == {}

    def test_the_first_that_a_mistake_leads_to_counts(self):
        told = [("one", [0.7]), ("two", [0.4]), ("one", [0.4, 0.5]), ("one", [0.4])]
        assert list(diagnosis.explain(0.4, 0.9, told, 1e-3)) == ["two", "one"]

    def test_a_count_is_one_of_a_hundred(self):
        assert diagnosis.explain(7, 9, [("other", [7, 8, 8])], 0) == {"other": 0.02}
        assert diagnosis.explain(7, 9, [("other", [8])], 0) == {}
        assert diagnosis.explain(7, 9, [("other", [9, 7])], 0) == {"other": 0.01}


class TestDiagnose:
    def test_a_mistake_is_named_up_to_one_chance_in_fifty(self):
        assert diagnosis.diagnose([{"other": 0.02}], 1) == "other"
        assert diagnosis.diagnose([{"other": 0.0203}], 1) is None

    def test_each_number_asked_for_might_have_been_hit(self):
        assert diagnosis.chance_of("other", [{"other": 0.01}], 1) == pytest.approx(0.01)
        assert diagnosis.chance_of("other", [{"other": 0.01}], 3) == pytest.approx(0.03)
        two = [{"other": 0.1}, {"other": 0.2}]
        assert diagnosis.chance_of("other", two, 2) == pytest.approx(0.02)
        assert diagnosis.chance_of("other", two, 3) == pytest.approx(0.06)
        assert diagnosis.chance_of("other", two, 1) == pytest.approx(0.02)
        assert diagnosis.chance_of("other", [*two, {"more": 0.5}], 3) == pytest.approx(0.06)

    def test_the_first_that_is_evident_is_named(self):
        explained = [{"likely": 0.5, "one": 0.01}, {"two": 0.001}]
        assert diagnosis.diagnose(explained, 2) == "one"
        assert diagnosis.diagnose([], 1) is None

    def test_one_number_is_diagnosed_alone_or_among_others(self):
        told = [("other", [0.1])]  # .1 may be .100: one in a hundred
        assert diagnosis.recognise(0.1, 0.9, told, 1e-3) == "other"
        assert diagnosis.recognise(0.1, 0.9, told, 1e-3, asked=2) == "other"
        assert diagnosis.recognise(0.1, 0.9, told, 1e-3, asked=3) is None

    def test_what_hardly_any_wrong_head_shows_is_evidence(self):
        """Of 50 heads that are wrong one may show it."""

        def shows(n):
            return lambda head: head.layer == 0 and head.head < n

        assert diagnosis.rare(shows(1), lambda head: True, (5, 10))
        assert not diagnosis.rare(shows(2), lambda head: True, (5, 10))
        assert not diagnosis.rare(shows(1), lambda head: head.layer < 4, (5, 10))
        assert diagnosis.rare(shows(2), lambda head: head != HeadId(0, 0), (6, 10, 7))
        assert diagnosis.rare(shows(3), lambda head: head.layer > 0, (5, 10))


class TestMisnamed:
    def test_a_head_may_be_counted_from_one_or_turned_round(self):
        assert misnamed.misnamed(HeadId(1, 2), (3, 3)) == [
            ("counted_from_one", HeadId(0, 1)),
            ("swapped_numbers", HeadId(2, 1)),
        ]

    @pytest.mark.parametrize(
        ("head", "hints"),
        [
            ((0, 2), ["swapped_numbers"]),
            ((2, 0), ["swapped_numbers"]),
            ((1, 1), ["counted_from_one"]),
            ((3, 4), ["counted_from_one"]),
            ((1, 3), ["counted_from_one"]),
        ],
    )
    def test_another_name_must_be_of_a_head_that_there_is(self, head, hints):
        assert [hint for hint, _ in misnamed.misnamed(HeadId(*head), (3, 4))] == hints

    def test_the_head_before_is_before_in_layer_and_number(self):
        values = np.array([[1.0, 2], [3, 4]])
        assert misnamed.one_before(values, HeadId(1, 1)) == [1]
        assert misnamed.one_before(values, HeadId(0, 1)) == []
        assert misnamed.one_before(values, HeadId(2, 2)) == [4]

    def test_a_name_is_mistaken_where_another_name_of_it_is_right(self):
        told = dict(misnamed.misnamings((3, 3), lambda head: float(head == HeadId(0, 1))))
        assert told["counted_from_one"](HeadId(1, 2))
        assert not told["swapped_numbers"](HeadId(1, 2))
        assert told["swapped_numbers"](HeadId(1, 0))
        half = dict(misnamed.misnamings((3, 3), lambda head: 0.5))
        assert not half["counted_from_one"](HeadId(1, 2))


@pytest.mark.parametrize(
    ("numbers", "share"), [([], 0), ([0.0099], 0), ([0.01], 0.5), ([0, 0.3], 0.5)]
)
def test_one_right_weight_earns_half_where_it_is_more_than_next_to_nothing(numbers, share):
    assert weights.half(numbers) == share


class TestOwnText:
    @pytest.mark.parametrize("word", ["cat", "don't", "mother-in-law", "\u732b", "x1", "a" * 40])
    def test_what_is_a_word(self, word):
        assert own_text.is_word(word)

    @pytest.mark.parametrize(
        "word", ["", "two words", "cat.", "[CLS]", "-", "a" * 41, "a_b", "##s"]
    )
    def test_what_is_no_word(self, word):
        assert not own_text.is_word(word)

    def test_a_text_has_at_most_four_hundred_characters(self):
        assert own_text.read_text({"a": "x" * 400}, "a", "a") == "x" * 400
        with pytest.raises(fields.FieldError):
            own_text.read_text({"a": "x" * 401}, "a", "a")

    def test_a_text_has_at_most_so_many_pieces_without_the_special_tokens(self):
        facts = Facts({}, FakeModel(), {})
        assert own_text.look("one two three", "text", 3, facts).n_tokens == 5
        for text, most in [("one two three", 2), ("", 3), ("x " * 300, 500)]:
            with pytest.raises(fields.FieldError):
                own_text.look(text, "text", most, facts)

    def test_a_word_stands_where_it_stands_once(self):
        seen = FakeModel().attend("One two two three")
        assert own_text.place(seen, "ONE", "text") == 1
        assert own_text.place(seen, "three", "text") == 4
        for word in ("two", "four"):
            with pytest.raises(fields.FieldError):
                own_text.place(seen, word, "text")

    def test_what_may_be_read_instead_of_a_weight(self):
        """Each number of this pattern says its row and its column."""
        pattern = np.array([[10 * q + k for k in range(5)] for q in range(5)])
        assert own_text.weight_mistakes(pattern, 2, 3, 1) == [
            ("swapped", [21]),
            ("transposed", [32]),
            ("special_token", [20, 24, 3]),
            ("off_by_one", [12, 34, 22, 24, 13, 33]),
            ("percent", [2300]),
        ]
        assert dict(own_text.weight_mistakes(pattern, 0, 4, 1))["off_by_one"] == [3, 14]


class TestGivenTexts:
    def facts(self):
        return Facts({}, FakeModel(), {})

    def refused(self, text, *templates):
        given = GivenTexts(templates, ({"word": "cat"}, {"word": "dog"}))
        try:
            given.refuse(text, "text", self.facts())
        except fields.FieldError:
            return True
        return False

    def test_a_text_is_given_in_every_variant_and_however_it_is_spelled(self):
        assert self.refused("the cat", "the {word}")
        assert self.refused("The DOG!", "the {word}")
        assert self.refused("the the cat cat", "the {word}")
        assert not self.refused("the cow", "the {word}")
        assert not self.refused("the cat", "a cat", "the cats")

    def test_a_text_that_is_too_long_for_the_model_spells_what_is_written(self):
        assert "ab" * 300 in spellings("a b " * 300, self.facts())
        assert "ab" in spellings("a b " * 300, self.facts())

    @pytest.mark.parametrize(
        ("words", "left"),
        [
            ("a b a b c", "a b c"),
            ("a a a", "a"),
            ("a b c a b c", "a b c"),
            ("a b a", "a b a"),
            ("a A! b", "a b"),
            ("", ""),
        ],
    )
    def test_what_was_just_said_is_said_once(self, words, left):
        assert without_repeats(words.split()) == left.split()
