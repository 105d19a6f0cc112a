"""The telescope exercise on the real model: its numbers, its samples, what trying alone earns."""

import itertools
from pathlib import Path

import numpy as np
import pytest

import grader.check
from grader.capture import load_model
from grader.course.notebooks import read_source
from grader.questions import (
    Answer,
    Exercise,
    Outcome,
    Remembered,
    judge,
    load_exercise,
)
from grader.questions.facts import Facts
from grader.questions.samples import read_samples
from support import kernelless

FOLDER = Path(__file__).parents[2] / "exercises" / "telescope"
EXERCISE = load_exercise(FOLDER)
CELLS = read_source(FOLDER / "notebook.py")
SAMPLES = {sample.name: sample for sample in read_samples(FOLDER, EXERCISE)}


@pytest.fixture(scope="module")
def model():
    import torch

    torch.set_num_threads(1)
    return Remembered(load_model())


@pytest.fixture(autouse=True)
def graded(monkeypatch):
    """`check` only records, as when grading; what a cheat patches is put back."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(grader.check, "check", grader.check.check)
    monkeypatch.setattr(grader.questions, "judge", grader.questions.judge)


def answer(question, value, model):
    return judge(question, EXERCISE.variants[0], Answer(question.id, 0, model.sha256, value), model)


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


# The one that ends its kernel is run by the tests with real kernels.
@pytest.mark.parametrize("name", [s.name for s in SAMPLES.values() if not s.kernel])
def test_a_sample_earns_exactly_what_it_declares(name, model):
    sample = SAMPLES[name]
    recorded = kernelless.run(FOLDER, EXERCISE, sample.sources)
    verdicts = kernelless.judge_all(EXERCISE, recorded, model)
    assert {n: v.points for n, v in verdicts.items()} == sample.points
    assert {n: set(v.hints) for n, v in verdicts.items() if v.hints} == {
        n: set(keys) for n, keys in sample.hints.items()
    }
    assert {n: v.outcome for n, v in verdicts.items()} == {
        n: sample.outcomes.get(n, Outcome.GRADED) for n in verdicts
    }


def test_there_are_two_ways_to_full_marks():
    most = sum(q.points for q in EXERCISE.questions.values() if not q.written)
    full = [sample.name for sample in SAMPLES.values() if sum(sample.points.values()) == most]
    assert len(full) >= 2


def test_the_solution_of_the_notebook_earns_full_marks(model):
    cells = {cell.grade_id: cell.source.replace("### ", "# ") for cell in CELLS if cell.grade_id}
    verdicts = kernelless.judge_all(EXERCISE, kernelless.run(FOLDER, EXERCISE, cells), model)
    assert sum(v.points for v in verdicts.values()) == 10


def test_the_notebook_without_solutions_reaches_its_end_with_nothing(model):
    recorded = kernelless.run(FOLDER, EXERCISE, {})
    assert all("ename" not in outputs for outputs in recorded.values())
    verdicts = kernelless.judge_all(EXERCISE, recorded, model)
    assert {v.outcome for v in verdicts.values()} == {Outcome.NO_ANSWER}


def test_locked_cells_are_the_same_in_both_languages():
    for cell in CELLS:
        if cell.role in ("check", "given"):
            assert cell.source.isascii()


def test_each_markdown_cell_stands_there_in_both_languages():
    languages = [cell.marks.get("lang") for cell in CELLS if cell.type == "markdown"]
    assert languages == ["en", "zh"] * (len(languages) // 2)


def test_what_the_notebook_carries_holds_no_key_and_no_rubric():
    public = str(EXERCISE.public())
    assert "'key': 'does_not_tell'" not in public
    assert "rubric" not in public
    assert "0.086" not in public


def test_trying_everything_earns_at_most_sixty_percent(model, capsys):
    """All heads, yes and no, all options, 0 for every number; the unseen claim guessed right."""
    questions = EXERCISE.questions
    public = Exercise.from_public(EXERCISE.public()).questions
    heads = [{"layer": a, "head": b} for a, b in itertools.product(range(6), range(12))]
    array = model.attend(EXERCISE.variants[0]["sentence"]).weights

    def most(name, values):
        """Return the points when graded of the answer that the student's own check likes best."""
        best = max(values, key=lambda value: answer(public[name], value, model).points)
        return answer(questions[name], best, model).points

    def zeros(name, keys):
        return [
            {**head, **dict.fromkeys(keys, 0), **extra}
            for head in heads
            for extra in (
                [{"survives": s} for s in (True, False)] if name == "clear_head" else [{}]
            )
        ]

    sentences = {
        "first": {"text": "She saw the boy with her scarf.", "words": ["saw", "boy"]},
        "second": {"text": "She saw the boy with his scarf.", "words": ["saw", "boy"]},
    }
    for sentence in sentences.values():
        sentence["weights"] = [0, 0]
    earned = {
        "array": most("array", [array]),
        "means": most(
            "means",
            [
                {"mean_subject": 0, "mean_noun": 0, "most_heads_noun": m, "larger": larger}
                for m in (True, False)
                for larger in ("subject", "noun")
            ],
        ),
        "clear_head": most(
            "clear_head",
            zeros("clear_head", ["noun", "subject", "noun_control", "subject_control"]),
        ),
        "verb_head": most("verb_head", zeros("verb_head", ["verb", "noun"])),
        "noun_head": most("noun_head", zeros("noun_head", ["verb", "noun"])),
        "own_sentences": most(
            "own_sentences",
            [
                {**head, **sentences, "sides": sides}
                for head in heads
                for sides in ("same side", "changes side")
            ],
        ),
        "claim": max(answer(questions["claim"], c, model).points for c in ("does_not_tell",)),
    }
    total = sum(earned.values())
    with capsys.disabled():
        print(f"\ntelescope: trying everything earns {total:g} of 12 ({total / 12:.0%})")
    assert total <= 0.6 * EXERCISE.points
