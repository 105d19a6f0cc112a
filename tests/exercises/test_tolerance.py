"""No right answer is refused for a hair; every criterion refuses what misses by a little."""

import itertools
import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from grader.questions import Answer, judge, load_exercise
from support.perturb import NOISE, has_numbers, misses, numbers
from support.right_answers import right_answers

EXERCISES = sorted(
    path.parent for path in Path(__file__).parents[2].glob("exercises/*/questions.toml")
)
AT_LEAST = 1000
LIMITS = (2e-3, 0.05, 0.3)
"""Just over the tolerance of what is typed, and over that of thresholds."""


@cache
def exercise(folder):
    return load_exercise(folder)


def verdict(question, variant, value, model):
    return judge(question, variant, Answer(question.id, 0, model.sha256, value), model)


@pytest.mark.parametrize("folder", EXERCISES, ids=lambda folder: folder.name)
def test_right_answers_a_hair_off_are_accepted(folder, model, capsys):
    """The model's measured noise, rounding to 3 to 6 decimals: a share of a thousand answers."""
    answers, variant = right_answers(folder)
    asked = [n for n, value in answers.items() if has_numbers(value)]
    luck = np.random.default_rng(0)
    times = -(-AT_LEAST // len(EXERCISES) // max(len(asked), 1)) + 1
    count = 0
    for name, i in itertools.product(asked, range(times)):
        question = exercise(folder).questions[name]
        # What is exactly 0 is so for a reason, such as a cut that changes nothing at all.
        changes = [lambda x: np.where(x == 0, x, x + luck.uniform(-NOISE, NOISE, np.shape(x)))]
        changes.append(lambda x, d=3 + i % 4: np.round(x, d))
        value = numbers(answers[name], changes[i % len(changes)])
        got = verdict(question, variant, value, model)
        assert got.points == question.points, (name, [str(c.reason) for c in got.criteria])
        count += 1
    with capsys.disabled():
        print(f"\n{folder.name}: {count} right answers a hair off, all accepted")
    assert count >= AT_LEAST // len(EXERCISES) or not asked


@pytest.mark.parametrize("folder", EXERCISES, ids=lambda folder: folder.name)
def test_every_criterion_refuses_a_near_miss(folder, model):
    answers, variant = right_answers(folder)
    for name, value in answers.items():
        question = exercise(folder).questions[name]
        left = {criterion.name for criterion in question.criteria}
        near = list(misses(value, variant, LIMITS))
        if question.kind == "choice":
            near = [option for option in question.parameters.options if option != value]
        random.Random(0).shuffle(near)
        for one in near:
            got = verdict(question, variant, one, model)
            left -= {c.name for c in got.criteria if c.status == "failed"}
            assert got.outcome != "internal", (name, one, got.reason)
            if not left:
                break
        assert not left, f"{question.id}: nothing near is refused by {sorted(left)}"
