"""Every wrong version of a function that a student writes is caught, or is no wrong version.

The functions are the solutions of the exercises and of their samples with full marks.
"""

import ast
import re
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import grader.check
from grader.course.notebooks import read_source
from grader.questions import Answer, draw_probes, judge, load_exercise, public_probes
from grader.questions.answer import encode_answer
from grader.questions.parser import decode
from grader.questions.samples import read_samples
from support.mutants import mutants

EXERCISES = Path(__file__).parents[2] / "exercises"
SEEDS = (b"one", b"two")
DRAWS = 100
SHIFT = ".max(axis=-1, keepdims=True)"

HIGHEST = "in exps = np.exp(scores - np.where(np.isfinite(highest), highest, 0))"
EQUIVALENT = {
    "left_out: torch.tensor(keys) -> keys in q, k = (torch.tensor(queries), torch.tensor(keys))": (
        "a tensor multiplies with an array as it is"
    ),
    "off_by_one: 1 -> 2 in return exps / np.where(total == 0, 1, total)": (
        "a row of zeros stays zero whatever it is divided by"
    ),
    f"off_by_one: 0 -> -1 {HIGHEST}": "minus infinity less any number is minus infinity",
    f"off_by_one: 0 -> 1 {HIGHEST}": "minus infinity less any number is minus infinity",
}
"""What a mutant changes -> why it changes no right result."""


@cache
def functions() -> dict[str, tuple]:
    """Return every right function: its name -> question, cells before it, its source, its name."""
    found = {}
    for path in sorted(EXERCISES.glob("*/questions.toml")):
        exercise = load_exercise(path.parent)
        asked = {n: q for n, q in exercise.questions.items() if q.kind == "function"}
        if not asked:
            continue
        cells = read_source(path.parent / "notebook.py")
        names = {
            name: ast.parse(c.source).body[0].value.args[1].id
            for c in cells
            for name in asked
            if c.grade_id == f"{name}_check"
        }
        sources = {"notebook": {c.grade_id: c.source for c in cells if c.role == "solution"}}
        for sample in read_samples(path.parent, exercise):
            if all(sample.points[name] == q.points for name, q in asked.items()):
                sources[sample.name] = sample.sources
        for which, written in sources.items():
            for name, question in asked.items():
                before = [written[n] for n in asked if n in written and n != name]
                label = f"{exercise.slug}.{name}, {which}"
                found[label] = question, tuple(before), written[name], names[name]
    return found


def points(question, function, probes) -> float:
    calls = []
    for arguments in probes:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                calls.append({"ok": decode(encode_answer(function(*map(decode, arguments))))})
        except Exception as error:
            calls.append({"error": type(error).__name__})
    answer = Answer(question.id, 0, "", {"calls": calls})
    return judge(question, {}, answer, NoModel(), probes).points


class NoModel:
    sha256 = ""


def made(before, source, name):
    names = {"np": np}
    for one in (*before, source):
        exec(compile(one, "a solution", "exec"), names)
    return names[name]


def caught(question, function) -> bool:
    drawn = (draw_probes(question, seed) for seed in SEEDS)
    return any(points(question, function, probes) < question.points for probes in drawn)


@pytest.mark.parametrize("label", functions())
def test_the_right_function_is_not_caught(label):
    question, before, source, name = functions()[label]
    assert not caught(question, made(before, source, name))


def survivors(label) -> tuple[int, list[str]]:
    question, before, source, name = functions()[label]
    alive, count = [], 0
    for said, changed in mutants(source):
        count += 1
        try:
            function = made(before, changed, name)
        except Exception:
            continue  # it does not even run
        if not caught(question, function):
            alive.append(said)
    return count, alive


def test_every_mutant_is_caught_or_equivalent(capsys):
    total, alive = 0, []
    for label in functions():
        count, left = survivors(label)
        total += count
        alive += [f"{label}: {said}" for said in left]
    with capsys.disabled():
        print(f"\n{total} mutants; {len(alive)} equivalent, {total - len(alive)} caught")
    said = {one.split(": ", 1)[1] for one in alive}
    assert not said - EQUIVALENT.keys(), "caught by no probe: add a probe, or a reason here"
    assert not EQUIVALENT.keys() - said, "these are caught, or made no more"
    assert total >= 150


LARGE = [one for one in functions() if ".pattern, " in one or ".masked, " in one]
"""Functions that are called with queries and keys of large products."""


@pytest.mark.long
@pytest.mark.parametrize("label", LARGE)
def test_no_draw_of_large_products_hides_a_missing_scale(label):
    question, before, source, name = functions()[label]
    right = made(before, source, name)

    def unscaled(queries, keys, *mask):
        return right(queries * np.sqrt(queries.shape[-1]), keys, *mask)

    assert {points(question, unscaled, probes) for probes in many(question)} == {0}


@pytest.mark.long
@pytest.mark.parametrize("label", LARGE)
def test_single_precision_is_off_by_no_more_than_the_question_says(label):
    """Where scores of thousands lie close together; and at most half of the tolerance."""
    question, before, source, name = functions()[label]
    right = made(before, source, name)

    def single(queries, keys, *mask):
        return right(queries.astype(np.float32), keys.astype(np.float32), *mask)

    off = 0.0
    for probes in many(question):
        for arguments in (list(map(decode, probe)) for probe in probes):
            results = (np.asarray(function(*arguments)) for function in (single, right))
            off = max(off, float(np.abs(np.subtract(*results)).max()))
        assert points(question, single, probes) == question.points
    said = float(re.search(r"by up to (\S+)", question.parameters.because["en"])[1])
    assert said / 3 < off <= said < question.parameters.tolerance / 2


@pytest.mark.long
@pytest.mark.parametrize("wrong", [".max() * 0", ".max()"], ids=["none", "one for all rows"])
@pytest.mark.parametrize("label", [label for label in LARGE if "notebook" in label])
def test_every_draw_of_large_products_needs_the_shift_of_each_row(label, wrong):
    question, before, source, name = functions()[label]
    *others, changed = (one.replace(SHIFT, wrong) for one in (*before, source))
    assert [*others, changed] != [*before, source]
    function = made(others, changed, name)
    earned = {points(question, function, probes) for probes in many(question)}
    assert len(earned) == 1
    assert earned.pop() < question.points


def many(question):
    return (draw_probes(question, b"draw %d" % number) for number in range(DRAWS))


@pytest.mark.parametrize("label", [label for label in functions() if "notebook" in label])
def test_what_is_hard_coded_for_the_public_probes_is_caught(label):
    question, before, source, name = functions()[label]
    right = made(before, source, name)
    known = {repr(p): right(*map(decode, p)) for p in public_probes(question)}

    def learned(*arguments):
        key = repr([encode_answer(argument) for argument in arguments])
        return known.get(key, np.zeros_like(arguments[0]))

    assert points(question, learned, public_probes(question)) > 0
    for seed in SEEDS:
        assert points(question, learned, draw_probes(question, seed)) == 0


def test_check_calls_a_function_as_the_tests_do():
    question, before, source, name = next(iter(functions().values()))
    probes = draw_probes(question, b"one")
    sent = grader.check._calls(made(before, source, name), probes)
    assert [set(call) for call in sent["calls"]] == [{"ok"}] * len(probes)
