"""Every variant of every bank, asked of the real model: gradable, no head right for too many."""

from collections import Counter
from pathlib import Path

import pytest

from grader.questions import load_exercise, variant_index
from grader.questions.banks import BANKS, choose
from grader.questions.facts import Facts, Remembered

EXERCISES = Path(__file__).parents[2] / "exercises"
IDS = [f"2026{number:05}" for number in range(10_000)]
MOST_IDS = 0.25


@pytest.fixture(scope="module")
def model():
    import torch

    from grader.capture import load_model

    torch.set_num_threads(1)
    return Remembered(load_model())


@pytest.mark.long
@pytest.mark.parametrize("slug", BANKS)
def test_every_question_can_be_asked_of_ten_thousand_students(slug, model, capsys):
    """Where a head may not be right for many, it is not; where it is by nature, the share shows."""
    exercise, bank = load_exercise(EXERCISES / slug), BANKS[slug]
    right = [bank.gate(Facts(v, model, exercise.measures)) for v in exercise.variants]
    drawn = [variant_index("course", slug, student, len(right)) for student in IDS]
    for name in right[0]:
        heads = Counter(head for index in drawn for head in right[index][name])
        head, count = heads.most_common(1)[0]
        share = count / len(IDS)
        with capsys.disabled():
            print(f"\n{slug}.{name}: {head} is right for {share:.0%} of 10,000 ids", end="")
        assert all(right[index][name] for index in drawn)
        if name in bank.most:
            assert share <= MOST_IDS


@pytest.mark.soak
@pytest.mark.parametrize("slug", BANKS)
def test_a_bank_is_what_its_command_writes(slug, model):
    exercise = load_exercise(EXERCISES / slug)
    assert list(choose(BANKS[slug], exercise.measures, model)) == list(exercise.variants)
