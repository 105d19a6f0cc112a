"""What a student reads: sentences in both languages, cards that stand any sanitizer."""

import ast
import re
from pathlib import Path

import pytest

import grader.questions
from grader.questions import (
    LANGUAGES,
    Message,
    Outcome,
    Verdict,
    card_html,
    card_text,
    message,
)
from grader.questions.messages import clean_text, places, say, texts

SOURCE = Path(grader.questions.__file__).parent

# Verdicts of every sort: right, partly right, wrong, of the wrong type, refused, ended.
ANSWERS = [
    ("means", {"mean_noun": 0.3125, "most": False, "larger": "noun"}),
    ("means", {"mean_noun": 31.25, "most": True, "larger": "subject"}),
    ("means", {"mean_noun": "<script>alert(1)</script>", "most": 1, "larger": "<b>x</b>"}),
    ("means", {"<img src=x onerror=alert(1)>": 1}),
    ("means", None),
    ("array", 5),
    ("array", [[1, 2]]),
    ("clear", {"layer": 0, "head": 0, "noun": 1, "subject": 0, "survives": True}),
    ("clear", {"layer": 9, "head": 0}),
    ("best", {"layer": 0, "head": 0}),
    ("own", {"first": {"text": "\x1b[31m", "words": ["<i>", "b"]}, "sides": "\u202etfel"}),
    ("claim", "a"),
    ("why", "because"),
]


def test_every_sentence_stands_there_in_both_languages_with_the_same_places():
    for key, both in texts().items():
        assert set(both) == set(LANGUAGES), key
        assert all(text.strip() for text in both.values()), key
        if key != "as_written":
            assert set(places(both["zh"])) == set(places(both["en"])), key


def test_every_sentence_that_is_said_exists_and_the_other_way_round():
    said = set()
    for path in [*SOURCE.rglob("*.py"), SOURCE.parent / "check.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                said.add(node.value)
                said |= {f"refused.{node.value}", f"unsendable.{node.value}"}
    said |= {f"ended.{outcome.value.replace(' ', '_')}" for outcome in Outcome}
    said |= {f"type.{kind}" for kind in ("bool", "int", "float", "str", "list", "dict", "array")}
    assert not {key for key in texts() if key not in said and key != "type.nothing"}
    assert not {k for k in said if re.match(r"(number|array|weight|control|sides)\.\w+$", k)} - set(
        texts()
    )


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.GRADED])
def test_every_end_has_its_sentence_and_says_whose_doing_it_is(exercise, outcome):
    question = exercise.questions["means"]
    verdict = Verdict.ended(question, outcome, got=1, expected=2, error="KeyError")
    assert verdict.points == 0
    assert outcome.open != outcome.costs_points
    assert {c.status for c in verdict.criteria} == {"unchecked" if outcome.open else "failed"}
    for language in LANGUAGES:
        assert "{" not in card_text(verdict, question, language)


def test_ours_are_exactly_these():
    assert {o.value for o in Outcome if o.open} == {"internal", "another variant", "another model"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "value"), ANSWERS)
def test_a_card_survives_nbconverts_sanitizer_unchanged(exercise, ask, name, value, language):
    bleach = pytest.importorskip("bleach", reason="nbconvert, which brings it, is not installed")
    card = card_html(ask(name, value), exercise.questions[name], language)
    assert bleach.clean(card) == card
    assert not re.search(r"<(script|img|i|b)\b", card)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "value"), ANSWERS)
def test_a_card_holds_no_open_place_and_no_control_character(exercise, ask, name, value, language):
    text = card_text(ask(name, value), exercise.questions[name], language)
    assert "{" not in text
    assert all(c.isprintable() or c == "\n" for c in text)


def test_a_card_names_criterion_points_reason_and_hint(exercise, ask):
    value = {"mean_noun": 31.25, "most": False, "larger": "noun"}
    assert card_text(ask("means", value), exercise.questions["means"], "en") == (
        "Means of man · 2 of 3 points\n"
        "  ✗ failed Mean of man (0 / 1): 31.25 is further than 0.001 from the value worked out "
        "again (numbers are copied by hand with three decimals).\n"
        "      Hint: Not a mean.\n"
        "  ✓ passed Most heads (1 / 1): right.\n"
        "  ✓ passed The larger (1 / 1): right."
    )
    assert card_text(ask("means", value), exercise.questions["means"], "zh") == (
        "平均 · 2 / 3 分\n"
        "  ✗ 未通过 man 的平均（0 / 1）：31.25 与重新算出的值相差超过 0.001"
        "（抄写时通常保留三位小数）。\n"
        "      提示：不是平均值。\n"
        "  ✓ 通过 多数（1 / 1）：正确。\n"
        "  ✓ 通过 较大（1 / 1）：正确。"
    )


def test_a_part_of_the_points_is_called_partly(exercise, ask):
    verdict = ask("clear", {"layer": 1, "head": 1})
    assert "◐ partly Head (0.5 / 1)" in card_text(verdict, exercise.questions["clear"], "en")


@pytest.mark.parametrize(("name", "value"), ANSWERS)
def test_a_verdict_comes_back_from_its_json(ask, exercise, name, value):
    import json

    verdict = ask(name, value)
    again = Verdict.from_json(json.loads(json.dumps(verdict.to_json(), allow_nan=False)))
    for language in LANGUAGES:
        question = exercise.questions[name]
        assert card_text(again, question, language) == card_text(verdict, question, language)


def test_no_reason_tells_the_right_value(ask):
    verdict = ask("means", {"mean_noun": 0.9, "most": True, "larger": "subject"})
    assert "0.31" not in str(verdict.to_json())


def test_what_a_stranger_wrote_is_cut_and_made_printable():
    assert clean_text("a\x1b[0m\u202e\nb") == "a [0m  b"
    assert clean_text("x" * 500).endswith("…")
    assert len(clean_text("x" * 500)) == 201


def test_messages_nest_and_join():
    nested = say("field.option", field="x", got=say("type.int"), options=["a", "b"])
    assert message(nested, "en") == "`x` should be one of: a, b; it is a whole number."
    assert message(nested, "zh") == "“x”应当是以下之一：a、b；现在是一个整数。"
    assert Message.from_json(nested.to_json()).to_json() == nested.to_json()


def test_a_place_in_a_value_is_not_filled():
    assert message(say("field.finite", field="{got}", got="1"), "en").startswith("`{got}` is 1")
