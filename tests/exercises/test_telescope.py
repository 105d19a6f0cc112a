"""The telescope exercise on the real model: its numbers, and that none is near a tie."""

from pathlib import Path

import numpy as np
import pytest

from grader.course.notebooks import read_source
from grader.questions import load_exercise
from grader.questions.facts import Facts

FOLDER = Path(__file__).parents[2] / "exercises" / "telescope"
EXERCISE = load_exercise(FOLDER)
CELLS = read_source(FOLDER / "notebook.py")


def test_the_points_are_those_announced():
    points = {name: question.points for name, question in EXERCISE.questions.items()}
    assert points == {
        "array": 1,
        "means": 2,
        "clear_head": 3,
        "verb_head": 1,
        "noun_head": 1,
        "own_sentences": 1.5,
        "claim": 0.5,
        "friend": 2,
    }


def test_the_numbers_of_the_sentence(model):
    facts = Facts(EXERCISE.variants[0], model, EXERCISE.measures)
    subject, noun = facts.measure("subject"), facts.measure("noun")
    assert subject.mean() == pytest.approx(0.038, abs=5e-4)
    assert noun.mean() == pytest.approx(0.086, abs=5e-4)
    assert (noun > subject).sum() == 48


def test_exactly_three_heads_are_positional_and_none_is_near_the_threshold(model):
    scores = Facts(EXERCISE.variants[0], model, EXERCISE.measures).measure("positional")
    assert {(int(a), int(b)) for a, b in np.argwhere(scores >= 0.25)} == {(0, 2), (1, 9), (2, 11)}
    assert np.abs(scores - 0.25).min() > 0.02


def test_no_right_answer_depends_on_a_near_tie(model):
    facts = Facts(EXERCISE.variants[0], model, EXERCISE.measures)
    lean = facts.measure("verb") - facts.measure("noun")
    allowed = lean[facts.measure("positional") < 0.25]
    for side in (np.sort(allowed), np.sort(-allowed)):
        assert side[-1] >= 0.2
        assert side[-2] < 0.9 * side[-1] - 0.005
    apart = np.abs(facts.measure("noun") - facts.measure("subject"))
    for threshold in (0.2, 0.1):
        assert np.abs(apart - threshold).min() > 5e-4


def test_locked_cells_are_the_same_in_both_languages():
    for cell in CELLS:
        if cell.role in ("check", "given"):
            assert cell.source.isascii()


def test_what_the_notebook_carries_holds_no_key_and_no_rubric():
    public = str(EXERCISE.public())
    assert "'key': 'does_not_tell'" not in public
    assert "rubric" not in public
    assert "0.086" not in public
