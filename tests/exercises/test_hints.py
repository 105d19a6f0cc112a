"""A hint that guesses at a cause is given to hardly any wrong answer drawn at random.

``Kind.stated`` names the hints that guess at nothing: they say what was found, or how to go on.
"""

import random
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from grader.questions import Answer, judge, load_exercise
from grader.questions.kinds import KINDS
from support.drawn_answers import draw
from support.right_answers import right_answers

EXERCISES = sorted(
    path.parent for path in Path(__file__).parents[2].glob("exercises/*/questions.toml")
)
AT_MOST = 1 / 50
DRAWS = 40
"""Of each kind of draw, of which a question has room for up to thirty: about a thousand in all."""


@cache
def exercise(folder):
    return load_exercise(folder)


def rates(folder, question, model, draws: int, seed: int) -> tuple[dict, Counter]:
    """Return hint -> kind of draw -> how many got it, and how many wrong answers of each kind."""
    answers, variant = right_answers(folder)
    luck = random.Random(seed)
    given: dict[str, Counter] = {}
    wrong: Counter = Counter()
    for _ in range(draws):
        for kind, value in draw(question, answers[question.name], variant, model, luck):
            answer = Answer(question.id, 0, model.sha256, value)
            verdict = judge(question, variant, answer, model)
            assert verdict.outcome != "internal", (question.id, value, verdict.reason)
            if verdict.points == question.points:
                continue
            wrong[kind] += 1
            for hint in verdict.hints:
                given.setdefault(hint, Counter())[kind] += 1
    return given, wrong


@pytest.mark.long
@pytest.mark.parametrize("folder", EXERCISES, ids=lambda folder: folder.name)
def test_a_hint_needs_evidence(folder, model, capsys):
    """Of wrong answers of every kind at most one in fifty is given a hint that guesses."""
    table, broken = [], []
    for question in exercise(folder).questions.values():
        if question.kind in ("function", "written"):
            continue  # wrong functions are tests/exercises/test_mutants.py's
        given, wrong = rates(folder, question, model, DRAWS, 1)
        for hint in question.hints:
            found = given.get(hint, Counter())
            worst = max(wrong, key=lambda kind: found[kind] / wrong[kind], default="")
            rate = found[worst] / wrong[worst] if worst else 0.0
            stated = hint in KINDS[question.kind].stated
            overall = sum(found.values()) / max(wrong.total(), 1)
            table.append(
                f"| {question.id} | {hint}{' (stated)' if stated else ''} | {overall:.2%} | "
                f"{rate:.1%} | {worst if found else ''} | {wrong.total()} |"
            )
            if not stated and (overall > AT_MOST or _surely(found[worst], wrong[worst])):
                broken.append(table[-1])
    with capsys.disabled():
        print(
            "\n| question | hint | of all drawn | at worst | of which | drawn |", *table, sep="\n"
        )
    assert not broken, "\n".join(broken)


def _surely(hits: int, count: int) -> bool:
    """Return whether so many hits are more than chance would give where the law holds.

    Thousands of hints and kinds of draws are held against it, so one in many thousands must be.
    """
    expected = AT_MOST * count
    return hits > expected + 5 * (expected * (1 - AT_MOST)) ** 0.5


@pytest.mark.parametrize("name", ["means", "clear_head"])
def test_drawn_answers_to_the_telescope_are_not_diagnosed(name, model):
    """The complaint: weak heads with right weights, and arbitrary numbers, had definite hints."""
    folder = EXERCISES[-1]
    question = exercise(folder).questions[name]
    given, wrong = rates(folder, question, model, 40, 2)
    for hint, found in given.items():
        if hint not in KINDS[question.kind].stated:
            for kind, hits in found.items():
                assert hits <= AT_MOST * wrong[kind] or not _surely(hits, wrong[kind]), (hint, kind)


def test_every_stated_hint_is_one_that_its_kind_gives():
    for kind in KINDS.values():
        assert set(kind.stated) <= set(kind.hints), kind.name
