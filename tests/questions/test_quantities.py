"""Numbers about a whole model, of measures that a test writes down."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from grader.attention import HeadId
from grader.questions.facts import Facts
from grader.questions.kinds.quantities import (
    Element,
    Mean,
    OfHead,
    ShareOfHeads,
    TokenCount,
    largest,
)
from grader.questions.kinds.truths import Truth
from grader.questions.kinds.values import Value, Values
from support.one_question import Drawn


@dataclass(frozen=True)
class Given:
    """A measure whose numbers are written down."""

    numbers: tuple
    wrong: dict = field(default_factory=dict)
    texts: tuple = ()

    def values(self, facts):
        return np.array(self.numbers, np.float64)

    def mistakes(self, facts):
        return {hint: [np.array(n, np.float64) for n in many] for hint, many in self.wrong.items()}


MEASURES = {
    "noun": Given(((0.1, 0.2), (0.3, 0.8)), {"transposed": [((1, 1), (1, 3))]}),
    "verb": Given(((0.0, 0.4), (0.2, 0.6))),
}


def facts(text="one rabbits two"):
    return Facts({"sentence": text, "word": "rabbits"}, Drawn(), MEASURES)


def test_a_mean_is_over_all_heads():
    assert Mean("noun").value(facts()) == pytest.approx(0.35)
    assert dict(Mean("noun").mistakes(facts())) == {
        "transposed": [1.5],
        "swapped": [pytest.approx(0.3)],
        "one_layer": pytest.approx([0.15, 0.55]),
        "one_head": pytest.approx([0.1, 0.2, 0.3, 0.8]),
        "not_a_mean": pytest.approx([1.4, 35, 0.8]),
    }


def test_a_share_counts_the_heads_in_which_one_is_above_the_other():
    share = ShareOfHeads("noun", "verb")
    assert share.value(facts()) == 0.75
    assert dict(share.mistakes(facts())) == {"swapped": [0.25], "not_a_share": [3, 75]}


def test_a_share_counts_no_head_in_which_both_are_the_same():
    assert ShareOfHeads("noun", "noun").value(facts()) == 0


def test_a_number_of_one_head_is_that_heads():
    number = OfHead("noun", HeadId(1, 0))
    assert number.value(facts()) == 0.3
    assert number.mistakes(facts()) == [
        ("transposed", [1]),
        ("swapped_numbers", [0.2]),
        ("swapped", [0.3, 0.2]),
        ("percent", [30]),
    ]


def test_tokens_are_counted_with_special_ones_and_pieces():
    """[CLS] one rab ##bit ##s two [SEP]: 7 tokens of 5 words, special ones among them."""
    count = TokenCount("{sentence}", None)
    assert count.value(facts()) == 7
    assert dict(count.mistakes(facts())) == {
        "few_tokens": [5, 6],
        "words": [5, 3, 3],
        "characters": [15],
    }
    word = TokenCount("{sentence}", "{word}")
    assert word.value(facts()) == 3
    assert dict(word.mistakes(facts())) == {"words": [1], "characters": [7]}


class TestElement:
    """Each number of this array says its row and its column."""

    array = np.array([[10 * row + column for column in range(3)] for row in range(3)])

    def element(self, *at, text=None):
        wrong = [("batch", self.array[None]), ("axis", self.array.T), ("few", self.array[:1])]
        return Element(Truth(("query", "key"), lambda _: self.array, lambda _: wrong), at, text)

    def test_it_stands_in_its_row_and_column(self):
        assert self.element(1, 2).value(facts()) == 12

    def test_a_word_stands_for_its_position(self):
        text = "one {other}"
        seen = Facts({"other": "two"}, Drawn(), {})
        assert self.element("one", "{other}", text=text).value(seen) == 12
        assert self.element(0, "one", text=text).value(seen) == 1

    def test_its_neighbours_and_its_place_turned_round_are_mistakes(self):
        assert self.element(1, 1).mistakes(facts()) == [
            ("axis", [11]),
            ("transposed", [11]),
            ("off_by_one", [10, 12, 1, 21, 0, 22]),
            ("percent", [1100]),
        ]
        assert self.element(0, 2).mistakes(facts()) == [
            ("axis", [20]),
            ("few", [2]),
            ("transposed", [20]),
            ("off_by_one", [1, 12]),
            ("percent", [200]),
        ]


def test_the_largest_is_named():
    assert largest({"a": 0.1, "b": 0.3, "c": 0.2}) == "b"


class TestValues:
    def judged(self, value, answer):
        (found,) = Values().judge({"v": value}, answer, facts())
        return found.share, found.hint

    @pytest.mark.parametrize(("got", "share"), [(0.3509, 1), (0.3511, 0), (0.3491, 1)])
    def test_a_number_is_right_within_its_tolerance(self, got, share):
        assert self.judged(Value("number", Mean("noun")), {"v": got})[0] == share

    def test_one_number_needs_no_name(self):
        assert self.judged(Value("number", Mean("noun")), 0.35)[0] == 1

    def test_a_number_that_a_mistake_leads_to_is_recognised(self):
        value = Value("number", Mean("noun"))
        assert self.judged(value, {"v": 35}) == (0, "not_a_mean")
        assert self.judged(value, {"v": 0.777}) == (0, None)

    @pytest.mark.parametrize(
        ("threshold", "yes", "no"),
        [(0.5, 1, 0), (0.9, 0, 1), (0.745, 1, 1), (0.759, 1, 1), (0.761, 0, 1), (0.739, 1, 0)],
    )
    def test_yes_is_above_the_threshold_and_near_it_either_is_right(self, threshold, yes, no):
        """The share of heads is .75, and near is .01."""
        share = ShareOfHeads("noun", "verb")
        value = Value("yes_no", share, threshold=threshold, near=0.01)
        assert (self.judged(value, {"v": True})[0], self.judged(value, {"v": False})[0]) == (
            yes,
            no,
        )

    @pytest.mark.parametrize(("near", "verb"), [(0.0, 0), (0.049, 0), (0.051, 1)])
    def test_what_is_hardly_smaller_than_the_largest_may_be_named(self, near, verb):
        options = {"noun": Mean("noun"), "verb": Mean("verb")}  # .35 and .3
        value = Value("largest", near=near, options=options)
        assert self.judged(value, {"v": "noun"})[0] == 1
        assert self.judged(value, {"v": "verb"})[0] == verb
