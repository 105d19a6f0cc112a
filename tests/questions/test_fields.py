"""What a field of an answer may be, and what is none."""

import numpy as np
import pytest

from grader.attention import HeadId
from grader.questions import Refusal
from grader.questions.facts import Facts
from grader.questions.kinds import fields
from support.fake_model import FakeModel


def facts():
    return Facts({}, FakeModel(), {})


def test_keys_are_read_without_case_spaces_and_underscores():
    assert fields.mapping({"Mean noun": 1, "b": 2}, ["mean_noun", "b"], facts()) == {
        "mean_noun": 1,
        "b": 2,
    }


def test_a_key_as_it_is_asked_for_goes_before_one_that_only_means_it():
    seen = facts()
    assert fields.mapping({"A": 1, "a": 2}, ["a"], seen) == {"a": 2}
    assert [note.values["got"] for note in seen.notes] == [["A"]]


def test_keys_that_are_not_asked_for_are_told_and_cost_nothing():
    seen = facts()
    value = {"a": 1, **{f"x{i}": 1 for i in range(7)}}
    assert fields.mapping(value, ["a", "b"], seen) == {"a": 1}
    (note,) = seen.notes
    assert (note.key, note.values["got"]) == ("extra_key", [f"x{i}" for i in range(5)])
    seen = facts()
    assert fields.mapping({"a": 1}, ["a"], seen) == {"a": 1}
    assert seen.notes == []


def test_an_answer_of_unknown_keys_alone_is_refused():
    with pytest.raises(Refusal):
        fields.mapping({"x": 1}, ["a"], facts())
    with pytest.raises(Refusal):
        fields.mapping([1], ["a"], facts())
    assert fields.mapping({}, ["a"], facts()) == {}


@pytest.mark.parametrize(
    ("value", "held"),
    [([3], 3), ([[3]], 3), (np.array([[3]]), 3), ([np.array(3)], 3), ([1, 2], [1, 2]), ([], [])],
)
def test_a_list_of_one_is_what_it_holds(value, held):
    assert fields.single(value) == held


@pytest.mark.parametrize(
    ("value", "listed"),
    [(np.array([1, 2]), [1, 2]), ({"a": 1, "b": 2}, [1, 2]), ([1], [1]), ("ab", "ab"), (3, 3)],
)
def test_what_holds_values_in_an_order_is_a_list(value, listed):
    assert fields.as_list(value) == listed


def test_an_array_without_an_axis_is_no_list():
    assert fields.as_list(np.array(3)).shape == ()


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        (0.5, 0.5),
        ("5", 5),
        (" 0.25 ", 0.25),
        (".5", 0.5),
        ("-1e-3", -0.001),
        ("2E2", 200),
        ("+3", 3),
        ("\u22120.5", -0.5),
        ("\uff15", 5),
        (["7"], 7),
        (np.array([0.5]), 0.5),
        ("0" * 39 + "1", 1),
    ],
)
def test_what_is_a_number(value, number):
    assert fields.number({"a": value}, "a") == number


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "",
        "five",
        "0.5.1",
        "1,5",
        "0x10",
        "0" * 40 + "1",
        [1, 2],
        {},
        "nan",
        "1e9999",
        float("nan"),
        float("inf"),
        -float("inf"),
    ],
)
def test_what_is_no_number(value):
    with pytest.raises(fields.FieldError):
        fields.number({"a": value}, "a")


def test_a_numeral_without_point_and_exponent_is_whole():
    assert type(fields.as_number("5")) is int
    assert type(fields.as_number("5.")) is float
    assert type(fields.as_number("5e0")) is float


@pytest.mark.parametrize(("value", "whole"), [(5, 5), (5.0, 5), ("5", 5), ("5.0", 5), (-2.0, -2)])
def test_what_is_a_whole_number(value, whole):
    found = fields.whole({"a": value}, "a")
    assert (found, type(found)) == (whole, int)


@pytest.mark.parametrize("value", [5.5, True, "5.5", None, 2.0**63, float("inf"), float("nan"), []])
def test_what_is_no_whole_number(value):
    with pytest.raises(fields.FieldError):
        fields.whole({"a": value}, "a")


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        (1.0, True),
        ("Yes", True),
        ("n", False),
        ("\u4e0d\u5bf9", False),
        ("\u662f\u7684", True),
        ([True], True),
        ("TRUE!", True),
    ],
)
def test_what_is_yes_and_what_is_no(value, truth):
    assert fields.yes_no({"a": value}, "a") is truth


@pytest.mark.parametrize("value", [2, 0.5, "perhaps", "yesno", "", None, [True, False]])
def test_what_is_neither_yes_nor_no(value):
    with pytest.raises(fields.FieldError):
        fields.yes_no({"a": value}, "a")


