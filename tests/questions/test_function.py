"""Functions over drawn probes: what is drawn, what is judged, what is told."""

import tomllib

import numpy as np
import pytest

from grader.questions import (
    Answer,
    Exercise,
    Outcome,
    card_text,
    draw_probes,
    encode_answer,
    judge,
    public_probes,
)
from grader.questions.authoring import Problems, Table
from grader.questions.parser import decode
from grader.questions.probes import draw, read_classes


def softmax(scores):
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def naive(scores):
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(scores)
        return e / e.sum(-1, keepdims=True)


def calls(function, probes):
    return {"calls": [{"ok": function(*map(decode, probe))} for probe in probes]}


@pytest.fixture
def question(exercise):
    return exercise.questions["softmax"]


def test_every_draw_holds_every_class(question):
    for seed in (b"a", b"b", b"c"):
        probes = [decode(probe[0]) for probe in draw_probes(question, seed)]
        assert [abs(p).max() > 100 for p in probes] == [False, False, True, True]


def test_the_cases_of_a_class_differ_in_size(question):
    for number in range(50):
        sizes = [decode(probe[0]).shape for probe in draw_probes(question, b"%d" % number)]
        assert sizes[0] != sizes[1]
        assert sizes[2] != sizes[3]


def test_where_there_is_one_size_alone_its_cases_have_it():
    drawn = draws("matrix = {rows = [2, 2], columns = [3, 3], low = 0.0, high = 1.0}")
    assert [case[0].shape for case in drawn] == [(2, 3), (2, 3)]


def test_queries_may_lie_apart_and_keys_never_do():
    recipe = "queries_keys = {queries = [3, 3], size = [2, 2], low = 1.0, high = 1.1, apart = 10.0}"
    for queries, keys in draws(recipe):
        assert np.allclose(queries - 10 * np.arange(3)[:, None], 1.05, atol=0.05)
        assert np.allclose(keys, 1.05, atol=0.05)


def test_padding_leaves_two_keys_at_least():
    recipe = "queries_keys = {queries = [3, 4], size = [2, 2], low = 0.0, high = 1.0"
    seen = {int(case[2].sum(1).min()) for case in draws(recipe + ', mask = "padding"}', 20)}
    assert seen == {2, 3}


def draws(recipe: str, count: int = 2) -> list[list[np.ndarray]]:
    text = f"[question.f.class.one]\ncount = {count}\n{recipe}"
    problems = Problems("probes.toml", text)
    table = Table(tomllib.loads(text)["question"]["f"], ("question", "f"), problems)
    classes = read_classes(table, public=False)
    problems.stop()
    return [list(map(decode, case)) for case in draw(classes, b"a")]


def test_the_same_seed_draws_the_same_and_another_draws_another(question):
    assert draw_probes(question, b"a") == draw_probes(question, b"a")
    assert draw_probes(question, b"a") != draw_probes(question, b"b")


def test_other_kinds_draw_nothing(exercise):
    assert draw_probes(exercise.questions["means"], b"a") is None
    assert public_probes(exercise.questions["means"]) is None


def test_a_right_function_earns_everything(question, ask):
    probes = draw_probes(question, b"a")
    assert ask("softmax", calls(softmax, probes), probes).points == 2


def test_a_function_without_the_shift_fails_the_large_class_only(question, ask):
    probes = draw_probes(question, b"a")
    verdict = ask("softmax", calls(naive, probes), probes)
    assert [c.points for c in verdict.criteria] == [1, 0]
    assert verdict.hints == ("not_finite",)


def test_a_hidden_class_is_reported_by_its_name_alone(question, ask):
    probes = draw_probes(question, b"a")
    verdict = ask("softmax", calls(lambda s: s, probes), probes)
    text = card_text(verdict, question, "en")
    assert "Large scores (0 / 1): cases of this class fail." in text


@pytest.mark.parametrize(
    ("function", "hint"),
    [
        (lambda s: softmax(s.T).T, "axis"),
        (lambda s: softmax(s)[0], "axis"),
    ],
)
def test_a_known_mistake_is_recognised(question, ask, function, hint):
    probes = draw_probes(question, b"a")
    assert hint in ask("softmax", calls(function, probes), probes).hints


def test_an_error_in_one_call_fails_its_class(question, ask):
    probes = draw_probes(question, b"a")
    value = calls(softmax, probes)
    value["calls"][0] = {"error": "ValueError: no"}
    verdict = ask("softmax", value, probes)
    assert [c.points for c in verdict.criteria] == [0, 1]
    assert verdict.hints == ("raised",)


@pytest.mark.parametrize(
    "value",
    [
        {"calls": []},
        {"calls": [{"ok": 1}] * 5},
        {"calls": [{"ok": 1, "error": ""}] * 4},
        {"calls": [1] * 4},
        {"calls": 4},
        {"passed": True},
        [1],
    ],
)
def test_a_record_that_does_not_fit_the_probes_is_refused(question, ask, value):
    verdict = ask("softmax", value, draw_probes(question, b"a"))
    assert verdict.outcome == Outcome.REFUSED


def test_a_function_still_without_a_body_is_no_answer(question, ask):
    probes = draw_probes(question, b"a")
    verdict = ask("softmax", {"calls": [{"ok": None}] * 4}, probes)
    assert verdict.outcome == Outcome.NO_ANSWER


@pytest.mark.parametrize("result", [True, "x", [[1], [1, 2]], {"a": 1}, np.array([True])])
def test_a_result_of_the_wrong_type_earns_nothing(question, ask, result):
    probes = draw_probes(question, b"a")
    verdict = ask("softmax", {"calls": [{"ok": result}] * 4}, probes)
    assert (verdict.outcome, verdict.points) == (Outcome.GRADED, 0)


def test_without_its_probes_it_could_not_be_checked(question, ask):
    verdict = ask("softmax", {"calls": []})
    assert verdict.outcome == Outcome.INTERNAL
    assert {c.status for c in verdict.criteria} == {"unchecked"}


def test_a_students_notebook_shows_public_classes_and_leaves_the_others_unchecked(
    exercise, question, model
):
    public = Exercise.from_public(exercise.public()).questions["softmax"]
    probes = public_probes(public)
    assert probes == public_probes(question)
    assert "800" not in str(exercise.public()["question"]["softmax"])
    value = calls(naive, probes)
    verdict = judge(public, {}, Answer(public.id, 0, "", value), model, probes)
    assert [c.status for c in verdict.criteria] == ["passed", "unchecked"]


def test_probes_are_plain_data(question):
    for probe in draw_probes(question, b"a"):
        assert encode_answer(decode(probe[0])) == probe[0]