NAMES = {"same": ("alike", "both"), "other": ("both",), "gone": ("away",)}


@pytest.mark.parametrize(
    ("value", "option"),
    [
        ("same", "same"),
        (" Same ", "same"),
        ('"other"', "other"),
        (["same"], "same"),
        ("Alike", "same"),
    ],
)
def test_what_names_an_option(value, option):
    assert fields.option({"a": value}, "a", ["same", "other"], NAMES) == option


@pytest.mark.parametrize("value", ["both", "away", "", "...", "sam", 1, None, ["same", "other"]])
def test_what_names_no_option_or_two(value):
    with pytest.raises(fields.FieldError):
        fields.option({"a": value}, "a", ["same", "other"], NAMES)


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        (" a  b ", "a b"),
        ("a\tb\n", "a b"),
        ("a\u00a0b", "a b"),
        ("a\u200bb\u202e", "ab"),
        ("\x07a", "a"),
        ("\u3000", ""),
    ],
)
def test_a_text_is_read_without_what_nobody_sees(text, tidied):
    assert fields.tidy(text) == tidied


@pytest.mark.parametrize("value", [None, "", " \u200b", 3, ["a", "b"]])
def test_what_is_no_text(value):
    with pytest.raises(fields.FieldError):
        fields.text({"a": value}, "a")


@pytest.mark.parametrize(
    "answer",
    [
        {"layer": 1, "head": 2},
        {"layer": "1", "head": 2.0},
        {"layer": "L1", "head": "H2"},
        {"layer": "layer 1", "head": "Head 2"},
        {"head": "L1H2"},
        {"layer": "l1h2"},
        {"head": "(L1, H2)"},
        {"head": "L1.H2"},
        {"head": [1, 2]},
        {"head": np.array([1, 2])},
        {"head": {"layer": 1, "head": 2}},
        {"layer": 1, "head": "L1H2"},
        {"layer": "L1H2", "head": "L1H2"},
        {"layer": "L1H2", "head": 2},
    ],
)
def test_what_names_a_head(answer):
    assert fields.head_id(answer, (2, 3)) == HeadId(layer=1, head=2)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"layer": 1},
        {"layer": 0, "head": "L1H2"},
        {"layer": 1.5, "head": 2},
        {"layer": "x", "head": 2},
        {"head": [1, 2, 3]},
        {"head": [1.5, 2]},
        {"head": {"layer": 1, "head": 2, "x": 3}},
        {"layer": True, "head": 2},
    ],
)
def test_what_names_none(answer):
    with pytest.raises(fields.FieldError) as raised:
        fields.head_id(answer, (2, 3))
    assert raised.value.head is None


@pytest.mark.parametrize("head", [(2, 0), (0, 3), (-1, 0), (0, -1)])
def test_a_head_that_there_is_not_is_told_as_it_was_named(head):
    with pytest.raises(fields.FieldError) as raised:
        fields.head_id({"layer": head[0], "head": head[1]}, (2, 3))
    assert raised.value.head == HeadId(*head)


@pytest.mark.parametrize("head", [(0, 0), (1, 2)])
def test_heads_and_layers_count_from_zero(head):
    assert fields.head_id({"layer": head[0], "head": head[1]}, (2, 3)) == HeadId(*head)


@pytest.mark.parametrize(("got", "right"), [(0.3011, False), (0.3009, True), (0.2989, False)])
def test_a_number_is_right_within_the_tolerance(got, right):
    assert fields.close(got, 0.3, 1e-3) == right


def test_a_count_is_right_to_the_last_bit():
    assert fields.close(1024.0, 1024.0, 0)
    assert not fields.close(1024.0, 1024.1, 0)


def test_a_number_that_fits_half_precision_may_be_off_by_half_a_step():
    """Between 8 and 16 its steps are 1/128: 8.5 stands for what is less than .0042 beside it."""
    assert fields.close(8.5, 8.505, 1e-3)
    assert not fields.close(8.5, 8.506, 1e-3)
    assert not fields.close(8.501, 8.506, 1e-3)  # does not fit


def test_what_a_card_repeats_is_short():
    assert fields.shown("x" * 40) == "x" * 40
    assert fields.shown("x" * 41).key == "type.str"
    assert fields.shown([1]).key == "type.list"
    assert fields.shown(0.5) == 0.5


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (True, "bool"),
        (1, "int"),
        (0.5, "float"),
        ("", "str"),
        ([], "list"),
        ({}, "dict"),
        (np.zeros(1), "array"),
        (None, "nothing"),
    ],
)
def test_what_a_value_is_in_words(value, key):
    assert fields.type_name(value).key == f"type.{key}"
